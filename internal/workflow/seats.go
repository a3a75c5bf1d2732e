package workflow

import (
	"context"
	"fmt"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
)

// Seat is a task's place among those who sign its step (两人现场核查, 会签).
type Seat struct {
	No, Of int  // from 1, among the tasks of the same agency; Of is 1 where one person signs for it
	Signed bool // the account has signed the step already and cannot sign this task too
}

// SeatsOf places tasks of one instance, all of which are given, among the
// signers of their steps, for an account; the seats are by the tasks' ids.
// Added approvers (加签) advise and have none.
func SeatsOf(tasks []Task, account string) map[string]Seat {
	type step struct {
		instance, node string
		round          int
	}
	type body struct {
		step
		agency string
	}
	places, signed := map[body][]int{}, map[step]bool{}
	at := func(t Task) body { return body{step{t.Instance, t.Node, t.Round}, t.Agency} }
	for _, t := range tasks {
		if t.Added != "" {
			continue
		}
		b := at(t)
		for len(places[b]) <= t.Seat {
			places[b] = append(places[b], 0)
		}
		places[b][t.Seat] = 1
		if t.State == Done && t.DoneBy != "" && t.DoneBy == account {
			signed[b.step] = true
		}
	}
	seats := map[string]Seat{}
	for _, t := range tasks {
		if t.Added != "" {
			continue
		}
		b := at(t)
		s := Seat{Signed: signed[b.step] && t.State != Done}
		for i, taken := range places[b] {
			s.Of += taken
			if i <= t.Seat {
				s.No += taken
			}
		}
		seats[t.ID] = s
	}
	return seats
}

// Seats places the tasks of a list among the signers of their steps, for the
// actor of ctx, in one read.
func (m *Module) Seats(ctx context.Context, list []Task) (map[string]Seat, error) {
	if len(list) == 0 {
		return nil, nil
	}
	var instances []any
	seen := map[string]bool{}
	for _, t := range list {
		if !seen[t.Instance] {
			seen[t.Instance], instances = true, append(instances, t.Instance)
		}
	}
	instances = db.Filled(instances)
	var rows []struct {
		ID       string `db:"id"`
		Instance string `db:"instance"`
		Node     string `db:"node"`
		Round    int    `db:"round"`
		Agency   string `db:"agency"`
		Seat     int    `db:"seat"`
		Added    string `db:"added"`
		State    string `db:"state"`
		DoneBy   string `db:"done_by"`
	}
	err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT id, instance, node, round, agency, seat, added, state, done_by FROM workflow_task
		WHERE instance IN (`+placeholders(0, len(instances))+`)`, instances...)
	if err != nil {
		return nil, fmt.Errorf("read signers of steps: %w", err)
	}
	tasks := make([]Task, len(rows))
	for i, t := range rows {
		tasks[i] = Task{ID: t.ID, Instance: t.Instance, Node: t.Node, Round: t.Round, Agency: t.Agency, Seat: t.Seat,
			Added: t.Added, State: t.State, DoneBy: t.DoneBy}
	}
	return SeatsOf(tasks, identity.FromContext(ctx).Account), nil
}

// Signers gives who has signed the step of a task already and so cannot sign it
// beside themselves, by the tasks' ids, in one read.
func (m *Module) Signers(ctx context.Context, list []Task) (map[string][]string, error) {
	signers := map[string][]string{}
	if len(list) == 0 {
		return signers, nil
	}
	instances := make([]any, len(list))
	for i, t := range list {
		instances[i] = t.Instance
	}
	instances = db.Filled(instances)
	var rows []*taskRow
	err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT `+taskColumns+` FROM workflow_task
		WHERE state = 'done' AND added = '' AND instance IN (`+placeholders(0, len(instances))+`)`, instances...)
	if err != nil {
		return nil, fmt.Errorf("read signers of steps: %w", err)
	}
	for _, t := range list {
		for _, x := range rows {
			if x.Instance == t.Instance && x.Node == t.Node && x.Round == t.Round && t.Added == "" {
				signers[t.ID] = append(signers[t.ID], x.DoneBy)
			}
		}
	}
	return signers, nil
}
