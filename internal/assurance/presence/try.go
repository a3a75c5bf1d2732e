package presence

import (
	"context"
	"errors"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// tryGood is how long a try may take, from the order drawn to the frames sent.
const tryGood = 60 * time.Second

// Try is one try of an account.
type Try struct {
	ID       string     `db:"id"`
	Account  string     `db:"account"`
	Session  string     `db:"session"`
	Drawn    string     `db:"moves"`
	IssuedAt time.Time  `db:"issued_at"`
	EndsAt   time.Time  `db:"ends_at"`
	UsedAt   *time.Time `db:"used_at"`
	Result   Reason     `db:"result"`
	Distance int64      `db:"distance"`
	Model    string     `db:"model"`
}

// Moves are the movements in their order.
func (t Try) Moves() []Move { return split(t.Drawn) }

// Open tells whether frames may still be sent.
func (t Try) Open(now time.Time) bool { return t.UsedAt == nil && now.Before(t.EndsAt) }

// Errors of tries.
var (
	ErrTryGone    = errs.Define(errs.Conflict, "face_try_gone", "这次核验已经过时或做过了，请重新开始。")
	ErrTooOften   = errs.Define(errs.RateLimited, "face_too_often", "今天核验的次数已用完，请明天再试，或带身份证到就近的政务服务窗口办理。")
	ErrNoRegister = errs.Define(errs.Unavailable, "face_no_register", "本市还没有接入人像库，暂时不能刷脸。请带身份证到就近的政务服务窗口核验。")
	ErrNotPerson  = errs.Define(errs.Denied, "face_not_person", "人脸核验只给个人账号用。单位账号请由法定代表人用个人账号核验。")
	ErrBusy       = errs.Define(errs.RateLimited, "face_busy", "现在核验的人多，请过几秒再试。")
)

// me is who is asking: a person in a session.
func (m *Module) me(ctx context.Context) (identity.Actor, error) {
	a := identity.FromContext(ctx)
	switch {
	case !a.SignedIn():
		return a, identity.ErrSignIn
	case a.Kind != identity.KindPerson:
		return a, ErrNotPerson
	case m.Register == nil:
		return a, ErrNoRegister
	}
	return a, nil
}

// Start draws the movements of a new try; an earlier one that is open ends. Errors: ErrTooOften, ErrNotPerson, ErrNoRegister.
func (m *Module) Start(ctx context.Context) (Try, error) {
	a, err := m.me(ctx)
	if err != nil {
		return Try{}, err
	}
	drawn, err := draw()
	if err != nil {
		return Try{}, err
	}
	now := m.now(ctx)
	t := Try{ID: db.NewID(), Account: a.Account, Session: a.Session, Drawn: joined(drawn), IssuedAt: now, EndsAt: now.Add(tryGood), Model: m.Model.Version()}
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		if left, err := m.left(ctx, a.Account, now); err != nil || left <= 0 {
			return errors.Join(err, tooOften(left))
		}
		if _, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE assurance_face_try SET used_at = $1, result = $2
			WHERE account = $3 AND used_at IS NULL`, now, string(Replaced), a.Account); err != nil {
			return err
		}
		_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO assurance_face_try (id, account, session, moves, issued_at, ends_at, result, distance, model)
			VALUES ($1, $2, $3, $4, $5, $6, '', 0, $7)`, t.ID, t.Account, t.Session, t.Drawn, t.IssuedAt, t.EndsAt, t.Model)
		return err
	})
	return t, err
}

func tooOften(left int) error {
	if left <= 0 {
		return ErrTooOften
	}
	return nil
}

// left is how many tries the account has today. Those for which nothing was sent do not count.
func (m *Module) left(ctx context.Context, account string, now time.Time) (int, error) {
	day := workday.DateOf(now, clock.Beijing)
	begin := day.Time(clock.Beijing).UTC()
	var used int
	err := m.DB.Conn(ctx).Get(ctx, &used, `SELECT COUNT(*) FROM assurance_face_try
		WHERE account = $1 AND issued_at >= $2 AND used_at IS NOT NULL AND result <> $3`, account, begin, string(Replaced))
	return m.Rules.Tries - used, err
}

// find reads a try of whoever asks; ErrTryGone for those of others and of other sessions.
func (m *Module) find(ctx context.Context, id string) (Try, error) {
	a, err := m.me(ctx)
	if err != nil {
		return Try{}, err
	}
	var t Try
	err = m.DB.Conn(ctx).Get(ctx, &t, `SELECT id, account, session, moves, issued_at, ends_at, used_at, result, distance, model
		FROM assurance_face_try WHERE id = $1 AND account = $2 AND session = $3`, id, a.Account, a.Session)
	if errors.Is(err, db.ErrNoRows) {
		return t, ErrTryGone
	}
	return t, err
}

// use takes a try, once: of two that come with it one gets it.
func (m *Module) use(ctx context.Context, t Try) error {
	now := m.now(ctx)
	n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE assurance_face_try SET used_at = $1, result = $2
		WHERE id = $3 AND used_at IS NULL AND ends_at > $1`, now, string(Broken), t.ID)
	if err == nil && n == 0 {
		err = ErrTryGone
	}
	return err
}
