package proofs

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/events"
	"yimen/internal/kit/files"
	"yimen/internal/kit/sealed"
	"yimen/internal/licences"
	"yimen/internal/messages"
	"yimen/internal/org"
	"yimen/workday"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations is the schema of the module.
var Migrations = db.Embedded("proofs", migrations)

// Deps is what the module stands on.
type Deps struct {
	DB       *db.DB
	Clock    clock.Clock
	Org      *org.Module
	Audit    *audit.Log
	Items    Items
	Events   *events.Bus      // nil: nobody hears of changes (tests)
	Identity *identity.Module // nil: nobody is told (tests)
	Messages *messages.Module // nil: the same
	Keys     *sealed.Ring
	Store    *files.Store
	Licences Issuer          // nil: nothing is issued online
	People   licences.People // the person register; nil: it is not connected
	Log      *slog.Logger
	// Granted says whether a case was granted; nil: nothing is proposed (tests). It
	// stands above and is set when it is there.
	Granted func(ctx context.Context, number string) (bool, error)
	// ToApplicant sends a notice to who applied in a case, by account or telephone; nil:
	// nobody is told (tests). Set when the cases are there.
	ToApplicant func(ctx context.Context, number string, n messages.Notice) error
	Rules       []Rule            // which proofs are looked up, and where
	Sources     map[string]Source // the registers, by the name that rules give them
	// RegionOf is the division that a visitor has chosen, "" when none; nil: nobody chooses.
	RegionOf func(*http.Request) string
	// Days is how many working days a supervision order may take; 0: five.
	Days int
}

// Items knows what items in force ask for.
type Items interface {
	ProofsInForce(ctx context.Context) ([]catalogue.ProofUse, error)
	InForce(ctx context.Context, code string) (catalogue.Version, error)
}

// Module is the list of proofs of one city. Safe for concurrent use.
type Module struct{ Deps }

// New makes the module.
func New(d Deps) *Module {
	if d.Clock == nil {
		d.Clock = clock.Real
	}
	if d.Log == nil {
		d.Log = slog.Default()
	}
	m := &Module{Deps: d}
	if d.Events != nil {
		events.Later(d.Events, "proofs", m.tellKeepers)
	}
	return m
}

// Verbs of this module.
var (
	VerbEdit    = identity.DefineVerb("proof.edit", "拟定证明事项清单")
	VerbPublish = identity.DefineVerb("proof.publish", "审核发布证明事项清单")
)

func init() {
	identity.Extend("item_editor", VerbEdit)
	identity.Extend("item_reviewer", VerbPublish)
}

// Errors of the module.
var (
	ErrUnknown  = errs.Define(errs.NotFound, "proof_unknown", "证明事项清单上没有这一项，请从清单重新选择。")
	ErrRight    = errs.Define(errs.Denied, "proof_right_missing", "证明事项清单由市级统一管理，您没有权限修改，请联系市级事项编辑员。")
	ErrWaiting  = errs.Define(errs.Conflict, "proof_change_waiting", "这一项已有待审核的修改，请等审核完再改，或请拟定人撤回。")
	ErrChanged  = errs.Define(errs.Conflict, "proof_changed_meanwhile", "拟定期间这一项已经有了新版本，请重新拟定。")
	ErrDecided  = errs.Define(errs.Conflict, "proof_change_decided", "这个修改已经处理过了，请刷新后查看。")
	ErrSameHand = errs.Define(errs.Denied, "proof_reviewer_is_author", "审核人不能是拟定人本人，请由其他人员审核发布。")
)

// allowed says whether the actor may do v to the city's list: a right over the
// whole city, not over one department's part of it.
func (m *Module) allowed(ctx context.Context, v identity.Verb) (bool, error) {
	home, err := m.Org.Home(ctx)
	if err != nil {
		return false, err
	}
	return identity.FromContext(ctx).Can(v, identity.Place{Division: home.Code}), nil
}

func (m *Module) must(ctx context.Context, v identity.Verb) error {
	ok, err := m.allowed(ctx, v)
	if err == nil && !ok {
		err = ErrRight
	}
	return err
}

func (m *Module) now(ctx context.Context) time.Time { return clock.FromContext(ctx, m.Clock).Now() }

func (m *Module) today(ctx context.Context) workday.Date {
	return workday.DateOf(m.now(ctx), clock.Beijing)
}

// record notes an act in the audit log.
func (m *Module) record(ctx context.Context, action, object, id, detail string) error {
	a := identity.FromContext(ctx)
	return m.Audit.Write(ctx, audit.Entry{Actor: a.Account, ActorName: a.Name, Address: a.Address,
		Action: action, Object: object, ObjectID: id, Detail: detail, Result: "ok"})
}

func wrap(what string, err error) error {
	if err == nil || errors.As(err, new(*errs.Error)) {
		return err
	}
	return fmt.Errorf("proofs: %s: %w", what, err)
}
