package licences

import (
	"context"
	"errors"
	"io"
	"strconv"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
	"yimen/internal/kit/progress"
	"yimen/internal/kit/tables"
	"yimen/internal/kit/web"
	"yimen/workday"
)

// resultLine is a line of a batch with what became of it.
type resultLine struct {
	storedLine
	result string
}

// results are the lines of a batch with what became of each: what is wrong with
// it before the batch is begun, what its work reports afterwards.
func (m *Module) results(ctx context.Context, b Batch) ([]resultLine, error) {
	lines, err := m.lines(ctx, b.ID)
	if err != nil {
		return nil, err
	}
	told := map[string]string{}
	for p := (db.Page{Limit: db.MaxLimit}); b.Work != ""; {
		done, next, err := m.Works.Lines(ctx, b.Work, p)
		if err != nil {
			return nil, err
		}
		for _, l := range done {
			told[l.Key] = l.Message
		}
		if p.After = next; next == "" {
			break
		}
	}
	list := make([]resultLine, len(lines))
	for i, l := range lines {
		list[i] = resultLine{l, told[l.ID]}
		switch {
		case !l.Good:
			list[i].result = "没有签发：" + l.sheetLine.wrong()
		case l.Licence != "":
			list[i].result = "已签发"
		case told[l.ID] != "":
			list[i].result = "没有签发：" + told[l.ID]
		default:
			list[i].result = "还没有签发"
		}
	}
	return list, nil
}

// wrong is all that is wrong with a line.
func (l sheetLine) wrong() string {
	text := ""
	for _, f := range l.Faults {
		text += f.Describe()
	}
	if text == "" {
		return ErrLineOver.Message
	}
	return text
}

// WriteResult writes a batch's sheet with what became of each line, and what was
// issued: what was not can be mended there and sent in again. It is recorded.
// Errors: ErrBatchUnknown.
func (m *Module) WriteResult(ctx context.Context, id string, into io.Writer) error {
	b, err := m.Batch(ctx, id)
	if err != nil {
		return err
	}
	t, err := m.Type(ctx, b.Type)
	if err != nil {
		return err
	}
	list, err := m.results(ctx, b)
	if err != nil {
		return err
	}
	columns := t.sheetColumns()
	header := []string{colResult, colIdentifier}
	for _, c := range columns {
		header = append(header, c.title)
	}
	rows := [][]string{header}
	for _, l := range list {
		cells := l.sheetLine.Cells
		if l.Licence != "" {
			made, err := m.one(ctx, "identifier", l.Licence)
			if err != nil {
				return err
			}
			cells = made.cells(t)
		}
		row := []string{l.result, l.Licence}
		for _, c := range columns {
			row = append(row, cells[c.title])
		}
		rows = append(rows, row)
	}
	a := identity.FromContext(ctx)
	err = m.Audit.Write(ctx, audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address, Action: "licence.batch_result", Object: "licence_type", ObjectID: t.ID,
		Detail: b.File + "，" + strconv.Itoa(len(list)) + "行", Result: "ok"})
	if err != nil {
		return err
	}
	return tables.Write(into, tables.Sheet{Name: "结果", Rows: rows})
}

// cells are what a licence says in the columns of its type's sheet.
func (l Licence) cells(t Type) map[string]string {
	cells := map[string]string{colHolder: l.HolderName, colHolderNo: l.HolderNo, colNumber: l.Number, colFrom: l.From.String(), colTill: "长期"}
	if !l.To.IsZero() {
		cells[colTill] = l.To.String()
	}
	for _, c := range t.sheetColumns() {
		for _, f := range t.Fields {
			if c.field == "fields."+f.Name {
				cells[c.title] = l.Fields[f.Name]
			}
		}
	}
	return cells
}

// batchPage is a batch as its page shows it.
type batchPage struct {
	Batch
	form  *web.Form
	run   *progress.Work // nil: not begun
	wrong []resultLine
	good  []goodLine // the first that are still to be issued
}

// goodLine is a line that can be issued, as the page shows it.
type goodLine struct {
	No           int
	Name, Masked string
	Number, Term string
}

// shownLines is how many lines of each kind a page shows.
const shownLines = 50

// viewBatch is a batch with its first lines.
func (m *Module) viewBatch(ctx context.Context, id string) (batchPage, error) {
	b, err := m.Batch(ctx, id)
	v := batchPage{Batch: b}
	if err != nil {
		return v, err
	}
	t, err := m.Type(ctx, b.Type)
	if err != nil {
		return v, err
	}
	if b.Work != "" {
		w, err := m.Works.Find(ctx, b.Work)
		if err != nil && !errors.Is(err, progress.ErrUnknown) {
			return v, err
		}
		v.run = &w
	}
	list, err := m.results(ctx, b)
	if err != nil {
		return v, err
	}
	for _, l := range list {
		switch {
		case !l.Good:
			v.wrong = append(v.wrong, l)
		case l.Content != "" && len(v.good) < shownLines:
			v.good = append(v.good, l.shown(t))
		}
	}
	return v, nil
}

func (l storedLine) shown(t Type) goodLine {
	e, _ := l.entry(t) // it was looked at
	x := Licence{HolderNo: e.HolderNo, Number: e.Number, From: e.From, To: e.To, HolderKind: HolderPerson}
	if _, err := gb.ParseUSCC(e.HolderNo); err == nil {
		x.HolderKind = HolderEnterprise
	}
	g := goodLine{No: l.No, Name: e.HolderName, Masked: maskNo(x), Number: x.MaskedNumber(), Term: "从签发日起" + t.Rule.termWords()}
	if g.Number == "" {
		g.Number = "自动编"
	}
	switch from := "签发日"; {
	case e.forGood:
		g.Term = "长期"
	case !e.To.IsZero():
		if e.From != (workday.Date{}) {
			from = e.From.String()
		}
		g.Term = from + "至" + e.To.String()
	}
	return g
}
