package cases

import (
	"context"
	"encoding/json"
	"io"

	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/files"
	"yimen/internal/licences"
	"yimen/internal/org"
	"yimen/internal/proofs"
	"yimen/internal/workflow"
	"yimen/workday"
)

// Organisation says who is competent, and by which days the clock runs.
type Organisation interface {
	Division(ctx context.Context, code string) (org.Division, error)
	Agency(ctx context.Context, code string) (org.Agency, error)
	CompetentAgency(ctx context.Context, dept string, level org.Level, division string) (org.Agency, error)
	Outlet(ctx context.Context, code string) (org.Outlet, error)
	OutletsNear(ctx context.Context, division string) ([]org.Outlet, error)
	Calendar(ctx context.Context, division string) *workday.Calendar
}

// Catalogue says what an item asks for: a case keeps the version it came in under.
type Catalogue interface {
	InForce(ctx context.Context, code string) (catalogue.Version, error)
	Definition(ctx context.Context, code string, n int) (*catalogue.Definition, error)
	Checklist(ctx context.Context, code, division string, version int, answers catalogue.Answers) (catalogue.Checklist, error)
	CheckForm(def catalogue.Definition, form json.RawMessage) error
	// OffList finds a proof off the city's list in what somebody is told to bring.
	OffList(ctx context.Context, text string, lawful ...string) (string, error)
}

// Workflow carries an accepted case through the hands it has to pass.
type Workflow interface {
	Start(ctx context.Context, s workflow.Start) (string, error)
	Instance(ctx context.Context, subject string) (workflow.Instance, error)
	// AskCourse is Instance without its history, asked with other things.
	AskCourse(subject string) (reads []db.Read, found func(ctx context.Context) (workflow.Instance, error))
	// Concerns tells whether the viewer has a task on the case, or had one.
	Concerns(ctx context.Context, subject string) (bool, error)
	Approve(ctx context.Context, task string, a workflow.Act) error
	Hold(ctx context.Context, subject string) error
	Release(ctx context.Context, subject string) error
	Cancel(ctx context.Context, subject, reason string) error
	Stencil(ctx context.Context, subject string, near func(workday.Date) bool) (*workflow.Stencil, error)
}

// Files keeps what was uploaded.
type Files interface {
	Save(ctx context.Context, name, declared string, r io.Reader, owner string) (files.File, error)
	Open(ctx context.Context, id string) (io.ReadCloser, files.File, error)
	Stat(ctx context.Context, id string) (files.File, error)
	Delete(ctx context.Context, id string) error
}

// Accounts finds the account of an applicant who came to a window, so that
// their case is among their own when they sign in; "" when they have none.
//
// Person says who an account is: nobody applies over the net in another's name
// without their mandate (see checker.standsFor).
type Accounts interface {
	AccountOf(ctx context.Context, idType, idNo string) (string, error)
	Person(ctx context.Context, account string) (identity.Person, error)
}

// Licences lets electronic licences stand in for materials; nil: one that is
// handed in is refused in so many words.
type Licences interface {
	// Usable: the licence of that identifier is of one of the types, of that holder,
	// and may stand in for a paper today.
	Usable(ctx context.Context, licence string, types []string, holderIDNo string) error
	// Consent keeps the actor's yes to a use; see licences.Module.Consent.
	Consent(ctx context.Context, c licences.Consent) error
	// Consented: its holder has agreed to its use for the material of the application.
	Consented(ctx context.Context, number, material, licence string) error
	// Use makes a use of that consent, in the transaction that stores the material.
	Use(ctx context.Context, u licences.Used) error
	// Withdraw ends what was agreed to and not used; of all materials for "".
	Withdraw(ctx context.Context, number, material string) error
	// Standing: the licence still counts today.
	Standing(ctx context.Context, licence string) error
}

// Commitments keeps what applicants promise instead of handing in a proof
// (告知承诺) and has it checked; nil: the case says so, and nothing more.
type Commitments interface {
	// Barred: a promise of theirs was untrue, and they may give none now.
	Barred(ctx context.Context, idNo string) error
	// Commit keeps one, in the transaction that stores the material.
	Commit(ctx context.Context, g proofs.Given) error
	// TakeBack ends those about materials that are handed in after all.
	TakeBack(ctx context.Context, number string, materials []string) error
}

// LookUps asks the city's registers instead of the applicant (数据核查).
type LookUps interface {
	// LookUp writes into the list what the registers say; see proofs.Module.LookUp.
	LookUp(ctx context.Context, a proofs.Asking, list []catalogue.Material) ([]string, error)
	// FileLookUps gives the case its number on what was asked before it had one.
	FileLookUps(ctx context.Context, number string, ids []string) error
}

// Sealer makes sealed documents of notices; nil: notices are pages to print.
type Sealer interface {
	// Issued is told of every notice within the transaction that issues it.
	Issued(ctx context.Context, n Notice) error
}

// Training says which courses the actor would have to hold a certificate of to
// accept an item; nil: nothing is asked of anybody. The answer is read together
// with the case: item is an SQL expression with the arguments args. ok is
// false when there is nothing to ask of this actor.
type Training interface {
	Lacking(ctx context.Context, a identity.Actor, dest *[]string, item string, args ...any) (read db.Read, ok bool)
}
