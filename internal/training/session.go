package training

import (
	"context"
	"errors"
	"time"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
	"yimen/workday"
)

// Session is a course held on one day.
type Session struct {
	ID      string       `db:"id"`
	Course  string       `db:"course"`
	On      workday.Date `db:"on_date"`
	Hours   string       `db:"hours"` // as announced: 9:00—11:30
	Place   string       `db:"place"`
	Trainer string       `db:"trainer"`
	Done    bool         `db:"done"` // results are entered
	MadeBy  string       `db:"made_by"`
	MadeAt  time.Time    `db:"made_at"`

	Title    string `db:"title"` // of the course
	Division string `db:"division"`
}

const selectSession = `SELECT s.id, s.course, s.on_date, s.hours, s.place, s.trainer, s.done, s.made_by, s.made_at, c.title, c.division
	FROM training_session s JOIN training_course c ON c.id = s.course`

// Session finds a session.
func (m *Module) Session(ctx context.Context, id string) (Session, error) {
	var s Session
	err := m.DB.Conn(ctx).Get(ctx, &s, selectSession+` WHERE s.id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return s, ErrSessionUnknown
	}
	return s, wrap("read session", err)
}

// SessionsOf lists the last sessions of a course, newest first.
func (m *Module) SessionsOf(ctx context.Context, course string) ([]Session, error) {
	var list []Session
	err := m.DB.Conn(ctx).Select(ctx, &list, selectSession+` WHERE s.course = $1 ORDER BY s.on_date DESC, s.id DESC LIMIT 100`, course)
	return list, wrap("list sessions", err)
}

// Coming lists what is held from today on for those who work in a division.
func (m *Module) Coming(ctx context.Context, division string) ([]Session, error) {
	var list []Session
	err := m.DB.Conn(ctx).Select(ctx, &list, selectSession+` WHERE s.on_date >= $1 AND s.done = $2
		AND c.from_code <= $3 AND (c.to_code = '' OR c.to_code > $3) ORDER BY s.on_date, s.id LIMIT 50`, m.today(ctx), false, division)
	return list, wrap("list coming sessions", err)
}

// signed tells which sessions, by id, somebody has signed in at.
func (m *Module) signed(ctx context.Context, staff string) (map[string]bool, error) {
	var list []string
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT session FROM training_attendance WHERE staff = $1 AND signed_at IS NOT NULL`, staff)
	in := map[string]bool{}
	for _, s := range list {
		in[s] = true
	}
	return in, wrap("list attendance", err)
}

// Plan announces a session of a course.
func (m *Module) Plan(ctx context.Context, s Session) (Session, error) {
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		c, err := m.manage(ctx, s.Course)
		if err != nil {
			return err
		}
		if c.Ended {
			return ErrEnded
		}
		var bad errs.Fields
		if s.On.IsZero() || s.On.Before(m.today(ctx).Add(-365)) {
			bad.Add("on", "请选择培训日期，补记的不能早于一年前。")
		}
		if clean(s.Place) == "" || utf8.RuneCountInString(s.Place) > 100 {
			bad.Add("place", "请写培训地点，100个字以内。")
		}
		if clean(s.Trainer) == "" || utf8.RuneCountInString(s.Trainer) > 40 {
			bad.Add("trainer", "请写讲课人，40个字以内。")
		}
		if utf8.RuneCountInString(s.Hours) > 40 {
			bad.Add("hours", "时间最多40个字，例如“9:00—11:30”。")
		}
		if err := bad.Err(); err != nil {
			return err
		}
		s.ID, s.Title, s.Division, s.MadeBy, s.MadeAt = db.NewID(), c.Title, c.Division, identity.FromContext(ctx).Account, m.now(ctx)
		_, err = m.DB.Conn(ctx).Exec(ctx, `INSERT INTO training_session (id, course, on_date, hours, place, trainer, done, made_by, made_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, s.ID, s.Course, s.On, s.Hours, s.Place, s.Trainer, false, s.MadeBy, s.MadeAt)
		return errors.Join(wrap("plan session", err), m.record(ctx, "training.session", "training_session", s.ID, "", c.Title))
	})
	return s, err
}

// Results of somebody who was on the list.
const (
	Passed = "passed"
	Failed = "failed"
	Absent = "absent"
)

var resultNames = map[string]string{"": "未登记", Passed: "合格", Failed: "不合格", Absent: "缺席"}

// Attendance is one name on the list of a session.
type Attendance struct {
	Session  string     `db:"session"`
	Staff    string     `db:"staff"`
	Name     string     `db:"name"`
	Division string     `db:"division"`
	Unit     string     `db:"unit"`
	SignedAt *time.Time `db:"signed_at"` // by themselves
	Result   string     `db:"result"`
}

// ResultName is the result in words.
func (a Attendance) ResultName() string { return resultNames[a.Result] }

// mostOnList is how many come to one session.
const mostOnList = 500

// List is who is on the list of a session.
func (m *Module) List(ctx context.Context, session string) ([]Attendance, error) {
	var list []Attendance
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT session, staff, name, division, unit, signed_at, result FROM training_attendance
		WHERE session = $1 ORDER BY unit, name, staff LIMIT $2`, session, mostOnList)
	return list, wrap("list attendance", err)
}

// SignIn puts the actor on the list of a session of today, by themselves.
func (m *Module) SignIn(ctx context.Context, session string) error {
	a := identity.FromContext(ctx)
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		s, err := m.open(ctx, session)
		if err != nil {
			return err
		}
		if !s.On.Equal(m.today(ctx)) {
			return ErrNotToday
		}
		c, err := m.Course(ctx, s.Course)
		if err != nil {
			return err
		}
		member, err := m.Org.StaffMember(ctx, a.Staff)
		if err != nil {
			return err
		}
		row, err := m.attendance(ctx, session, member)
		if err != nil {
			return err
		}
		if !c.concerns(row.Division) {
			return ErrNotMine
		}
		now := m.now(ctx)
		row.SignedAt = &now
		list := []Attendance{row}
		if err := m.putOnList(ctx, list); err != nil {
			return err
		}
		return m.recordPeople(ctx, "training.sign_in", session, list)
	})
}

// open finds a session whose results are not entered yet.
func (m *Module) open(ctx context.Context, id string) (Session, error) {
	s, err := m.Session(ctx, id)
	if err == nil && s.Done {
		err = ErrDone
	}
	return s, err
}

func (m *Module) attendance(ctx context.Context, session string, member org.Staff) (Attendance, error) {
	row := Attendance{Session: session, Staff: member.ID, Name: member.Name}
	var err error
	if row.Division, err = m.Org.DivisionOf(ctx, member); err != nil {
		return row, err
	}
	row.Unit, err = m.unit(ctx, member)
	return row, err
}

// unit is where somebody works, in words.
func (m *Module) unit(ctx context.Context, member org.Staff) (string, error) {
	if member.Outlet != "" {
		o, err := m.Org.Outlet(ctx, member.Outlet)
		return o.Name, err
	}
	a, err := m.Org.Agency(ctx, member.Agency)
	return a.Name, err
}

// putOnList adds names; who is on it already stays, signed in or not.
func (m *Module) putOnList(ctx context.Context, list []Attendance) error {
	for _, a := range list {
		_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO training_attendance (session, staff, name, division, unit, signed_at, result)
			VALUES ($1, $2, $3, $4, $5, $6, '') ON CONFLICT (session, staff)
			DO UPDATE SET signed_at = COALESCE(training_attendance.signed_at, excluded.signed_at)`,
			a.Session, a.Staff, a.Name, a.Division, a.Unit, a.SignedAt)
		if err != nil {
			return wrap("put on list", err)
		}
	}
	return nil
}

// Enrol puts everybody who works at an outlet or in an agency, by its code, on
// the list of a session, and says how many they are.
func (m *Module) Enrol(ctx context.Context, session, place string) (int, error) {
	n := 0
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		s, err := m.open(ctx, session)
		if err != nil {
			return err
		}
		c, err := m.manage(ctx, s.Course)
		if err != nil {
			return err
		}
		staff, err := m.staffAt(ctx, place)
		if err != nil {
			return err
		}
		var list []Attendance
		for _, x := range staff {
			row, err := m.attendance(ctx, session, x)
			if err != nil {
				return err
			}
			if c.concerns(row.Division) {
				list = append(list, row)
			}
		}
		if n = len(list); n == 0 {
			return ErrInvalid.Field("place", "这个网点或单位没有可以参加的工作人员，请核对编号，以及课程面向的地方。")
		}
		return m.enrolled(ctx, session, list)
	})
	return n, err
}

// enrolled puts names on the list, and in the audit.
func (m *Module) enrolled(ctx context.Context, session string, list []Attendance) error {
	if err := m.putOnList(ctx, list); err != nil {
		return err
	}
	return m.recordPeople(ctx, "training.enrol", session, list)
}

func (m *Module) staffAt(ctx context.Context, place string) ([]org.Staff, error) {
	page := db.Page{Limit: db.MaxLimit}
	if _, err := m.Org.Outlet(ctx, place); err == nil {
		list, _, err := m.Org.StaffAt(ctx, place, page)
		return list, err
	}
	if _, err := m.Org.Agency(ctx, place); err != nil {
		return nil, ErrInvalid.Field("place", "没有这个网点或单位，请核对编号。")
	}
	list, _, err := m.Org.StaffOf(ctx, place, page)
	return list, err
}

// Results enters how it went, by staff, ends the session and gives everybody
// who passed a certificate from its day on. Who is on the list and not in
// results counts as absent.
func (m *Module) Results(ctx context.Context, session string, results map[string]string) (given int, err error) {
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		s, err := m.open(ctx, session)
		if err != nil {
			return err
		}
		c, err := m.manage(ctx, s.Course)
		if err != nil {
			return err
		}
		if s.On.After(m.today(ctx)) {
			return ErrInvalid.Say("培训还没有举行，不能登记结果。")
		}
		list, err := m.List(ctx, session)
		if err != nil {
			return err
		}
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE training_session SET done = $2 WHERE id = $1 AND done = $3`, session, true, false)
		if err != nil || n == 0 {
			return errors.Join(err, ErrDone)
		}
		for i, a := range list {
			result := results[a.Staff]
			if result == "" {
				result = Absent
			}
			if resultNames[result] == "" {
				return ErrInvalid.Field("result."+a.Staff, "请选择合格、不合格或缺席。")
			}
			if _, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE training_attendance SET result = $3 WHERE session = $1 AND staff = $2`, session, a.Staff, result); err != nil {
				return wrap("enter result", err)
			}
			list[i].Result = result
			if result != Passed {
				continue
			}
			given++
			if err := m.give(ctx, c, s.On, a); err != nil {
				return err
			}
		}
		return m.recordPeople(ctx, "training.results", session, list)
	})
	return given, err
}

// monthsAfter is the last day of a certificate that begins on a day.
func monthsAfter(d workday.Date, months int) workday.Date {
	y, mo, day := d.YMD()
	first := time.Date(y, mo+time.Month(months), 1, 0, 0, 0, 0, clock.Beijing)
	last := first.AddDate(0, 1, -1).Day()
	return workday.DateOf(first.AddDate(0, 0, min(day, last)-1), clock.Beijing).Add(-1)
}
