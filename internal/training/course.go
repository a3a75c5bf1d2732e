package training

import (
	"context"
	"errors"
	"fmt"
	"mime/multipart"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/files"
	"yimen/internal/org"
)

// Kinds of courses.
const (
	KindPost      = "post"      // before somebody sits at a counter
	KindBusiness  = "business"  // one field of business
	KindRefresher = "refresher" // again, in time
)

var kindNames = map[string]string{KindPost: "上岗培训", KindBusiness: "业务专项", KindRefresher: "复训"}

// Course is something to be learnt.
type Course struct {
	ID       string    `db:"id"`
	Kind     string    `db:"kind"`
	Title    string    `db:"title"`
	About    string    `db:"about"`
	Months   int       `db:"months"` // a certificate is valid for so long
	Division string    `db:"division"`
	From     string    `db:"from_code"` // whom it is about
	To       string    `db:"to_code"`
	Ended    bool      `db:"ended"`
	MadeBy   string    `db:"made_by"`
	MadeAt   time.Time `db:"made_at"`
}

// KindName is the kind in words.
func (c Course) KindName() string { return kindNames[c.Kind] }

// concerns says whether the course is about who works in a division.
func (c Course) concerns(division string) bool {
	return c.From <= division && (c.To == "" || division < c.To)
}

const selectCourse = `SELECT id, kind, title, about, months, division, from_code, to_code, ended, made_by, made_at FROM training_course`

// Course finds a course; whoever works here may read of all.
func (m *Module) Course(ctx context.Context, id string) (Course, error) {
	var c Course
	err := m.DB.Conn(ctx).Get(ctx, &c, selectCourse+` WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return c, ErrCourseUnknown
	}
	return c, wrap("read course", err)
}

// manage finds a course that the actor keeps.
func (m *Module) manage(ctx context.Context, id string) (Course, error) {
	c, err := m.Course(ctx, id)
	if err == nil && !identity.FromContext(ctx).Can(VerbManage, at(c.Division)) {
		err = ErrNotHere
	}
	return c, err
}

// Courses lists those held for where the viewer may look, running ones first.
func (m *Module) Courses(ctx context.Context) ([]Course, error) {
	var w db.Where
	narrow(ctx, &w)
	limit := w.Arg(db.MaxLimit)
	var list []Course
	err := m.DB.Conn(ctx).Select(ctx, &list, selectCourse+w.SQL()+` ORDER BY ended, title, id LIMIT `+limit, w.Args()...)
	return list, wrap("list courses", err)
}

// SaveCourse makes a course, or changes the one of that id; whom it is about
// and since when stay as they are.
func (m *Module) SaveCourse(ctx context.Context, c Course) (Course, error) {
	var bad errs.Fields
	if n := utf8.RuneCountInString(c.Title); n < 2 || n > 60 {
		bad.Add("title", "课程名称要写2到60个字。")
	}
	if kindNames[c.Kind] == "" {
		bad.Add("kind", "请选择课程种类。")
	}
	if c.Months < 1 || c.Months > 120 {
		bad.Add("months", "证书有效期要写1到120个月。")
	}
	if utf8.RuneCountInString(c.About) > 1000 {
		bad.Add("about", "课程说明最多1000个字。")
	}
	if c.ID == "" {
		if _, err := m.Org.Division(ctx, c.Division); err != nil {
			bad.Add("division", "没有这个区划，请核对12位代码。")
		} else if !identity.FromContext(ctx).Can(VerbManage, at(c.Division)) {
			bad.Add("division", "这个地方不由您管理，请填您管理的区划。")
		}
	}
	if err := bad.Err(); err != nil {
		return c, err
	}
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		if c.ID != "" {
			old, err := m.manage(ctx, c.ID)
			if err != nil {
				return err
			}
			_, err = m.DB.Conn(ctx).Exec(ctx, `UPDATE training_course SET kind = $2, title = $3, about = $4, months = $5, ended = $6 WHERE id = $1`,
				c.ID, c.Kind, c.Title, c.About, c.Months, c.Ended)
			c.Division = old.Division
			return errors.Join(wrap("change course", err), m.record(ctx, "training.course", "training_course", c.ID, "", c.Title))
		}
		c.ID, c.MadeBy, c.MadeAt = db.NewID(), identity.FromContext(ctx).Account, m.now(ctx)
		c.From, c.To = org.Range(c.Division)
		_, err := m.DB.Conn(ctx).ExecNamed(ctx, `INSERT INTO training_course (id, kind, title, about, months, division, from_code, to_code, ended, made_by, made_at)
			VALUES (:id, :kind, :title, :about, :months, :division, :from_code, :to_code, :ended, :made_by, :made_at)`, c)
		return errors.Join(wrap("make course", err), m.record(ctx, "training.course", "training_course", c.ID, "", c.Title))
	})
	return c, err
}

// Material is a file to be read for a course.
type Material struct {
	File   string    `db:"file"`
	Course string    `db:"course"`
	Name   string    `db:"name"`
	Size   int64     `db:"size"`
	MadeAt time.Time `db:"made_at"`
}

// Materials lists the files of a course.
func (m *Module) Materials(ctx context.Context, course string) ([]Material, error) {
	var list []Material
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT file, course, name, size, made_at FROM training_material WHERE course = $1 ORDER BY made_at, file`, course)
	return list, wrap("list materials", err)
}

// AddMaterial stores a file for a course.
func (m *Module) AddMaterial(ctx context.Context, course string, head *multipart.FileHeader) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		if _, err := m.manage(ctx, course); err != nil {
			return err
		}
		body, err := head.Open()
		if err != nil {
			return err
		}
		defer body.Close()
		f, err := m.Store.Save(ctx, head.Filename, head.Header.Get("Content-Type"), body, identity.FromContext(ctx).Account)
		if err != nil {
			return err
		}
		_, err = m.DB.Conn(ctx).Exec(ctx, `INSERT INTO training_material (file, course, name, size, made_at) VALUES ($1, $2, $3, $4, $5)`,
			f.ID, course, f.Name, f.Size, m.now(ctx))
		return errors.Join(wrap("add material", err), m.record(ctx, "training.material", "training_course", course, "", f.ID))
	})
}

// RemoveMaterial takes a file away.
func (m *Module) RemoveMaterial(ctx context.Context, course, file string) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		if _, err := m.manage(ctx, course); err != nil {
			return err
		}
		n, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM training_material WHERE course = $1 AND file = $2`, course, file)
		switch {
		case err != nil:
			return wrap("remove material", err)
		case n == 0:
			return files.ErrNotFound
		}
		return m.Store.Delete(ctx, file)
	})
}

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("training: %s: %w", what, err)
}

func clean(s string) string { return strings.TrimSpace(s) }
