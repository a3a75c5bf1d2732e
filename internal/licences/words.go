package licences

import (
	"net/url"
	"strings"

	"yimen/internal/kit/web/ui"
	"yimen/workday"
)

// Addresses of the pages.
const (
	CheckURL  = "/licences/check"
	officeURL = "/office/licences"
	typesURL  = "/office/licence-types"
)

// OwnURL is the page of a licence for its holder.
func OwnURL(identifier string) string { return myURL + "/" + url.PathEscape(identifier) }

func licenceURL(identifier string) string { return officeURL + "/" + url.PathEscape(identifier) }

var holderWords = map[string]string{HolderPerson: "个人", HolderEnterprise: "单位", HolderBoth: "个人、单位"}

// Tone is how a state looks.
func (s State) Tone() string {
	switch s {
	case Valid:
		return "success"
	case Suspended:
		return "warning"
	case Withdrawn, Revoked:
		return "danger"
	}
	return "muted"
}

var flagWords = map[string]string{"lower_case": "标识里有小写字母", "type_code": "类型代码不合规范", "issuer_code": "颁发机构代码不合规范",
	"serial": "流水号不合规范", "version": "版本号不合规范", "check_digit": "校验位不对", "not_checkable": "标识无法校验"}

// MaskedNumber is the printed number as somebody else than the holder sees it:
// that of an identity card is its holder's.
func (l Licence) MaskedNumber() string {
	return strings.ReplaceAll(l.Number, l.HolderNo, maskNo(l))
}

// Term is from when to when the licence is valid, in words.
func (l Licence) Term() string {
	if l.To.IsZero() {
		return l.From.Chinese() + "起长期有效"
	}
	return l.From.Chinese() + "至" + l.To.Chinese()
}

// Rows are what the licence says, in the order in which it is read: the common
// part of GB/T 36903 with the number as given, then the fields of its type.
func (s Shown) Rows(number string) []ui.Row {
	rows := []ui.Row{{Label: "持证主体", Value: s.HolderName}, {Label: "证照编号", Value: number}, {Label: "颁发机构", Value: s.IssuerName},
		{Label: "颁发日期", Value: s.IssuedOn.Chinese()}, {Label: "有效期", Value: s.Term()}}
	for _, f := range s.Of.Fields {
		if value := s.Fields[f.Name]; value != "" && f.Kind != kindPicture {
			if d, err := workday.ParseDate(value); f.Kind == "date" && err == nil {
				value = d.Chinese()
			}
			rows = append(rows, ui.Row{Label: f.Label, Value: value})
		}
	}
	return append(rows, ui.Row{Label: "电子证照标识", Value: s.Identifier}, ui.Row{Label: "可信等级", Value: s.Trust.Name()})
}

func stateOptions() []ui.Option {
	var list []ui.Option
	for _, s := range States {
		list = append(list, ui.Option{Value: string(s), Label: s.Name()})
	}
	return list
}

func trustOptions() []ui.Option {
	var list []ui.Option
	for _, t := range []Trust{TrustA, TrustB, TrustC, TrustD} {
		list = append(list, ui.Option{Value: string(t), Label: t.Name()})
	}
	return list
}

func typeOptions(types []Type) []ui.Option {
	list := make([]ui.Option, len(types))
	for i, t := range types {
		list[i] = ui.Option{Value: t.ID, Label: t.Name}
	}
	return list
}
