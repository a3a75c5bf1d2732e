package gb

// A Level is a tier of administration; its digit is that of 行使层级 (GB/T 39046-2020 A.2).
type Level int

// The levels. A division is at one of Province to Village.
const (
	Nation   Level = 1
	Province Level = 2
	City     Level = 3
	County   Level = 4
	Town     Level = 5
	Village  Level = 6
	Graded   Level = 7 // 分级管理, of items only
)

var levelNames = [...]string{"", "国家级", "省级", "市级", "县级", "镇（乡、街道）级", "村（社区）级", "分级管理"}

// Valid tells whether l is one of the seven.
func (l Level) Valid() bool { return l >= Nation && l <= Graded }

// String gives the Chinese name, "" for no level.
func (l Level) String() string {
	if !l.Valid() {
		return ""
	}
	return levelNames[l]
}

// A Division is a division code (行政区划代码) of 12 digits: province 2, city 2, county 2, town 3, village 3, with zeros
// for the levels below its own. Codes sort so that a subtree is one range, see Range.
type Division string

// Refusals of division codes.
var (
	ErrDivisionFormat   = &Error{"division_format", "行政区划代码应为6位或12位数字，请从区划列表中选择。"}
	ErrDivisionProvince = &Error{"division_province", "行政区划代码的前两位不是任何省份的代码，请从区划列表中选择。"}
)

// segments are the ends of the five parts, outermost first.
var segments = [...]int{2, 4, 6, 9, 12}

const zeros12 = "000000000000"

// ParseDivision reads a code of 12 or 6 digits (GB/T 2260), or one cut off at another level (2, 4, 9); it gives 12 digits.
// Whether the division exists is not checked. The refusals are ErrDivisionFormat and ErrDivisionProvince.
func ParseDivision(s string) (Division, error) {
	code := plainCode(s)
	switch len(code) {
	case 2, 4, 6, 9, 12:
	default:
		return "", ErrDivisionFormat
	}
	if !allDigits(code) {
		return "", ErrDivisionFormat
	}
	if !isProvince(code[:2]) {
		return "", ErrDivisionProvince
	}
	return Division(code + zeros12[len(code):]), nil
}

// String gives the 12 digits.
func (d Division) String() string { return string(d) }

// Six gives the 6-digit code of GB/T 2260: of the county for towns and villages.
func (d Division) Six() string {
	if len(d) != 12 {
		return ""
	}
	return string(d[:6])
}

// depth gives the index of the innermost segment that is not zero, -1 for something that is no division.
func (d Division) depth() int {
	if len(d) != 12 || !allDigits(string(d)) {
		return -1
	}
	for i := len(segments) - 1; i > 0; i-- {
		from, to := segments[i-1], segments[i]
		if string(d[from:to]) != zeros12[from:to] {
			return i
		}
	}
	return 0
}

// Level gives the level: Province to Village; 0 for a value that did not come from ParseDivision.
func (d Division) Level() Level {
	i := d.depth()
	if i < 0 {
		return 0
	}
	return Province + Level(i)
}

// Parent gives the division above, "" for a province. Levels that a city lacks are skipped: a town of 东莞 (441900003000)
// is right under the city.
func (d Division) Parent() Division {
	i := d.depth()
	if i < 1 {
		return ""
	}
	end := segments[i-1]
	return d[:end] + Division(zeros12[end:])
}

// Ancestors gives the divisions above, nearest first, the province last.
func (d Division) Ancestors() []Division {
	var list []Division
	for p := d.Parent(); p != ""; p = p.Parent() {
		list = append(list, p)
	}
	return list
}

// At gives the division of the level that d is in, or d itself at its own level; "" if d is above the level.
func (d Division) At(l Level) Division {
	for ; d != ""; d = d.Parent() {
		if d.Level() == l {
			return d
		}
	}
	return ""
}

// Contains tells whether other is d or lies in it.
func (d Division) Contains(other Division) bool {
	from, to := d.Range()
	return from != "" && len(other) == 12 && string(other) >= from && string(other) < to
}

// Range gives the bounds of the subtree, from inclusive, to exclusive: code >= from AND code < to selects d and everything
// in it, by the index of the code column. Both are "" for a value that did not come from ParseDivision.
func (d Division) Range() (from, to string) {
	i := d.depth()
	if i < 0 {
		return "", ""
	}
	end := segments[i]
	next := []byte(d[:end])
	for k := end - 1; k >= 0; k-- {
		if next[k] != '9' {
			next[k]++
			return string(d), string(next) + zeros12[end:]
		}
		next[k] = '0'
	}
	return string(d), ":" // after every digit
}

// IsQuasi tells statistical units (mines, forest farms, industrial parks) that the statistics bureau codes like towns
// (third segment 400–599) or villages (fourth segment 400–599). They are no administrative divisions and have no
// government or committee of their own. Only the unit's own segment counts: a real residents' committee may lie in a mine.
func (d Division) IsQuasi() bool {
	switch d.Level() {
	case Town:
		return quasi(d[6:9])
	case Village:
		return quasi(d[9:12])
	}
	return false
}

func quasi(segment Division) bool { return segment >= "400" && segment <= "599" }

// Kind gives the kind of unit that the code's ranges say, in Chinese; "" for a value that did not come from ParseDivision.
func (d Division) Kind() string {
	switch d.Level() {
	case Province:
		return "省级"
	case City:
		return "地级"
	case County:
		return "县级"
	case Town:
		return pick(d[6:9], "街道", "镇", "乡", "类似乡级单位", "类似乡级单位")
	case Village:
		return pick(d[9:12], "居民委员会", "居民委员会", "村民委员会", "类似居民委员会", "类似村民委员会")
	}
	return ""
}

// pick chooses by the ranges 001–099, 100–199, 200–399, 400–499, 500–599.
func pick(segment Division, street, hundred, rural, quasi4, quasi5 string) string {
	switch n := segment; {
	case n < "100":
		return street
	case n < "200":
		return hundred
	case n < "400":
		return rural
	case n < "500":
		return quasi4
	case n < "600":
		return quasi5
	}
	return "其他"
}
