package proofs

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/licences"
)

// States of a change.
const (
	Waiting   = "waiting"
	Published = "published"
	Refused   = "refused"
	Withdrawn = "withdrawn"
)

// Change is a new version that somebody proposed.
type Change struct {
	Entry      Entry
	ID         string
	Base       int // version it was made from; 0: a new entry
	Reason     string
	State      string
	Author     string // account
	AuthorName string
	MadeAt     time.Time
}

type change struct {
	ID           string     `db:"id"`
	Number       string     `db:"number"`
	Base         int        `db:"base"`
	Document     string     `db:"document"`
	Reason       string     `db:"reason"`
	State        string     `db:"state"`
	Author       string     `db:"author"`
	AuthorName   string     `db:"author_name"`
	MadeAt       time.Time  `db:"made_at"`
	ReviewerName string     `db:"reviewer_name"`
	Opinion      string     `db:"opinion"`
	DecidedAt    *time.Time `db:"decided_at"`
}

func (r change) change() (Change, error) {
	c := Change{ID: r.ID, Base: r.Base, Reason: r.Reason, State: r.State, Author: r.Author, AuthorName: r.AuthorName, MadeAt: r.MadeAt}
	return c, wrap("read change", json.Unmarshal([]byte(r.Document), &c.Entry))
}

// typeOf finds the type of licence of a proof that is issued electronically: that
// of its name. There is none yet: it stays on paper.
func (m *Module) typeOf(ctx context.Context, e *Entry) error {
	e.LicenceType = ""
	if !e.Electronic || e.Elsewhere != "" || m.Licences == nil {
		return nil
	}
	t, err := m.Licences.Type(ctx, e.Name)
	if errors.Is(err, licences.ErrTypeUnknown) {
		return nil
	}
	e.LicenceType = t.ID
	return err
}

// Changed is told when a version of an entry came into force.
type Changed struct{ Number, Name, Before, State string }

// EventName implements events.Event.
func (Changed) EventName() string { return "proofs.changed.v1" }

// Propose asks for a new version of an entry, or for a new entry when base is 0.
// base is the version the editor saw. ErrRight, ErrChanged, ErrWaiting,
// errs.ErrInvalid.
func (m *Module) Propose(ctx context.Context, e Entry, base int, reason string) (Change, error) {
	reason = strings.TrimSpace(reason)
	var bad errs.Fields
	e.check(&bad)
	if n := utf8.RuneCountInString(reason); n < 4 || n > 500 {
		bad.Add("reason", "请写明修改的原因，4到500个字。")
	}
	if err := bad.Err(); err != nil {
		return Change{}, err
	}
	a := identity.FromContext(ctx)
	row := change{ID: db.NewID(), Number: e.Number, Base: base, Reason: reason, State: Waiting, Author: a.Account, AuthorName: a.Name, MadeAt: m.now(ctx)}
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		if err := m.must(ctx, VerbEdit); err != nil {
			return err
		}
		old, err := m.Entry(ctx, e.Number)
		switch {
		case errors.Is(err, ErrUnknown) && base == 0:
			e.Origin = OriginAdded
		case err == nil && base == 0:
			return errs.ErrInvalid.Field("number", "这个编号已经有了，请换一个。")
		case err != nil:
			return err
		case old.Version != base:
			return ErrChanged
		default:
			e.Origin, e.Trust, e.Source = old.Origin, old.Trust, old.Source
		}
		if err := m.checkIssuer(ctx, e); err != nil {
			return err
		}
		if err := m.typeOf(ctx, &e); err != nil {
			return err
		}
		raw, err := json.Marshal(e)
		if err != nil {
			return err
		}
		row.Document = string(raw)
		var n int
		if err := m.DB.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM proofs_change WHERE number = $1 AND state = $2`, e.Number, Waiting); err != nil {
			return err
		}
		if n > 0 {
			return ErrWaiting
		}
		if _, err := m.DB.Conn(ctx).ExecNamed(ctx, `INSERT INTO proofs_change (id, number, base, document, reason, state, author, author_name, made_at, reviewer_name, opinion)
			VALUES (:id, :number, :base, :document, :reason, :state, :author, :author_name, :made_at, :reviewer_name, :opinion)`, row); err != nil {
			return err
		}
		return m.record(ctx, "proof.propose", "proof", e.Number, reason)
	})
	if err != nil {
		return Change{}, wrap("propose", err)
	}
	return row.change()
}

// Changes lists what waits for somebody to look at it, oldest first.
func (m *Module) Changes(ctx context.Context) ([]Change, error) {
	var rows []change
	if err := m.DB.Conn(ctx).Select(ctx, &rows, `SELECT * FROM proofs_change WHERE state = $1 ORDER BY made_at, id LIMIT $2`, Waiting, db.MaxLimit); err != nil {
		return nil, wrap("list changes", err)
	}
	list := make([]Change, len(rows))
	for i, r := range rows {
		var err error
		if list[i], err = r.change(); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// Publish puts a change in force. Whoever proposed it cannot: ErrSameHand.
// ErrRight, ErrDecided, ErrChanged.
func (m *Module) Publish(ctx context.Context, id string) (Entry, error) {
	var e Entry
	err := m.decide(ctx, id, Published, "", func(ctx context.Context, row change) error {
		if err := m.must(ctx, VerbPublish); err != nil {
			return err
		}
		if a := identity.FromContext(ctx); a.Account == row.Author && !a.IsSystem() {
			return ErrSameHand
		}
		c, err := row.change()
		if err != nil {
			return err
		}
		e = c.Entry
		e.Version, e.PublishedOn = row.Base+1, m.today(ctx)
		return m.putInForce(ctx, e, row)
	})
	return e, err
}

// putInForce makes a version the one in force, and tells.
func (m *Module) putInForce(ctx context.Context, e Entry, row change) error {
	before := ""
	if row.Base == 0 {
		var last int
		if err := m.DB.Conn(ctx).Get(ctx, &last, `SELECT COALESCE(MAX(place), 0) FROM proofs_entry`); err != nil {
			return err
		}
		if err := m.insert(ctx, e, last+1, row); err != nil {
			return err
		}
	} else {
		old, err := m.Entry(ctx, e.Number)
		if err != nil {
			return err
		}
		before = old.State
		r, err := rowOf(e, 0)
		if err != nil {
			return err
		}
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE proofs_entry SET name = $3, state = $4, ways = $5, promise = $6, document = $7, version = $8, published_on = $9
			WHERE number = $1 AND version = $2`, r.Number, row.Base, r.Name, r.State, r.Ways, r.Promise, r.Document, r.Version, r.PublishedOn)
		if err == nil && n == 0 {
			err = ErrChanged
		}
		if err != nil {
			return err
		}
		if err := m.keepVersion(ctx, r, row); err != nil {
			return err
		}
	}
	if m.Events == nil {
		return nil
	}
	return m.Events.Publish(ctx, Changed{Number: e.Number, Name: e.Name, Before: before, State: e.State})
}

func (m *Module) insert(ctx context.Context, e Entry, place int, of change) error {
	r, err := rowOf(e, place)
	if err != nil {
		return err
	}
	if _, err := m.DB.Conn(ctx).ExecNamed(ctx, `INSERT INTO proofs_entry (number, place, name, origin, state, ways, promise, document, version, published_on)
		VALUES (:number, :place, :name, :origin, :state, :ways, :promise, :document, :version, :published_on)`, r); err != nil {
		return wrap("insert entry", err)
	}
	return m.keepVersion(ctx, r, of)
}

func (m *Module) keepVersion(ctx context.Context, r entryRow, of change) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO proofs_version (number, n, state, document, reason, author_name, reviewer_name, published_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`, r.Number, r.Version, r.State, r.Document, of.Reason, of.AuthorName, identity.FromContext(ctx).Name, m.now(ctx))
	return wrap("keep version", err)
}

// Refuse sends a change back with an opinion. ErrRight, ErrDecided, errs.ErrInvalid.
func (m *Module) Refuse(ctx context.Context, id, opinion string) error {
	if strings.TrimSpace(opinion) == "" {
		return errs.ErrInvalid.Field("opinion", "请写明退回的理由。")
	}
	return m.decide(ctx, id, Refused, opinion, func(ctx context.Context, _ change) error { return m.must(ctx, VerbPublish) })
}

// Withdraw takes back what one has proposed. ErrRight, ErrDecided.
func (m *Module) Withdraw(ctx context.Context, id string) error {
	return m.decide(ctx, id, Withdrawn, "", func(ctx context.Context, row change) error {
		if identity.FromContext(ctx).Account != row.Author {
			return ErrRight
		}
		return nil
	})
}

// decide ends a change: then does what may refuse, in the same transaction.
func (m *Module) decide(ctx context.Context, id, state, opinion string, then func(context.Context, change) error) error {
	return wrap("decide", m.DB.InTx(ctx, func(ctx context.Context) error {
		n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE proofs_change SET state = $3, opinion = $4, reviewer_name = $5, decided_at = $6 WHERE id = $1 AND state = $2`,
			id, Waiting, state, opinion, identity.FromContext(ctx).Name, m.now(ctx))
		if err != nil {
			return err
		}
		if n == 0 {
			return ErrDecided
		}
		var row change
		if err := m.DB.Conn(ctx).Get(ctx, &row, `SELECT * FROM proofs_change WHERE id = $1`, id); err != nil {
			return err
		}
		if err := then(ctx, row); err != nil {
			return err
		}
		return m.record(ctx, "proof."+map[string]string{Published: "publish", Refused: "refuse", Withdrawn: "withdraw"}[state], "proof", row.Number, opinion)
	}))
}
