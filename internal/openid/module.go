package openid

import (
	"context"
	"crypto/rand"
	"embed"
	"encoding/base64"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/events"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/sealed"
	"yimen/internal/kit/web/static"
	"yimen/internal/messages"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this module.
var Migrations = db.Embedded("openid", migrations)

//go:embed dist
var dist embed.FS

func init() {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("openid: " + err.Error()) // embedded at build time
	}
	static.Add(sub)
}

// The two rights over clients, which no account holds both of (三员分立).
var (
	VerbAsk       = identity.DefineVerb("client.ask", "登记接入应用")
	VerbAuthorise = identity.DefineVerb("client.authorise", "审批接入应用")
)

func init() {
	identity.Extend("system_admin", VerbAsk)
	identity.Extend("security_admin", VerbAuthorise)
}

// What can go wrong on the pages; the protocol's errors are the library's.
var (
	ErrClientUnknown  = errs.Define(errs.NotFound, "client_unknown", "没有这个接入应用，请从列表中选择。")
	ErrClientInvalid  = errs.Define(errs.Invalid, "client_invalid", "登记内容有误，请按提示修改。")
	ErrClientState    = errs.Define(errs.Conflict, "client_state", "这个应用现在不能这样操作，请刷新页面查看最新状态。")
	ErrChangeUnknown  = errs.Define(errs.NotFound, "client_change_unknown", "没有这份申请，可能已经办过，请刷新列表。")
	ErrOwnChange      = errs.Define(errs.Denied, "client_change_own", "不能审批自己提出的申请，请由另一位安全管理员审批。")
	ErrRequestUnknown = errs.Define(errs.NotFound, "authorisation_unknown", "这次授权已经完成或已过期，请回到原来的应用重新开始。")
	ErrAsk            = errs.Define(errs.Invalid, "authorisation_invalid", "应用发来的授权请求有误，为保护您的信息，没有继续。请回到原来的应用重试，或联系该应用的管理单位。")
	ErrDeviceCode     = errs.Define(errs.Invalid, "device_code_wrong", "没有这个设备码，或已过期。请核对设备屏幕上的字母，或在设备上重新获取。")
	ErrScope          = errs.Define(errs.Denied, "insufficient_scope", "这个令牌没有此项授权，请在应用中重新申请授权。")
)

// Bounds of what may be set (行业通行要求; 等保 session rules).
const (
	maxAccess  = 30 * time.Minute
	maxRefresh = 8 * time.Hour
	codeLife   = time.Minute
	askLife    = 30 * time.Minute
	deviceLife = 10 * time.Minute
	devicePace = 5
	skew       = time.Minute // how far clocks of others may be off
)

// Deps is what the module stands on.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Log      *slog.Logger
	Jobs     *jobs.Queue
	Events   *events.Bus // nil: nobody tells of ended sessions (tests)
	Identity *identity.Module
	Messages *messages.Module // nil: nobody is told (tests)
	Audit    *audit.Log       // nil: nothing is recorded (tests)

	// Issuer is the address of the site, without a slash at its end.
	Issuer string
	// Sealer seals the private halves of signing keys.
	Sealer *sealed.Ring // nil: a throwaway ring (tests)

	AccessLife  time.Duration // 0: 15 minutes; at most 30
	RefreshLife time.Duration // 0: 8 hours; at most that
	KeyAge      time.Duration // after which a new signing key comes; 0: 90 days

	// Reach brings out what clients are told (logout); nil: a client of its own.
	Reach *http.Client
}

// Module is the provider. Safe for concurrent use.
type Module struct {
	Deps
	keys  keyring
	seen  sync.Map // client → when last written that it was used
	serve func() http.Handler
}

// New makes the module.
func New(d Deps) *Module {
	if d.Clock == nil {
		d.Clock = clock.Real
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	d.AccessLife = within(d.AccessLife, 15*time.Minute, maxAccess)
	d.RefreshLife = within(d.RefreshLife, maxRefresh, maxRefresh)
	if d.KeyAge == 0 {
		d.KeyAge = 90 * 24 * time.Hour
	}
	if d.Sealer == nil {
		d.Sealer = sealed.Throwaway()
	}
	if d.Reach == nil {
		d.Reach = outward()
	}
	m := &Module{Deps: d}
	m.serve = sync.OnceValue(m.handler)
	if d.Identity != nil {
		d.Identity.AcceptTokens(accessPrefix, m.byBearer)
	}
	if d.Events != nil {
		events.Now(d.Events, "openid", m.sessionsEnded)
	}
	return m
}

func within(d, usual, most time.Duration) time.Duration {
	if d <= 0 {
		d = usual
	}
	return min(d, most)
}

// Workers registers what runs by itself, and what clients are told.
func (m *Module) Workers(q *jobs.Queue) {
	jobs.Register(q, m.tellLogout)
	jobs.RegisterPeriodic(q, "openid.sweep", time.Hour, m.Sweep)
	jobs.RegisterPeriodic(q, "openid.keys", time.Hour, m.KeepKeys)
}

// keepEnded is how long ended grants are kept, for 已授权的应用 and the audit of
// reuse: a refresh token that comes back later is merely unknown.
const keepEnded = 30 * 24 * time.Hour

// Sweep removes what is over.
func (m *Module) Sweep(ctx context.Context) error {
	now := m.now(ctx)
	for _, q := range []string{
		`DELETE FROM openid_request WHERE expires_at < $1`, `DELETE FROM openid_device WHERE expires_at < $1`,
		`DELETE FROM openid_spent WHERE expires_at < $1`,
	} {
		if _, err := m.DB.Conn(ctx).Exec(ctx, q, now.Add(-time.Hour)); err != nil {
			return err
		}
	}
	old := now.Add(-keepEnded)
	if _, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM openid_token WHERE expires_at < $1`, old); err != nil {
		return err
	}
	_, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM openid_grant WHERE expires_at < $1`, old)
	return err
}

// now is the moment by the clock of ctx, as both databases keep it.
func (m *Module) now(ctx context.Context) time.Time {
	return clock.FromContext(ctx, m.Clock).Now().UTC().Truncate(time.Microsecond)
}

// record writes an act into the audit, by whoever asks in ctx.
func (m *Module) record(ctx context.Context, action, object, id, detail, purpose string) error {
	a := identity.FromContext(ctx)
	return m.note(ctx, audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address,
		Action: action, Object: object, ObjectID: id, Result: "ok", Detail: detail, Purpose: purpose})
}

func (m *Module) note(ctx context.Context, e audit.Entry) error {
	if m.Audit == nil {
		return nil
	}
	return m.Audit.Write(ctx, e)
}

// secretText makes 256 random bits as text, behind a prefix by which a secret
// that leaked into a log is found.
func secretText(prefix string) string {
	var b [32]byte
	rand.Read(b[:]) // never fails
	return prefix + base64.RawURLEncoding.EncodeToString(b[:])
}
