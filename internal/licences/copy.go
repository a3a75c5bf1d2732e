package licences

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/sealed"
	"yimen/ofd"
	"yimen/ofd/typeset"
	"yimen/workday"
)

// Bounds of copies.
const (
	copyWords  = 30  // of a purpose, of a recipient
	copyDays   = 365 // the longest
	copiesADay = 20  // of one licence: each sets a seal
)

// Errors of copies.
var (
	ErrCopyUnknown = errs.Define(errs.NotFound, "licence_copy_unknown", "没有这份加注件，请回到证照页面重新选择。")
	ErrCopyMany    = errs.Define(errs.Conflict, "licence_copy_many", "这本证照今天已经做了20份加注件，请明天再做，或者用以前做的。")
	ErrCopyInvalid = errs.Define(errs.Invalid, "licence_copy_invalid", "加注件没有做成，请按提示填写。")
)

var (
	columnCopyPurpose   = sealed.Define("licences_copy", "id", "purpose")
	columnCopyRecipient = sealed.Define("licences_copy", "id", "recipient")
)

// Copy is a licence as it was copied for one purpose (加注件): the page with its
// purpose across it, sealed anew by the issuer.
type Copy struct {
	ID        string       `db:"id"`
	Licence   string       `db:"licence"`
	Purpose   string       `db:"purpose"`
	Recipient string       `db:"recipient"`
	Account   string       `db:"account"`
	By        string       `db:"by_name"`
	Agency    string       `db:"agency_name"` // of staff; "" the holder
	MadeAt    time.Time    `db:"made_at"`
	EndsOn    workday.Date `db:"ends_on"`
	OFD       string       `db:"ofd"`
	PDF       string       `db:"pdf"`
	Hash      string       `db:"hash"`
	PDFHash   string       `db:"pdf_hash"`
	Use       string       `db:"use_id"`
}

// Ended says that a copy's last day is over.
func (c Copy) Ended(day workday.Date) bool { return c.EndsOn.Before(day) }

// mark is what stands across the page.
func (c Copy) mark() string {
	return "仅供" + c.Recipient + "用于" + c.Purpose + "，" + c.EndsOn.Chinese() + "止"
}

// CopyWish is a copy that somebody asks for.
type CopyWish struct {
	Purpose   string // 办理入学登记
	Recipient string // 韶关市第一中学
	Days      int    // for which it counts, today among them
}

func (w *CopyWish) check() error {
	var bad errs.Fields
	w.Purpose, w.Recipient = strings.TrimSpace(w.Purpose), strings.TrimSpace(w.Recipient)
	if n := utf8.RuneCountInString(w.Recipient); n < 2 || n > copyWords {
		bad.Add("recipient", "请写明给谁，2到%d个字。", copyWords)
	}
	if n := utf8.RuneCountInString(w.Purpose); n < 2 || n > copyWords {
		bad.Add("purpose", "请写明做什么用，2到%d个字。", copyWords)
	}
	if w.Days < 1 || w.Days > copyDays {
		bad.Add("days", "有效天数请填1到%d天。", copyDays)
	}
	return bad.As(ErrCopyInvalid)
}

// CopyOwn makes a copy of one of the actor's own licences. Errors: ErrUnknown,
// ErrCopyInvalid, ErrCopyMany, ErrNotStanding, ErrUnsure, and those of seal.
func (m *Module) CopyOwn(ctx context.Context, identifier string, w CopyWish) (Copy, error) {
	s, err := m.Own(ctx, identifier)
	if err != nil {
		return Copy{}, err
	}
	return m.copy(ctx, s, w, "")
}

// CopyFor makes a copy of a licence for who looks after those of its issuer; its
// holder sees that. Errors: those of CopyOwn, ErrNotHere.
func (m *Module) CopyFor(ctx context.Context, identifier string, w CopyWish) (Copy, error) {
	l, err := m.manage(ctx, identifier)
	if err != nil {
		return Copy{}, err
	}
	s, err := m.shown(ctx, l)
	if err != nil {
		return Copy{}, err
	}
	return m.copy(ctx, s, w, l.IssuerName)
}

func (m *Module) copy(ctx context.Context, s Shown, w CopyWish, agency string) (Copy, error) {
	if err := w.check(); err != nil {
		return Copy{}, err
	}
	today := m.today(ctx)
	if !s.Stands(today) {
		return Copy{}, ErrNotStanding.Say("这本证照现在不能做加注件：%s", s.Why(today))
	}
	if !s.Trust.Replaces() {
		return Copy{}, ErrUnsure.Say("这本证照没有经颁发机构确认（C、D级），不能做加注件，请使用原件。")
	}
	if m.Seals == nil || m.Files == nil {
		return Copy{}, ErrNotSealed
	}
	a := identity.FromContext(ctx)
	c := Copy{ID: db.NewID(), Licence: s.ID, Purpose: w.Purpose, Recipient: w.Recipient, Account: a.Account, By: a.Name, Agency: agency,
		MadeAt: m.now(ctx), EndsOn: today.Add(w.Days - 1)}
	if !s.To.IsZero() && s.To.Before(c.EndsOn) {
		c.EndsOn = s.To // not longer than the licence itself
	}
	return c, m.DB.InTx(ctx, func(ctx context.Context) error { return m.makeCopy(ctx, s, &c) })
}

// makeCopy draws, seals and stores a copy, in one transaction.
func (m *Module) makeCopy(ctx context.Context, s Shown, c *Copy) error {
	var n int
	err := m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM licences_copy WHERE licence = $1 AND made_at > $2`, s.ID, c.MadeAt.Add(-24*time.Hour))
	if err != nil {
		return wrap("count copies", err)
	}
	if n >= copiesADay {
		return ErrCopyMany
	}
	look, err := m.inForce(ctx, s.Of)
	if err != nil {
		return err
	}
	f, use, err := m.makeFile(ctx, s.TypeName+"加注件", s.Licence, s.Of, look, "加注件"+c.ID, c.annotate(s.Paper.Hash))
	if err != nil {
		return err
	}
	c.OFD, c.Use, c.Hash = f.ID, use, f.SM3
	stored := *c
	stored.Purpose, stored.Recipient = m.Keys.Seal(columnCopyPurpose, c.ID, c.Purpose), m.Keys.Seal(columnCopyRecipient, c.ID, c.Recipient)
	_, err = m.DB.Conn(ctx).ExecNamed(ctx, `INSERT INTO licences_copy (id, licence, purpose, recipient, account, by_name, agency_name, made_at, ends_on, ofd, pdf, hash, pdf_hash, use_id)
		VALUES (:id, :licence, :purpose, :recipient, :account, :by_name, :agency_name, :made_at, :ends_on, :ofd, :pdf, :hash, :pdf_hash, :use_id)`, stored)
	if err != nil {
		return wrap("store copy", err)
	}
	return m.record(ctx, "licence.copy", s.Identifier, "", "加注件"+c.ID)
}

// Names of what a copy's file says of itself (GB/T 36903), and of the original's
// SM3, which the standard has no name for.
const (
	metaCopyAt, metaCopyBy, metaCopyFor, metaCopyEnds = "JZJZZSJ", "JZJZZZ", "JZJZZSY", "JZJYXQJZSJ"
	metaCopyTo                                        = "KZ_JZJSYDX" // 使用对象
	metaOriginal                                      = "KZ_YJSM3"
)

// annotate draws the purpose across a page, and writes it into the metadata.
func (c Copy) annotate(original string) func(*drawing) error {
	return func(d *drawing) error {
		sheet := d.doc.Area.Physical
		size := min(5.5, max(1.6, 0.95*sheet.W/float64(utf8.RuneCountInString(c.mark())))) // it stands whole across the page once at least
		style := typeset.Style{Faces: facesOf("sans"), Size: size, Fill: ofd.RGB(110, 110, 110)}
		style.Fill.Color.A = 70
		note, err := d.set.Watermark(style, sheet, c.mark())
		if err != nil {
			return glyphs(err, "加注的用途")
		}
		note.Creator, note.Modified = "一门", ofd.DateOf(c.MadeAt.In(clock.Beijing))
		d.page.Annotations = append(d.page.Annotations, note)
		d.doc.Info.DocID = hexSM3([]byte(c.ID))[:32]
		d.doc.Info.Custom = append(d.doc.Info.Custom, ofd.Datum{Name: metaCopyAt, Value: c.MadeAt.In(clock.Beijing).Format("2006-01-02 15:04:05")},
			ofd.Datum{Name: metaCopyBy, Value: c.By}, ofd.Datum{Name: metaCopyFor, Value: c.Purpose}, ofd.Datum{Name: metaCopyTo, Value: c.Recipient},
			ofd.Datum{Name: metaCopyEnds, Value: c.EndsOn.String()})
		if original != "" {
			d.doc.Info.Custom = append(d.doc.Info.Custom, ofd.Datum{Name: metaOriginal, Value: original})
		}
		return nil
	}
}

const selectCopy = `SELECT id, licence, purpose, recipient, account, by_name, agency_name, made_at, ends_on, ofd, pdf, hash, pdf_hash, use_id FROM licences_copy`

// copies reads those that a condition finds, the newest first.
func (m *Module) copies(ctx context.Context, condition string, args ...any) ([]Copy, error) {
	var list []Copy
	if err := m.DB.Conn(ctx).Select(ctx, &list, selectCopy+` WHERE `+condition+` ORDER BY id DESC LIMIT 50`, args...); err != nil {
		return nil, wrap("read copies", err)
	}
	for i := range list {
		c := &list[i]
		if err := m.Keys.Reveal(c.ID, sealed.Value{Column: columnCopyPurpose, Text: &c.Purpose}, sealed.Value{Column: columnCopyRecipient, Text: &c.Recipient}); err != nil {
			return nil, wrap("open copy", err)
		}
	}
	return list, nil
}

// Copies lists the copies of a licence that the caller may see whole, the newest
// first.
func (m *Module) Copies(ctx context.Context, s Shown) ([]Copy, error) {
	return m.copies(ctx, `licence = $1`, s.ID)
}

func (m *Module) copyOf(ctx context.Context, s Shown, id string) (Copy, error) {
	list, err := m.copies(ctx, `licence = $1 AND id = $2`, s.ID, id)
	if err == nil && len(list) == 0 {
		err = ErrCopyUnknown
	}
	if err != nil {
		return Copy{}, err
	}
	return list[0], nil
}

// copyFile finds a copy by the SM3 of one of its files, hash or pdf_hash; false
// when there is none such.
func (m *Module) copyFile(ctx context.Context, column, sum string) (Copy, bool, error) {
	list, err := m.copies(ctx, column+` = $1`, sum)
	if err != nil || len(list) == 0 {
		return Copy{}, false, err
	}
	return list[0], true, nil
}

// copyIn reads from the metadata of a sealed file that it is a copy.
func copyIn(d *ofd.Document) (Copy, bool) {
	ends, ok := d.Info.Field(metaCopyEnds)
	day, err := workday.ParseDate(ends)
	if !ok || err != nil {
		return Copy{}, false
	}
	c := Copy{EndsOn: day}
	c.Purpose, _ = d.Info.Field(metaCopyFor)
	c.Recipient, _ = d.Info.Field(metaCopyTo)
	return c, true
}

// codeCopyEnded is the code of a copy whose last day is over.
const codeCopyEnded = "copy_ended"

// annotated adds to what a genuine file is worth that it is a copy: for what, for
// whom, how long.
func (m *Module) annotated(ctx context.Context, v Verdict, c Copy) Verdict {
	v.Copy = &c
	if c.Ended(m.today(ctx)) && v.Answer == AnswerValid {
		v.Answer, v.Code = AnswerInvalid, codeCopyEnded
		v.Say += "但这是加注件，有效期到" + c.EndsOn.Chinese() + "为止，已经过了，请让对方重新提供。"
		return v
	}
	v.Say += "这是加注件，仅供" + c.Recipient + "用于" + c.Purpose + "，到" + c.EndsOn.Chinese() + "为止；用在别处无效。"
	return v
}

// knownCopy says whether the very file was stored as a copy.
func (m *Module) knownCopy(ctx context.Context, sum string) (bool, error) {
	var id string
	err := m.DB.Conn(ctx).Get(ctx, &id, `SELECT id FROM licences_copy WHERE hash = $1`, sum)
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	return err == nil, wrap("find copy", err)
}
