package cases

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/workday"
)

// Draft is an application that is not sent yet (草稿). It belongs to its account
// alone and counts nowhere; nothing of it is checked but that it can be stored.
type Draft struct {
	Number     string     `json:"number"` // kept when it is submitted
	Item       string     `json:"item"`
	ItemName   string     `json:"item_name"`
	Submission Submission `json:"submission"`
	UpdatedAt  time.Time  `json:"updated_at"`

	EndsOn workday.Date `json:"ends_on"` // removed after this day unless it is changed
}

type draftRow struct {
	Number     string    `db:"number"`
	QueryCode  string    `db:"query_code"`
	Account    string    `db:"account"`
	Item       string    `db:"item"`
	ItemName   string    `db:"item_name"`
	Submission string    `db:"submission"`
	Files      string    `db:"files"` // that it names
	UpdatedAt  time.Time `db:"updated_at"`
}

const selectDraft = `SELECT number, query_code, account, item, item_name, submission, updated_at FROM cases_draft`

// maxDraft bounds what one draft may hold, in bytes.
const maxDraft = 1 << 20

// SaveDraft stores what has been filled in so far. s.Draft names the draft to
// replace; "" makes a new one. Errors: ErrSignIn, ErrDraftUnknown, those of
// Catalogue.Current.
func (m *Module) SaveDraft(ctx context.Context, s Submission) (Draft, error) {
	actor := identity.FromContext(ctx)
	if !actor.SignedIn() {
		return Draft{}, ErrSignIn
	}
	v, err := m.Catalogue.InForce(ctx, s.Item)
	if err != nil {
		return Draft{}, err
	}
	now := m.now(ctx)
	row := draftRow{
		Number: s.Draft, QueryCode: NewQueryCode(), Account: actor.Account, Item: v.Definition.Code,
		ItemName: v.Definition.Name, UpdatedAt: now,
	}
	replace := s.Draft
	s.Draft = ""
	if replace == "" {
		row.Number = NewNumber(now)
	}
	raw, err := json.Marshal(s)
	if err != nil || len(raw) > maxDraft {
		return Draft{}, ErrDraftTooLarge
	}
	row.Submission = string(raw)
	statement := `INSERT INTO cases_draft (number, query_code, account, item, item_name, submission, files, updated_at)
		VALUES (:number, :query_code, :account, :item, :item_name, :submission, :files, :updated_at)`
	if replace != "" {
		statement = `UPDATE cases_draft SET item = :item, item_name = :item_name, submission = :submission, files = :files, updated_at = :updated_at
			WHERE number = :number AND account = :account`
	}
	n, err := m.db.Conn(ctx).ExecNamed(ctx, statement, row.sealed(m.Keys))
	if err != nil {
		return Draft{}, fmt.Errorf("store draft: %w", err)
	}
	if n == 0 {
		return Draft{}, ErrDraftUnknown
	}
	return m.draftOf(row)
}

// ChangeDraft changes one of the actor's own drafts as it stands now: the row
// is locked first, so that two devices that fill in different pages at the
// same moment keep each other's words. What change answers undoes it. Errors:
// ErrDraftUnknown, ErrDraftTooLarge, those of change.
func (m *Module) ChangeDraft(ctx context.Context, number string, change func(context.Context, *Submission) error) (Draft, error) {
	var d Draft
	err := m.db.InTx(ctx, func(ctx context.Context) error {
		n, err := m.db.Conn(ctx).Exec(ctx, `UPDATE cases_draft SET updated_at = $3 WHERE number = $1 AND account = $2`,
			number, identity.FromContext(ctx).Account, m.now(ctx))
		if err != nil {
			return wrap("lock draft", err)
		}
		if n == 0 {
			return ErrDraftUnknown
		}
		if d, err = m.Draft(ctx, number); err != nil {
			return err
		}
		if err := change(ctx, &d.Submission); err != nil {
			return err
		}
		d.Submission.Draft, d.Submission.Item = number, d.Item
		d, err = m.SaveDraft(ctx, d.Submission)
		return err
	})
	return d, err
}

// Draft gives one of the actor's own drafts; ErrDraftUnknown.
func (m *Module) Draft(ctx context.Context, number string) (Draft, error) {
	var row draftRow
	err := m.db.Conn(ctx).Get(ctx, &row, selectDraft+` WHERE number = $1 AND account = $2`,
		number, identity.FromContext(ctx).Account)
	if errors.Is(err, db.ErrNoRows) {
		return Draft{}, ErrDraftUnknown
	}
	if err != nil {
		return Draft{}, fmt.Errorf("read draft: %w", err)
	}
	return m.draftOf(row)
}

// Drafts lists the actor's own drafts, the last touched first.
func (m *Module) Drafts(ctx context.Context, p db.Page) ([]Draft, string, error) {
	w := new(db.Where).And("account = ?", identity.FromContext(ctx).Account)
	var at time.Time
	var number string
	if after, err := p.Key(&at, &number); err != nil {
		return nil, "", err
	} else if after {
		w.And("(updated_at, number) < (?, ?)", at, number)
	}
	limit := w.Arg(p.Size() + 1)
	var rows []draftRow
	err := m.db.Conn(ctx).Select(ctx, &rows, selectDraft+w.SQL()+` ORDER BY updated_at DESC, number DESC LIMIT `+limit, w.Args()...)
	if err != nil {
		return nil, "", fmt.Errorf("list drafts: %w", err)
	}
	rows, next := db.Cut(rows, p, func(r draftRow) []any { return []any{r.UpdatedAt, r.Number} })
	list := make([]Draft, len(rows))
	for i, r := range rows {
		if list[i], err = m.draftOf(r); err != nil {
			return nil, "", err
		}
	}
	return list, next, nil
}

// DiscardDraft deletes one of the actor's own drafts, or gives one that was
// taken over back to whoever began it; ErrDraftUnknown.
func (m *Module) DiscardDraft(ctx context.Context, number string) error {
	if given, err := m.giveBack(ctx, identity.FromContext(ctx), number); given || err != nil {
		return err
	}
	return m.db.InTx(ctx, func(ctx context.Context) error {
		if _, err := m.takeDraft(ctx, identity.FromContext(ctx), number); err != nil || m.Licences == nil {
			return err
		}
		return m.Licences.Withdraw(ctx, number, "")
	})
}

// takeDraft removes a draft and gives its query code: only one of two who
// submit it at the same time gets it.
func (m *Module) takeDraft(ctx context.Context, a identity.Actor, number string) (string, error) {
	var code string
	err := m.db.InTx(ctx, func(ctx context.Context) error {
		c := m.db.Conn(ctx)
		err := c.Get(ctx, &code, `SELECT query_code FROM cases_draft WHERE number = $1 AND account = $2`, number, a.Account)
		if errors.Is(err, db.ErrNoRows) {
			return ErrDraftUnknown
		}
		if err != nil {
			return fmt.Errorf("read draft: %w", err)
		}
		n, err := c.Exec(ctx, `DELETE FROM cases_draft WHERE number = $1 AND account = $2`, number, a.Account)
		if err == nil && n == 0 {
			return ErrDraftUnknown
		}
		return wrap("remove draft", err)
	})
	return code, err
}

func (m *Module) draftOf(r draftRow) (Draft, error) {
	d := Draft{Number: r.Number, Item: r.Item, ItemName: r.ItemName, UpdatedAt: r.UpdatedAt, EndsOn: m.endsOn(r.UpdatedAt)}
	plain, err := m.Keys.Open(draftSubmission, r.Number, r.Submission)
	if err != nil {
		return d, fmt.Errorf("read draft %s: %w", r.Number, err)
	}
	if err := json.Unmarshal([]byte(plain), &d.Submission); err != nil {
		return d, fmt.Errorf("read draft %s: %w", r.Number, err)
	}
	return d, nil
}
