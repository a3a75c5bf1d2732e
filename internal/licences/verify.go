package licences

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/errs"
	"yimen/ofd"
	"yimen/ofd/ses"
	"yimen/workday"
)

// Witness knows the city's seals: whom to believe, what became of a seal, and
// whose it is. [seals.Module].
type Witness interface {
	ses.StatusList
	Trust(ctx context.Context) (*ses.Trust, error)
	// Owner is the agency that has the seal of a number.
	Owner(ctx context.Context, number string) (agency, name string, err error)
	// SignsPDF says whether the city's PDF files are signed by a certificate.
	SignsPDF(ctx context.Context, x *smx509.Certificate) (bool, error)
}

// Archive keeps documents of the city that are no licences: [notices.Module].
type Archive interface {
	// Filed tells which document a file is, by the SM3 digest of the file,
	// hexadecimal; false when it is none that was given out.
	Filed(ctx context.Context, sum string) (Filed, bool, error)
}

// Filed is what anybody may learn of a document who has its file.
type Filed struct {
	Title string // 准予行政许可决定书
	DocNo string
	Organ string // whose it is
	On    workday.Date
}

// words name the document, for a sentence.
func (f Filed) words() string {
	return f.Organ + f.On.Chinese() + "作出的“" + f.Title + "”（" + f.DocNo + "）"
}

// Bounds of what an uploaded file may cost.
const (
	largestFile  = 10 << 20 // bytes
	fileSlots    = 2        // looked at at the same time
	slotPatience = 10 * time.Second
	trustKept    = time.Minute // what is revoked meanwhile counts a minute later; seals that are stopped count at once
)

var fileLimits = ofd.Limits{Files: 2_000, File: 16 << 20, Total: 48 << 20, Elements: 200_000, Objects: 50_000, Pages: 500}

// Errors of files to be verified.
var (
	ErrFileKind   = errs.Define(errs.Invalid, "licence_file_kind", "只能验证OFD或PDF文件，请重新选择。")
	ErrFileLarge  = errs.Define(errs.TooLarge, "licence_file_large", "文件超过10MB，不能在这里验证；电子证照一般只有几十KB，请核对是不是选错了文件。")
	ErrVerifyBusy = errs.Define(errs.Unavailable, "licence_verify_busy", "现在验证的人多，请过一会儿再试。")
)

// Answer is what a file is worth.
type Answer string

// The answers. A file that nobody can vouch for is not called false.
const (
	AnswerValid   Answer = "valid"
	AnswerInvalid Answer = "invalid"
	AnswerUnknown Answer = "unknown"
)

// Title is the answer in words.
func (a Answer) Title() string {
	switch a {
	case AnswerValid:
		return "有效"
	case AnswerInvalid:
		return "无效"
	}
	return "不能证明真伪"
}

// Codes of verdicts, beside the states of a licence that does not stand.
const (
	codeValid       = "valid"
	codeNotBegun    = "not_begun"         // the licence is valid from a later day
	codeUnreadable  = "unreadable"        // damaged, or no document inside
	codeUnsigned    = "unsigned"          // nobody has sealed it
	codeChanged     = "changed"           // changed after it was sealed, or the seal is not good
	codeNotInForce  = "seal_not_in_force" // whole, and the seal had ended, or not begun, when it was set
	codeUntrusted   = "untrusted"         // whole, but it is not known who sealed it
	codeNotInStore  = "not_in_store"      // sealed by us, and the store has no such licence
	codeWrongSeal   = "wrong_seal"        // sealed, but not by the licence's issuer
	codeNotArchived = "not_archived"      // a PDF without a signature that is none of ours
)

// SealedBy is one seal on a file that is good.
type SealedBy struct {
	Seal   string // its name
	Agency string
	Time   time.Time

	agency string // code
}

// Verdict is what is found out about a file, today.
type Verdict struct {
	Answer   Answer
	Code     string // stable
	Say      string // a sentence: why
	Format   string // ofd, pdf
	Licence  *Checked
	Document *Filed // a notice or decision that is in the archive
	Copy     *Copy  // it is a copy for one purpose: see there
	Archived bool   // it is the very file that was issued
	Seals    []SealedBy
	Report   *ses.Report
}

// verifier is what verifying keeps.
type verifier struct {
	slots chan struct{}
	mu    sync.Mutex
	trust *ses.Trust
	made  time.Time
}

// Verify looks at a file that somebody was given: whether it is sealed by an
// agency of the city, unchanged, and what the licence in it is worth today. Any
// sealed document of the city will do. Nothing of the file is kept. Errors:
// ErrFileKind, ErrFileLarge, ErrVerifyBusy; a damaged file is a verdict.
func (m *Module) Verify(ctx context.Context, file io.ReaderAt, size int64) (Verdict, error) {
	if size > largestFile {
		return Verdict{}, ErrFileLarge
	}
	head := make([]byte, 5)
	n, _ := file.ReadAt(head, 0)
	kind := string(head[:n])
	if !strings.HasPrefix(kind, "PK") && kind != "%PDF-" {
		return Verdict{}, ErrFileKind
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	select {
	case m.verifier.slots <- struct{}{}:
		defer func() { <-m.verifier.slots }()
	case <-time.After(slotPatience):
		return Verdict{}, ErrVerifyBusy
	case <-ctx.Done():
		return Verdict{}, ctx.Err()
	}
	h := sm3.New()
	if _, err := io.Copy(h, io.NewSectionReader(file, 0, size)); err != nil {
		return Verdict{}, wrap("read file", err)
	}
	sum := hex.EncodeToString(h.Sum(nil))
	if kind == "%PDF-" {
		v, err := m.verifyPDF(ctx, io.NewSectionReader(file, 0, size), sum)
		v.Format = "pdf"
		return v, err
	}
	v, err := m.verifyOFD(ctx, file, size, sum)
	v.Format = "ofd"
	return v, err
}

// trusted is whom seals are checked against: what was read a moment ago, but
// not before a time.
func (m *Module) trusted(ctx context.Context, since time.Time) (*ses.Trust, time.Time, error) {
	k := &m.verifier
	k.mu.Lock()
	defer k.mu.Unlock()
	now := m.now(ctx)
	if m.Witness == nil {
		return ses.NewTrust(nil, nil, nil), now, nil
	}
	if k.trust == nil || k.made.Before(since) || !now.Before(k.made.Add(trustKept)) {
		t, err := m.Witness.Trust(ctx)
		if err != nil {
			return nil, now, wrap("read roots", err)
		}
		k.trust, k.made = t, now
	}
	return k.trust, k.made, nil
}

// looked verifies a file. One signed since the lists of revoked certificates
// were read is looked at with newer ones: older say nothing of it.
func (m *Module) looked(ctx context.Context, look func(ses.Options) *ses.Report) (*ses.Report, error) {
	o := ses.Options{Status: m.Witness, Now: func() time.Time { return m.now(ctx) }}
	var made time.Time
	var err error
	if o.Trust, made, err = m.trusted(ctx, time.Time{}); err != nil {
		return nil, err
	}
	r := look(o)
	if newest := lastSigned(r); r.Verdict == ses.Intact && newest.After(made) && !newest.After(m.now(ctx)) {
		if o.Trust, _, err = m.trusted(ctx, newest); err != nil {
			return nil, err
		}
		r = look(o)
	}
	return r, nil
}

// lastSigned is when the newest signature was made, as it says.
func lastSigned(r *ses.Report) (newest time.Time) {
	for _, s := range r.Signatures {
		if s.Time != nil && s.Time.After(newest) {
			newest = *s.Time
		}
	}
	return newest
}

func (m *Module) verifyOFD(ctx context.Context, file io.ReaderAt, size int64, sum string) (Verdict, error) {
	p, err := ofd.OpenWithin(file, size, fileLimits)
	if err != nil {
		return Verdict{Answer: AnswerInvalid, Code: codeUnreadable, Say: "文件损坏，或者不是OFD文件，读不出来。"}, nil
	}
	var v Verdict
	if v.Report, err = m.looked(ctx, func(o ses.Options) *ses.Report { return ses.Verify(ctx, p, o) }); err != nil {
		return v, err
	}
	switch v.Report.Verdict {
	case ses.Valid:
	case ses.Invalid:
		v.Answer, v.Code, v.Say = AnswerInvalid, codeChanged, whyNot(v.Report)
		return v, nil
	case ses.NotInForce:
		v.Answer, v.Code, v.Say = AnswerInvalid, codeNotInForce, "文件完整，没有改动，但盖章时印章或证书不在有效期内，这个章不算数。"+whyNot(v.Report)
		return v, nil
	case ses.Unsigned:
		v.Answer, v.Code, v.Say = AnswerUnknown, codeUnsigned, "文件上没有电子印章，谁都可以做出这样的文件。"
		return v, nil
	default:
		v.Answer, v.Code, v.Say = AnswerUnknown, codeUntrusted, "没有发现改动，但盖章用的不是本市登记的印章，本市不能证明是谁盖的。"
		return v, nil
	}
	if err := m.whoSealed(ctx, &v); err != nil {
		return v, err
	}
	doc, err := ofd.Read(p)
	if err != nil {
		v.Answer, v.Code, v.Say = AnswerInvalid, codeUnreadable, "印章没有问题，但文件的内容读不出来。"
		return v, nil
	}
	v, err = m.judge(ctx, v, identifiersIn(doc), sum)
	if c, ok := copyIn(doc); ok && err == nil && v.Licence != nil {
		if v.Archived, err = m.knownCopy(ctx, sum); err != nil {
			return v, err
		}
		v = m.annotated(ctx, v, c)
	}
	return v, err
}

// whyNot is the first step that failed.
func whyNot(r *ses.Report) string {
	steps := r.Steps
	for _, s := range r.Signatures {
		steps = append(steps[:len(steps):len(steps)], s.Steps...)
	}
	for _, s := range steps {
		if s.Result == ses.Failed {
			where := ""
			if s.File != "" {
				where = "（" + strings.TrimPrefix(s.File, "/") + "）"
			}
			return s.Title + where + "：" + s.Reason
		}
	}
	return "电子印章没有通过验证。"
}

// whoSealed names the agencies behind the seals; no agency behind one that is
// good is left to the caller to refuse.
func (m *Module) whoSealed(ctx context.Context, v *Verdict) error {
	for _, s := range v.Report.Signatures {
		if s.Seal == nil {
			continue
		}
		code, name, err := m.Witness.Owner(ctx, s.Seal.ID)
		if errs.KindOf(err) == errs.NotFound && err != nil {
			continue
		}
		if err != nil {
			return err
		}
		by := SealedBy{Seal: s.Seal.Name, Agency: name, agency: code}
		if s.Time != nil {
			by.Time = *s.Time
		}
		v.Seals = append(v.Seals, by)
	}
	return nil
}

// identifiersIn are the different licences that a document's metadata name (证照标识, GB/T 36903).
func identifiersIn(d *ofd.Document) []string {
	var list []string
	seen := map[string]bool{}
	for _, x := range d.Info.Custom {
		if id := strings.TrimSpace(x.Value); x.Name == "ZZBS" && id != "" && !seen[id] {
			seen[id] = true
			list = append(list, id)
		}
	}
	return list
}

// judge says what a file is worth whose seals are all good.
func (m *Module) judge(ctx context.Context, v Verdict, identifiers []string, sum string) (Verdict, error) {
	switch {
	case len(v.Seals) == 0:
		v.Answer, v.Code, v.Say = AnswerUnknown, codeUntrusted, "没有发现改动，但上面没有本市登记的印章，本市不能证明是谁签署的。"
		return v, nil
	case len(identifiers) == 0: // a notice, any other document
		v.Answer, v.Code, v.Say = AnswerValid, codeValid, v.sealedWords()+"盖章以后没有改动。"
		return m.filed(ctx, v, sum)
	case len(identifiers) > 1:
		v.Answer, v.Code, v.Say = AnswerInvalid, codeUnreadable, "文件里写了几个不同的电子证照标识，不知道是哪一本。"
		return v, nil
	}
	l, err := m.one(ctx, "identifier", identifiers[0])
	if errors.Is(err, ErrUnknown) {
		v.Answer, v.Code, v.Say = AnswerInvalid, codeNotInStore, v.sealedWords()+"但是证照库里没有这本证照。"
		return v, nil
	}
	if err != nil {
		return v, err
	}
	ours := false
	for _, s := range v.Seals {
		ours = ours || s.agency == l.Issuer
	}
	if !ours {
		v.Answer, v.Code, v.Say = AnswerInvalid, codeWrongSeal, v.sealedWords()+"但是这本证照应由"+l.IssuerName+"盖章。"
		return v, nil
	}
	p, err := m.paper(ctx, l.ID)
	if err != nil {
		return v, err
	}
	v.Archived = p.Hash == sum
	return m.standing(ctx, v, l, v.sealedWords()+"盖章以后没有改动。")
}

// sealedWords says who sealed it and when, up to the comma.
func (v Verdict) sealedWords() string {
	words := ""
	for i, s := range v.Seals {
		if i > 0 {
			words += "、"
		}
		words += s.Agency
		if !s.Time.IsZero() {
			words += "于" + s.Time.In(clock.Beijing).Format("2006年1月2日")
		}
	}
	return words + "盖章，"
}

// standing adds what the licence of a genuine file is worth today.
func (m *Module) standing(ctx context.Context, v Verdict, l Licence, genuine string) (Verdict, error) {
	c, err := m.checked(ctx, l)
	if err != nil {
		return v, err
	}
	v.Licence = &c
	v.Answer, v.Code = AnswerValid, codeValid
	if !c.Stands {
		v.Answer, v.Code = AnswerInvalid, string(c.State)
		if c.State == Valid {
			v.Code = codeNotBegun
		}
	}
	v.Say = genuine + "证照" + c.Why
	return v, nil
}

// filed adds which of the archive's documents a file is, if it is one.
func (m *Module) filed(ctx context.Context, v Verdict, sum string) (Verdict, error) {
	if m.Archive == nil {
		return v, nil
	}
	f, ok, err := m.Archive.Filed(ctx, sum)
	if err != nil || !ok {
		return v, err
	}
	v.Document, v.Archived, v.Answer, v.Code = &f, true, AnswerValid, codeValid
	v.Say += "与" + f.words() + "存档的文件完全一致。"
	return v, nil
}
