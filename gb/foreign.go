package gb

import "yimen/workday"

// A ForeignPermit is the number of a foreigner's permanent residence card (外国人永久居留身份证), in the layout of 2017
// (3 letters, 12 digits) or of 2023 (9, 2 place, 3 country, 8 birth, 3 sequence, check as in a ResidentID). Both layouts
// are from general knowledge; the check digit of 2017 is not checked.
type ForeignPermit string

// Refusals of foreigners' permanent residence numbers, besides those of the date of birth.
var (
	ErrForeignPermit      = &Error{"foreign_permit_format", "永久居留证号码应为3个字母加12位数字（旧版）或以9开头的18位（新版），请对照证件核对。"}
	ErrForeignPermitCheck = &Error{"foreign_permit_check_digit", "永久居留证号码的最后一位与前面不符，请对照证件逐位核对。"}
)

// ParseForeignPermit reads either layout. today bounds the date of birth; the zero Date does not. The refusals are
// ErrForeignPermit, ErrForeignPermitCheck, ErrIDBirth and ErrIDBirthFuture.
func ParseForeignPermit(s string, today workday.Date) (ForeignPermit, error) {
	no := plainCode(s)
	switch {
	case len(no) == 15 && within(no[:3], alnum36[10:]) && allDigits(no[3:]):
		return ForeignPermit(no), nil
	case len(no) != 18 || no[0] != '9' || !allDigits(no[:17]) || !within(no[17:], "0123456789X"):
		return "", ErrForeignPermit
	}
	if err := checkBirth(no[6:14], today); err != nil {
		return "", err
	}
	if Mod112(no[:17]) != no[17] {
		return "", ErrForeignPermitCheck
	}
	return ForeignPermit(no), nil
}

// String gives the number.
func (p ForeignPermit) String() string { return string(p) }

// Edition gives the year of the layout, 2017 or 2023.
func (p ForeignPermit) Edition() int {
	if len(p) == 15 {
		return 2017
	}
	return 2023
}

// Birth gives the date of birth of a number of 2023; the zero Date for one of 2017.
func (p ForeignPermit) Birth() workday.Date {
	if len(p) != 18 {
		return workday.Date{}
	}
	return birthDate(string(p[6:14]))
}
