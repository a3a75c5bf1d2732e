package gb

import (
	"fmt"
	"slices"
	"strings"
)

// LicenceRoot is the object identifier under which licence identifiers stand (GB/T 36904).
const LicenceRoot = "1.2.156.3005.2"

// A LicenceID is the identifier of an electronic licence (电子证照标识): LicenceRoot, type, issuer, serial, version and check
// character, separated by dots.
type LicenceID struct {
	Type    string // 21: the credit code of the authority that defines the type, and three digits
	Issuer  string // 18: the credit code of the issuer
	Serial  string // 1–32 of 0–9A–Z
	Version string // three digits from 001; a change makes the next
	Check   string // ISO/IEC 7064 MOD 37,36 over the four parts above without dots
}

// Refusals of licence identifiers. A wrong credit code inside is refused with its own error.
var (
	ErrLicenceFormat  = &Error{"licence_id_format", "电子证照标识应由根代码1.2.156.3005.2和类型、颁发机构、流水号、版本号、校验位组成，以圆点分隔，请核对。"}
	ErrLicenceType    = &Error{"licence_id_type", "证照类型代码应为21位：18位定义机构统一社会信用代码加3位顺序号，请核对。"}
	ErrLicenceSerial  = &Error{"licence_id_serial", "证照流水号应为1至32位数字或大写字母，请核对。"}
	ErrLicenceVersion = &Error{"licence_id_version", "证照版本号应为001至999的3位数字，请核对。"}
	ErrLicenceCheck   = &Error{"licence_id_check", "电子证照标识的校验位与前面不符，请扫码读取或逐位核对。"}
)

// A LicenceFlag says in which respect an imported identifier does not follow the standard.
type LicenceFlag string

// The flags of ParseLicenceIDLenient.
const (
	FlagLetterCase LicenceFlag = "lower_case"    // was written with small letters
	FlagType       LicenceFlag = "type_code"     // the type is not credit code and three digits
	FlagIssuer     LicenceFlag = "issuer_code"   // the issuer is no credit code
	FlagSerial     LicenceFlag = "serial"        // the serial is too long or has other characters
	FlagVersion    LicenceFlag = "version"       // the version is not 001–999
	FlagCheck      LicenceFlag = "check_digit"   // the check character is wrong
	FlagChecksum   LicenceFlag = "not_checkable" // the parts have characters that cannot be checked
)

// ParseLicenceID reads an identifier by the letter of the standard. The refusals are ErrLicenceFormat, ErrLicenceType,
// ErrLicenceSerial, ErrLicenceVersion, ErrLicenceCheck and, for the credit codes inside, those of ParseUSCC.
func ParseLicenceID(s string) (LicenceID, error) {
	id, ok := splitLicence(strings.TrimSpace(s))
	if !ok {
		return LicenceID{}, ErrLicenceFormat
	}
	if err := id.check(); err != nil {
		return LicenceID{}, err
	}
	if len(id.Check) != 1 || Mod3736(id.body()) != id.Check[0] {
		return LicenceID{}, ErrLicenceCheck
	}
	return id, nil
}

// ParseLicenceIDLenient reads an identifier of other systems, some of which do not follow the standard (a 6-digit division
// as issuer, a constant check character), and flags how. Only what has no root or not six parts is ErrLicenceFormat.
func ParseLicenceIDLenient(s string) (LicenceID, []LicenceFlag, error) {
	plain := plainCode(s)
	id, ok := splitLicence(plain)
	if !ok {
		return LicenceID{}, nil, ErrLicenceFormat
	}
	var flags []LicenceFlag
	flag := func(f LicenceFlag, wrong bool) {
		if wrong {
			flags = append(flags, f)
		}
	}
	_, issuerErr := ParseUSCC(id.Issuer)
	flag(FlagLetterCase, strings.ToUpper(s) != s)
	flag(FlagType, checkLicenceType(id.Type) != nil)
	flag(FlagIssuer, issuerErr != nil)
	flag(FlagSerial, !isSerial(id.Serial))
	flag(FlagVersion, !isVersion(id.Version))
	check := Mod3736(id.body())
	flag(FlagChecksum, check == 0)
	flag(FlagCheck, check != 0 && id.Check != string(check))
	return id, slices.Clip(flags), nil
}

// MakeLicenceID makes the identifier of a licence to be issued; version is 1 to 999. Hyphens of the serial are dropped and
// its letters upper-cased, so a UUID will do. Refusals as of ParseLicenceID.
func MakeLicenceID(licenceType string, issuer USCC, serial string, version int) (LicenceID, error) {
	if version < 1 || version > 999 {
		return LicenceID{}, ErrLicenceVersion
	}
	id := LicenceID{
		Type: plainCode(licenceType), Issuer: string(issuer),
		Serial:  strings.ReplaceAll(plainCode(serial), "-", ""),
		Version: fmt.Sprintf("%03d", version),
	}
	if err := id.check(); err != nil {
		return LicenceID{}, err
	}
	id.Check = string(Mod3736(id.body()))
	return id, nil
}

// Next gives the identifier of the licence's next version, as after a change or a renewal.
func (id LicenceID) Next() (LicenceID, error) {
	if !isVersion(id.Version) {
		return LicenceID{}, ErrLicenceVersion
	}
	return MakeLicenceID(id.Type, USCC(id.Issuer), id.Serial, number(id.Version)+1)
}

// String gives the identifier with root and dots; "" for the zero LicenceID.
func (id LicenceID) String() string {
	if id == (LicenceID{}) {
		return ""
	}
	return strings.Join([]string{LicenceRoot, id.Type, id.Issuer, id.Serial, id.Version, id.Check}, ".")
}

func (id LicenceID) body() string { return id.Type + id.Issuer + id.Serial + id.Version }

// check looks at every part but the check character.
func (id LicenceID) check() error {
	if err := checkLicenceType(id.Type); err != nil {
		return err
	}
	if err := strictUSCC(id.Issuer); err != nil {
		return err
	}
	switch {
	case !isSerial(id.Serial):
		return ErrLicenceSerial
	case !isVersion(id.Version):
		return ErrLicenceVersion
	}
	return nil
}

// CheckLicenceType says what is wrong with the code of a licence type:
// ErrLicenceType, or what is wrong with the credit code that begins it.
func CheckLicenceType(code string) error { return checkLicenceType(code) }

func checkLicenceType(t string) error {
	if len(t) != 21 || !allDigits(t[18:]) {
		return ErrLicenceType
	}
	return strictUSCC(t[:18])
}

// strictUSCC is ParseUSCC without its patience for small letters and blanks.
func strictUSCC(s string) error {
	code, err := ParseUSCC(s)
	if err == nil && string(code) != s {
		return ErrUSCCCharacter
	}
	return err
}

func isSerial(s string) bool  { return len(s) >= 1 && len(s) <= 32 && within(s, alnum36) }
func isVersion(s string) bool { return len(s) == 3 && allDigits(s) && s != "000" }

func splitLicence(s string) (LicenceID, bool) {
	rest, ok := strings.CutPrefix(s, LicenceRoot+".")
	parts := strings.Split(rest, ".")
	if !ok || len(parts) != 5 || slices.Contains(parts, "") {
		return LicenceID{}, false
	}
	return LicenceID{parts[0], parts[1], parts[2], parts[3], parts[4]}, true
}
