package licences

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
	"yimen/workday"
)

// Look is a template as one revision of a type's; 0 is the plain one, which
// every type has until another is in force.
type Look struct {
	Template
	Revision int
	State    string // one of the states below
	SavedBy  string // account
	Saver    string // its name
	SavedAt  time.Time
	Forcer   string // who put it in force
	ForcedAt *time.Time
}

// States of templates.
const (
	lookDraft   = "draft"
	lookInForce = "in_force"
	lookPast    = "past"
	lookDropped = "dropped" // a draft that another took the place of
)

var lookWords = map[string]string{lookDraft: "草稿", lookInForce: "在用", lookPast: "以前用过", lookDropped: "没有启用"}

// Errors of changing templates.
var (
	ErrLookOwn   = errs.Define(errs.Denied, "licence_template_four_eyes", "这份草稿是您自己保存的，不能由您启用，请另一位有权限的人核对后启用。")
	ErrLookNone  = errs.Define(errs.NotFound, "licence_template_no_draft", "这种证照没有待启用的模板草稿，请先保存草稿。")
	ErrLookStale = errs.Define(errs.Conflict, "licence_template_stale", "模板刚被别人改过，请刷新后重新修改。")
	ErrLookRight = errs.Define(errs.Denied, "licence_template_denied", "您没有编辑或启用照面模板的权限，请联系全市证照目录的管理人员。")
)

// wholeCity is where templates stand, for rights: they are the whole city's.
func wholeCity(a identity.Actor) identity.Place {
	city := org.Above(a.Division, org.City)
	return identity.Place{Receiving: city, Division: city}
}

type lookRow struct {
	Revision int        `db:"revision"`
	State    string     `db:"state"`
	Body     string     `db:"body"`
	SavedBy  string     `db:"saved_by"`
	Saver    string     `db:"saver"`
	SavedAt  time.Time  `db:"saved_at"`
	Forcer   string     `db:"forcer"`
	ForcedAt *time.Time `db:"forced_at"`
}

func (r lookRow) plain(t string) (Look, error) {
	l := Look{Revision: r.Revision, State: r.State, SavedBy: r.SavedBy, Saver: r.Saver, SavedAt: r.SavedAt, Forcer: r.Forcer, ForcedAt: r.ForcedAt}
	return l, wrap("template of "+t, json.Unmarshal([]byte(r.Body), &l.Template))
}

const selectLook = `SELECT revision, state, body, saved_by, saver, saved_at, forcer, forced_at FROM licences_template WHERE type = $1`

// inForce is how new documents of a type look.
func (m *Module) inForce(ctx context.Context, t Type) (Look, error) {
	l, err := m.lookOf(ctx, t.ID, lookInForce)
	if errors.Is(err, ErrLookNone) {
		return Look{Template: plain(t), State: lookInForce}, nil
	}
	return l, err
}

// lookOf reads the template of a type in a state of which there is one at most.
func (m *Module) lookOf(ctx context.Context, t, state string) (Look, error) {
	var r lookRow
	err := m.DB.Conn(ctx).Get(ctx, &r, selectLook+` AND state = $2`, t, state)
	if errors.Is(err, db.ErrNoRows) {
		return Look{}, ErrLookNone
	}
	if err != nil {
		return Look{}, wrap("read template", err)
	}
	return r.plain(t)
}

// looks lists the revisions of a type, the newest first.
func (m *Module) looks(ctx context.Context, t string) ([]Look, error) {
	var rows []lookRow
	if err := m.DB.Conn(ctx).Select(ctx, &rows, selectLook+` ORDER BY revision DESC LIMIT 50`, t); err != nil {
		return nil, wrap("list templates", err)
	}
	list := make([]Look, len(rows))
	for i, r := range rows {
		var err error
		if list[i], err = r.plain(t); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// SaveTemplate keeps a template as the draft of a type; from is the revision that
// was changed, so that nobody overwrites what they have not seen. Errors:
// ErrTypeUnknown, ErrInvalid with fields, ErrLookRight, ErrLookStale.
func (m *Module) SaveTemplate(ctx context.Context, typeID string, from int, p Template) error {
	a := identity.FromContext(ctx)
	if !a.Can(VerbTemplates, wholeCity(a)) {
		return ErrLookRight
	}
	t, err := m.Type(ctx, typeID)
	if err != nil {
		return err
	}
	if err := m.try(t, p); err != nil {
		return err
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		last := 0
		c := m.DB.Conn(ctx)
		if err := c.Get(ctx, &last, `SELECT COALESCE(MAX(revision), 0) FROM licences_template WHERE type = $1`, t.ID); err != nil {
			return wrap("last template", err)
		}
		if last != from {
			return ErrLookStale
		}
		if _, err := c.Exec(ctx, `UPDATE licences_template SET state = $2 WHERE type = $1 AND state = $3`, t.ID, lookDropped, lookDraft); err != nil {
			return wrap("put the draft before away", err)
		}
		if err := m.putLook(ctx, t.ID, Look{Template: p, Revision: last + 1, State: lookDraft, SavedBy: a.Account, Saver: a.Name, SavedAt: m.now(ctx)}); err != nil {
			return err
		}
		return m.record(ctx, "licence.template_save", t.ID, "", t.Name)
	})
}

func (m *Module) putLook(ctx context.Context, t string, l Look) error {
	body, err := json.Marshal(l.Template)
	if err != nil {
		return err
	}
	by := ""
	if l.ForcedAt != nil {
		by = l.SavedBy
	}
	_, err = m.DB.Conn(ctx).Exec(ctx, `INSERT INTO licences_template (type, revision, state, body, saved_by, saver, saved_at, forced_by, forcer, forced_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, t, l.Revision, l.State, string(body), l.SavedBy, l.Saver, l.SavedAt, by, l.Forcer, l.ForcedAt)
	if db.IsUnique(err) {
		return ErrLookStale
	}
	return wrap("store template", err)
}

// ForceTemplate puts the draft of a type in force, if it is the revision that was
// looked at: by somebody else than who saved it. Documents that are there stay as
// they are. Errors: ErrLookRight, ErrLookNone, ErrLookStale, ErrLookOwn.
func (m *Module) ForceTemplate(ctx context.Context, typeID string, revision int) error {
	a := identity.FromContext(ctx)
	if !a.Can(VerbForce, wholeCity(a)) {
		return ErrLookRight
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		t, err := m.Type(ctx, typeID)
		if err != nil {
			return err
		}
		draft, err := m.lookOf(ctx, t.ID, lookDraft)
		switch {
		case err != nil:
			return err
		case draft.Revision != revision:
			return ErrLookStale
		case draft.SavedBy == a.Account:
			return ErrLookOwn
		}
		if err := m.try(t, draft.Template); err != nil { // the type's fields may have changed since
			return err
		}
		c := m.DB.Conn(ctx)
		if _, err := c.Exec(ctx, `UPDATE licences_template SET state = $2 WHERE type = $1 AND state = $3`, t.ID, lookPast, lookInForce); err != nil {
			return wrap("put the template before away", err)
		}
		n, err := c.Exec(ctx, `UPDATE licences_template SET state = $3, forced_by = $4, forcer = $5, forced_at = $6 WHERE type = $1 AND revision = $2 AND state = $7`,
			t.ID, revision, lookInForce, a.Account, a.Name, m.now(ctx), lookDraft)
		if err != nil || n == 0 {
			return errors.Join(wrap("put template in force", err), ErrLookStale)
		}
		return m.record(ctx, "licence.template_force", t.ID, "", fmt.Sprintf("%s，第%d版", t.Name, revision))
	})
}

// LoadTemplates stores the templates that a city begins with, by type, in force
// at once; a type that has one already keeps it.
func (m *Module) LoadTemplates(ctx context.Context, list map[string]Template) error {
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		for id, p := range list {
			t, err := m.Type(ctx, id)
			if err != nil {
				return err
			}
			if err := m.try(t, p); err != nil {
				return fmt.Errorf("licences: template of %s: %w", id, err)
			}
			if had, err := m.looks(ctx, t.ID); err != nil || len(had) > 0 {
				if err != nil {
					return err
				}
				continue
			}
			now, a := m.now(ctx), identity.FromContext(ctx)
			if err := m.putLook(ctx, t.ID, Look{Template: p, Revision: 1, State: lookInForce, SavedBy: a.Account, Saver: a.Name, SavedAt: now, Forcer: a.Name, ForcedAt: &now}); err != nil {
				return err
			}
		}
		return nil
	})
}

// try checks a template, and that the sample of its type can be drawn by it.
func (m *Module) try(t Type, p Template) error {
	if err := p.Check(t); err != nil {
		return err
	}
	_, err := m.preview(t, p)
	return err
}

// preview draws a template with sample values, unsealed: its page.
func (m *Module) preview(t Type, p Template) (*drawing, error) {
	l := sample(t)
	return p.draw(t, l.values(t), l.pictures, m.checkAddress(l.Identifier))
}

// sample is a licence of a type that nobody holds, to show its template by.
func sample(t Type) Licence {
	l := Licence{TypeName: t.Name, Number: "样例2026000001", HolderKind: HolderPerson, HolderName: "张三", HolderNo: "440200199001010000",
		IssuerName: "韶关市样例局", IssuerCode: "11440200MB2C000000", IssuedOn: workday.NewDate(2026, time.January, 31), From: workday.NewDate(2026, time.January, 31),
		To: workday.NewDate(2031, time.January, 30), Fields: map[string]string{}, pictures: shots{}, Version: 1,
		Identifier: gb.LicenceID{Type: t.Code, Issuer: "11440200MB2C000000", Serial: "01A206BEAD4570A7A6B876CCC9867F2E", Version: "001", Check: "0"}.String()}
	if t.Holder == HolderEnterprise {
		l.HolderKind, l.HolderName, l.HolderNo = HolderEnterprise, "韶关市样例人力资源服务有限公司", "91440200MA4X000000"
	}
	for _, f := range t.Fields {
		switch f.Kind {
		case "date":
			l.Fields[f.Name] = "2026-01-31"
		case "number":
			l.Fields[f.Name] = "12.5"
		case kindPicture:
			l.pictures[f.Name] = samplePicture()
		default:
			l.Fields[f.Name] = "样例" + f.Label
		}
	}
	return l
}
