package catalogue

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// Report is a mistake that a reader found on a page (网站找错). It is answered
// within three working days (国办发〔2017〕47号).
type Report struct {
	ID         string       `db:"id"`
	Code       string       `db:"code"` // eight letters: who has it may read the answer
	Page       string       `db:"page"` // path on this site
	Title      string       `db:"title"`
	Item       string       `db:"item"` // of a guide, or ""
	Kind       string       `db:"kind"`
	Text       string       `db:"text"`
	Contact    string       `db:"contact"` // how the reporter wants to be reached, or ""
	State      string       `db:"state"`   // open | answered
	DueOn      workday.Date `db:"due_on"`
	Answer     string       `db:"answer"`
	Outcome    string       `db:"outcome"` // fixed | kept | forwarded
	MadeAt     time.Time    `db:"made_at"`
	AnsweredAt *time.Time   `db:"answered_at"`
	AnsweredBy string       `db:"answered_by"`
}

// What a report may be about, and what may come of it.
var (
	ReportKinds    = []Choice{{Key: "wrong", Label: "内容写错了"}, {Key: "unclear", Label: "看不懂"}, {Key: "broken", Label: "打不开或用不了"}, {Key: "missing", Label: "缺少内容"}, {Key: "other", Label: "其他"}}
	ReportOutcomes = []Choice{{Key: "fixed", Label: "已经改正"}, {Key: "kept", Label: "核实无误，不用改"}, {Key: "forwarded", Label: "已转有关部门处理"}}
)

// Bounds and terms of reports.
const (
	reportDays   = 3 // working days to answer
	longestText  = 500
	contactLife  = 30 * 24 * time.Hour // how long a contact is kept after the answer
	reportLetter = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
)

// Errors about reports.
var (
	ErrReportUnknown  = errs.Define(errs.NotFound, "report_unknown", "没有找到这条纠错，请核对编号。")
	ErrReportAnswered = errs.Define(errs.Conflict, "report_answered", "这条纠错已经答复过了，请刷新后查看。")
)

// LabelOf names a key of a list of choices.
func LabelOf(list []Choice, key string) string {
	for _, c := range list {
		if c.Key == key {
			return c.Label
		}
	}
	return key
}

// MakeReport stores what a reader found; the Code in what it gives back is how
// they see the answer. errs.ErrInvalid.
func (m *Module) MakeReport(ctx context.Context, r Report) (Report, error) {
	var bad errs.Fields
	r.Text, r.Contact = strings.TrimSpace(r.Text), strings.TrimSpace(r.Contact)
	if n := utf8.RuneCountInString(r.Text); n < 2 || n > longestText {
		bad.Add("text", "请写清哪里有错，2到%d个字。", longestText)
	}
	if LabelOf(ReportKinds, r.Kind) == r.Kind {
		bad.Add("kind", "请选择是哪一类问题。")
	}
	if utf8.RuneCountInString(r.Contact) > 50 {
		bad.Add("contact", "联系方式不能超过50个字。")
	}
	if err := bad.Err(); err != nil {
		return r, err
	}
	if !strings.HasPrefix(r.Page, "/") || len(r.Page) > 300 {
		r.Page = "/"
	}
	if n := []rune(r.Title); len(n) > 100 {
		r.Title = string(n[:100])
	}
	home, err := m.Org.Home(ctx)
	if err != nil {
		return r, err
	}
	r.ID, r.Code, r.State, r.MadeAt = db.NewID(), reportCode(), "open", m.now(ctx)
	made := workday.DateOf(r.MadeAt, clock.Beijing)
	r.DueOn = m.Org.Calendar(ctx, home.Code).AddWorkdays(made, reportDays)
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		_, err := m.DB.Conn(ctx).ExecNamed(ctx, `INSERT INTO catalogue_report (id, code, page, title, item, kind, text, contact, state, due_on,
			answer, outcome, made_at, answered_by) VALUES (:id, :code, :page, :title, :item, :kind, :text, :contact, :state, :due_on, '', '', :made_at, '')`, r)
		return err
	})
	return r, err
}

func reportCode() string {
	raw := make([]byte, 8)
	_, _ = rand.Read(raw) // never fails
	for i, b := range raw {
		raw[i] = reportLetter[int(b)%len(reportLetter)]
	}
	return string(raw)
}

// ReportByCode gives a report to who has its code. ErrReportUnknown.
func (m *Module) ReportByCode(ctx context.Context, code string) (Report, error) {
	return m.report(ctx, "code", strings.ToUpper(strings.TrimSpace(code)))
}

// Report gives one to those who answer. ErrReportUnknown, ErrSiteRight.
func (m *Module) Report(ctx context.Context, id string) (Report, error) {
	if err := m.mayEditSite(ctx); err != nil {
		return Report{}, err
	}
	return m.report(ctx, "id", id)
}

func (m *Module) report(ctx context.Context, column, value string) (Report, error) {
	var r Report
	err := m.DB.Conn(ctx).Get(ctx, &r, `SELECT * FROM catalogue_report WHERE `+column+` = $1`, value)
	if errors.Is(err, db.ErrNoRows) {
		return r, ErrReportUnknown
	}
	return r, err
}

// Reports lists them: the open ones by age, the answered ones newest first.
func (m *Module) Reports(ctx context.Context, state string, p db.Page) ([]Report, string, error) {
	if err := m.mayEditSite(ctx); err != nil {
		return nil, "", err
	}
	var w db.Where
	w.And("state = ?", state)
	after, order := ">", "made_at, id"
	if state != "open" {
		after, order = "<", "made_at DESC, id DESC"
	}
	var at time.Time
	var id string
	if more, err := p.Key(&at, &id); err != nil {
		return nil, "", err
	} else if more {
		w.And("(made_at "+after+" ? OR made_at = ? AND id "+after+" ?)", at, at, id)
	}
	var list []Report
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT * FROM catalogue_report`+w.SQL()+` ORDER BY `+order+` LIMIT `+w.Arg(p.Size()+1), w.Args()...)
	if err != nil {
		return nil, "", err
	}
	list, next := db.Cut(list, p, func(r Report) []any { return []any{r.MadeAt, r.ID} })
	return list, next, nil
}

// CountReports gives how many wait for an answer.
func (m *Module) CountReports(ctx context.Context) (n int, err error) {
	err = m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM catalogue_report WHERE state = 'open'`)
	return n, err
}

// AnswerReport says what was done about it. errs.ErrInvalid, ErrReportUnknown,
// ErrReportAnswered, ErrSiteRight.
func (m *Module) AnswerReport(ctx context.Context, id, outcome, answer string) error {
	if err := m.mayEditSite(ctx); err != nil {
		return err
	}
	var bad errs.Fields
	answer = strings.TrimSpace(answer)
	if n := utf8.RuneCountInString(answer); n < 2 || n > longestText {
		bad.Add("answer", "请写答复，2到%d个字。", longestText)
	}
	if LabelOf(ReportOutcomes, outcome) == outcome {
		bad.Add("outcome", "请选择处理结果。")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	who := identity.FromContext(ctx)
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE catalogue_report SET state = 'answered', outcome = $1, answer = $2, answered_at = $3,
			answered_by = $4 WHERE id = $5 AND state = 'open'`, outcome, answer, m.now(ctx), who.Name, id)
		if err != nil {
			return err
		}
		if n == 0 {
			if _, err := m.report(ctx, "id", id); err != nil {
				return err
			}
			return ErrReportAnswered
		}
		if m.Audit == nil {
			return nil
		}
		return m.Audit.Write(ctx, audit.Entry{At: m.now(ctx), Actor: who.Account, ActorName: who.Name, Address: who.Address,
			Action: "report.answer", Object: "report", ObjectID: id, Result: "ok", Detail: outcome})
	})
}
