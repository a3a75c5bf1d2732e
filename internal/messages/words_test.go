package messages

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"yimen/internal/kit/errs"
)

// The shipped words are what administrators could have saved, with samples for
// every placeholder; Define has refused all others.
func TestShippedTemplates(t *testing.T) {
	for _, x := range Templates() {
		if x.Name == "" || x.Audience != Citizens && x.Audience != Staff {
			t.Errorf("%s: %q for %q", x.Key, x.Name, x.Audience)
		}
		sms := x.smsText(x.Words.SMS, defaultSignature, x.samples())
		if n := utf8.RuneCountInString(sms); n > smsLength || x.Words.SMS == "" {
			t.Errorf("%s: %d characters: %s", x.Key, n, sms)
		}
		for _, v := range x.Vars {
			if v.Sample == "" || v.Label == "" {
				t.Errorf("%s: {%s} without sample or label", x.Key, v.Name)
			}
		}
		for _, text := range []string{x.Words.Title, x.Words.Text, x.Words.SMS} {
			if strings.ContainsAny(text, `"',;?`) {
				t.Errorf("%s: Latin marks in %q", x.Key, text)
			}
		}
	}
}

func TestCheckOfWords(t *testing.T) {
	x, _ := named("case.correction_requested")
	good := x.Words
	for name, test := range map[string]struct {
		change func(*Words)
		field  string // "": nothing wrong
		says   string
	}{
		"as shipped":            {func(*Words) {}, "", ""},
		"no title":              {func(w *Words) { w.Title = " " }, "title", "不能为空"},
		"unknown placeholder":   {func(w *Words) { w.Text += "{phone}" }, "text", "没有“{phone}”这个变量"},
		"missing placeholder":   {func(w *Words) { w.Text = "请补正“{item}”，编号{number}。" }, "text", "缺少“{due}”"},
		"missing in SMS":        {func(w *Words) { w.SMS = "“{item}”请补正。" }, "sms", "缺少“{number}”"},
		"missing in mail":       {func(w *Words) { w.Mail = "请补正。" }, "mail", "缺少“{item}”"},
		"brackets":              {func(w *Words) { w.Text += "{" }, "text", "大括号没有成对"},
		"empty SMS switched on": {func(w *Words) { w.SMS = "" }, "sms", "不能为空"},
		"empty SMS off":         {func(w *Words) { w.SMS, w.SMSOn = "", false }, "", ""},
		"no subject":            {func(w *Words) { w.Subject = "" }, "subject", "不能为空"},
		"no subject, no mail":   {func(w *Words) { w.Subject, w.MailOn = "", false }, "", ""},
		"own signature":         {func(w *Words) { w.SMS = "【一门】" + w.SMS }, "sms", "不要写【签名】"},
		"too long SMS":          {func(w *Words) { w.SMS += strings.Repeat("啊", 40) }, "sms", "最多70个字"},
		"too long title":        {func(w *Words) { w.Title = strings.Repeat("啊", 61) }, "title", "最多60个字"},
	} {
		w := good
		test.change(&w)
		err := check(x, w)
		if test.field == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		e := errs.From(err)
		if err == nil || len(e.Fields) == 0 || e.Fields[0].Name != test.field || !strings.Contains(e.Fields[0].Message, test.says) {
			t.Errorf("%s: %+v", name, err)
		}
	}
}

// What leaves the building names nobody in full, shows no document number, and
// fits one text message.
func TestWhatLeavesTheBuilding(t *testing.T) {
	x := Template{Key: "test", Vars: []Var{{Name: "by", Person: true}, {Name: "item", Cut: true}, {Name: "place", Cut: true}, {Name: "due"}}}
	vars := map[string]string{"by": "欧阳小明", "item": "城乡居民最低生活保障对象、特困人员认定及救助供养待遇核定", "due": "2026年12月2日",
		"place": "大寮坑村便民服务点（游溪镇大寮坑村委会一楼服务大厅三号窗口东侧）"}
	text := x.smsText("{by}的“{item}”请在{due}前到{place}。证号440232196503070024。", "【一门政务】", vars)
	if n := utf8.RuneCountInString(text); n > smsLength {
		t.Errorf("%d characters: %s", n, text)
	}
	if !strings.Contains(text, "欧**明的") || !strings.Contains(text, "12月2日前") || strings.Contains(text, "2026年") || !strings.Contains(text, "…") {
		t.Errorf("text message: %s", text)
	}
	if strings.Count(text, "（") != strings.Count(text, "）") {
		t.Errorf("a bracket that never closes: %s", text)
	}
	for value, want := range map[string]string{
		"440232196503070024":  "440232********0024",
		"44023219650307002X":  "440232********002X",
		"6222021234567890123": "622202*********0123",
		"2611180345712946":    "2611180345712946", // a case number
		"13812345678":         "13812345678",
	} {
		if got := within(map[string]string{"x": value})["x"]; got != want {
			t.Errorf("%s in the box: %s, want %s", value, got, want)
		}
	}
	for name, want := range map[string]string{"李建国": "李*国", "乳源瑶族自治县林业局": "乳源瑶族自治县林业局"} {
		if got := x.outside(map[string]string{"by": name})["by"]; got != want {
			t.Errorf("%s outside: %s, want %s", name, got, want)
		}
	}
	if got := maskMail("lan@example.com"); got != "l***@example.com" {
		t.Error(got)
	}
}

func TestVersionsOfWords(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		x, _ := named("case.accepted")
		words := x.Words
		words.Text = "“{item}”受理了，编号{number}。"
		words.SMSOn = false
		w.must(w.SaveWords(w.system, x.Key, 0, words, "短一些"))
		w.refused(w.SaveWords(w.system, x.Key, 0, words, "同时改"), ErrTemplateChanged)
		w.must(w.Send(w.system, accepted(w.villager, "k")))
		w.drain()
		list, err := w.versions(w.system, x)
		w.must(err)
		if len(list) != 2 || list[0].N != 1 || list[0].Note != "短一些" || list[1].Words != x.Words {
			t.Errorf("versions: %+v", list)
		}
		all, err := w.current(w.system)
		w.must(err)
		if all[x.Key].N != 1 || all["case.denied"].N != 0 {
			t.Errorf("current: %+v", all[x.Key])
		}
		if len(w.sms.sent) != 0 {
			t.Errorf("switched off and sent: %+v", w.sms.sent)
		}
		w.refused(w.SaveWords(w.clerk, x.Key, 1, words, ""), ErrDenied)
		w.refused(w.SaveWords(w.system, "nothing", 0, words, ""), ErrTemplateUnknown)
		words.Text = "{nothing}"
		if err := w.SaveWords(w.system, x.Key, 1, words, ""); !errors.Is(err, errs.ErrInvalid) {
			t.Errorf("saved what cannot be filled: %v", err)
		}
	})
}

func TestATestIsSentAtOnce(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.clock.Set(start.Add(14 * 3600e9)) // midnight
		w.must(w.Test(w.system, "case.accepted", SMS, "13900000009"))
		w.must(w.Test(w.system, "case.accepted", Mail, "admin@example.com"))
		w.drain()
		if len(w.sms.sent) != 1 || w.sms.sent[0].To != "13900000009" || len(w.mail.sent) != 1 || !strings.HasPrefix(w.mail.sent[0].Subject, "【测试】") {
			t.Errorf("%+v %+v", w.sms.sent, w.mail.sent)
		}
		w.refused(w.Test(w.system, "case.accepted", SMS, "12345"), ErrAddress)
		w.refused(w.Test(w.system, "case.accepted", Mail, "nobody"), ErrAddress)
		w.Module.SMS = nil
		w.refused(w.Test(w.system, "case.accepted", SMS, "13900000009"), ErrChannelOff)
	})
}
