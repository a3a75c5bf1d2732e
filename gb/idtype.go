package gb

import (
	"slices"

	"yimen/workday"
)

// An IDType is the three-digit code of a kind of identity document (GA/T 2000.156, GB/T 36903 annex A). Interfaces with
// other codes map at their edge.
type IDType string

// The document types.
const (
	IDCreditCode    IDType = "001"
	IDOtherOrg      IDType = "099"
	IDResident      IDType = "111"
	IDTemporary     IDType = "112"
	IDHousehold     IDType = "113"
	IDOfficer       IDType = "114"
	IDPassport      IDType = "414"
	IDTaiwanPermit  IDType = "511"
	IDHongKongMacao IDType = "516"
	IDForeignPermit IDType = "553"
	IDOtherPersonal IDType = "999"
)

// Refusals of document types and of numbers without a check character.
var (
	ErrIDType         = &Error{"id_type_invalid", "证件类型不正确，请从列表中选择。"}
	ErrDocumentNumber = &Error{"document_number_format", "证件号码应为2至40位的数字、字母或连字符，请对照证件核对。"}
	ErrPassportNumber = &Error{"passport_number_format", "护照号码应为5至20位的数字或字母，请对照护照核对。"}
	ErrTaiwanPermit   = &Error{"taiwan_permit_format", "台湾居民来往大陆通行证号码应为8位数字（旧证10位），请对照证件核对。"}
	ErrHongKongMacao  = &Error{"hongkong_macao_permit_format", "港澳居民来往内地通行证号码应为H或M加8位或10位数字，请对照证件核对。"}
)

// In the order a form shows them.
var (
	idTypeOrganisation = []IDType{IDCreditCode, IDOtherOrg}
	idTypePerson       = []IDType{IDResident, IDTemporary, IDHousehold, IDOfficer, IDPassport, IDTaiwanPermit,
		IDHongKongMacao, IDForeignPermit, IDOtherPersonal}
)

var idTypeNames = map[IDType]string{
	IDCreditCode: "统一社会信用代码", IDOtherOrg: "其他法人或组织证件", IDResident: "居民身份证", IDTemporary: "临时居民身份证",
	IDHousehold: "户口簿", IDOfficer: "军官证", IDPassport: "普通护照", IDTaiwanPermit: "台湾居民来往大陆通行证",
	IDHongKongMacao: "港澳居民来往内地通行证", IDForeignPermit: "外国人永久居留身份证", IDOtherPersonal: "其他个人证件",
}

// PersonIDTypes lists the document types of people, in the order a form shows them.
func PersonIDTypes() []IDType { return slices.Clone(idTypePerson) }

// OrganisationIDTypes lists the document types of organisations.
func OrganisationIDTypes() []IDType { return slices.Clone(idTypeOrganisation) }

// ParseIDType reads a three-digit code; anything else is ErrIDType.
func ParseIDType(s string) (IDType, error) {
	t := IDType(plainCode(s))
	if _, ok := idTypeNames[t]; !ok {
		return "", ErrIDType
	}
	return t, nil
}

// Code gives the three digits.
func (t IDType) Code() string { return string(t) }

// String gives the Chinese name, "" for an unknown code.
func (t IDType) String() string { return idTypeNames[t] }

// OfOrganisation tells whether such documents belong to organisations rather than people.
func (t IDType) OfOrganisation() bool { return slices.Contains(idTypeOrganisation, t) }

// ParseNumber reads the number of a document of this type and gives it in its written form. Resident numbers, credit codes
// and foreigners' permits are checked in full, with their refusals; the others by their shape, with ErrPassportNumber,
// ErrTaiwanPermit, ErrHongKongMacao, ErrDocumentNumber. An unknown type is ErrIDType. A household book (户口簿) is named by
// the resident number in it.
func (t IDType) ParseNumber(no string, today workday.Date) (string, error) {
	switch t {
	case IDResident, IDTemporary, IDHousehold:
		id, err := ParseResidentID(no, today)
		return string(id), err
	case IDCreditCode:
		code, err := ParseUSCC(no)
		return string(code), err
	case IDForeignPermit:
		permit, err := ParseForeignPermit(no, today)
		return string(permit), err
	}
	if t.String() == "" {
		return "", ErrIDType
	}
	plain := plainCode(no)
	if err := t.checkShape(plain); err != nil {
		return "", err
	}
	return plain, nil
}

func (t IDType) checkShape(no string) error {
	n := len([]rune(no))
	switch t {
	case IDPassport:
		if n < 5 || n > 20 || !within(no, alnum36) {
			return ErrPassportNumber
		}
	case IDTaiwanPermit:
		if n != 8 && n != 10 || !allDigits(no) {
			return ErrTaiwanPermit
		}
	case IDHongKongMacao:
		if n != 9 && n != 11 || no[0] != 'H' && no[0] != 'M' || !allDigits(no[1:]) {
			return ErrHongKongMacao
		}
	case IDOfficer: // 南字第01234567号
		if n < 2 || n > 40 {
			return ErrDocumentNumber
		}
	default:
		if n < 2 || n > 40 || !within(no, alnum36+"-") {
			return ErrDocumentNumber
		}
	}
	return nil
}
