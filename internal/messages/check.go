package messages

import (
	"slices"
	"strings"
	"unicode/utf8"

	"yimen/internal/kit/errs"
)

// The most characters of each part.
const (
	titleLength   = 60
	textLength    = 600
	subjectLength = 80
	mailLength    = 2000
)

// defaultSignature is used for counting until the settings say another.
const defaultSignature = "【一门政务】"

// check says what is wrong with words: unknown or missing placeholders, too
// long, a channel switched on that has nothing to say. Errors: errs.ErrInvalid
// with a message for each field.
func check(t Template, w Words) error {
	var bad errs.Fields
	for _, p := range []struct {
		field, label, words string
		most                int
		needed, must        bool
	}{
		{"title", "标题", w.Title, titleLength, true, false},
		{"text", "站内消息", w.Text, textLength, true, true},
		{"sms", "短信", w.SMS, 0, w.SMSOn, w.SMS != ""},
		{"subject", "邮件主题", w.Subject, subjectLength, w.MailOn, false},
		{"mail", "邮件正文", w.Mail, mailLength, false, w.Mail != ""},
	} {
		switch n := utf8.RuneCountInString(p.words); {
		case p.needed && strings.TrimSpace(p.words) == "":
			bad.Add(p.field, "%s不能为空，请填写。", p.label)
		case p.most > 0 && n > p.most:
			bad.Add(p.field, "%s有%d个字，最多%d个字，请删减。", p.label, n, p.most)
		default:
			checkPlaceholders(&bad, t, p.field, p.words, p.must)
		}
	}
	checkSMS(&bad, t, w.SMS)
	return bad.Err()
}

// checkPlaceholders wants every {…} known and, in text that stands alone, those
// that must be there.
func checkPlaceholders(bad *errs.Fields, t Template, field, words string, must bool) {
	names := placeholders(words)
	for _, name := range names {
		if _, ok := t.v(name); !ok {
			bad.Add(field, "没有“{%s}”这个变量，请从变量表中选用。", name)
			return
		}
	}
	if rest := placeholder.ReplaceAllString(words, ""); strings.ContainsAny(rest, "{}") {
		bad.Add(field, "大括号没有成对，变量应写成“{%s}”的样子，请改正。", t.Vars[0].Name)
		return
	}
	for _, v := range t.Vars {
		if must && v.Must && !slices.Contains(names, v.Name) {
			bad.Add(field, "缺少“{%s}”（%s），请加上。", v.Name, v.Label)
			return
		}
	}
}

// checkSMS counts with the sample values, after what may be cut was cut.
func checkSMS(bad *errs.Fields, t Template, sms string) {
	if strings.ContainsAny(sms, "【】\n") {
		bad.Add("sms", "短信内容不要写【签名】，也不要换行；签名由系统加在最前面。")
		return
	}
	if n := utf8.RuneCountInString(t.smsText(sms, defaultSignature, t.samples())); n > smsLength {
		bad.Add("sms", "短信连签名有%d个字，最多%d个字，请删减。", n, smsLength)
	}
}
