package identity

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// What people are asked to agree to.
const (
	ConsentTerms   = "terms"   // 服务条款, on registering
	ConsentFace    = "face"    // 人脸核验, each time before it
	ConsentSharing = "sharing" // 向应用提供信息, on a connected system's asking
	ConsentLicence = "licence" // 电子证照调用
)

// ConsentKinds are all kinds, in the order of pages.
var ConsentKinds = []string{ConsentTerms, ConsentFace, ConsentSharing, ConsentLicence}

var consentTitles = map[string]string{
	ConsentTerms: "服务条款", ConsentFace: "人脸核验同意书", ConsentSharing: "向应用提供个人信息同意书", ConsentLicence: "电子证照使用同意书",
}

// ConsentTitle is the name of a kind.
func ConsentTitle(kind string) string { return consentTitles[kind] }

// The channels by which somebody agrees.
const (
	ConsentByWeb    = "web"
	ConsentByWindow = "window"
)

// VerbConsentPublish lets an administrator put another version of a text in force.
var VerbConsentPublish = DefineVerb("consent.publish", "发布同意书")

// Errors of consents.
var (
	ErrConsentUnknown = errs.Define(errs.NotFound, "consent_unknown", "没有这份同意书，请从“我同意过的”里重新选择。")
	ErrConsentChanged = errs.Define(errs.Conflict, "consent_changed", "同意书已经更新，请看过新的再决定。")
	ErrConsentInvalid = errs.Define(errs.Invalid, "consent_invalid", "同意书填写有误，请按提示修改。")
	ErrConsentKept    = errs.Define(errs.Conflict, "consent_not_withdrawn_here", "这一份不在这里撤回，请按页面上的说明办理。")
)

// ConsentText is one version of what people agree to.
type ConsentText struct {
	Kind     string       `db:"kind"`
	Version  int          `db:"version"`
	Body     string       `db:"body"`
	BeginsOn workday.Date `db:"begins_on"`
	MadeBy   string       `db:"made_by"`
}

// Title is the name of the text; Lines are its paragraphs.
func (t ConsentText) Title() string   { return consentTitles[t.Kind] }
func (t ConsentText) Lines() []string { return strings.Split(t.Body, "\n") }

// Consent is that somebody agreed to a version.
type Consent struct {
	ID          string     `db:"id"`
	Kind        string     `db:"kind"`
	Version     int        `db:"version"`
	Channel     string     `db:"channel"`
	GivenAt     time.Time  `db:"given_at"`
	WithdrawnAt *time.Time `db:"withdrawn_at"`
}

const selectConsentText = `SELECT kind, version, body, begins_on, made_by FROM identity_consent_text`

func (m *Module) todayIs(ctx context.Context) workday.Date {
	return workday.DateOf(m.now(ctx), clock.Beijing)
}

// ConsentText gives the version of a kind that is in force; ErrConsentUnknown.
func (m *Module) ConsentText(ctx context.Context, kind string) (ConsentText, error) {
	return m.consentText(ctx, ` WHERE kind = $1 AND begins_on <= $2 ORDER BY version DESC LIMIT 1`, kind, m.todayIs(ctx).String())
}

// ConsentVersion gives one version of a kind; ErrConsentUnknown.
func (m *Module) ConsentVersion(ctx context.Context, kind string, version int) (ConsentText, error) {
	return m.consentText(ctx, ` WHERE kind = $1 AND version = $2`, kind, version)
}

func (m *Module) consentText(ctx context.Context, where string, args ...any) (ConsentText, error) {
	var t ConsentText
	err := m.DB.Conn(ctx).Get(ctx, &t, selectConsentText+where, args...)
	if errors.Is(err, db.ErrNoRows) {
		return t, ErrConsentUnknown
	}
	if err != nil {
		return t, fmt.Errorf("read consent text: %w", err)
	}
	return t, nil
}

// ConsentTexts lists every version of every kind, the newest of each first.
func (m *Module) ConsentTexts(ctx context.Context) ([]ConsentText, error) {
	var list []ConsentText
	if err := m.DB.Conn(ctx).Select(ctx, &list, selectConsentText+` ORDER BY kind, version DESC LIMIT 500`); err != nil {
		return nil, fmt.Errorf("list consent texts: %w", err)
	}
	return list, nil
}

// GiveConsent keeps that an account agreed to a version of a text, once for as
// long as it stands. Whoever is signed in agrees for themselves only; at
// registering, nobody is yet. Errors: ErrConsentChanged when another version is
// in force, ErrNoRight, ErrConsentUnknown.
func (m *Module) GiveConsent(ctx context.Context, account, kind string, version int, channel string) error {
	a := FromContext(ctx)
	if a.SignedIn() && !a.IsSystem() && a.Account != account || channel != ConsentByWeb && channel != ConsentByWindow {
		return ErrNoRight
	}
	t, err := m.ConsentText(ctx, kind)
	if err != nil {
		return err
	}
	if t.Version != version {
		return ErrConsentChanged
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		n, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO identity_consent (id, account, kind, version, channel, given_at) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (account, kind, version) WHERE withdrawn_at IS NULL DO NOTHING`, db.NewID(), account, kind, version, channel, m.now(ctx))
		if err != nil {
			return fmt.Errorf("keep consent: %w", err)
		}
		if n == 0 {
			return nil
		}
		return m.recordConsent(ctx, "consent.agree", account, consentDetail(kind, version)+" channel="+channel)
	})
}

// WithdrawConsent takes back what the actor agreed to; what was done under it
// stays done. Nothing to take back is no error. Errors: ErrConsentKept for texts
// without which there is no account, or that are taken back one by one.
func (m *Module) WithdrawConsent(ctx context.Context, kind string) error {
	switch kind {
	case ConsentFace, ConsentLicence:
	case ConsentTerms, ConsentSharing:
		return ErrConsentKept
	default:
		return ErrConsentUnknown
	}
	account := FromContext(ctx).Account
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE identity_consent SET withdrawn_at = $3 WHERE account = $1 AND kind = $2 AND withdrawn_at IS NULL`,
			account, kind, m.now(ctx))
		if err != nil {
			return fmt.Errorf("withdraw consent: %w", err)
		}
		if n == 0 {
			return nil
		}
		return m.recordConsent(ctx, "consent.take_back", account, "kind="+kind)
	})
}

// Consented tells whether the account agreed to the version of a text that is in
// force; a new version asks again.
func (m *Module) Consented(ctx context.Context, account, kind string) (bool, error) {
	t, err := m.ConsentText(ctx, kind)
	if err != nil {
		return false, err
	}
	var stands bool
	err = m.DB.Conn(db.Fresh(ctx)).Get(ctx, &stands, `SELECT EXISTS (SELECT 1 FROM identity_consent
		WHERE account = $1 AND kind = $2 AND version = $3 AND withdrawn_at IS NULL)`, account, kind, t.Version)
	if err != nil {
		return false, fmt.Errorf("read consent: %w", err)
	}
	return stands, nil
}

// Consents lists what the actor agreed to and took back, newest first, up to 100.
func (m *Module) Consents(ctx context.Context) ([]Consent, error) {
	var list []Consent
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT id, kind, version, channel, given_at, withdrawn_at FROM identity_consent
		WHERE account = $1 ORDER BY given_at DESC, id DESC LIMIT 100`, FromContext(ctx).Account)
	if err != nil {
		return nil, fmt.Errorf("list consents: %w", err)
	}
	return list, nil
}

// PublishConsent puts the next version of a text in force from a day on. Needs
// VerbConsentPublish. Errors: ErrNoRight, ErrConsentInvalid with fields kind,
// body, begins_on.
func (m *Module) PublishConsent(ctx context.Context, t ConsentText) error {
	a := FromContext(ctx)
	if !a.Has(VerbConsentPublish) {
		return ErrNoRight
	}
	t.Body = strings.TrimSpace(strings.ReplaceAll(t.Body, "\r", ""))
	if err := m.checkConsent(ctx, t); err != nil {
		return err
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		// Two who publish at once: the key lets one of them.
		_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO identity_consent_text (kind, version, body, begins_on, made_by)
			SELECT $1, COALESCE(MAX(version), 0) + 1, $2, $3, $4 FROM identity_consent_text WHERE kind = $5`,
			t.Kind, t.Body, t.BeginsOn.String(), a.Account, t.Kind)
		if err != nil {
			return fmt.Errorf("publish consent text: %w", err)
		}
		return m.recordConsent(ctx, "consent.publish", t.Kind, "begins="+t.BeginsOn.String())
	})
}

func (m *Module) checkConsent(ctx context.Context, t ConsentText) error {
	var bad errs.Fields
	if !slices.Contains(ConsentKinds, t.Kind) {
		bad.Add("kind", "请选择是哪一份同意书。")
	}
	if n := utf8.RuneCountInString(t.Body); n < 20 || n > 5000 {
		bad.Add("body", "全文要有20至5000个字，一段一行。")
	}
	last := workday.Date{}
	if list, err := m.ConsentTexts(ctx); err != nil {
		return err
	} else if i := slices.IndexFunc(list, func(x ConsentText) bool { return x.Kind == t.Kind }); i >= 0 {
		last = list[i].BeginsOn
	}
	switch {
	case t.BeginsOn.IsZero() || t.BeginsOn.Before(m.todayIs(ctx)):
		bad.Add("begins_on", "请选择从哪天起用，最早是今天。")
	case t.BeginsOn.Before(last):
		bad.Add("begins_on", "不能早于上一版的起用日期%s。", last.Chinese())
	}
	return bad.As(ErrConsentInvalid)
}

func consentDetail(kind string, version int) string {
	return "kind=" + kind + " version=" + strconv.Itoa(version)
}

func (m *Module) recordConsent(ctx context.Context, action, object, detail string) error {
	a := FromContext(ctx)
	e := audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address, Action: action, Object: "consent", ObjectID: object, Result: "ok", Detail: detail}
	if e.Actor == "" {
		e.Actor = object // of who is just registering
	}
	return m.write(ctx, e)
}
