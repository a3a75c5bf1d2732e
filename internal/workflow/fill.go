package workflow

import (
	"context"
	"fmt"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/stencil"
	"yimen/workday"
)

// Stencil is an instance that is over, with its tasks and its history, of
// which Fill makes others: load tests want a city's years at once.
type Stencil struct {
	words []string    // subject, instance, then the ids of tasks, acts and holds
	at    []time.Time // when what each word names came to be
	rows  []stencil.Rows
}

type holdRow struct {
	ID       string `db:"id"`
	Instance string `db:"instance"`
	FromOn   string `db:"from_on"`
	ToOn     string `db:"to_on"`
}

// Stencil makes one of the newest instance of a subject; ErrNoInstance.
func (m *Module) Stencil(ctx context.Context, subject string, near func(workday.Date) bool) (*Stencil, error) {
	c := m.DB.Conn(ctx)
	var in []instanceRow
	err := c.Select(ctx, &in, `SELECT `+instanceColumns+` FROM workflow_instance WHERE subject = $1 ORDER BY id DESC LIMIT 1`, subject)
	if err != nil {
		return nil, fmt.Errorf("read instance: %w", err)
	}
	if len(in) == 0 {
		return nil, ErrNoInstance
	}
	var tasks []taskRow
	var acts []Recorded
	var holds []holdRow
	for _, q := range []struct {
		into any
		sql  string
	}{
		{&tasks, `SELECT ` + taskColumns + ` FROM workflow_task`},
		{&acts, `SELECT ` + actColumns + ` FROM workflow_act`},
		{&holds, `SELECT ` + holdColumns + ` FROM workflow_hold`},
	} {
		if err := c.Select(ctx, q.into, q.sql+` WHERE instance = $1 ORDER BY id`, in[0].ID); err != nil {
			return nil, fmt.Errorf("read instance: %w", err)
		}
	}
	s := &Stencil{}
	name := func(word string, at time.Time) { s.words, s.at = append(s.words, word), append(s.at, at) }
	name(subject, in[0].StartedAt)
	name(in[0].ID, in[0].StartedAt)
	for _, t := range tasks {
		name(t.ID, t.OpenedAt)
	}
	for _, a := range acts {
		name(a.ID, a.At)
	}
	for _, h := range holds {
		name(h.ID, in[0].StartedAt)
	}
	return s, s.cut(in, tasks, acts, holds, near)
}

const holdColumns = `id, instance, from_on, to_on`

func (s *Stencil) cut(in []instanceRow, tasks []taskRow, acts []Recorded, holds []holdRow, near func(workday.Date) bool) error {
	instances, err := stencil.CutRows("workflow_instance", stencil.Columns(instanceColumns), in, s.words, near)
	if err != nil {
		return err
	}
	done, err := stencil.CutRows("workflow_task", stencil.Columns(taskColumns), tasks, s.words, near)
	if err != nil {
		return err
	}
	recorded, err := stencil.CutRows("workflow_act", stencil.Columns(actColumns), acts, s.words, near)
	if err != nil {
		return err
	}
	held, err := stencil.CutRows("workflow_hold", stencil.Columns(holdColumns), holds, s.words, near)
	s.rows = []stencil.Rows{instances.With("revision", int64(len(acts))), done, recorded, held}
	return err
}

// Fill adds the instance once more to b, as that of another subject on another
// day, and gives its id. Nobody is told.
func (s *Stencil) Fill(b *stencil.Batch, subject string, move stencil.Move) string {
	words := make([]string, len(s.words))
	words[0] = subject
	var last time.Time
	for i := 1; i < len(words); i++ {
		// Tasks and acts are listed by their ids.
		if at := move.Time(s.at[i]); at.After(last) || i == 1 {
			last = at
		}
		words[i] = db.IDAt(last, i)
	}
	for _, r := range s.rows {
		b.Add(r, words, move)
	}
	return words[1]
}
