package licences

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"yimen/internal/kit/errs"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/ofd/ses"
)

// verifyLimit is the largest request with a file to verify: the file and the
// form around it.
const verifyLimit = largestFile + 1<<16

var verifyGuard = web.Public.And(web.RateLimit("licence verify", 20, time.Minute, nil))

// mostSteps is how many steps a page lists: a file can make thousands.
const mostSteps = 100

func (m *Module) verifyFile(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	p := checkedPage{form: f}
	head := f.File("file")
	if head == nil {
		f.Error("file", "请选择要验证的文件。")
		return web.Render(w, r, f.Status(), checkView(p))
	}
	file, err := head.Open()
	if err != nil {
		return err
	}
	defer file.Close()
	v, err := m.Verify(r.Context(), file, head.Size)
	if k := errs.KindOf(err); err != nil && (k == errs.Invalid || k == errs.TooLarge) {
		f.Error("file", errs.From(err).Message)
		return web.Render(w, r, f.Status(), checkView(p))
	}
	if err != nil {
		return err
	}
	p.verdict, p.name = &v, head.Filename
	return web.Render(w, r, http.StatusOK, checkView(p))
}

func (a Answer) tone() string {
	switch a {
	case AnswerValid:
		return "success"
	case AnswerInvalid:
		return "danger"
	}
	return "warning"
}

// rows are what the licence says to anybody.
func (c Checked) rows() []ui.Row {
	return []ui.Row{{Label: "证照", Value: c.TypeName}, {Label: "持证主体", Value: c.Holder}, {Label: "证照编号", Value: c.Number}, {Label: "颁发机构", Value: c.Issuer},
		{Label: "颁发日期", Value: c.IssuedOn.Chinese()}, {Label: "有效期", Value: c.Term}, {Label: "可信等级", Value: c.Trust.Name()}}
}

// parts are the groups of steps of a report, each with a heading.
func (v Verdict) parts() []reportPart {
	if v.Report == nil {
		return nil
	}
	parts := []reportPart{{"整个文件", v.Report.Steps}}
	for _, s := range v.Report.Signatures {
		title := "签名" + s.ID
		if s.Signer != "" {
			title += "：" + s.Signer
		}
		if s.Seal != nil {
			title = s.Seal.Name
		}
		parts = append(parts, reportPart{title, s.Steps})
	}
	left := mostSteps
	for i := range parts {
		parts[i].steps = parts[i].steps[:min(left, len(parts[i].steps))]
		left -= len(parts[i].steps)
	}
	return parts
}

type reportPart struct {
	title string
	steps []ses.Step
}

var resultWords = map[ses.Result]struct{ name, tone string }{ses.OK: {"通过", "success"}, ses.Failed: {"不通过", "danger"}, ses.Unknown: {"无法判断", "warning"}, ses.Skipped: {"没有查", "muted"}}

type verifyIn struct {
	RawBody []byte `contentType:"application/octet-stream" doc:"OFD或PDF文件，不超过10MB"`
}

type documentOut struct {
	Title string `json:"title" doc:"文书名称"`
	DocNo string `json:"doc_no" doc:"文号"`
	Organ string `json:"organ" doc:"作出文书的单位"`
	On    string `json:"on" doc:"作出的日期"`
}

type sealOut struct {
	Seal   string     `json:"seal" doc:"印章名称"`
	Agency string     `json:"agency" doc:"盖章的单位"`
	Time   *time.Time `json:"time,omitempty" doc:"盖章时间"`
}

type verifyOut struct {
	Body struct {
		Answer   string       `json:"answer" enum:"valid,invalid,unknown" doc:"有效、无效、不能证明真伪"`
		Code     string       `json:"code" doc:"原因代码：valid、unreadable、unsigned、changed、seal_not_in_force、untrusted、not_in_store、wrong_seal、not_archived、not_begun，或证照今天的状态"`
		Why      string       `json:"why" doc:"为什么"`
		Format   string       `json:"format" enum:"ofd,pdf"`
		Archived bool         `json:"archived" doc:"与签发时存档的文件完全一致"`
		Licence  *checkBody   `json:"licence,omitempty" doc:"文件是电子证照时，证照今天的情况"`
		Document *documentOut `json:"document,omitempty" doc:"文件是存档的通知书、决定书时，是哪一份"`
		Seals    []sealOut    `json:"seals" doc:"验证通过的印章"`
		Report   any          `json:"report,omitempty" doc:"带签名的文件的逐步验证结果"`
	}
}

func (m *Module) apiVerify(ctx context.Context, in *verifyIn) (*verifyOut, error) {
	v, err := m.Verify(ctx, bytes.NewReader(in.RawBody), int64(len(in.RawBody)))
	if err != nil {
		return nil, err
	}
	out := &verifyOut{}
	b := &out.Body
	b.Answer, b.Code, b.Why, b.Format, b.Archived, b.Seals = string(v.Answer), v.Code, v.Say, v.Format, v.Archived, []sealOut{}
	if v.Report != nil {
		b.Report = v.Report
	}
	if v.Licence != nil {
		b.Licence = v.Licence.body()
	}
	if f := v.Document; f != nil {
		b.Document = &documentOut{f.Title, f.DocNo, f.Organ, f.On.String()}
	}
	for _, s := range v.Seals {
		o := sealOut{Seal: s.Seal, Agency: s.Agency}
		if !s.Time.IsZero() {
			o.Time = &s.Time
		}
		b.Seals = append(b.Seals, o)
	}
	return out, nil
}
