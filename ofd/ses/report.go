package ses

import (
	"slices"
	"time"

	"github.com/emmansun/gmsm/smx509"
)

// A Result is what one step came to.
type Result string

const (
	OK      Result = "ok"
	Failed  Result = "failed"
	Unknown Result = "unknown" // it cannot be told, and Reason says what is missing
	Skipped Result = "skipped" // there was nothing to check, or nothing to check it with
)

// A Step is one thing that was looked at.
type Step struct {
	Code   string `json:"code"` // stable; the constants of this package
	Title  string `json:"title"`
	Result Result `json:"result"`
	Reason string `json:"reason,omitempty"` // a Chinese sentence
	File   string `json:"file,omitempty"`   // path in the package, if the step is about one
}

// A Verdict is what the steps come to together.
type Verdict string

const (
	Valid Verdict = "valid"
	// Intact: nothing was changed and nothing is wrong, but it is not known
	// whether those who signed can be trusted: their root is not among those
	// given, or a list needed was not.
	Intact Verdict = "intact"
	// Undecided: not even that can be told, as the signer's key is not known.
	Undecided Verdict = "undecided"
	// NotInForce: nothing was changed and every signature is good, but the seal
	// or a certificate was not in force when it was used: it had ended, or had
	// not begun. Such a seal does not count; nobody forged anything either.
	NotInForce Verdict = "not-in-force"
	Invalid    Verdict = "invalid"
	Unsigned   Verdict = "unsigned"
)

// Whole says that nothing was changed since it was signed, and every signature is
// good, whoever signed and whether they might.
func (v Verdict) Whole() bool { return v == Valid || v == Intact || v == NotInForce }

// Title is the verdict in Chinese.
func (v Verdict) Title() string {
	switch v {
	case Valid:
		return "有效"
	case Intact:
		return "内容完整，但签署者是否可信未知"
	case Undecided:
		return "无法判断"
	case Unsigned:
		return "没有签名"
	case NotInForce:
		return "内容完整，但签署时印章或证书不在有效期内"
	}
	return "无效"
}

// A Report is what verification found.
type Report struct {
	Verdict    Verdict           `json:"verdict"`
	Title      string            `json:"title"`
	Steps      []Step            `json:"steps"` // about the file as a whole, or of a seal by itself
	Signatures []SignatureReport `json:"signatures,omitempty"`
}

// A SignatureReport is about one signature of a document.
type SignatureReport struct {
	ID      string     `json:"id"`
	Type    string     `json:"type"` // Seal or Sign
	Path    string     `json:"path"` // of its Signature.xml; of a PDF file the object
	Time    *time.Time `json:"time,omitempty"`
	Signer  string     `json:"signer,omitempty"`
	Seal    *SealName  `json:"seal,omitempty"`
	Reason  string     `json:"reason,omitempty"`  // of a PDF file: why it was signed, as its signer says
	Place   string     `json:"place,omitempty"`   // of a PDF file: where
	Shows   string     `json:"ofd_sm3,omitempty"` // of a PDF file: SM3 of the OFD file whose pages it shows, hexadecimal
	Stamps  []Place    `json:"stamps,omitempty"`
	Verdict Verdict    `json:"verdict"`
	Title   string     `json:"title"`
	Steps   []Step     `json:"steps"`

	Certificate *smx509.Certificate `json:"-"` // of the signer of a PDF file, when it is known

	covers map[string]bool // paths it protects
	own    []string        // its own files
}

// A SealName tells which seal was used.
type SealName struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Version int    `json:"version"`
	Maker   string `json:"maker,omitempty"`
}

// A Place is where a stamp stands: page counted from 1, millimetres.
type Place struct {
	Page                int `json:"page"`
	X, Y, Width, Height float64
}

// Codes of the steps, in the order in which they are taken.
const (
	CodeStructure       = "structure"
	CodeFile            = "file"
	CodeCoverage        = "coverage"
	CodeListing         = "listing"
	CodeDataHash        = "data-hash"
	CodeProperty        = "property"
	CodeTime            = "time"
	CodeSignature       = "signer-signature"
	CodeChain           = "signer-chain"
	CodeValidity        = "signer-validity"
	CodeUsage           = "signer-usage"
	CodeRevocation      = "signer-revocation"
	CodeSealFile        = "seal-file"
	CodeSealSignature   = "seal-signature"
	CodeMakerChain      = "maker-chain"
	CodeMakerValidity   = "maker-validity"
	CodeMakerUsage      = "maker-usage"
	CodeMakerRevocation = "maker-revocation"
	CodeSealValidity    = "seal-validity"
	CodeListed          = "signer-listed"
	CodeStamps          = "stamps"
	CodeTimeStamp       = "timestamp"
	CodeSealTimeStamp   = "seal-timestamp"
	CodeStampChain      = "tsa-chain"
	CodeStampValidity   = "tsa-validity"
	CodeStampUsage      = "tsa-usage"
	CodeStampRevocation = "tsa-revocation"
	CodeSealStatus      = "seal-status"
	CodeContentHash     = "content-hash" // PDF
	CodeSignedBytes     = "signed-bytes" // PDF
	CodeCertificates    = "certificates" // PDF
)

var titles = map[string]string{
	CodeStructure: "结构", CodeFile: "受保护的文件", CodeCoverage: "保护范围", CodeListing: "签名列表",
	CodeDataHash: "签名描述文件的摘要", CodeProperty: "签名所指的文件", CodeTime: "签署时间",
	CodeSignature: "签署者的签名值", CodeChain: "签署者证书的信任链", CodeValidity: "签署时签署者证书在有效期内",
	CodeUsage: "签署者证书的用途", CodeRevocation: "签署者证书未被吊销",
	CodeSealFile: "印章文件与签名中的印章一致", CodeSealSignature: "印章的制章者签名",
	CodeMakerChain: "制章者证书的信任链", CodeMakerValidity: "制章时制章者证书在有效期内",
	CodeMakerUsage: "制章者证书的用途", CodeMakerRevocation: "制章者证书未被吊销",
	CodeSealValidity: "签署时印章在有效期内", CodeListed: "签署者有权使用这枚印章", CodeStamps: "盖章位置",
	CodeTimeStamp: "时间戳", CodeSealTimeStamp: "印章的时间戳", CodeStampChain: "时间戳机构证书的信任链",
	CodeStampValidity: "盖时间戳时机构证书在有效期内", CodeStampUsage: "时间戳机构证书的用途",
	CodeStampRevocation: "时间戳机构证书未被吊销", CodeSealStatus: "印章当前状态",
	CodeContentHash: "文件内容的摘要", CodeSignedBytes: "签名保护到的范围", CodeCertificates: "签名值里的证书",
}

// steps collects.
type steps []Step

func (s *steps) add(code string, r Result, reason string) {
	*s = append(*s, Step{Code: code, Title: titles[code], Result: r, Reason: reason})
}

func (s *steps) file(code string, r Result, file, reason string) {
	*s = append(*s, Step{Code: code, Title: titles[code], Result: r, Reason: reason, File: "/" + file})
}

// remarks are steps that tell a reader something when they are not known, but
// decide nothing: other makers leave out what they ask for.
var remarks = []string{CodeListing, CodeStamps}

// dates are the steps that ask only whether something was in force at the time.
var dates = []string{CodeValidity, CodeMakerValidity, CodeSealValidity}

func (s steps) verdict() Verdict {
	v, late, unsure := Valid, false, false
	for _, x := range s {
		switch {
		case x.Result == Failed && slices.Contains(dates, x.Code):
			late = true
		case x.Result == Failed:
			return Invalid
		case x.Result == Unknown && x.Code == CodeFile: // a digest that proves nothing
			unsure, v = true, worst(v, Intact)
		case x.Result != Unknown || slices.Contains(remarks, x.Code):
		case x.Code == CodeSignature:
			v = Undecided
		case v == Valid:
			v = Intact
		}
	}
	switch {
	case late && (unsure || v == Undecided): // it cannot be said to be whole
		return Invalid
	case late:
		return NotInForce
	}
	return v
}

// worst of two verdicts.
func worst(a, b Verdict) Verdict {
	order := []Verdict{Valid, Intact, Undecided, Unsigned, NotInForce}
	i, j := slices.Index(order, a), slices.Index(order, b)
	if i < 0 || j < 0 {
		return Invalid
	}
	return order[max(i, j)]
}
