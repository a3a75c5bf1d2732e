package licences

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/progress"
	"yimen/internal/kit/sealed"
)

// Errors of batches.
var (
	ErrBatchUnknown = errs.Define(errs.NotFound, "licence_batch_unknown", "没有这张签发表，或它不是您上传的，请回到“按表签发”查找。")
	ErrBatchBegun   = errs.Define(errs.Conflict, "licence_batch_begun", "这张表已经开始签发了，请到进度页查看。")
	ErrBatchBad     = errs.Define(errs.Invalid, "licence_batch_bad", "这张表里没有可以签发的行，请按提示改好后重新上传。")
	ErrLineIssued   = errs.Define(errs.Conflict, "licence_line_issued", "这一行已经签发过，不再重复签发；内容要改的，请到证照页办理。")
	ErrLineOver     = errs.Define(errs.Conflict, "licence_line_over", "这张表上传太久，内容已经清除，请重新上传。")
)

var columnLine = sealed.Define("licences_line", "id", "content")

// lineKey tells lines apart without telling what they say.
var lineKey = sealed.Loose("licences_line.content_key", func(s string) string { return s })

// Batch is a sheet from which licences are issued.
type Batch struct {
	ID       string    `db:"id"`
	Type     string    `db:"type"`
	TypeName string    `db:"type_name"`
	Account  string    `db:"account"`
	Issuer   string    `db:"issuer"`
	File     string    `db:"file"`
	Lines    int       `db:"lines"`
	Good     int       `db:"good"`
	Work     string    `db:"work"` // of progress; "" not begun
	MadeAt   time.Time `db:"made_at"`
}

type lineRow struct {
	ID      string `db:"id"`
	Batch   string `db:"batch"`
	No      int    `db:"line"`
	Content string `db:"content"`
	Key     string `db:"content_key"`
	Licence string `db:"licence"`
	Good    bool   `db:"good"`
}

const selectBatch = `SELECT b.id, b.type, t.name AS type_name, b.account, b.issuer, b.file, b.lines, b.good, b.work, b.made_at
	FROM licences_batch b JOIN licences_type t ON t.id = b.type`

// LookAt reads a sheet of a type, checks every line as issuing would, and keeps
// it as a batch that can be begun. Nothing is issued. Errors: ErrTypeUnknown,
// ErrSheetFile, ErrSheetHeader, ErrSheetRows, ErrNotHere, and those of seals when
// the actor's agency has no seal for the type.
func (m *Module) LookAt(ctx context.Context, licenceType, name string, from io.Reader) (Batch, error) {
	t, err := m.Type(ctx, licenceType)
	if err != nil {
		return Batch{}, err
	}
	if m.Seals == nil || m.Files == nil || m.begin == nil {
		return Batch{}, ErrNotSealed
	}
	for _, f := range t.Fields {
		if f.Kind == kindPicture && f.Required {
			return Batch{}, ErrSheetHeader.Say("“%s”每本都要有%s，表格里放不了图片，请一本一本签发。", t.Name, f.Label)
		}
	}
	lines, at, err := t.readLines(from)
	if err != nil {
		return Batch{}, err
	}
	a := identity.FromContext(ctx)
	if _, err := m.Seals.For(ctx, a.Agency, t.purpose()); err != nil {
		return Batch{}, err
	}
	if err := m.look(ctx, t, a.Agency, at, lines); err != nil {
		return Batch{}, err
	}
	b := Batch{ID: db.NewID(), Type: t.ID, TypeName: t.Name, Account: a.Account, Issuer: a.Agency, File: name, Lines: len(lines), MadeAt: m.now(ctx)}
	for _, l := range lines {
		if len(l.Faults) == 0 {
			b.Good++
		}
	}
	return b, m.DB.InTx(ctx, func(ctx context.Context) error { return m.keepBatch(ctx, t, b, lines) })
}

func (m *Module) keepBatch(ctx context.Context, t Type, b Batch, lines []sheetLine) error {
	c := m.DB.Conn(ctx)
	if _, err := c.ExecNamed(ctx, `INSERT INTO licences_batch (id, type, account, issuer, file, lines, good, work, made_at)
		VALUES (:id, :type, :account, :issuer, :file, :lines, :good, :work, :made_at)`, b); err != nil {
		return wrap("store batch", err)
	}
	for _, l := range lines {
		raw, err := json.Marshal(l)
		if err != nil {
			return err
		}
		id := db.NewID()
		_, err = c.ExecNamed(ctx, `INSERT INTO licences_line (id, batch, line, content, content_key, licence, good)
			VALUES (:id, :batch, :line, :content, :content_key, :licence, :good)`, lineRow{ID: id, Batch: b.ID, No: l.No,
			Content: m.Keys.Seal(columnLine, id, string(raw)), Key: m.Keys.Index(lineKey, l.said(t, b.Issuer)), Good: len(l.Faults) == 0})
		if err != nil {
			return wrap("store line", err)
		}
	}
	return nil
}

// SweepLines clears what lines of old sheets say that were not issued: those who
// filled the sheet in have it.
func (m *Module) SweepLines(ctx context.Context) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE licences_line SET content = '' WHERE content <> '' AND batch IN (SELECT id FROM licences_batch WHERE made_at < $1)`,
		m.now(ctx).AddDate(0, 0, -m.SheetDays))
	return wrap("clear old lines", err)
}

// mayIssue says what would keep a checked line from being issued: it was before,
// its number is taken, or its holder has one already.
func (m *Module) mayIssue(ctx context.Context, t Type, l Licence, said string) error {
	before, err := m.issuedAs(ctx, said)
	if err != nil {
		return err
	}
	if err := m.issuedBefore(ctx, before); err != nil {
		return err
	}
	var n int
	if l.Number != "" {
		key, other := m.Keys.Pair(columnNumber, l.Number)
		err := m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM licences_licence WHERE type = $1 AND issuer = $2 AND number_key IN ($3, $4) AND version = 1`,
			t.ID, l.Issuer, key, other)
		if err != nil {
			return wrap("look for number", err)
		}
		if n > 0 {
			return ErrTwice.Field("number", "这个编号的证照已经在库里了，请核对。")
		}
	}
	if !t.Unique {
		return nil
	}
	key, other := m.Keys.Pair(columnHolderNo, l.HolderNo)
	err = m.DB.Conn(ctx).Get(ctx, &n, countStanding, key, t.ID, l.From, "", other)
	if err == nil && n > 0 {
		return ErrSecond
	}
	return wrap("look for a second licence", err)
}

// issuedAs is the identifier of the licence that a line became before; "" none.
func (m *Module) issuedAs(ctx context.Context, said string) (string, error) {
	var list []string
	key, other := m.Keys.Pair(lineKey, said)
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT licence FROM licences_line_issued WHERE content_key IN ($1, $2) AND licence <> '' ORDER BY licence DESC`, key, other)
	if len(list) == 0 {
		return "", wrap("look for line", err)
	}
	return list[0], nil
}

// issuedBefore refuses a line whose licence still counts, or may again.
func (m *Module) issuedBefore(ctx context.Context, identifier string) error {
	if identifier == "" {
		return nil
	}
	l, err := m.one(ctx, "identifier", identifier)
	if err != nil {
		return err
	}
	if s := l.StateOn(m.today(ctx)); s == Valid || s == Suspended {
		return ErrLineIssued.Say("这一行在%s已经签发过（编号%s），不再重复签发；内容要改的，请到证照页办理。", l.IssuedOn.Chinese(), l.MaskedNumber())
	}
	return nil
}

// Batch finds one of the actor's own batches; ErrBatchUnknown.
func (m *Module) Batch(ctx context.Context, id string) (Batch, error) {
	var b Batch
	err := m.DB.Conn(ctx).Get(ctx, &b, selectBatch+` WHERE b.id = $1 AND b.account = $2`, id, identity.FromContext(ctx).Account)
	if errors.Is(err, db.ErrNoRows) {
		return b, ErrBatchUnknown
	}
	return b, wrap("read batch", err)
}

// Batches lists the actor's last ones, the newest first.
func (m *Module) Batches(ctx context.Context) ([]Batch, error) {
	var list []Batch
	err := m.DB.Conn(ctx).Select(ctx, &list, selectBatch+` WHERE b.account = $1 ORDER BY b.id DESC LIMIT 10`, identity.FromContext(ctx).Account)
	return list, wrap("list batches", err)
}

// batchWork is what the work of a batch begins with.
type batchWork struct{ Batch string }

// Begin issues the good lines of a batch in the background, and gives the id of
// that work. Errors: ErrBatchUnknown, ErrBatchBegun, ErrBatchBad.
func (m *Module) Begin(ctx context.Context, id string) (string, error) {
	work := ""
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		b, err := m.Batch(ctx, id)
		switch {
		case err != nil:
			return err
		case b.Work != "":
			return ErrBatchBegun
		case b.Good == 0:
			return ErrBatchBad
		}
		work, err = m.begin(ctx, progress.Start{Title: fmt.Sprintf("按表签发“%s”%d本", b.TypeName, b.Good), Total: b.Good, Back: batchURL(b.ID)}, batchWork{b.ID})
		if err != nil {
			return err
		}
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE licences_batch SET work = $2 WHERE id = $1 AND work = ''`, b.ID, work)
		if err == nil && n == 0 {
			return ErrBatchBegun
		}
		return wrap("begin batch", err)
	})
	return work, err
}

// runBatch issues the lines one by one. What each becomes stands in the report
// of the work, in the transaction of the licence: after a crash it goes on with
// those that have no line there.
func (m *Module) runBatch(ctx context.Context, run *progress.Run, w batchWork) error {
	b, err := m.Batch(ctx, w.Batch)
	if err != nil {
		return err
	}
	t, err := m.Type(ctx, b.Type)
	if err != nil {
		return err
	}
	lines, err := m.lines(ctx, b.ID)
	if err != nil {
		return err
	}
	lines = slices.DeleteFunc(lines, func(l storedLine) bool { return !l.Good })
	steps := make([]progress.Step, len(lines))
	byKey := map[string]storedLine{}
	for i, l := range lines {
		steps[i] = progress.Step{Key: l.ID, Title: fmt.Sprintf("第%d行", l.No)}
		if name := l.sheetLine.Cells[colHolder]; name != "" {
			steps[i].Title += "　" + name
		}
		byKey[l.ID] = l
	}
	return run.Each(ctx, steps, func(ctx context.Context, s progress.Step) (string, error) {
		l, err := m.issueLine(ctx, t, b, byKey[s.Key])
		if e := errs.From(err); err != nil && len(e.Fields) > 0 {
			return "", ErrInvalid.Say("%s", describe(err))
		}
		if err != nil {
			return "", err
		}
		return "已签发，编号" + l.MaskedNumber(), nil
	})
}

// issueLine issues one line, inside the transaction of its step.
func (m *Module) issueLine(ctx context.Context, t Type, b Batch, line storedLine) (Licence, error) {
	c := m.DB.Conn(ctx)
	if line.Content == "" {
		return Licence{}, ErrLineOver
	}
	if _, err := m.Keys.Alone(ctx); err != nil { // the key of the indexes does not change meanwhile
		return Licence{}, err
	}
	said := line.sheetLine.said(t, b.Issuer)
	key := m.Keys.Index(lineKey, said)
	if _, err := c.Exec(ctx, `INSERT INTO licences_line_issued (content_key, licence, n) VALUES ($1, '', 1)
		ON CONFLICT (content_key) DO UPDATE SET n = licences_line_issued.n + 1`, key); err != nil {
		return Licence{}, wrap("hold line", err)
	}
	before, err := m.issuedAs(ctx, said)
	if err != nil {
		return Licence{}, err
	}
	if err := m.issuedBefore(ctx, before); err != nil {
		return Licence{}, err
	}
	e, err := line.entry(t)
	if err != nil {
		return Licence{}, err
	}
	e.Issuer = b.Issuer
	l, err := m.Issue(ctx, Issue{Entry: e, Approval: line.sheetLine.Cells[colDocument]})
	if err != nil {
		return l, err
	}
	if _, err := c.Exec(ctx, `UPDATE licences_line_issued SET licence = $2 WHERE content_key = $1`, key, l.Identifier); err != nil {
		return l, wrap("note issued line", err)
	}
	_, err = c.Exec(ctx, `UPDATE licences_line SET licence = $2, content = '' WHERE id = $1`, line.ID, l.Identifier)
	return l, wrap("end line", err)
}

// storedLine is a line as it is kept.
type storedLine struct {
	lineRow
	sheetLine sheetLine // empty once it was issued
}

func (l storedLine) entry(t Type) (Entry, error) { return l.sheetLine.entry(t) }

// lines are those of a batch in the order of the sheet. The caller has found the
// batch as its owner.
func (m *Module) lines(ctx context.Context, batch string) ([]storedLine, error) {
	var rows []lineRow
	if err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT id, batch, line, content, content_key, licence, good FROM licences_line WHERE batch = $1 ORDER BY line`, batch); err != nil {
		return nil, wrap("read lines", err)
	}
	list := make([]storedLine, len(rows))
	for i, r := range rows {
		list[i] = storedLine{lineRow: r}
		if r.Content == "" {
			continue
		}
		raw, err := m.Keys.Open(columnLine, r.ID, r.Content)
		if err != nil {
			return nil, wrap("open line", err)
		}
		if err := json.Unmarshal([]byte(raw), &list[i].sheetLine); err != nil {
			return nil, wrap("read line", err)
		}
		list[i].sheetLine.No = r.No
	}
	return list, nil
}
