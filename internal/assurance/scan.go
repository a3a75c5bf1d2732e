package assurance

import (
	"context"
	"crypto/rand"
	"errors"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/digest"
	"yimen/internal/kit/errs"
)

// scanLives is how long a QR code to sign in with is good.
const scanLives = 2 * time.Minute

// States of a sign-in that waits for a phone.
const (
	scanWaiting   = "waiting"   // nobody has opened it
	scanScanned   = "scanned"   // a phone has, and has not said anything
	scanConfirmed = "confirmed" // it said yes
	scanRefused   = "refused"   // it said no
	scanUsed      = "used"      // the waiting browser is signed in
	scanExpired   = "expired"   // computed: too late
)

// Errors of signing in by scanning.
var (
	ErrScanGone  = errs.Define(errs.NotFound, "assurance_scan_gone", "这个二维码已经失效，请在要登录的设备上刷新，再扫新的。")
	ErrScanTaken = errs.Define(errs.Conflict, "assurance_scan_taken", "这个二维码已经被别的账号扫过了，请在要登录的设备上刷新，再扫新的。")
	ErrScanDone  = errs.Define(errs.Conflict, "assurance_scan_done", "这次登录已经处理过了，请看要登录的那台设备。")
)

// Scan is a sign-in that waits for a phone.
type Scan struct {
	ID        string    `db:"id"`
	Agent     string    `db:"agent"`
	Address   string    `db:"address"`
	Next      string    `db:"next"`
	State     string    `db:"state"`
	Account   string    `db:"account"`
	CreatedAt time.Time `db:"created_at"`
}

const selectScan = `SELECT id, agent, address, next, state, account, created_at FROM assurance_scan`

// beginScan makes a sign-in that waits. code stands in the QR code, browser is
// known to the waiting browser alone: who photographs the QR code cannot take
// the session.
func (m *Module) beginScan(ctx context.Context, browser, agent, address, next string) (code string, err error) {
	code = rand.Text()
	// One browser waits for one phone: a new code ends the one before.
	return code, m.DB.InTx(ctx, func(ctx context.Context) error {
		c := m.DB.Conn(ctx)
		if _, err := c.Exec(ctx, `DELETE FROM assurance_scan WHERE browser = $1`, digest.Of("scan browser", browser)); err != nil {
			return wrap("end scan", err)
		}
		_, err := c.Exec(ctx, `INSERT INTO assurance_scan (id, browser, agent, address, next, state, account, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, '', $7)`, digest.Of("scan", code), digest.Of("scan browser", browser), agent, address, next, scanWaiting, m.now(ctx))
		return wrap("begin scan", err)
	})
}

// openScan is what a phone sees that opened a code: the first account to open
// it has it. Errors: ErrScanGone, ErrScanTaken.
func (m *Module) openScan(ctx context.Context, code string) (Scan, error) {
	account := identity.FromContext(ctx).Account
	_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE assurance_scan SET state = $2, account = $3 WHERE id = $1 AND state = $4 AND created_at > $5`,
		digest.Of("scan", code), scanScanned, account, scanWaiting, m.now(ctx).Add(-scanLives))
	if err != nil {
		return Scan{}, wrap("open scan", err)
	}
	s, err := m.scanBy(ctx, "id", digest.Of("scan", code))
	switch {
	case err != nil:
		return s, err
	case s.Account != "" && s.Account != account:
		return s, ErrScanTaken
	case s.State == scanExpired:
		return s, ErrScanGone
	}
	return s, nil
}

// answerScan is the phone's yes or no. Errors: ErrScanGone, ErrScanTaken, ErrScanDone.
func (m *Module) answerScan(ctx context.Context, code string, yes bool) error {
	s, err := m.openScan(ctx, code)
	if err != nil {
		return err
	}
	state, act := scanRefused, "scan.refuse"
	if yes {
		state, act = scanConfirmed, "scan.confirm"
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE assurance_scan SET state = $2 WHERE id = $1 AND state = $3 AND account = $4`,
			s.ID, state, scanScanned, identity.FromContext(ctx).Account)
		if err != nil {
			return wrap("answer scan", err)
		}
		if n == 0 {
			return ErrScanDone
		}
		return m.record(ctx, act, s.Account, "ok", "")
	})
}

// scanOf is how far the browser's own sign-in has come; ErrScanGone.
func (m *Module) scanOf(ctx context.Context, browser string) (Scan, error) {
	return m.scanBy(ctx, "browser", digest.Of("scan browser", browser))
}

// useScan gives the account that said yes, once. ErrScanGone.
func (m *Module) useScan(ctx context.Context, browser string) (Scan, error) {
	s, err := m.scanOf(ctx, browser)
	if err != nil {
		return s, err
	}
	n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE assurance_scan SET state = $2 WHERE id = $1 AND state = $3 AND created_at > $4`,
		s.ID, scanUsed, scanConfirmed, m.now(ctx).Add(-scanLives))
	if err != nil {
		return s, wrap("use scan", err)
	}
	if n == 0 {
		return s, ErrScanGone
	}
	return s, nil
}

func (m *Module) scanBy(ctx context.Context, column, value string) (Scan, error) {
	var s Scan
	err := m.DB.Conn(ctx).Get(ctx, &s, selectScan+` WHERE `+column+` = $1`, value)
	if errors.Is(err, db.ErrNoRows) {
		return s, ErrScanGone
	}
	if err != nil {
		return s, wrap("read scan", err)
	}
	if s.State != scanUsed && s.State != scanRefused && !s.CreatedAt.After(m.now(ctx).Add(-scanLives)) {
		s.State = scanExpired
	}
	return s, nil
}
