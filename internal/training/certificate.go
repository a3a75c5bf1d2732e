package training

import (
	"context"
	"errors"
	"fmt"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/workday"
)

// warnDays is how long before its end a certificate counts as about to end.
const warnDays = 30

// Certificate says that somebody has learnt something.
type Certificate struct {
	ID        string       `db:"id"`
	Number    string       `db:"number"`
	Course    string       `db:"course"`
	Title     string       `db:"title"` // of the course
	Staff     string       `db:"staff"`
	Name      string       `db:"name"`
	Division  string       `db:"division"`
	Unit      string       `db:"unit"`
	From      workday.Date `db:"from_on"`
	Until     workday.Date `db:"until_on"` // the last day
	RevokedOn string       `db:"revoked_on"`
	Reason    string       `db:"reason"`
}

// States of a certificate on a day.
const (
	Valid   = "valid"
	Due     = "due" // valid, and ends within 30 days
	Lapsed  = "lapsed"
	Revoked = "revoked"
)

var stateNames = map[string]string{Valid: "有效", Due: "快到期", Lapsed: "已过期", Revoked: "已撤销"}

// State is how the certificate stands on a day.
func (c Certificate) State(today workday.Date) string {
	switch {
	case c.RevokedOn != "":
		return Revoked
	case c.Until.Before(today):
		return Lapsed
	case !c.Until.After(today.Add(warnDays)):
		return Due
	}
	return Valid
}

const selectCertificate = `SELECT x.id, x.number, x.course, c.title, x.staff, x.name, x.division, x.unit, x.from_on, x.until_on, x.revoked_on, x.reason
	FROM training_certificate x JOIN training_course c ON c.id = x.course`

// give makes a certificate. Inside a transaction.
func (m *Module) give(ctx context.Context, c Course, from workday.Date, a Attendance) error {
	var n int
	err := m.DB.Conn(ctx).Get(ctx, &n, `INSERT INTO training_number (year, n) VALUES ($1, 1)
		ON CONFLICT (year) DO UPDATE SET n = training_number.n + 1 RETURNING n`, from.Year())
	if err != nil {
		return wrap("number certificate", err)
	}
	x := Certificate{ID: db.NewID(), Number: fmt.Sprintf("PX%d%06d", from.Year(), n), Course: c.ID, Staff: a.Staff, Name: a.Name,
		Division: a.Division, Unit: a.Unit, From: from, Until: monthsAfter(from, c.Months)}
	_, err = m.DB.Conn(ctx).ExecNamed(ctx, insertCertificate, x)
	return wrap("give certificate", err)
}

const insertCertificate = `INSERT INTO training_certificate (id, number, course, staff, name, division, unit, from_on, until_on, revoked_on, reason)
	VALUES (:id, :number, :course, :staff, :name, :division, :unit, :from_on, :until_on, :revoked_on, :reason)`

// Find narrows a list of certificates; empty fields do not.
type Find struct {
	State  string // one of the states; due and lapsed leave out what a later one has replaced
	Course string
	Q      string // name, number or staff id, from the beginning
}

// Certificates lists those of whom the viewer may look after, the next to end
// first, and the cursor of the next page.
func (m *Module) Certificates(ctx context.Context, q Find, p db.Page) ([]Certificate, string, error) {
	w, today := new(db.Where), m.today(ctx)
	a := identity.FromContext(ctx)
	a.Scope(VerbView).Or(a.Scope(VerbManage)).Where(w, identity.Columns{Receiving: "x.division", Division: "x.division"})
	const latest = `NOT EXISTS (SELECT 1 FROM training_certificate y WHERE y.staff = x.staff AND y.course = x.course AND y.until_on > x.until_on AND y.revoked_on = '')`
	switch q.State {
	case Valid:
		w.And("x.revoked_on = '' AND x.until_on >= ?", today)
	case Due:
		w.And("x.revoked_on = '' AND x.until_on >= ? AND x.until_on <= ? AND "+latest, today, today.Add(warnDays))
	case Lapsed:
		w.And("x.revoked_on = '' AND x.until_on < ? AND "+latest, today)
	case Revoked:
		w.And("x.revoked_on <> ''")
	}
	if q.Course != "" {
		w.And("x.course = ?", q.Course)
	}
	if q.Q != "" {
		w.And("(x.name = ? OR x.number = ? OR x.staff = ?)", q.Q, q.Q, q.Q)
	}
	var until, id string
	if ok, err := p.Key(&until, &id); err != nil {
		return nil, "", err
	} else if ok {
		w.And("(x.until_on, x.id) > (?, ?)", until, id)
	}
	limit := w.Arg(p.Size() + 1)
	var list []Certificate
	err := m.DB.Conn(ctx).Select(ctx, &list, selectCertificate+w.SQL()+` ORDER BY x.until_on, x.id LIMIT `+limit, w.Args()...)
	if err != nil {
		return nil, "", wrap("list certificates", err)
	}
	list, next := db.Cut(list, p, func(c Certificate) []any { return []any{c.Until.String(), c.ID} })
	return list, next, nil
}

// Mine lists the certificates of the actor, the newest first.
func (m *Module) Mine(ctx context.Context) ([]Certificate, error) {
	staff := identity.FromContext(ctx).Staff
	if staff == "" {
		return nil, nil
	}
	var list []Certificate
	err := m.DB.Conn(ctx).Select(ctx, &list, selectCertificate+` WHERE x.staff = $1 ORDER BY x.until_on DESC, x.id DESC LIMIT 100`, staff)
	return list, wrap("list own certificates", err)
}

// Revoke ends a certificate before its day, with a reason that its holder reads.
func (m *Module) Revoke(ctx context.Context, id, reason string) error {
	if n := utf8.RuneCountInString(clean(reason)); n < 4 || n > 200 {
		return ErrInvalid.Field("reason", "请写明撤销的原因，4到200个字，持证人看得到。")
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		var c Certificate
		err := m.DB.Conn(ctx).Get(ctx, &c, selectCertificate+` WHERE x.id = $1`, id)
		if errors.Is(err, db.ErrNoRows) {
			return ErrCertUnknown
		}
		if err != nil {
			return wrap("read certificate", err)
		}
		if !identity.FromContext(ctx).Can(VerbManage, at(c.Division)) {
			return ErrNotHere
		}
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE training_certificate SET revoked_on = $2, reason = $3 WHERE id = $1 AND revoked_on = ''`,
			id, m.today(ctx), clean(reason))
		if err != nil {
			return wrap("revoke certificate", err)
		}
		if n == 0 {
			return ErrRevoked
		}
		return m.record(ctx, "training.revoke", "training_certificate", c.Number, clean(reason), c.Staff)
	})
}
