package catalogue

import (
	"errors"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"yimen/gb"
	"yimen/workday"
)

// formats are the formats of Chinese forms beside those of JSON Schema; each
// gives a Chinese sentence. The empty string is refused by minLength or
// required, never by a format: a field left blank is not a wrong number.
var formats = []*jsonschema.Format{
	format("resident-id", func(s string) error { return gb.ValidateResidentID(s, workday.Date{}) }),
	format("uscc", gb.ValidateUSCC),
	format("mobile", func(s string) error { _, err := gb.ParseMobile(s); return err }),
	format("phone", func(s string) error { _, err := gb.ParsePhone(s, ""); return err }),
	format("division", division),
	format("bank-account", bankAccount),
	format("person-name", func(s string) error { _, err := gb.ParsePersonName(s); return err }),
	format("date", date),
	format("file", fileID),
}

func format(name string, check func(string) error) *jsonschema.Format {
	return &jsonschema.Format{Name: name, Validate: func(v any) error {
		s, ok := v.(string)
		if !ok || s == "" {
			return nil
		}
		return check(s)
	}}
}

func division(s string) error {
	if len(s) != 12 {
		return gb.ErrDivisionFormat
	}
	_, err := gb.ParseDivision(s)
	return err
}

var errDate = errors.New("日期应为 年-月-日，如2026-05-01，且是真实存在的日子。")

func date(s string) error {
	if _, err := workday.ParseDate(s); err != nil {
		return errDate
	}
	return nil
}

var (
	errAccount      = errors.New("银行账号应为12至25位数字，请对照存折或银行卡核对。")
	errAccountCheck = errors.New("银行卡号的最后一位与前面不符，通常是有一位填错，请对照银行卡逐位核对。")
)

// bankAccount takes 12 to 25 digits. Cards (62…, 16 to 19 digits) end in a
// Luhn digit; passbook and company accounts carry none.
func bankAccount(s string) error {
	if len(s) < 12 || len(s) > 25 {
		return errAccount
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return errAccount
		}
	}
	card := s[:2] == "62" && len(s) >= 16 && len(s) <= 19
	if card && !gb.ValidLuhn(s) {
		return errAccountCheck
	}
	return nil
}

var errFile = errors.New("上传的文件无法识别，请重新上传。")

func fileID(s string) error {
	if len(s) < 8 || len(s) > 64 {
		return errFile
	}
	return nil
}
