package gb

import "strings"

// An Ethnicity is a two-digit code of GB/T 3304-1991. It is sensitive in use: show it only where eligibility needs it.
type Ethnicity string

// The codes that rules of the sample city name.
const (
	Han             Ethnicity = "01"
	Yao             Ethnicity = "13"
	She             Ethnicity = "22"
	OtherEthnicity  Ethnicity = "97"
	ForeignAncestry Ethnicity = "98"
)

// ErrEthnicity refuses what is neither a code nor a name of the list.
var ErrEthnicity = &Error{"ethnicity_invalid", "民族填写不正确，请从列表中选择，如“汉族”“瑶族”。"}

// The 56 groups in the order of their codes.
var ethnicNames = strings.Fields(`汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山
	拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克
	德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺`)

// Ethnicities lists all codes: 01–56, 97 and 98.
func Ethnicities() []Ethnicity {
	list := make([]Ethnicity, 0, len(ethnicNames)+2)
	for i := range ethnicNames {
		list = append(list, ethnicCode(i+1))
	}
	return append(list, OtherEthnicity, ForeignAncestry)
}

func ethnicCode(n int) Ethnicity { return Ethnicity([]byte{byte('0' + n/10), byte('0' + n%10)}) }

// ParseEthnicity reads a two-digit code or a name with or without 族 (瑶, 瑶族).
func ParseEthnicity(s string) (Ethnicity, error) {
	s = plainCode(s)
	if e := Ethnicity(s); e.String() != "" {
		return e, nil
	}
	short := strings.TrimSuffix(s, "族")
	for i, name := range ethnicNames {
		if short == name {
			return ethnicCode(i + 1), nil
		}
	}
	for _, e := range []Ethnicity{OtherEthnicity, ForeignAncestry} {
		if s == e.String() {
			return e, nil
		}
	}
	return "", ErrEthnicity
}

// Code gives the two digits.
func (e Ethnicity) Code() string { return string(e) }

// String gives the name with 族; 其他 for 97, 外国血统中国籍人士 is told as 外国血统中国籍; "" for no code of the list.
func (e Ethnicity) String() string {
	switch {
	case e == OtherEthnicity:
		return "其他"
	case e == ForeignAncestry:
		return "外国血统中国籍"
	case len(e) != 2 || !allDigits(string(e)):
		return ""
	}
	n := number(string(e))
	if n < 1 || n > len(ethnicNames) {
		return ""
	}
	return ethnicNames[n-1] + "族"
}
