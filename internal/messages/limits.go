package messages

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/sealed"
)

// atNight is why a delivery waits for the morning.
const atNight = "夜间不发，早上再发"

// hold decides what becomes of deliveries that are due: they are sent now, or,
// where the limits say so, a text message is put off or left out:
//
//   - between QuietFrom and QuietTo only urgent ones leave;
//   - one number gets PerPerson a day, beyond that only what the law requires;
//   - PerHour leave in an hour. Whichever finds the hour full is given the hour
//     in which its turn comes and counted there, so that it is held once,
//     however many wait. A tenth of each hour is kept for what is urgent.
func (m *Module) hold(ctx context.Context, list []delivery, now time.Time) error {
	var p *pace
	if slices.ContainsFunc(list, func(d delivery) bool { return d.Channel == SMS && d.State == Waiting }) {
		var err error
		if p, err = m.readPace(ctx, list, now); err != nil {
			return err
		}
	}
	for i := range list {
		d := &list[i]
		switch {
		case m.sender(d.Channel) == nil:
			d.State, d.Reason = Failed, "发送渠道没有配置"
			continue
		case d.Channel == SMS && d.State == Waiting && m.held(d, p, now):
			continue
		}
		d.State, d.Attempts, d.DueAt = Sending, d.Attempts+1, now.Add(sendLease)
	}
	return m.writePace(ctx, p)
}

// held puts a text message off or leaves it out, where a limit says so.
func (m *Module) held(d *delivery, p *pace, now time.Time) bool {
	if until, quiet := m.Limits.quiet(now); quiet && !d.Urgent {
		d.DueAt, d.Reason = until, atNight
		return true
	}
	who := slot{m.person(d.Address), dayOf(now)}
	if !d.Required && !d.Urgent && p.n[who] >= m.Limits.PerPerson {
		d.State, d.Reason = Skipped, "当天发给此人的短信已达上限，站内消息照常"
		return true
	}
	most := m.Limits.PerHour
	if !d.Urgent {
		most -= most / 10
	}
	if hour := hourOf(now); d.Turn != hour.at && p.n[hour] < most {
		p.add(hour, now)
	} else if d.Turn != hour.at {
		m.giveTurn(d, p, now, most)
		return true
	}
	p.add(who, now)
	return false
}

// giveTurn puts a text message off to the first hour that is not full.
func (m *Module) giveTurn(d *delivery, p *pace, now time.Time, most int) {
	at := now.Truncate(time.Hour)
	for full := true; full; {
		at = at.Add(time.Hour)
		if until, quiet := m.Limits.quiet(at); quiet && !d.Urgent {
			at = until
		}
		full = p.n[hourOf(at)] >= most
	}
	p.add(hourOf(at), at)
	d.Turn, d.DueAt = hourOf(at).at, at
	d.Reason = "每小时短信已达上限，排到" + at.In(clock.Beijing).Format("1月2日15时") + "发送"
}

// slot is what is counted: what leaves in an hour (who ""), or what one number
// gets on a day.
type slot struct{ who, at string }

func hourOf(t time.Time) slot  { return slot{"", t.In(clock.Beijing).Format("2006-01-02 15")} }
func dayOf(t time.Time) string { return t.In(clock.Beijing).Format("2006-01-02") }

// pace is how many text messages have left or have their turn, by slot.
type pace struct {
	n    map[slot]int
	more map[slot]int       // added since it was read
	made map[slot]time.Time // of those
}

func (p *pace) add(s slot, at time.Time) {
	p.n[s]++
	p.more[s]++
	p.made[s] = at
}

// readPace reads the counts that matter for some deliveries. The row of the
// present hour is locked until the transaction ends: whoever else takes text
// messages counts after us.
func (m *Module) readPace(ctx context.Context, list []delivery, now time.Time) (*pace, error) {
	c, hour := m.DB.Conn(ctx), hourOf(now)
	_, err := c.Exec(ctx, `INSERT INTO messages_pace (who, slot, n, made_at) VALUES ('', $1, 0, $2)
		ON CONFLICT (who, slot) DO UPDATE SET n = messages_pace.n`, hour.at, now)
	if err != nil {
		return nil, wrap("lock the pace", err)
	}
	people := map[string]bool{}
	for _, d := range list {
		if d.Channel == SMS {
			people[m.person(d.Address)] = true
		}
	}
	w := new(db.Where).And("slot = ?", dayOf(now)).In("who", slices.Sorted(maps.Keys(people)))
	p := &pace{map[slot]int{}, map[slot]int{}, map[slot]time.Time{}}
	return p, errors.Join(
		p.read(ctx, c, "SELECT who, slot, n FROM messages_pace WHERE who = '' AND slot >= $1", hour.at),
		p.read(ctx, c, "SELECT who, slot, n FROM messages_pace"+w.SQL(), w.Args()...))
}

func (p *pace) read(ctx context.Context, c *db.Conn, query string, args ...any) error {
	var rows []struct {
		Who  string `db:"who"`
		Slot string `db:"slot"`
		N    int    `db:"n"`
	}
	err := c.Select(ctx, &rows, query, args...)
	for _, r := range rows {
		p.n[slot{r.Who, r.Slot}] = r.N
	}
	return wrap("read the pace", err)
}

// writePace adds what was counted.
func (m *Module) writePace(ctx context.Context, p *pace) error {
	if p == nil {
		return nil
	}
	var rows [][]any
	for s, n := range p.more {
		rows = append(rows, []any{s.who, s.at, n, p.made[s]})
	}
	err := m.DB.Conn(ctx).InsertRows(ctx, "messages_pace", []string{"who", "slot", "n", "made_at"},
		"ON CONFLICT (who, slot) DO UPDATE SET n = messages_pace.n + excluded.n", rows)
	return wrap("count the pace", err)
}

// countOne counts one more in a slot, unless it is full.
func (m *Module) countOne(ctx context.Context, who, slot string, most int) (bool, error) {
	n, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO messages_pace (who, slot, n, made_at) VALUES ($1, $2, 1, $3)
		ON CONFLICT (who, slot) DO UPDATE SET n = messages_pace.n + 1 WHERE messages_pace.n < $4`, who, slot, m.now(ctx), most)
	return n > 0, wrap("count the pace", err)
}

// quiet tells whether now is in the quiet hours, and when they end.
func (l Limits) quiet(now time.Time) (time.Time, bool) {
	t := now.In(clock.Beijing)
	hour := t.Hour()
	in := hour >= l.QuietFrom && hour < l.QuietTo
	if l.QuietFrom > l.QuietTo {
		in = hour >= l.QuietFrom || hour < l.QuietTo
	}
	if !in {
		return time.Time{}, false
	}
	end := time.Date(t.Year(), t.Month(), t.Day(), l.QuietTo, 0, 0, 0, clock.Beijing)
	if !end.After(t) {
		end = end.AddDate(0, 0, 1)
	}
	return end.UTC(), true
}

// paceWho is how the pace knows a number: by a keyed hash, because there are few
// enough numbers to try them all.
var paceWho = sealed.Loose("messages_pace.who", nil)

// person is the number, or the account, as the pace keeps it.
func (m *Module) person(phone string) string { return m.Keys.Index(paceWho, phone) }
