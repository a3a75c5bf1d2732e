package gb

// A USCC is a unified social credit code (统一社会信用代码, GB 32100-2015), 18 characters, checked. It is public and shown
// unmasked.
type USCC string

// Refusals of credit codes.
var (
	ErrUSCCEmpty     = &Error{"uscc_empty", "请填写统一社会信用代码。"}
	ErrUSCCLength    = &Error{"uscc_length", "统一社会信用代码应为18位，请核对是否漏填或多填。"}
	ErrUSCCCharacter = &Error{"uscc_character", "统一社会信用代码只含数字和大写字母，且不含I、O、S、V、Z，请核对是否把0写成O、1写成I。"}
	ErrUSCCDivision  = &Error{"uscc_division", "统一社会信用代码第3至8位应是6位数字的行政区划代码，请对照证照核对。"}
	ErrUSCCCheck     = &Error{"uscc_check_digit", "统一社会信用代码的最后一位与前面不符，通常是有一位填错，请对照证照逐位核对。"}
	ErrUSCCParts     = &Error{"uscc_parts", "生成统一社会信用代码需要2位机构类别、6位行政区划代码和8位主体标识码，请补全。"}
)

// ParseUSCC reads a credit code. The first two characters are not compared with a list: registrars are still being added.
// The refusals are ErrUSCCEmpty, ErrUSCCLength, ErrUSCCCharacter, ErrUSCCDivision and ErrUSCCCheck.
func ParseUSCC(s string) (USCC, error) {
	code := plainCode(s)
	switch {
	case code == "":
		return "", ErrUSCCEmpty
	case len([]rune(code)) != 18:
		return "", ErrUSCCLength
	case !within(code, alphabet31):
		return "", ErrUSCCCharacter
	case !allDigits(code[2:8]):
		return "", ErrUSCCDivision
	case usccCheck(code[:17]) != code[17]:
		return "", ErrUSCCCheck
	}
	return USCC(code), nil
}

// ValidateUSCC gives the refusal of ParseUSCC, nil for a good code.
func ValidateUSCC(s string) error {
	_, err := ParseUSCC(s)
	return err
}

// MakeUSCC makes a code from the registrar and kind (two characters, such as 91), the 6-digit division of the registrar
// and the 8-character body, with both check characters. The refusal is ErrUSCCParts.
func MakeUSCC(kind, division6, body8 string) (USCC, error) {
	if len(kind) != 2 || len(division6) != 6 || len(body8) != 8 ||
		!within(kind+body8, alphabet31) || !allDigits(division6) {
		return "", ErrUSCCParts
	}
	code := kind + division6 + body8 + string(organisationCheck(body8))
	return USCC(code + string(usccCheck(code))), nil
}

// String gives the 18 characters.
func (c USCC) String() string { return string(c) }

func (c USCC) part(from, to int) string {
	if len(c) != 18 {
		return ""
	}
	return string(c[from:to])
}

// KindCode gives the first two characters: the registrar and the kind of body.
func (c USCC) KindCode() string { return c.part(0, 2) }

// Kind gives the kind of body in Chinese, 其他机构 for one this package does not know.
func (c USCC) Kind() string {
	if name, ok := usccKinds[c.KindCode()]; ok {
		return name
	}
	return "其他机构"
}

// Division gives the 6-digit division of the registrar.
func (c USCC) Division() string { return c.part(2, 8) }

// Organisation gives the 9-character organisation code (组织机构代码) inside.
func (c USCC) Organisation() string { return c.part(8, 17) }

// OrganisationOK tells whether the organisation code's own check character (GB 11714) is right. If not, that is worth a
// warning, no refusal: the code as a whole may still be genuine.
func (c USCC) OrganisationOK() bool {
	org := c.Organisation()
	return org != "" && organisationCheck(org[:8]) == org[8]
}

var usccKinds = map[string]string{
	"11": "机关", "12": "事业单位", "13": "群众团体", "19": "其他机构编制机构",
	"21": "外国常驻新闻机构", "29": "其他外交机构",
	"31": "律师执业机构", "32": "公证处", "33": "基层法律服务所", "34": "司法鉴定机构", "35": "仲裁委员会", "39": "其他司法行政机构",
	"41": "外国在华文化中心", "49": "其他文化机构",
	"51": "社会团体", "52": "民办非企业单位", "53": "基金会", "54": "村民委员会", "55": "居民委员会", "59": "其他民政机构",
	"61": "外国旅游部门常驻代表机构", "62": "港澳台地区旅游部门常驻内地（大陆）代表机构", "69": "其他旅游机构",
	"71": "宗教活动场所", "72": "宗教院校", "79": "其他宗教机构",
	"81": "基层工会", "89": "其他工会机构",
	"91": "企业", "92": "个体工商户", "93": "农民专业合作社",
	"A1": "军队事业单位", "A9": "其他军队机构",
	"N1": "组级集体经济组织", "N2": "村级集体经济组织", "N3": "乡镇级集体经济组织", "N9": "其他农业机构",
	"Y1": "其他机构",
}
