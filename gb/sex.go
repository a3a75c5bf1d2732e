package gb

import "strings"

// A Sex is a code of GB/T 2261.1.
type Sex int

// The four codes.
const (
	SexUnknown  Sex = 0
	Male        Sex = 1
	Female      Sex = 2
	SexUnstated Sex = 9
)

// ErrSex refuses what is none of the four codes.
var ErrSex = &Error{"sex_invalid", "性别填写不正确，请选择男或女。"}

// ParseSex reads a code (0, 1, 2, 9) or the words 男, 女.
func ParseSex(s string) (Sex, error) {
	switch strings.TrimSpace(s) {
	case "1", "男":
		return Male, nil
	case "2", "女":
		return Female, nil
	case "0":
		return SexUnknown, nil
	case "9":
		return SexUnstated, nil
	}
	return SexUnknown, ErrSex
}

// Code gives the digit.
func (s Sex) Code() string { return string(rune('0' + s)) }

// String gives the word: 男, 女, 未说明, else 未知.
func (s Sex) String() string {
	switch s {
	case Male:
		return "男"
	case Female:
		return "女"
	case SexUnstated:
		return "未说明"
	}
	return "未知"
}
