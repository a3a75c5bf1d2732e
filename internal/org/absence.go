package org

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// States of a leave.
const (
	LeaveAsked     = "asked"     // 待确认
	LeaveConfirmed = "confirmed" // 已确认: the substitute stands in
	LeaveRefused   = "refused"   // 未同意
	LeaveEnded     = "ended"     // 已撤销 before it began, or ended early
)

// Absence (请假和代理) is when somebody is away, both days included, and who
// stands in. It begins to count when it is confirmed.
type Absence struct {
	ID         string       `db:"id"`
	Staff      string       `db:"staff"` // away
	Substitute string       `db:"substitute"`
	Agency     string       `db:"agency"`
	From       workday.Date `db:"from_date"`
	To         workday.Date `db:"to_date"`
	Reason     string       `db:"reason"`
	State      string       `db:"state"`
	Delegation string       `db:"delegation"`
	AskedAt    time.Time    `db:"asked_at"`
	DecidedBy  string       `db:"decided_by"`
	DecidedAt  *time.Time   `db:"decided_at"`
	Note       string       `db:"note"`
}

// Errors about leave.
var (
	ErrAbsence        = errs.Define(errs.Invalid, "org_absence_invalid", "请假登记有误，请按提示修改。")
	ErrAbsenceUnknown = errs.Define(errs.NotFound, "org_absence_unknown", "没有这条请假登记，请回到列表重新选择。")
	ErrAbsenceOver    = errs.Define(errs.Conflict, "org_absence_over", "这条请假登记已经处理过，请刷新页面查看。")
)

const absenceColumns = `SELECT id, staff, substitute, agency, from_date, to_date, reason, state, delegation, asked_at, decided_by,
	decided_at, note FROM org_absence`

const maxLeave = 366 // days

// AskLeave registers a leave that waits to be confirmed, and gives its id. The
// substitute is of the same agency, at work, and not away on those days.
// Whether they may do the work is the caller's question: this module knows no
// rights. Errors: ErrAbsence, ErrStaffUnknown.
func (m *Module) AskLeave(ctx context.Context, a Absence) (string, error) {
	a.ID, a.State, a.AskedAt, a.Reason = db.NewID(), LeaveAsked, m.now(ctx), strings.TrimSpace(a.Reason)
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		from, err := m.StaffMember(ctx, a.Staff)
		if err != nil {
			return err
		}
		a.Agency = from.Agency
		if err := m.checkLeave(ctx, a); err != nil {
			return err
		}
		_, err = m.DB.Conn(ctx).Exec(ctx, `INSERT INTO org_absence (id, staff, substitute, agency, from_date, to_date, reason, state,
			delegation, asked_at, decided_by, note) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', $9, '', '')`,
			a.ID, a.Staff, a.Substitute, a.Agency, a.From, a.To, a.Reason, a.State, a.AskedAt)
		if err != nil {
			return fmt.Errorf("register leave: %w", err)
		}
		return m.record(ctx, "org.leave.ask", "absence", a.ID, a.Staff+">"+a.Substitute)
	})
	return a.ID, err
}

func (m *Module) checkLeave(ctx context.Context, a Absence) error {
	var f errs.Fields
	today := workday.DateOf(m.now(ctx), clock.Beijing)
	switch {
	case a.From.IsZero():
		f.Add("from", "请选择开始日期。")
	case a.To.IsZero() || a.To.Before(a.From):
		f.Add("to", "结束日期不能早于开始日期，请修改。")
	case a.To.Before(today):
		f.Add("to", "结束日期已经过去，请修改。")
	case a.From.Add(maxLeave).Before(a.To):
		f.Add("to", "一次请假最多366天，请修改。")
	}
	if utf8.RuneCountInString(a.Reason) > 200 {
		f.Add("reason", "说明最多200个字，请精简。")
	}
	if a.Substitute == "" {
		f.Add("substitute", "请选择代办人。")
	} else if a.Substitute == a.Staff {
		f.Add("substitute", "代办人不能是本人，请另选一位。")
	} else {
		to, err := m.StaffMember(ctx, a.Substitute)
		if err != nil && !errors.Is(err, ErrStaffUnknown) {
			return err
		}
		if err != nil || !to.Active || a.Agency == "" || to.Agency != a.Agency {
			f.Add("substitute", "代办人应是同一单位的在岗人员，请另选一位。")
		}
	}
	if !f.Empty() {
		return withFields(ErrAbsence, f)
	}
	return m.checkOverlap(ctx, a)
}

// checkOverlap refuses a second leave on the same days, and a substitute who is
// away too.
func (m *Module) checkOverlap(ctx context.Context, a Absence) error {
	var rows []Absence
	err := m.DB.Conn(ctx).Select(ctx, &rows, absenceColumns+` WHERE staff IN ($1, $2) AND to_date >= $3 AND from_date <= $4
		AND state IN ('asked', 'confirmed')`, a.Staff, a.Substitute, a.From, a.To)
	if err != nil {
		return fmt.Errorf("read leaves: %w", err)
	}
	var f errs.Fields
	for _, x := range rows {
		switch {
		case x.Staff == a.Staff:
			f.Add("from", "这几天已经登记过请假（%s至%s），请修改日期，或先撤销原来的登记。", x.From.Chinese(), x.To.Chinese())
		case x.State == LeaveConfirmed:
			f.Add("substitute", "代办人在这几天也请假，请另选一位。")
		}
	}
	if f.Empty() {
		return nil
	}
	return withFields(ErrAbsence, f)
}

// ConfirmLeave lets the substitute stand in from the first day. Errors:
// ErrAbsenceUnknown, ErrAbsenceOver, ErrDelegation.
func (m *Module) ConfirmLeave(ctx context.Context, id, by string) error {
	return m.decideLeave(ctx, id, LeaveConfirmed, by, "", func(ctx context.Context, a Absence) (string, error) {
		return m.Delegate(ctx, Delegation{FromStaff: a.Staff, ToStaff: a.Substitute, FromDate: a.From, ToDate: a.To, Reason: a.Reason})
	})
}

// RefuseLeave says no, and why. Errors: as ConfirmLeave.
func (m *Module) RefuseLeave(ctx context.Context, id, by, note string) error {
	return m.decideLeave(ctx, id, LeaveRefused, by, note, func(context.Context, Absence) (string, error) { return "", nil })
}

func (m *Module) decideLeave(ctx context.Context, id, state, by, note string, do func(context.Context, Absence) (string, error)) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		a, err := m.Leave(ctx, id)
		if err != nil {
			return err
		}
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE org_absence SET state = $2, decided_by = $3, decided_at = $4, note = $5
			WHERE id = $1 AND state = 'asked'`, id, state, by, m.now(ctx), note)
		if err != nil {
			return fmt.Errorf("decide on leave: %w", err)
		}
		if n == 0 {
			return ErrAbsenceOver
		}
		delegation, err := do(ctx, a)
		if err != nil {
			return err
		}
		if _, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE org_absence SET delegation = $2 WHERE id = $1`, id, delegation); err != nil {
			return fmt.Errorf("note who stands in: %w", err)
		}
		return m.record(ctx, "org.leave."+state, "absence", id, "")
	})
}

// EndLeave takes back a leave, or ends it early: yesterday was its last day, so
// from now on nobody stands in. Errors: ErrAbsenceUnknown, ErrAbsenceOver.
func (m *Module) EndLeave(ctx context.Context, id string) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		a, err := m.Leave(ctx, id)
		if err != nil {
			return err
		}
		last := workday.DateOf(m.now(ctx), clock.Beijing).Add(-1)
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE org_absence SET state = 'ended', to_date = CASE WHEN to_date > $2 THEN $2 ELSE to_date END
			WHERE id = $1 AND state IN ('asked', 'confirmed') AND to_date > $2`, id, last)
		if err != nil {
			return fmt.Errorf("end leave: %w", err)
		}
		if n == 0 {
			return ErrAbsenceOver
		}
		if a.Delegation != "" {
			if err := m.EndDelegation(ctx, a.Delegation, last); err != nil {
				return err
			}
		}
		return m.record(ctx, "org.leave.end", "absence", id, "")
	})
}

// Leave gives one leave; ErrAbsenceUnknown.
func (m *Module) Leave(ctx context.Context, id string) (Absence, error) {
	var a Absence
	err := m.DB.Conn(ctx).Get(ctx, &a, absenceColumns+` WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return a, ErrAbsenceUnknown
	}
	return a, err
}

// LeavesOf lists the leaves of an agency that end on or after a day, the
// earliest first, up to 200.
func (m *Module) LeavesOf(ctx context.Context, agency string, since workday.Date) ([]Absence, error) {
	var list []Absence
	err := m.DB.Conn(ctx).Select(ctx, &list, absenceColumns+` WHERE agency = $1 AND to_date >= $2 ORDER BY to_date, id LIMIT 200`, agency, since)
	return list, err
}

// LeavesBy lists the newest 20 leaves of a member of staff.
func (m *Module) LeavesBy(ctx context.Context, staff string) ([]Absence, error) {
	var list []Absence
	err := m.DB.Conn(ctx).Select(ctx, &list, absenceColumns+` WHERE staff = $1 ORDER BY to_date DESC, id DESC LIMIT 20`, staff)
	return list, err
}

// Away lists the staff of an agency who are on a confirmed leave on a day.
func (m *Module) Away(ctx context.Context, agency string, on workday.Date) ([]Absence, error) {
	var list []Absence
	err := m.DB.Conn(ctx).Select(ctx, &list, absenceColumns+` WHERE agency = $1 AND to_date >= $2 AND from_date <= $2
		AND state = 'confirmed' ORDER BY staff`, agency, on)
	return list, err
}
