package messages

import (
	"context"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// mobile is a mobile number of the mainland.
var mobile = regexp.MustCompile(`^1[3-9]\d{9}$`)

type templatesPage struct {
	list    []Template
	current map[string]Version
	sms     bool // set up
	mail    bool
}

// templatesPage lists every notice with what it goes out by.
func (m *Module) templatesPage(w http.ResponseWriter, r *http.Request) error {
	current, err := m.current(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, templatesView(templatesPage{Templates(), current, m.SMS != nil, m.Mail != nil}))
}

type templatePage struct {
	m        *Module
	t        Template
	version  int
	form     *web.Form
	preview  preview
	versions []Version
	edits    bool // the viewer may change it
}

// preview is what the words look like with the sample values.
type preview struct {
	title, text, sms, subject, mail string
	smsLength                       int
	over                            bool
}

func (m *Module) previewOf(t Template, w Words) preview {
	vars := t.samples()
	p := preview{title: fill(w.Title, vars), text: fill(w.Text, vars), subject: fill(w.Subject, t.outside(vars)),
		mail: t.mailText(w, m.BaseURL+"/my", vars)}
	if w.SMS != "" {
		p.sms = t.smsText(w.SMS, m.Limits.Signature, vars)
		p.smsLength = utf8.RuneCountInString(p.sms)
		p.over = p.smsLength > smsLength
	}
	return p
}

// templatePage shows one notice: its words to be edited, what they look like,
// and what they were; ?version=N takes up an old version to be saved anew.
func (m *Module) templatePage(w http.ResponseWriter, r *http.Request) error {
	return m.showTemplate(w, r, nil)
}

func (m *Module) showTemplate(w http.ResponseWriter, r *http.Request, form *web.Form) error {
	ctx := r.Context()
	t, ok := named(r.PathValue("key"))
	if !ok {
		return ErrTemplateUnknown
	}
	p := templatePage{m: m, t: t, form: form, edits: mayEdit(ctx)}
	var now Words
	var err error
	if now, p.version, err = m.words(ctx, t); err != nil {
		return err
	}
	if p.versions, err = m.versions(ctx, t); err != nil {
		return err
	}
	if form == nil {
		for _, v := range p.versions {
			if r.URL.Query().Get("version") == strconv.Itoa(v.N) {
				now = v.Words
			}
		}
		p.form = formOf(now, p.version)
	}
	p.preview = m.previewOf(t, wordsOf(p.form))
	return web.Render(w, r, statusOf(p.form), templateView(p))
}

// formOf puts words into the fields.
func formOf(w Words, version int) *web.Form {
	f := web.NewForm(nil)
	for name, value := range map[string]string{"title": w.Title, "text": w.Text, "sms": w.SMS, "subject": w.Subject, "mail": w.Mail,
		"sms_on": flag(w.SMSOn), "mail_on": flag(w.MailOn), "version": strconv.Itoa(version)} {
		f.Set(name, value)
	}
	return f
}

// wordsOf reads words from the fields.
func wordsOf(f *web.Form) Words {
	line := func(name string) string { return strings.ReplaceAll(f.Value(name), "\r\n", "\n") }
	return Words{Title: line("title"), Text: line("text"), SMS: line("sms"), Subject: line("subject"), Mail: line("mail"),
		SMSOn: f.Value("sms_on") == "1", MailOn: f.Value("mail_on") == "1"}
}

func flag(on bool) string {
	if on {
		return "1"
	}
	return ""
}

// saveTemplate makes the words of the form a new version.
func (m *Module) saveTemplate(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	key := r.PathValue("key")
	base, err := strconv.Atoi(form.Value("version"))
	if err != nil {
		return errs.ErrInvalid.Field("version", "页面已过期，请刷新后重新修改。")
	}
	if err := form.Merge(m.SaveWords(r.Context(), key, base, wordsOf(form), form.Value("note"))); err != nil {
		return err
	}
	if !form.OK() {
		return m.showTemplate(w, r, form)
	}
	web.Flash(r, "success", "已保存为第"+strconv.Itoa(base+1)+"版，以后发出的通知用新文字。")
	return web.Redirect(w, r, templateURL(key))
}

// previewTemplate shows what is in the form with the sample values, and what
// is wrong with it, without saving.
func (m *Module) previewTemplate(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	t, ok := named(r.PathValue("key"))
	if !ok {
		return ErrTemplateUnknown
	}
	if r.Header.Get("HX-Request-Type") != "partial" {
		if err := form.Merge(check(t, wordsOf(form))); err != nil {
			return err
		}
		return m.showTemplate(w, r, form)
	}
	problem := ""
	if e := errs.From(check(t, wordsOf(form))); e != nil && len(e.Fields) > 0 {
		problem = e.Fields[0].Message
	}
	return web.Render(w, r, http.StatusOK, previewPart(m.previewOf(t, wordsOf(form)), problem))
}

// testTemplate sends the saved words with the sample values to somebody.
func (m *Module) testTemplate(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	key := r.PathValue("key")
	if err := form.Merge(m.Test(r.Context(), key, form.Value("test_channel"), form.Value("test_to"))); err != nil {
		return err
	}
	if !form.OK() {
		fresh := form
		t, _ := named(key)
		now, version, err := m.words(r.Context(), t)
		if err != nil {
			return err
		}
		form = formOf(now, version)
		for _, name := range []string{"test_channel", "test_to"} {
			form.Set(name, fresh.Value(name))
		}
		for _, e := range fresh.Errors() {
			form.Error(e.Name, e.Message)
		}
		return m.showTemplate(w, r, form)
	}
	web.Flash(r, "success", "测试已发出，结果见“发送记录”。")
	return web.Redirect(w, r, templateURL(key)+"#test")
}

// Test sends what a template says now, with the sample values, to an address;
// at once, whatever the hour. Errors: ErrDenied, ErrTemplateUnknown,
// ErrAddress, ErrChannelOff.
func (m *Module) Test(ctx context.Context, key, channel, to string) error {
	if !mayEdit(ctx) {
		return ErrDenied
	}
	t, ok := named(key)
	if !ok {
		return ErrTemplateUnknown
	}
	if m.sender(channel) == nil {
		return ErrChannelOff
	}
	d := delivery{Channel: channel, Address: to, Template: t.Key, Urgent: true}
	if channel == Mail {
		address, err := mailAddress(to)
		if err != nil {
			return ErrAddress.Field("test_to", errs.From(err).Fields[0].Message)
		}
		d.Address = address
	} else if !mobile.MatchString(to) {
		return ErrAddress.Field("test_to", "手机号应为11位数字，请核对。")
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		w, _, err := m.words(ctx, t)
		if err != nil {
			return err
		}
		p := m.previewOf(t, w)
		d.Subject, d.Text = "【测试】"+p.subject, p.sms
		if channel == Mail {
			d.Text = p.mail
		}
		if d.Text == "" {
			return ErrAddress.Field("test_channel", "这个模板没有短信文字，请先填写并保存。")
		}
		if err := m.queue(ctx, []delivery{d}); err != nil {
			return err
		}
		return m.record(ctx, "message.test", "message_template", t.Key+" "+channel)
	})
}

// adminOpts is the frame of the administrators' pages.
func adminOpts(title, lead string, crumbs ...ui.Crumb) ui.PageOpts {
	return ui.PageOpts{Title: title, Lead: lead, Face: ui.Staff, Styles: []string{"messages.css"},
		Breadcrumb: append(append([]ui.Crumb{{Label: "管理", URL: "/admin"}}, crumbs...), ui.Crumb{Label: title})}
}
