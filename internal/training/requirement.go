package training

import (
	"context"
	"errors"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// Requirement says that an item may be accepted only by who holds the
// certificate of a course.
type Requirement struct {
	Item   string    `db:"item"`
	Course string    `db:"course"`
	Name   string    `db:"name"` // of the item
	MadeBy string    `db:"made_by"`
	MadeAt time.Time `db:"made_at"`
}

// Requirements lists the items that a course is required for.
func (m *Module) Requirements(ctx context.Context, course string) ([]Requirement, error) {
	var list []Requirement
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT item, course, name, made_by, made_at FROM training_requirement WHERE course = $1 ORDER BY item`, course)
	return list, wrap("list requirements", err)
}

// Require makes the certificate of a course a condition of accepting an item.
func (m *Module) Require(ctx context.Context, course, item string) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		if _, err := m.manage(ctx, course); err != nil {
			return err
		}
		v, err := m.Items.InForce(ctx, item)
		if errs.KindOf(err) == errs.NotFound && err != nil {
			return ErrInvalid.Field("item", "没有这个事项，请核对事项编码。")
		}
		if err != nil {
			return err
		}
		_, err = m.DB.Conn(ctx).Exec(ctx, `INSERT INTO training_requirement (item, course, name, made_by, made_at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (item, course) DO NOTHING`, item, course, v.Definition.Name, identity.FromContext(ctx).Account, m.now(ctx))
		return errors.Join(wrap("require", err), m.record(ctx, "training.require", "item", item, "", course))
	})
}

// Release takes the condition away.
func (m *Module) Release(ctx context.Context, course, item string) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		if _, err := m.manage(ctx, course); err != nil {
			return err
		}
		_, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM training_requirement WHERE course = $1 AND item = $2`, course, item)
		return errors.Join(wrap("release", err), m.record(ctx, "training.release", "item", item, "", course))
	})
}

// Lacking is the question which courses the actor has no valid certificate of,
// though the item demands it of those who work where the actor does: titles go to
// dest. item is an SQL expression with the arguments args, so that whoever asks
// can ask it together with what tells the item. ok is false when there is nothing
// to ask: only those who sit at a window are asked.
func (m *Module) Lacking(ctx context.Context, a identity.Actor, dest *[]string, item string, args ...any) (db.Read, bool) {
	if a.Staff == "" || a.Outlet == "" {
		return db.Read{}, false
	}
	w := new(db.Where)
	for _, v := range args {
		w.Arg(v) // the numbers of the expression stay what they are
	}
	division, staff, today := w.Arg(a.Division), w.Arg(a.Staff), w.Arg(m.today(ctx))
	return db.All(dest, `SELECT c.title FROM `+missing(item, division, staff, today)+` ORDER BY c.title`, w.Args()...), true
}

// missing are the courses c that an item demands in a division and that somebody
// has no valid certificate of today, with the condition; all are SQL expressions.
func missing(item, division, staff, today string) string {
	return `training_requirement r JOIN training_course c ON c.id = r.course
		WHERE r.item = ` + item + ` AND c.from_code <= ` + division + ` AND (c.to_code = '' OR c.to_code > ` + division + `)
		AND NOT EXISTS (SELECT 1 FROM training_certificate x WHERE x.staff = ` + staff + ` AND x.course = r.course
			AND x.revoked_on = '' AND x.from_on <= ` + today + ` AND x.until_on >= ` + today + `)`
}
