package presence

import (
	"context"
	"errors"
	"fmt"
	"time"

	"yimen/face"
	"yimen/internal/identity"
)

// Shot is one frame as it came from the browser.
type Shot struct {
	Step int    // 0 before the first movement, 1 … 3 in it
	Data []byte // JPEG, sides at most MaxSide
}

// What is taken of a try.
const (
	MaxShots = 48
	MaxShot  = 160 << 10 // bytes
	MaxSide  = 640       // pixels
)

// Outcome is how a check ended.
type Outcome struct {
	Reason   Reason
	Distance float64 // to the register's photograph; 0 when it did not come to that
}

// Check looks at the frames of a try, once, and proves the level when everything is right. The frames are not kept: no
// transaction is open while they are looked at, and nothing of them is written but hashes. Errors: ErrTryGone, ErrBusy
// (the try is not used up), ErrNoRegister and what the database says; what is wrong with the frames is the Outcome.
func (m *Module) Check(ctx context.Context, id string, shots []Shot) (Outcome, error) {
	t, err := m.find(ctx, id)
	if err != nil {
		return Outcome{}, err
	}
	select {
	case m.turns <- struct{}{}:
		defer func() { <-m.turns }()
	default:
		return Outcome{}, ErrBusy
	}
	if err := m.use(ctx, t); err != nil {
		return Outcome{}, err
	}
	out, hashes, err := m.judge(ctx, t, shots)
	if errors.Is(err, face.ErrBusy) {
		err = ErrBusy.Because(err)
	}
	if err != nil {
		return out, err
	}
	return out, m.conclude(ctx, t, out, hashes)
}

// judge goes through the checks, the cheapest first, and ends with the first that fails.
func (m *Module) judge(ctx context.Context, t Try, shots []Shot) (Outcome, []string, error) {
	frames, reason := unpack(shots)
	hashes := hashesOf(frames)
	if reason != "" {
		return Outcome{Reason: reason}, hashes, nil
	}
	if known, err := m.known(ctx, hashes); err != nil || known {
		return Outcome{Reason: Replayed}, hashes, err
	}
	if reason, err := m.look(ctx, frames); err != nil || reason != "" {
		return Outcome{Reason: reason}, hashes, err
	}
	base, reason := straightLook(frames)
	if reason != "" {
		return Outcome{Reason: reason}, hashes, nil
	}
	j, reason := follow(t.Moves(), base, frames)
	if reason == NotSeen {
		reason = lifeless(j, base, frames)
	}
	if reason != "" {
		return Outcome{Reason: reason}, hashes, nil
	}
	mine, reason, err := m.samePerson(ctx, j, base, frames)
	if err != nil || reason != "" {
		return Outcome{Reason: reason}, hashes, err
	}
	out, err := m.compare(ctx, t.Account, mine)
	return out, hashes, err
}

// unpack reads the frames. Those that are the same to the last pixel count once: a slow camera repeats some.
func unpack(shots []Shot) ([]frame, Reason) {
	if len(shots) < minFrames {
		return nil, TooFew
	}
	if len(shots) > MaxShots {
		return nil, Unread
	}
	var frames []frame
	had := map[string]bool{}
	for _, s := range shots {
		if s.Step < 0 || s.Step > howMany || len(s.Data) > MaxShot {
			return nil, Unread
		}
		pic, err := face.Decode(s.Data, MaxSide)
		if err != nil {
			return nil, Unread
		}
		f := frame{step: s.Step, pic: pic, hash: pic.Hash()}
		if had[f.hash] {
			continue
		}
		if len(frames) > 0 && f.step < frames[len(frames)-1].step {
			return nil, OutOfTurn
		}
		had[f.hash] = true
		frames = append(frames, f)
	}
	if len(frames) < minFrames || len(frames) < len(shots)/2 {
		return frames, Still
	}
	return frames, ""
}

func hashesOf(frames []frame) []string {
	var list []string
	for _, f := range frames {
		list = append(list, f.hash)
	}
	return list
}

// known tells whether a frame was sent before, by anybody, within a day.
func (m *Module) known(ctx context.Context, hashes []string) (bool, error) {
	since := m.now(ctx).Add(-keepSeen)
	for _, h := range hashes {
		var n int
		err := m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM assurance_face_seen WHERE hash = $1 AND seen_at > $2`, h, since)
		if err != nil || n > 0 {
			return n > 0, err
		}
	}
	return false, nil
}

// compare lays the straight look beside the register's photograph.
func (m *Module) compare(ctx context.Context, account string, mine face.Embedding) (Outcome, error) {
	person, err := m.Identity.Person(ctx, account)
	if err != nil {
		return Outcome{}, err
	}
	data, err := m.Register.Photo(ctx, person)
	if errors.Is(err, ErrNoPhoto) {
		return Outcome{Reason: NoPicture}, nil
	}
	if err != nil {
		return Outcome{}, ErrNoRegister.Because(err)
	}
	pic, err := face.Decode(data, 0)
	if err != nil {
		return Outcome{}, fmt.Errorf("the register's photograph: %w", err)
	}
	found, err := m.Model.Detect(ctx, pic, 0)
	if err != nil {
		return Outcome{}, err
	}
	if len(found) != 1 {
		return Outcome{Reason: NoPicture}, nil
	}
	theirs, err := m.Model.Embed(ctx, pic, found[0])
	if err != nil {
		return Outcome{}, err
	}
	out := Outcome{Reason: Passed, Distance: face.Distance(mine, theirs)}
	if out.Distance > m.Rules.Distance {
		out.Reason = NotAlike
	}
	return out, nil
}

// conclude writes down how it ended: the try, the frames' hashes, the audit, and the proof.
func (m *Module) conclude(ctx context.Context, t Try, out Outcome, hashes []string) error {
	now := m.now(ctx)
	distance := int64(out.Distance*1000 + 0.5)
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		if _, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE assurance_face_try SET result = $1, distance = $2, model = $3 WHERE id = $4`,
			string(out.Reason), distance, m.Model.Version(), t.ID); err != nil {
			return err
		}
		if err := m.remember(ctx, hashes, now); err != nil {
			return err
		}
		detail := fmt.Sprintf("model=%s distance=%d most=%d", m.Model.Version(), distance, int64(m.Rules.Distance*1000+0.5))
		if err := m.record(ctx, "face.check", t.ID, string(out.Reason), detail); err != nil || out.Reason != Passed {
			return err
		}
		return m.Identity.Prove(ctx, identity.Proof{Account: t.Account, Method: identity.ByFace, At: now, Detail: detail + " request=" + t.ID})
	})
}

func (m *Module) remember(ctx context.Context, hashes []string, now time.Time) error {
	for _, h := range hashes {
		if _, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO assurance_face_seen (hash, seen_at) VALUES ($1, $2)
			ON CONFLICT (hash) DO UPDATE SET seen_at = $2`, h, now); err != nil {
			return err
		}
	}
	return nil
}
