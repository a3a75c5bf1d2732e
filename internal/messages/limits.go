package messages

import (
	"context"
	"encoding/hex"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"yimen/internal/kit/clock"
)

// atNight is why a delivery waits for the morning.
const atNight = "夜间不发，早上再发"

// hold puts a text message off, or leaves it out, where the limits say so:
//
//   - between QuietFrom and QuietTo only urgent ones leave;
//   - one number gets PerPerson a day, beyond that only what the law requires;
//   - PerHour leave in an hour, whatever they are: the rest goes in the next.
func (m *Module) hold(ctx context.Context, d *delivery) (bool, error) {
	now := m.now(ctx)
	if until, quiet := m.Limits.quiet(now); quiet && !d.Urgent {
		d.DueAt, d.Reason = until, atNight
		return true, m.putOff(ctx, *d)
	}
	beijing := now.In(clock.Beijing)
	most := m.Limits.PerPerson
	if d.Required || d.Urgent {
		most = 1 << 30
	}
	ok, err := m.pace(ctx, person(d.Address), beijing.Format("2006-01-02"), most)
	if err != nil {
		return false, err
	}
	if !ok {
		d.Reason = "当天发给此人的短信已达上限，站内消息照常"
		return true, m.move(ctx, *d, Skipped)
	}
	if ok, err = m.pace(ctx, "", beijing.Format("2006-01-02 15"), m.Limits.PerHour); ok || err != nil {
		return false, err
	}
	d.DueAt, d.Reason = now.Truncate(time.Hour).Add(time.Hour), "本小时短信已达上限，下一小时再发"
	return true, m.putOff(ctx, *d)
}

// putOff leaves a delivery waiting until it is due.
func (m *Module) putOff(ctx context.Context, d delivery) error {
	if err := m.move(ctx, d, Waiting); err != nil {
		return err
	}
	return m.later(ctx, d.ID, d.DueAt)
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

// pace counts one more in a slot, unless it is full.
func (m *Module) pace(ctx context.Context, who, slot string, most int) (bool, error) {
	n, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO messages_pace (who, slot, n, made_at) VALUES ($1, $2, 1, $3)
		ON CONFLICT (who, slot) DO UPDATE SET n = messages_pace.n + 1 WHERE messages_pace.n < $4`, who, slot, m.now(ctx), most)
	return n > 0, wrap("count the pace", err)
}

// person is the number as the pace keeps it.
func person(phone string) string {
	sum := sm3.Sum([]byte(phone))
	return hex.EncodeToString(sum[:12])
}
