package messages

import (
	"context"
	"embed"
	"io/fs"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/sealed"
	"yimen/internal/kit/web/static"
	"yimen/internal/org"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations are the tables of this module.
var Migrations = db.Embedded("messages", migrations)

//go:embed dist
var dist embed.FS

func init() {
	sub, err := fs.Sub(dist, "dist")
	if err != nil {
		panic("messages: " + err.Error()) // embedded at build time
	}
	static.Add(sub)
}

// VerbManage lets edit the words of notices and look after deliveries.
var VerbManage = identity.DefineVerb("message.manage", "管理通知模板和发送")

func init() { identity.Extend("system_admin", VerbManage) }

// What can go wrong.
var (
	ErrUnknown         = errs.Define(errs.NotFound, "message_unknown", "没有找到这条消息，可能已经删除。")
	ErrTemplateUnknown = errs.Define(errs.NotFound, "message_template_unknown", "没有这个通知模板，请从列表中选择。")
	ErrTemplateChanged = errs.Define(errs.Conflict, "message_template_changed", "模板在您打开页面之后已被他人修改，请刷新后重新修改。")
	ErrDenied          = errs.Define(errs.Denied, "message_manage_denied", "修改通知模板需要全市范围的系统管理员权限，请联系市级系统管理员。")
	ErrDelivery        = errs.Define(errs.NotFound, "message_delivery_unknown", "没有找到这次发送，请刷新列表后重试。")
	ErrNotFailed       = errs.Define(errs.Conflict, "message_delivery_not_failed", "只有发送失败的才能重发，请刷新列表查看当前状态。")
	ErrAddress         = errs.Define(errs.Invalid, "message_address_invalid", "地址有误，请按提示修改。")
	ErrChannelOff      = errs.Define(errs.Conflict, "message_channel_off", "这个发送渠道还没有配置，请联系运维人员设置短信网关或邮件服务器。")
	ErrCode            = errs.Define(errs.Invalid, "message_code_wrong", "验证码不正确或已过期，请核对邮件，或重新获取。")
	ErrTooSoon         = errs.Define(errs.RateLimited, "message_code_too_soon", "验证码刚刚发出，请1分钟后再获取。")
)

// Deps is what the module stands on.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Jobs     *jobs.Queue
	Identity *identity.Module
	Org      *org.Module // telephones of staff; nil: none are known
	Audit    *audit.Log  // nil: nothing is recorded (tests)

	SMS  Sender // nil: no text messages
	Mail Sender // nil: no mail
	// Outbox says that the senders only keep what would have left: the sample
	// city, which gets the page /demo/outbox.
	Outbox bool

	BaseURL string // of the site, for links in mails
	Limits  Limits
	Keys    *sealed.Ring // nil: a throwaway ring (tests)
}

// Limits bound how many text messages leave. The zero value of each takes the
// default.
type Limits struct {
	Signature string // in front of every text message; default 【一门政务】
	PerHour   int    // all together; default 3600
	PerPerson int    // to one number in a day, but for what the law requires; default 10
	QuietFrom int    // hour in Beijing from which nothing but urgent leaves; default 22
	QuietTo   int    // hour at which it goes on; default 7
}

func (l Limits) withDefaults() Limits {
	if l.Signature == "" {
		l.Signature = defaultSignature
	}
	if l.PerHour <= 0 {
		l.PerHour = 3600
	}
	if l.PerPerson <= 0 {
		l.PerPerson = 10
	}
	if l.QuietFrom == 0 && l.QuietTo == 0 {
		l.QuietFrom, l.QuietTo = 22, 7
	}
	return l
}

// Module keeps messages, their words and their deliveries. Safe for concurrent
// use.
type Module struct{ Deps }

// New makes the module.
func New(d Deps) *Module {
	if d.Clock == nil {
		d.Clock = clock.Real
	}
	if d.Keys == nil {
		d.Keys = sealed.Throwaway()
	}
	d.Limits = d.Limits.withDefaults()
	return &Module{d}
}

// Workers registers what runs by itself.
func (m *Module) Workers(q *jobs.Queue) {
	jobs.RegisterPoll(q, jobs.Poll{Name: "messages.send", Every: sendEvery, Full: sendAtMost, Run: m.sendDue, Due: m.due})
	jobs.Register(q, func(context.Context, Deliver) error { return nil }) // see Deliver
	jobs.RegisterPeriodic(q, "messages.compact_tally", time.Minute, m.compactTally)
	jobs.RegisterPeriodic(q, "messages.sweep", 24*time.Hour, m.Sweep)
}

// now is the moment by the clock of ctx, as both databases keep it.
func (m *Module) now(ctx context.Context) time.Time {
	return clock.FromContext(ctx, m.Clock).Now().UTC().Truncate(time.Microsecond)
}

// sender is what serves a channel; nil when none is set up.
func (m *Module) sender(channel string) Sender {
	if channel == SMS {
		return m.SMS
	}
	return m.Mail
}

// record writes an act of an administrator into the audit.
func (m *Module) record(ctx context.Context, action, object, id string) error {
	if m.Audit == nil {
		return nil
	}
	a := identity.FromContext(ctx)
	return m.Audit.Write(ctx, audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address,
		Action: action, Object: object, ObjectID: id, Result: "ok"})
}

// How long things are kept.
const (
	keepMessages   = 2 * 365 * 24 * time.Hour
	keepDeliveries = 180 * 24 * time.Hour
	keepPace       = 48 * time.Hour
)

// Sweep removes what is old: messages after two years, deliveries after half a
// year, counts of the pace after two days.
func (m *Module) Sweep(ctx context.Context) error {
	now := m.now(ctx)
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		c := m.DB.Conn(ctx)
		old := now.Add(-keepMessages)
		_, err := c.Exec(ctx, `UPDATE messages_unread SET n = (SELECT COUNT(*) FROM messages_message x
			WHERE x.account = messages_unread.account AND x.fresh = 1 AND x.hidden = $1 AND x.created_at >= $2)
			WHERE account IN (SELECT account FROM messages_message WHERE fresh = 1 AND hidden = $1 AND created_at < $2)`, false, old)
		if err != nil {
			return err
		}
		if _, err := c.Exec(ctx, `DELETE FROM messages_message WHERE created_at < $1`, old); err != nil {
			return err
		}
		if err := m.forget(ctx, now.Add(-keepDeliveries)); err != nil {
			return err
		}
		_, err = c.Exec(ctx, `DELETE FROM messages_pace WHERE made_at < $1`, now.Add(-keepPace))
		return err
	})
}
