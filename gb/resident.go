package gb

import (
	"fmt"
	"strings"
	"time"

	"yimen/workday"
)

// A ResidentID is a resident identity number (公民身份号码), 18 characters, checked. Residence permits of Hong Kong, Macao
// and Taiwan residents (港澳台居民居住证) carry numbers of the same build.
type ResidentID string

// Refusals of resident identity numbers.
var (
	ErrIDEmpty       = &Error{"id_number_empty", "请填写身份证号码。"}
	ErrIDFifteen     = &Error{"id_number_fifteen", "15位旧号码自2013年起不再有效，请填写新证件上的18位身份证号码。"}
	ErrIDLength      = &Error{"id_number_length", "身份证号码应为18位，请核对是否漏填或多填。"}
	ErrIDCharacter   = &Error{"id_number_character", "身份证号码前17位只能是数字，最后一位是数字或X，请核对。"}
	ErrIDProvince    = &Error{"id_number_province", "身份证号码的前两位不是任何省份的代码，请对照证件核对开头几位。"}
	ErrIDBirth       = &Error{"id_number_birth_date", "身份证号码第7至14位不是真实存在的出生日期，请对照证件核对。"}
	ErrIDBirthFuture = &Error{"id_number_birth_future", "身份证号码中的出生日期晚于今天，请对照证件核对第7至14位。"}
	ErrIDCheck       = &Error{"id_number_check_digit", "身份证号码的最后一位与前面不符，通常是有一位填错，请对照证件逐位核对。"}
	ErrIDSequence    = &Error{"id_number_sequence", "顺序码应在0至999之间，请重新给出。"}
)

// provinces are the first two digits of GB/T 2260, with 81–83 for Hong Kong, Macao and Taiwan residence permits.
const provinces = " 11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 81 82 83 "

func isProvince(s string) bool { return len(s) == 2 && strings.Contains(provinces, " "+s+" ") }

// ParseResidentID reads an 18-character number. today bounds the date of birth; the zero Date does not. The refusals are
// ErrIDEmpty, ErrIDFifteen, ErrIDLength, ErrIDCharacter, ErrIDProvince, ErrIDBirth, ErrIDBirthFuture and ErrIDCheck.
func ParseResidentID(s string, today workday.Date) (ResidentID, error) {
	id := plainCode(s)
	switch {
	case id == "":
		return "", ErrIDEmpty
	case len(id) == 15 && allDigits(id):
		return "", ErrIDFifteen
	case len([]rune(id)) != 18:
		return "", ErrIDLength
	case len(id) != 18 || !allDigits(id[:17]) || !within(id[17:], "0123456789X"):
		return "", ErrIDCharacter
	case !isProvince(id[:2]):
		return "", ErrIDProvince
	}
	if err := checkBirth(id[6:14], today); err != nil {
		return "", err
	}
	if Mod112(id[:17]) != id[17] {
		return "", ErrIDCheck
	}
	return ResidentID(id), nil
}

// ValidateResidentID gives the refusal of ParseResidentID, nil for a good number.
func ValidateResidentID(s string, today workday.Date) error {
	_, err := ParseResidentID(s, today)
	return err
}

func checkBirth(yyyymmdd string, today workday.Date) error {
	birth := birthDate(yyyymmdd)
	switch {
	case birth.IsZero() || birth.Year() < 1800 || birth.Year() > 2099:
		return ErrIDBirth
	case !today.IsZero() && birth.After(today):
		return ErrIDBirthFuture
	}
	return nil
}

func birthDate(yyyymmdd string) workday.Date {
	if len(yyyymmdd) != 8 {
		return workday.Date{}
	}
	d, err := workday.ParseDate(yyyymmdd[:4] + "-" + yyyymmdd[4:6] + "-" + yyyymmdd[6:])
	if err != nil {
		return workday.Date{}
	}
	return d
}

// MakeResidentID makes the number of an invented person: 6-digit address code, birth, and a sequence number 0–999 that is
// odd for men and even for women. The number may belong to a real person; mark and mask it. Refusals are ErrIDProvince,
// ErrIDBirth and ErrIDSequence.
func MakeResidentID(division6 string, birth workday.Date, seq int) (ResidentID, error) {
	switch {
	case len(division6) != 6 || !allDigits(division6) || !isProvince(division6[:2]):
		return "", ErrIDProvince
	case birth.Year() < 1800 || birth.Year() > 2099:
		return "", ErrIDBirth
	case seq < 0 || seq > 999:
		return "", ErrIDSequence
	}
	body := division6 + strings.ReplaceAll(birth.String(), "-", "") + fmt.Sprintf("%03d", seq)
	return ResidentID(body + string(Mod112(body))), nil
}

// UpgradeResidentID makes the 18-character number of a 15-digit one (born 19YY), for archives from before 2013. The
// refusals are those of ParseResidentID.
func UpgradeResidentID(fifteen string) (ResidentID, error) {
	id := plainCode(fifteen)
	switch {
	case len([]rune(id)) != 15:
		return "", ErrIDLength
	case len(id) != 15 || !allDigits(id):
		return "", ErrIDCharacter
	}
	body := id[:6] + "19" + id[6:]
	return ParseResidentID(body+string(Mod112(body)), workday.Date{})
}

// String gives the 18 characters.
func (id ResidentID) String() string { return string(id) }

// part gives characters from to to, "" for a value that did not come from ParseResidentID.
func (id ResidentID) part(from, to int) string {
	if len(id) != 18 {
		return ""
	}
	return string(id[from:to])
}

// Division gives the 6-digit address code of the day of first numbering; it may be abolished since.
func (id ResidentID) Division() string { return id.part(0, 6) }

// Birth gives the date of birth.
func (id ResidentID) Birth() workday.Date { return birthDate(id.part(6, 14)) }

// Sex gives the sex: an odd sequence number is male.
func (id ResidentID) Sex() Sex {
	seq := id.part(16, 17)
	switch {
	case seq == "":
		return SexUnknown
	case (seq[0]-'0')%2 == 1:
		return Male
	}
	return Female
}

// Age gives the completed years of life on a date; -1 before birth. Who was born on 29 February completes a year on
// 1 March of other years.
func (id ResidentID) Age(on workday.Date) int {
	birth := id.Birth()
	if birth.IsZero() || on.Before(birth) {
		return -1
	}
	by, bm, bd := birth.YMD()
	age := on.Year() - by
	if on.Before(workday.NewDate(on.Year(), time.Month(bm), bd)) {
		age--
	}
	return age
}

// IsResidencePermit tells whether the number is of a 港澳台居民居住证.
func (id ResidentID) IsResidencePermit() bool {
	p := id.part(0, 2)
	return p == "81" || p == "82" || p == "83"
}

// Masked gives the number with all but the first six and last four characters starred.
func (id ResidentID) Masked() string { return MaskResidentID(string(id)) }
