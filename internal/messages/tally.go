package messages

import (
	"context"
	"fmt"

	"yimen/internal/kit/db"
)

var tallyColumns = []string{"id", "division", "channel", "state", "n"}

// counting is what changes of state add and take away.
type counting map[struct {
	division, channel string
	state             State
}]int

// move counts a delivery that changes its state; from "" is a new one.
func (c counting) move(d delivery, from, to State) {
	key := struct {
		division, channel string
		state             State
	}{d.Division, d.Channel, to}
	c[key]++
	if key.state = from; from != "" {
		c[key]--
	}
}

// tally appends what was counted.
func (m *Module) tally(ctx context.Context, change counting) error {
	var rows [][]any
	for k, n := range change {
		if n != 0 {
			rows = append(rows, []any{db.NewID(), k.division, k.channel, string(k.state), n})
		}
	}
	return m.DB.Conn(ctx).InsertRows(ctx, "messages_tally", tallyColumns, "", rows)
}

// Count is how many deliveries of a channel stand in a state.
type Count struct {
	Channel string `db:"channel"`
	State   State  `db:"state"`
	N       int    `db:"n"`
}

// counts gives what the viewer looks after, by channel and state: the sums and
// what was appended since.
func (m *Module) counts(ctx context.Context) (map[string]map[State]int, error) {
	w := scope(ctx, new(db.Where))
	var rows []Count
	err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT channel, state, CAST(SUM(n) AS BIGINT) AS n FROM
		(SELECT division, channel, state, n FROM messages_count UNION ALL SELECT division, channel, state, n FROM messages_tally) AS tally`+
		w.SQL()+" GROUP BY channel, state", w.Args()...)
	if err != nil {
		return nil, wrap("count deliveries", err)
	}
	all := map[string]map[State]int{SMS: {}, Mail: {}}
	for _, r := range rows {
		if all[r.Channel] != nil {
			all[r.Channel][r.State] = r.N
		}
	}
	return all, nil
}

// tallyBatch bounds what one run sums up in a transaction.
const tallyBatch = 5000

// compactTally adds to the sums what was appended since, so that a count reads
// a few rows. A periodic job, never two at a time.
func (m *Module) compactTally(ctx context.Context) error {
	for {
		n, err := m.compactSome(ctx)
		if err != nil || n < tallyBatch {
			return err
		}
	}
}

func (m *Module) compactSome(ctx context.Context) (int, error) {
	n := 0
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		c := m.DB.Conn(ctx)
		var rows []struct {
			ID, Division, Channel, State string
			N                            int64
		}
		if err := c.Select(ctx, &rows, `SELECT id, division, channel, state, n FROM messages_tally ORDER BY id LIMIT $1`, tallyBatch); err != nil {
			return fmt.Errorf("read tally: %w", err)
		}
		if n = len(rows); n == 0 {
			return nil
		}
		type key struct{ division, channel, state string }
		sums, ids := map[key]int64{}, make([]string, n)
		for i, r := range rows {
			sums[key{r.Division, r.Channel, r.State}] += r.N
			ids[i] = r.ID
		}
		var add [][]any
		for k, v := range sums {
			add = append(add, []any{k.division, k.channel, k.state, v})
		}
		err := c.InsertRows(ctx, "messages_count", []string{"division", "channel", "state", "n"},
			"ON CONFLICT (division, channel, state) DO UPDATE SET n = messages_count.n + excluded.n", add)
		if err != nil {
			return err
		}
		w := new(db.Where).In("id", ids)
		_, err = c.Exec(ctx, "DELETE FROM messages_tally"+w.SQL(), w.Args()...)
		return wrap("compact tally", err)
	})
	return n, err
}
