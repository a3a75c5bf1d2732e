package gb

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxNameLength is the longest personal name accepted, in characters. GB/T 39046 sizes the field at 30, which real names
// exceed.
const MaxNameLength = 200

const interpunct = '·' // U+00B7

// Refusals of personal names.
var (
	ErrNameEmpty      = &Error{"name_empty", "请填写姓名。"}
	ErrNameShort      = &Error{"name_short", "姓名至少要有两个字，请按证件上的姓名填写完整。"}
	ErrNameLong       = &Error{"name_long", "姓名不能超过200个字，请按证件上的姓名填写。"}
	ErrNameInterpunct = &Error{"name_interpunct", "姓名中的间隔号请用“·”（中文输入法下按键盘左上角的“`”键），不要用句点、圆点或星号。"}
	ErrNameDot        = &Error{"name_interpunct_place", "间隔号“·”只能放在姓名的两个部分之间，且不能连续使用，请核对。"}
	ErrNamePrivate    = &Error{"name_private_use", "姓名中有其他系统造的字，无法识别，请用支持生僻字的输入法重新输入，或请窗口人员协助。"}
	ErrNameCharacter  = &Error{"name_character", "姓名只能用汉字、间隔号“·”或外文字母，请去掉数字和其他符号。"}
)

// ParsePersonName reads a personal name: Han characters of any plane, rare ones included, parts joined by the interpunct
// U+00B7, or Latin letters with blanks, hyphens, apostrophes and full stops after initials. It drops blanks around the name
// and between Han characters and makes runs of blanks one. The refusals are ErrNameEmpty, ErrNameShort, ErrNameLong,
// ErrNameInterpunct, ErrNameDot, ErrNamePrivate and ErrNameCharacter.
func ParsePersonName(s string) (string, error) {
	name := plainName(s)
	runes := []rune(name)
	switch {
	case len(runes) == 0:
		return "", ErrNameEmpty
	case len(runes) > MaxNameLength:
		return "", ErrNameLong
	}
	letters := 0
	for i, r := range runes {
		if err := checkNameRune(runes, i); err != nil {
			return "", err
		}
		if unicode.Is(unicode.Han, r) || unicode.Is(unicode.Latin, r) {
			letters++
		}
	}
	if letters < 2 {
		return "", ErrNameShort
	}
	return name, nil
}

func checkNameRune(name []rune, i int) error {
	r := name[i]
	var before rune
	if i > 0 {
		before = name[i-1]
	}
	switch {
	case unicode.Is(unicode.Han, r), unicode.Is(unicode.Latin, r):
		return nil
	case r == interpunct:
		if i == 0 || i == len(name)-1 || !partOfName(before) {
			return ErrNameDot
		}
		return nil
	case unicode.Is(unicode.M, r) && i > 0: // accents, and variation selectors of rare glyphs
		return nil
	case strings.ContainsRune(" -'’.", r) && unicode.In(before, unicode.Latin, unicode.M):
		return nil
	case r == ' ' && before == '.':
		return nil
	case r == ' ' && unicode.Is(unicode.Han, before): // 王 David
		return nil
	case strings.ContainsRune(".•・‧∙⋅●。*．﹒", r):
		return ErrNameInterpunct
	case unicode.Is(unicode.Co, r):
		return ErrNamePrivate
	}
	return ErrNameCharacter
}

func partOfName(r rune) bool { return unicode.In(r, unicode.Han, unicode.Latin, unicode.M) }

// plainName settles blanks and full-width letters.
func plainName(s string) string {
	fields := strings.FieldsFunc(strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		if w := halfWidth(r); unicode.Is(unicode.Latin, w) {
			return w
		}
		return r
	}, s), unicode.IsSpace)
	var b strings.Builder
	for i, field := range fields {
		if i > 0 && !joins(fields[i-1], field) {
			b.WriteByte(' ')
		}
		b.WriteString(field)
	}
	return b.String()
}

// joins tells whether the blank between two fields is only for looks: between Han characters or beside an interpunct.
func joins(a, b string) bool {
	last, _ := utf8.DecodeLastRuneInString(a)
	first, _ := utf8.DecodeRuneInString(b)
	han := func(r rune) bool { return unicode.Is(unicode.Han, r) }
	return last == interpunct || first == interpunct || han(last) && han(first)
}
