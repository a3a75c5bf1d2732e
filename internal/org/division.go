package org

import (
	"strings"

	"yimen/internal/kit/errs"
	"yimen/workday"
)

// Level is the level of a division and of the agency that acts there; the
// digits are those of 行使层级 in item codes.
type Level int

// The levels.
const (
	Province Level = 2
	City     Level = 3
	County   Level = 4
	Town     Level = 5
	Village  Level = 6
)

var levelNames = map[Level]string{Province: "省级", City: "市级", County: "县级", Town: "乡镇级", Village: "村级"}

// String is the Chinese name: 市级.
func (l Level) String() string { return levelNames[l] }

// Division is an administrative division (行政区划), GB/T 2260 and the twelve
// digits of the statistics bureau.
type Division struct {
	Code      string // 12 digits
	Name      string // as in the source: 大寮坑村民委员会
	ShortName string // as people say it: 大寮坑村
	Kind      string // 地级市 县 镇 街道 行政村 社区 类似乡级单位 …
	Level     Level
	Parent    string // code; "" for the province
	Quasi     bool   // a statistical unit, no real division: not offered to citizens
	ValidFrom workday.Date
	ValidTo   workday.Date // last day; zero: still valid
	Successor string       // code that took over when it ended
	Trust     string       // source | knowledge | suggested …: how far the row may be believed
	Source    string
}

// Errors about divisions.
var (
	ErrDivisionUnknown = errs.Define(errs.NotFound, "org_division_unknown", "没有这个行政区划，请重新选择所在地区。")
	ErrDivisionTooHigh = errs.Define(errs.Invalid, "org_division_too_high", "该事项由下级机关办理，请把地区选到更具体的一级（县、镇或村）。")
)

// ValidOn says whether the division exists on a day.
func (d Division) ValidOn(on workday.Date) bool {
	if !d.ValidFrom.IsZero() && on.Before(d.ValidFrom) {
		return false
	}
	return d.ValidTo.IsZero() || !on.After(d.ValidTo)
}

// widths gives how many leading digits of the code name the division itself.
var widths = map[Level]int{Province: 2, City: 4, County: 6, Town: 9, Village: 12}

// LevelOf reads the level off a 12-digit code; 0 if it is none.
func LevelOf(code string) Level {
	if !isCode(code) {
		return 0
	}
	switch {
	case code[9:] != "000":
		return Village
	case code[6:9] != "000":
		return Town
	case code[4:6] != "00":
		return County
	case code[2:4] != "00":
		return City
	}
	return Province
}

func isCode(code string) bool {
	if len(code) != 12 || code[0] == '0' {
		return false
	}
	for i := range len(code) {
		if code[i] < '0' || code[i] > '9' {
			return false
		}
	}
	return true
}

// Range gives the codes of a division and everything in it as [from, to).
// Codes compare as text, in Go and in SQL. A code that is none gives an empty
// range.
func Range(code string) (from, to string) {
	level := LevelOf(code)
	if level == 0 {
		return "", ""
	}
	return code, after(code, widths[level])
}

// Only gives the division alone, without what lies in it, as [from, to).
func Only(code string) (from, to string) {
	if !isCode(code) {
		return "", ""
	}
	return code, after(code, 12)
}

// after adds one at the given width: after(440232…, 6) = 440233000000.
func after(code string, width int) string {
	digits := []byte(code[:width])
	for i := width - 1; i >= 0; i-- {
		if digits[i] < '9' {
			digits[i]++
			return string(digits) + strings.Repeat("0", len(code)-width)
		}
		digits[i] = '0'
	}
	return ":" // past every digit
}

// Contains says whether inner is outer or lies in it.
func Contains(outer, inner string) bool {
	from, to := Range(outer)
	return from != "" && inner >= from && inner < to
}

// Above gives the code of the division's ancestor at a level, or the code
// itself when it is of that level; "" when the code is higher than the level.
func Above(code string, level Level) string {
	own := LevelOf(code)
	if own == 0 || own < level || level < Province {
		return ""
	}
	w := widths[level]
	return code[:w] + strings.Repeat("0", 12-w)
}
