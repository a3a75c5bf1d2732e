package gb

import "strings"

// Refusals of phone numbers.
var (
	ErrPhoneEmpty     = &Error{"phone_empty", "请填写联系电话。"}
	ErrMobile         = &Error{"mobile_invalid", "手机号码应为11位数字、以13至19开头，请核对。"}
	ErrPhone          = &Error{"phone_invalid", "电话号码不正确，请填写11位手机号，或带区号的固定电话，如0751-8888888。"}
	ErrPhoneArea      = &Error{"phone_area_code", "固定电话须带区号，如0751-8888888，请补上区号。"}
	ErrPhoneAreaWrong = &Error{"phone_area_code_invalid", "区号不正确，应为0开头的3至4位数字，如0751，请核对。"}
	ErrPhonesEqual    = &Error{"phones_equal", "咨询电话与投诉电话不能相同，请分别填写。"}
)

// ParseMobile reads a mobile number, with or without +86 and with any blanks or hyphens, and gives its 11 digits. The
// refusals are ErrPhoneEmpty and ErrMobile.
func ParseMobile(s string) (string, error) {
	no := strings.ReplaceAll(plainPhone(s), "-", "")
	if no == "" {
		return "", ErrPhoneEmpty
	}
	if !isMobile(no) {
		return "", ErrMobile
	}
	return no, nil
}

// ParsePhone reads any number by which a person or an office may be called: a mobile number, a landline number or a short
// government number (12345). A landline number without area code is taken as one of areaCode (0751); if areaCode is "" it
// is ErrPhoneArea. The result is 13800001111, 0751-8888888 or 12345. The other refusals are ErrPhoneEmpty and ErrPhone.
func ParsePhone(s, areaCode string) (string, error) {
	no := plainPhone(s)
	switch {
	case no == "":
		return "", ErrPhoneEmpty
	case isMobile(strings.ReplaceAll(no, "-", "")):
		return strings.ReplaceAll(no, "-", ""), nil
	case IsShortNumber(no):
		return no, nil
	}
	return parseLandline(no, areaCode)
}

func parseLandline(no, areaCode string) (string, error) {
	if areaCode != "" && !isAreaCode(areaCode) {
		return "", ErrPhoneAreaWrong
	}
	if no[0] != '0' {
		switch local := strings.ReplaceAll(no, "-", ""); {
		case !isLocal(local):
			return "", ErrPhone
		case areaCode == "":
			return "", ErrPhoneArea
		default:
			return areaCode + "-" + local, nil
		}
	}
	if area, local, ok := strings.Cut(no, "-"); ok {
		local = strings.ReplaceAll(local, "-", "")
		if !isAreaCode(area) || !isLocal(local) {
			return "", ErrPhone
		}
		return area + "-" + local, nil
	}
	// Area codes 010 and 02x have three digits, all others four.
	width := 4
	if len(no) > 1 && (no[1] == '1' || no[1] == '2') {
		width = 3
	}
	if len(no) <= width || !isAreaCode(no[:width]) || !isLocal(no[width:]) {
		return "", ErrPhone
	}
	return no[:width] + "-" + no[width:], nil
}

// IsShortNumber tells a short government number of five or six digits beginning with 1, such as 12345.
func IsShortNumber(s string) bool {
	return (len(s) == 5 || len(s) == 6) && s[0] == '1' && allDigits(s)
}

// CheckItemPhones tells whether the consultation and the complaint phone of a service item may be published: both there,
// with area code where one is needed, and different. The refusals are those of ParsePhone and ErrPhonesEqual.
func CheckItemPhones(consult, complaint string) error {
	a, err := ParsePhone(consult, "")
	if err != nil {
		return err
	}
	b, err := ParsePhone(complaint, "")
	if err != nil {
		return err
	}
	if a == b {
		return ErrPhonesEqual
	}
	return nil
}

// plainPhone drops blanks, brackets and the country code, and makes every dash a hyphen.
func plainPhone(s string) string {
	no := strings.Map(func(r rune) rune {
		switch r = halfWidth(r); {
		case invisible(r) || r == '(' || r == ')':
			return -1
		case r == '—' || r == '–' || r == '‑' || r == '－' || r == '―':
			return '-'
		}
		return r
	}, s)
	for _, prefix := range []string{"+86", "0086"} {
		if rest, ok := strings.CutPrefix(no, prefix); ok {
			no = strings.TrimPrefix(rest, "-")
			// Abroad the area code is dialled without its 0.
			if no != "" && no[0] != '0' && no[0] != '1' && len(no) > 8 {
				no = "0" + no
			}
		}
	}
	return no
}

func isMobile(s string) bool {
	return len(s) == 11 && s[0] == '1' && s[1] >= '3' && s[1] <= '9' && allDigits(s)
}

// isAreaCode: 010, 02x, or 0 and three digits from 03xx.
func isAreaCode(s string) bool {
	if len(s) < 3 || len(s) > 4 || s[0] != '0' || s[1] == '0' || !allDigits(s) {
		return false
	}
	return (len(s) == 3) == (s[1] == '1' || s[1] == '2')
}

// isLocal: seven or eight digits, the first 2–8.
func isLocal(s string) bool {
	return (len(s) == 7 || len(s) == 8) && s[0] >= '2' && s[0] <= '8' && allDigits(s)
}
