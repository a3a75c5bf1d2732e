package gb

import (
	"strings"
	"unicode/utf8"
)

// MaskName stars a personal name for public lists: 张三 → 张*, 李晓敏 → 李*敏, 欧阳晓敏 → 欧**敏.
func MaskName(name string) string {
	switch utf8.RuneCountInString(name) {
	case 0:
		return ""
	case 1:
		return "*"
	case 2:
		return mask(name, 1, 0)
	}
	return mask(name, 1, 1)
}

// MaskResidentID keeps the first six and the last four characters: 440232********1233. A number too short for that is
// starred whole.
func MaskResidentID(no string) string { return mask(no, 6, 4) }

// MaskResidentIDPublic keeps one character at either end, for lists anybody may read.
func MaskResidentIDPublic(no string) string { return mask(no, 1, 1) }

// MaskPhone keeps three digits in front and four at the end of a mobile number (138****3210); of any other number it
// keeps the area code before a hyphen and the last two digits; short government numbers stay as they are.
func MaskPhone(phone string) string {
	if IsShortNumber(phone) {
		return phone
	}
	if area, local, ok := strings.Cut(phone, "-"); ok {
		return area + "-" + mask(local, 0, 2)
	}
	return mask(phone, 3, 4)
}

// MaskIDNumber masks a document number by its type: credit codes are public, resident numbers keep six and four, anything
// else keeps two in front and two at the end.
func MaskIDNumber(t IDType, no string) string {
	switch t {
	case IDCreditCode:
		return no
	case IDResident, IDTemporary, IDHousehold:
		return MaskResidentID(no)
	}
	return mask(no, 2, 2)
}

// mask stars all but head and tail characters; all of them if fewer than one would be hidden.
func mask(s string, head, tail int) string {
	runes := []rune(s)
	if len(runes) <= head+tail {
		head, tail = 0, 0
	}
	for i := head; i < len(runes)-tail; i++ {
		runes[i] = '*'
	}
	return string(runes)
}
