package gb

import "fmt"

// A ServiceType is a code of 事项类型 (GB/T 39046-2020 A.1): 01–10, 20, and the extensions 11–19 and 21–99.
type ServiceType string

// The named types.
const (
	Licensing      ServiceType = "01"
	Penalty        ServiceType = "02"
	Compulsion     ServiceType = "03"
	Levy           ServiceType = "04"
	Payment        ServiceType = "05"
	Inspection     ServiceType = "06"
	Confirmation   ServiceType = "07"
	Award          ServiceType = "08"
	Adjudication   ServiceType = "09"
	OtherPower     ServiceType = "10"
	PublicService  ServiceType = "20"
	PublicService2 ServiceType = "21" // an extension in live use
)

var serviceTypes = [...]ServiceType{Licensing, Penalty, Compulsion, Levy, Payment, Inspection, Confirmation, Award,
	Adjudication, OtherPower, PublicService}

var serviceTypeNames = map[ServiceType]string{
	Licensing: "行政许可", Penalty: "行政处罚", Compulsion: "行政强制", Levy: "行政征收", Payment: "行政给付",
	Inspection: "行政检查", Confirmation: "行政确认", Award: "行政奖励", Adjudication: "行政裁决", OtherPower: "其他行政权力",
	PublicService: "公共服务", PublicService2: "公共服务",
}

// ServiceTypes lists the eleven types of the standard, without extensions.
func ServiceTypes() []ServiceType { return append([]ServiceType(nil), serviceTypes[:]...) }

// Valid tells whether the code has the form of a service type: two digits from 01.
func (t ServiceType) Valid() bool { return len(t) == 2 && allDigits(string(t)) && t != "00" }

// String gives the Chinese name, 扩展类型 for an extension, "" for no type.
func (t ServiceType) String() string {
	if name, ok := serviceTypeNames[t]; ok {
		return name
	}
	if t.Valid() {
		return "扩展类型"
	}
	return ""
}

// Applicable tells whether items of the type may be applied for (依申请): licensing, payment, confirmation, award,
// adjudication, other powers, and public services. The rest (penalties, levies …) must not be offered in a hall.
func (t ServiceType) Applicable() bool {
	switch t {
	case Licensing, Payment, Confirmation, Award, Adjudication, OtherPower, PublicService, PublicService2:
		return true
	}
	return false
}

// Refusals of item codes. A wrong credit code inside is refused with its own error.
var (
	ErrItemBase           = &Error{"item_base_format", "事项基本编码应为12位：2位区划、2位类型、5位主项、3位子项，请核对。"}
	ErrItemRegion         = &Error{"item_base_region", "事项基本编码的前两位应为00（国家）或省份代码，请核对。"}
	ErrItemType           = &Error{"item_base_type", "事项基本编码第3至4位应为事项类型01至99，请核对。"}
	ErrItemMain           = &Error{"item_base_main", "事项基本编码的主项序号应从001开始，请核对第7至9位。"}
	ErrItemImplementation = &Error{"item_implementation_format", "事项实施编码应为31位：18位实施主体统一社会信用代码、1位行使层级、12位基本编码，请核对。"}
	ErrItemLevel          = &Error{"item_level", "事项实施编码第19位（行使层级）应为1至7，请核对。"}
	ErrHandlingItem       = &Error{"handling_item_format", "业务办理项编码应为33位：31位实施编码加2位序号（01至99），请核对。"}
)

// An ItemBase is a base code (基本编码): 2 region, 2 type, 5 main item (2 guiding department, 3 sequence), 3 sub-item.
type ItemBase string

// ParseItemBase reads 12 characters. The refusals are ErrItemBase, ErrItemRegion, ErrItemType and ErrItemMain.
func ParseItemBase(s string) (ItemBase, error) {
	code := plainCode(s)
	switch {
	case len(code) != 12 || !allDigits(code[:6]) || !within(code[6:9], alphabet31) || !allDigits(code[9:]):
		return "", ErrItemBase
	case code[:2] != "00" && !isProvince(code[:2]):
		return "", ErrItemRegion
	case !ServiceType(code[2:4]).Valid():
		return "", ErrItemType
	case code[6:9] == "000":
		return "", ErrItemMain
	}
	return ItemBase(code), nil
}

// MakeItemBase composes a base code: region 00 or the province's two digits, department the two digits of the central
// guiding department, seq the three characters of the main item, sub 0 (none) to 999. Refusals as of ParseItemBase.
func MakeItemBase(region string, t ServiceType, department, seq string, sub int) (ItemBase, error) {
	if len(region) != 2 || len(t) != 2 || len(department) != 2 || len(seq) != 3 || sub < 0 || sub > 999 {
		return "", ErrItemBase
	}
	return ParseItemBase(region + string(t) + department + seq + fmt.Sprintf("%03d", sub))
}

// String gives the 12 characters.
func (b ItemBase) String() string { return string(b) }

// Region gives 00 or the province's two digits.
func (b ItemBase) Region() string { return cut(string(b), 12, 0, 2) }

// Type gives the service type.
func (b ItemBase) Type() ServiceType { return ServiceType(cut(string(b), 12, 2, 4)) }

// Department gives the code of the central guiding department.
func (b ItemBase) Department() string { return cut(string(b), 12, 4, 6) }

// Main gives the five characters of the main item, department included.
func (b ItemBase) Main() string { return cut(string(b), 12, 4, 9) }

// Sub gives the three digits of the sub-item, 000 for none.
func (b ItemBase) Sub() string { return cut(string(b), 12, 9, 12) }

// An ItemImplementation is an implementation code (实施编码): 18 credit code of the implementing body, 1 level, 12 base code.
type ItemImplementation string

// ParseItemImplementation reads 31 characters. The refusals are ErrItemImplementation, ErrItemLevel, and those of ParseUSCC
// and ParseItemBase.
func ParseItemImplementation(s string) (ItemImplementation, error) {
	code := plainCode(s)
	if len(code) != 31 {
		return "", ErrItemImplementation
	}
	if _, err := ParseUSCC(code[:18]); err != nil {
		return "", err
	}
	if code[18] < '1' || code[18] > '7' {
		return "", ErrItemLevel
	}
	if _, err := ParseItemBase(code[19:]); err != nil {
		return "", err
	}
	return ItemImplementation(code), nil
}

// MakeItemImplementation composes an implementation code. Refusals as of ParseItemImplementation.
func MakeItemImplementation(body USCC, level Level, base ItemBase) (ItemImplementation, error) {
	if !level.Valid() {
		return "", ErrItemLevel
	}
	return ParseItemImplementation(fmt.Sprintf("%s%d%s", body, int(level), base))
}

// String gives the 31 characters.
func (i ItemImplementation) String() string { return string(i) }

// Body gives the credit code of the implementing body.
func (i ItemImplementation) Body() USCC { return USCC(cut(string(i), 31, 0, 18)) }

// Level gives the level at which the power is exercised.
func (i ItemImplementation) Level() Level { return Level(number(cut(string(i), 31, 18, 19))) }

// Base gives the base code.
func (i ItemImplementation) Base() ItemBase { return ItemBase(cut(string(i), 31, 19, 31)) }

// A HandlingItem is a handling item code (业务办理项编码): implementation code and a two-digit sequence.
type HandlingItem string

// ParseHandlingItem reads 33 characters. The refusals are ErrHandlingItem and those of ParseItemImplementation.
func ParseHandlingItem(s string) (HandlingItem, error) {
	code := plainCode(s)
	if len(code) != 33 || !allDigits(code[31:]) || code[31:] == "00" {
		return "", ErrHandlingItem
	}
	if _, err := ParseItemImplementation(code[:31]); err != nil {
		return "", err
	}
	return HandlingItem(code), nil
}

// MakeHandlingItem composes a handling item code; seq is 1 to 99. Refusals as of ParseHandlingItem.
func MakeHandlingItem(i ItemImplementation, seq int) (HandlingItem, error) {
	if seq < 1 || seq > 99 {
		return "", ErrHandlingItem
	}
	return ParseHandlingItem(fmt.Sprintf("%s%02d", i, seq))
}

// String gives the 33 characters.
func (h HandlingItem) String() string { return string(h) }

// Implementation gives the implementation code.
func (h HandlingItem) Implementation() ItemImplementation {
	return ItemImplementation(cut(string(h), 33, 0, 31))
}

// Seq gives the sequence number, 1 to 99.
func (h HandlingItem) Seq() int { return number(cut(string(h), 33, 31, 33)) }

// cut gives a part of a code of the given width, "" for a value of another width.
func cut(code string, width, from, to int) string {
	if len(code) != width {
		return ""
	}
	return code[from:to]
}
