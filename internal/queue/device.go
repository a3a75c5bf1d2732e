package queue

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/digest"
	"yimen/internal/kit/errs"
)

// Device is a take-a-number machine of an outlet (取号机).
type Device struct {
	ID       string     `db:"id"`
	Name     string     `db:"name"`
	Until    time.Time  `db:"code_until"` // pairing code is good until
	MadeAt   time.Time  `db:"made_at"`
	PairedAt *time.Time `db:"paired_at"`
	EndedAt  *time.Time `db:"ended_at"`
}

// codeGood is how long a pairing code can be typed at the machine.
const codeGood = 15 * time.Minute

// Errors of machines.
var (
	ErrPairing = errs.Define(errs.Invalid, "queue_pairing_code", "开通码不对或已过期，请让大厅管理人员重新生成。")
	ErrMachine = errs.Define(errs.Denied, "queue_machine_closed", "这台设备还没有开通取号，请向大厅管理人员索取开通码。")
)

// AddDevice allows one more machine and gives its pairing code, eight
// characters, once. Errors: ErrNotHere, ErrQueueInvalid for the name.
func (m *Module) AddDevice(ctx context.Context, outlet, name string) (code string, err error) {
	if _, err := m.hall(ctx, VerbManage, outlet); err != nil {
		return "", err
	}
	name = strings.TrimSpace(name)
	if n := len([]rune(name)); n == 0 || n > 20 {
		return "", ErrQueueInvalid.Field("device", "写明是哪一台，例如“一楼大门左侧”，20字以内。")
	}
	code, now := newCode()[:8], m.now(ctx)
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		id := db.NewID()
		_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO queue_device (id, outlet, name, code_hash, code_until, token_hash, made_at, made_by)
			VALUES ($1, $2, $3, $4, $5, '', $6, $7)`, id, outlet, name, digest.Of(code), now.Add(codeGood), now, identity.FromContext(ctx).Account)
		if err != nil {
			return err
		}
		return m.record(ctx, "queue.device.add", "device", id, "outlet="+outlet)
	})
	return code, err
}

// Pair turns a pairing code, typed at the machine, into the token that the
// machine keeps. The code is used up. ErrPairing.
func (m *Module) Pair(ctx context.Context, outlet, code string) (token string, err error) {
	raw := make([]byte, 32)
	if _, err := rand.Read(raw); err != nil {
		return "", err
	}
	token = hex.EncodeToString(raw)
	now := m.now(ctx)
	n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE queue_device SET code_hash = '', token_hash = $1, paired_at = $2
		WHERE outlet = $3 AND code_hash = $4 AND code_until > $2 AND ended_at IS NULL`,
		digest.Of(token), now, outlet, digest.Of(strings.ToUpper(strings.TrimSpace(code))))
	if err == nil && n == 0 {
		err = ErrPairing
	}
	return token, err
}

// paired tells whether a token is that of a machine of the outlet.
func (m *Module) paired(ctx context.Context, outlet, token string) (bool, error) {
	if token == "" {
		return false, nil
	}
	var n int
	err := m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM queue_device WHERE token_hash = $1 AND outlet = $2 AND ended_at IS NULL`, digest.Of(token), outlet)
	return n > 0, err
}

// EndDevice switches a machine off for good.
func (m *Module) EndDevice(ctx context.Context, outlet, id string) error {
	if _, err := m.hall(ctx, VerbManage, outlet); err != nil {
		return err
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE queue_device SET ended_at = $3, token_hash = '', code_hash = ''
			WHERE id = $1 AND outlet = $2 AND ended_at IS NULL`, id, outlet, m.now(ctx))
		if err != nil {
			return err
		}
		return m.record(ctx, "queue.device.end", "device", id, "outlet="+outlet)
	})
}

// Devices lists the machines of an outlet that are not switched off.
func (m *Module) Devices(ctx context.Context, outlet string) ([]Device, error) {
	if _, err := m.hall(ctx, VerbManage, outlet); err != nil {
		return nil, err
	}
	var list []Device
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT id, name, code_until, made_at, paired_at, ended_at FROM queue_device
		WHERE outlet = $1 AND ended_at IS NULL ORDER BY made_at`, outlet)
	return list, err
}
