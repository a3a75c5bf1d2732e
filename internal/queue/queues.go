package queue

import (
	"context"
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
)

// Queue is what people queue for at an outlet (队列): everything, or some
// themes with a letter of their own.
type Queue struct {
	ID      string `db:"id"`
	Outlet  string `db:"outlet"`
	Letter  string `db:"letter"` // before the number: A
	Name    string `db:"name"`   // 综合业务
	Themes  string `db:"themes"` // what it takes, in words; "" everything
	Minutes int    `db:"minutes"`
	Active  bool   `db:"active"`
}

const queueColumns = `SELECT id, outlet, letter, name, themes, minutes, active FROM queue_queue`

// Queues lists the queues of an outlet that are open, by letter. Everybody may
// see them: they are on the machine.
func (m *Module) Queues(ctx context.Context, outlet string) ([]Queue, error) {
	all, err := m.allQueues(ctx, outlet)
	return slices.DeleteFunc(all, func(q Queue) bool { return !q.Active }), err
}

func (m *Module) allQueues(ctx context.Context, outlet string) ([]Queue, error) {
	var list []Queue
	err := m.DB.Conn(ctx).Select(ctx, &list, queueColumns+` WHERE outlet = $1 ORDER BY letter`, outlet)
	return list, err
}

func (m *Module) queue(ctx context.Context, id string) (Queue, error) {
	var q Queue
	err := m.DB.Conn(ctx).Get(ctx, &q, queueColumns+` WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return q, ErrQueueUnknown
	}
	return q, err
}

var letterForm = regexp.MustCompile(`^[A-Z]$`)

func (q Queue) check() error {
	var f errs.Fields
	if !letterForm.MatchString(q.Letter) {
		f.Add("letter", "字母填一个大写字母，例如 A。")
	}
	if n := len([]rune(q.Name)); n == 0 || n > 20 {
		f.Add("name", "名称填1至20个字。")
	}
	if len([]rune(q.Themes)) > 100 {
		f.Add("themes", "办理内容不超过100字。")
	}
	if q.Minutes < 1 || q.Minutes > 240 {
		f.Add("minutes", "每人大约用时填1至240分钟。")
	}
	return wrong(ErrQueueInvalid, f)
}

// wrong is e with the fields, or nil when nothing is wrong.
func wrong(e *errs.Error, f errs.Fields) error {
	if f.Empty() {
		return nil
	}
	for _, x := range f.List() {
		e = e.Field(x.Name, x.Message)
	}
	return e
}

// SaveQueue makes a queue (ID "") or changes one. A letter in use at the outlet
// cannot be taken by another queue. Errors: ErrNotHere, ErrQueueInvalid with
// fields, ErrQueueUnknown.
func (m *Module) SaveQueue(ctx context.Context, q Queue) (Queue, error) {
	q.Name, q.Themes, q.Letter = strings.TrimSpace(q.Name), strings.TrimSpace(q.Themes), strings.ToUpper(strings.TrimSpace(q.Letter))
	if _, err := m.hall(ctx, VerbManage, q.Outlet); err != nil {
		return q, err
	}
	if err := q.check(); err != nil {
		return q, err
	}
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		same, err := m.allQueues(ctx, q.Outlet)
		if err != nil {
			return err
		}
		for _, o := range same {
			if o.Letter == q.Letter && o.ID != q.ID {
				return ErrQueueInvalid.Field("letter", "字母 "+q.Letter+" 已用于“"+o.Name+"”，请换一个。")
			}
		}
		if q.ID == "" {
			q.ID = db.NewID()
			err = m.insertQueues(ctx, []Queue{q})
		} else {
			err = m.updateQueue(ctx, q)
		}
		if err != nil {
			return err
		}
		return m.record(ctx, "queue.save", "queue", q.ID, "outlet="+q.Outlet+" letter="+q.Letter)
	})
	return q, err
}

func (m *Module) updateQueue(ctx context.Context, q Queue) error {
	n, err := m.DB.Conn(ctx).ExecNamed(ctx, `UPDATE queue_queue SET letter = :letter, name = :name, themes = :themes,
		minutes = :minutes, active = :active WHERE id = :id AND outlet = :outlet`, q)
	if err == nil && n == 0 {
		err = ErrQueueUnknown
	}
	return err
}

func (m *Module) insertQueues(ctx context.Context, list []Queue) error {
	rows := make([][]any, len(list))
	for i, q := range list {
		rows[i] = []any{q.ID, q.Outlet, q.Letter, q.Name, q.Themes, q.Minutes, q.Active}
	}
	return m.DB.Conn(ctx).InsertRows(ctx, "queue_queue", []string{"id", "outlet", "letter", "name", "themes", "minutes", "active"}, "", rows)
}

// LoadQueues makes many queues at once, for a city that begins; ids are given
// where they are "". The caller answers for the right.
func (m *Module) LoadQueues(ctx context.Context, list []Queue) error {
	for i := range list {
		if err := list[i].check(); err != nil {
			return err
		}
		if list[i].ID == "" {
			list[i].ID = db.NewID()
		}
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error { return m.insertQueues(ctx, list) })
}

// Serves gives the queues a counter calls from: those chosen for it, or all
// that are open at its outlet.
func (m *Module) Serves(ctx context.Context, c org.Counter) ([]Queue, error) {
	open, err := m.Queues(ctx, c.Outlet)
	if err != nil {
		return nil, err
	}
	chosen, err := m.chosen(ctx, c.ID)
	if err != nil || len(chosen) == 0 {
		return open, err
	}
	return slices.DeleteFunc(open, func(q Queue) bool { return !slices.Contains(chosen, q.ID) }), nil
}

func (m *Module) chosen(ctx context.Context, counter string) ([]string, error) {
	var ids []string
	err := m.DB.Conn(ctx).Select(ctx, &ids, `SELECT queue FROM queue_serves WHERE counter = $1 ORDER BY queue`, counter)
	return ids, err
}

// SetServes says which queues a counter calls from; none means all of its
// outlet. Errors: ErrCounterUnknown, ErrNotHere, ErrQueueUnknown for a queue
// of another outlet.
func (m *Module) SetServes(ctx context.Context, counter string, queues []string) error {
	c, err := m.counter(ctx, counter)
	if err != nil {
		return err
	}
	if _, err := m.hall(ctx, VerbManage, c.Outlet); err != nil {
		return err
	}
	slices.Sort(queues)
	queues = slices.Compact(queues)
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		all, err := m.allQueues(ctx, c.Outlet)
		if err != nil {
			return err
		}
		if _, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM queue_serves WHERE counter = $1`, counter); err != nil {
			return err
		}
		var rows [][]any
		for _, id := range queues {
			if !slices.ContainsFunc(all, func(q Queue) bool { return q.ID == id }) {
				return ErrQueueUnknown
			}
			rows = append(rows, []any{counter, id})
		}
		if err := m.DB.Conn(ctx).InsertRows(ctx, "queue_serves", []string{"counter", "queue"}, "", rows); err != nil {
			return err
		}
		return m.record(ctx, "queue.serves", "counter", counter, strings.Join(queues, " "))
	})
}

// counter finds a counter by its id; ErrCounterUnknown.
func (m *Module) counter(ctx context.Context, id string) (org.Counter, error) {
	outlet, _, found := strings.Cut(id, "-") // ids begin with their outlet's code; a few that do not are searched
	if found {
		list, err := m.Org.Counters(ctx, outlet)
		if err != nil {
			return org.Counter{}, err
		}
		for _, c := range list {
			if c.ID == id {
				return c, nil
			}
		}
	}
	outlets, err := m.Org.Outlets(ctx)
	if err != nil {
		return org.Counter{}, err
	}
	for _, o := range outlets {
		list, err := m.Org.Counters(ctx, o.Code)
		if err != nil {
			return org.Counter{}, err
		}
		if i := slices.IndexFunc(list, func(c org.Counter) bool { return c.ID == id }); i >= 0 {
			return list[i], nil
		}
	}
	return org.Counter{}, ErrCounterUnknown
}

// record notes a change of settings in the audit.
func (m *Module) record(ctx context.Context, action, object, id, detail string) error {
	if m.Audit == nil {
		return nil
	}
	a := identity.FromContext(ctx)
	return m.Audit.Write(ctx, audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address,
		Action: action, Object: object, ObjectID: id, Result: "ok", Detail: detail})
}

// LoadServes says for many counters at once which queues they call from, by
// counter, for a city that begins. The caller answers for right and ids.
func (m *Module) LoadServes(ctx context.Context, serves map[string][]string) error {
	var rows [][]any
	for _, counter := range slices.Sorted(maps.Keys(serves)) {
		for _, q := range serves[counter] {
			rows = append(rows, []any{counter, q})
		}
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		return m.DB.Conn(ctx).InsertRows(ctx, "queue_serves", []string{"counter", "queue"}, "", rows)
	})
}
