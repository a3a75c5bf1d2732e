package assurance

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/digest"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/sealed"
	"yimen/internal/kit/web/static"
	"yimen/internal/messages"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this module.
var Migrations = db.Embedded("assurance", migrations)

//go:embed dist
var dist embed.FS

func init() {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("assurance: " + err.Error()) // embedded at build time
	}
	static.Add(sub)
}

// Deps is what the module stands on.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Log      *slog.Logger
	Audit    *audit.Log   // nil: nothing is recorded (tests)
	Keys     *sealed.Ring // nil: keys of this process alone (tests)
	Identity *identity.Module
	Messages *messages.Module // sends the codes; nil: no way by SMS is offered

	// Register answers whether a name and number belong together; nil: the way
	// is not offered, and nobody can register by themselves.
	Register Register

	BaseURL string // the address people use: names the site to their passkeys
	Demo    bool

	// AdminsNeedTOTP asks the three administrators for a code of an app after
	// the password, whether they have set one up or not.
	AdminsNeedTOTP bool
}

// Module proves who people are. Safe for concurrent use.
type Module struct {
	Deps
	proofs []Proving
	keys   *passkeys
}

// New makes the module and offers its ways of signing in to identity.
func New(d Deps) (*Module, error) {
	if d.Clock == nil {
		d.Clock = clock.Real
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	if d.Keys == nil {
		d.Keys = sealed.Throwaway()
	}
	m := &Module{Deps: d}
	var err error
	if m.keys, err = newPasskeys(d.BaseURL); err != nil {
		return nil, err
	}
	if m.canText() {
		m.Identity.OfferWay(identity.Way{Name: "sms", Title: "手机验证码登录", URL: "/login/sms", People: true, Again: true, Recovers: true})
		m.OfferProof(Proving{Method: identity.BySMS, Title: "手机短信验证码", Text: "发一个6位数字到登记的手机号，填对即可。",
			Needs: "登记的手机在身边", Takes: "约1分钟", Go: "用手机收验证码", URL: "/verify/phone"})
	}
	m.Identity.OfferWay(identity.Way{Name: "passkey", Title: "通行密钥登录（手机的人脸或指纹）", URL: "/login/passkey", People: true, Staff: true, Again: true, Recovers: true})
	m.Identity.OfferWay(identity.Way{Name: "scan", Title: "用已登录的手机扫码登录", URL: "/login/scan", People: true})
	if m.Register != nil {
		m.OfferProof(Proving{Method: identity.ByRegister, Title: "姓名和身份证号码", Text: "与本市人口信息核对，不用上传照片。",
			Needs: "记得身份证号码，或身份证在身边", Takes: "约1分钟", Go: "填姓名和身份证号码", URL: "/verify/register", PersonsOnly: true})
		if m.canText() {
			m.Identity.OfferWay(identity.Way{Name: "register", Title: "还没有账号，现在注册", URL: "/register", People: true})
		}
	}
	m.Identity.AskSecond(m.second)
	return m, nil
}

func (m *Module) canText() bool { return m.Messages != nil && m.Messages.CanText() }

func (m *Module) now(ctx context.Context) time.Time {
	return clock.FromContext(ctx, m.Clock).Now().UTC().Truncate(time.Microsecond)
}

// Workers forgets once an hour what has run out.
func (m *Module) Workers(q *jobs.Queue) {
	jobs.RegisterPeriodic(q, "assurance.sweep", time.Hour, m.Sweep)
}

// Sweep removes codes, counts and scans that no longer matter.
func (m *Module) Sweep(ctx context.Context) error {
	c, now := m.DB.Conn(ctx), m.now(ctx)
	for _, old := range []struct {
		query string
		age   time.Duration
	}{
		{`DELETE FROM assurance_code WHERE asked_at < $1`, time.Hour},
		{`DELETE FROM assurance_pace WHERE last_at < $1`, 48 * time.Hour},
		{`DELETE FROM assurance_scan WHERE created_at < $1`, time.Hour},
	} {
		if _, err := c.Exec(ctx, old.query, now.Add(-old.age)); err != nil {
			return wrap("sweep", err)
		}
	}
	return nil
}

// countOne counts one more of what in a day, unless there were most already.
// who is kept as a hash.
func (m *Module) countOne(ctx context.Context, what, who string, most int) (bool, error) {
	now := m.now(ctx)
	n, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO assurance_pace (who, slot, n, last_at) VALUES ($1, $2, 1, $3)
		ON CONFLICT (who, slot) DO UPDATE SET n = assurance_pace.n + 1, last_at = $3 WHERE assurance_pace.n < $4`,
		digest.Of(what, who), now.In(clock.Beijing).Format(time.DateOnly), now, most)
	return n > 0, wrap("count", err)
}

// record notes an act in the audit: on an account, with nothing personal.
func (m *Module) record(ctx context.Context, action, account, result, detail string) error {
	if m.Audit == nil {
		return nil
	}
	a := identity.FromContext(ctx)
	return m.Audit.Write(ctx, audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address,
		Action: action, Object: "account", ObjectID: account, Result: result, Detail: detail})
}

// changed tells the owner of an account what was changed, and records it.
func (m *Module) changed(ctx context.Context, account, what, action string) error {
	if err := m.Identity.Changed(ctx, account, what, ""); err != nil {
		return err
	}
	return m.record(ctx, action, account, "ok", "")
}

func query(next string) string { return "?next=" + url.QueryEscape(next) }

func wrap(what string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("assurance: %s: %w", what, err)
}
