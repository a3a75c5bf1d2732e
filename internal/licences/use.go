package licences

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/sealed"
)

// What keeps a licence from standing in for a paper.
var (
	ErrWrongType   = errs.Define(errs.Invalid, "licence_wrong_type", "这种电子证照不能代替这份材料，请选清单上写明的证照，或提交原件、照片。")
	ErrNotHolders  = errs.Define(errs.Denied, "licence_not_holders", "这本电子证照不是申请人的，不能用来办这件事，请用申请人自己的证照或提交原件。")
	ErrNotStanding = errs.Define(errs.Conflict, "licence_not_standing", "这本电子证照现在不能使用，请提交原件或照片。")
	ErrNotTrusted  = errs.Define(errs.Conflict, "licence_not_trusted", "这本电子证照的可信等级不够，不能代替原件，请提交原件或照片。")
)

// believed says that a licence may stand in for the paper in this city: what
// its holder brought (D) never does, a scan (C) only where the city says so.
func (m *Module) believed(t Trust) bool { return t != TrustD && t <= m.Least }

// Believed says that this city lets the licence stand in for a paper, by where it
// comes from; whether it is valid is another question.
func (l Licence) Believed() bool { return l.believed }

// Usable says whether a licence may be handed in today instead of a paper that
// licences of any of those types satisfy, by the holder of that number. Types are
// named by key, code or name. It says nothing of consent: see Consented.
// Errors: ErrUnknown, ErrWrongType, ErrNotHolders, ErrNotStanding, ErrNotTrusted.
func (m *Module) Usable(ctx context.Context, identifier string, types []string, holderNo string) error {
	_, err := m.usable(ctx, identifier, types, holderNo)
	return err
}

func (m *Module) usable(ctx context.Context, identifier string, types []string, holderNo string) (Licence, error) {
	l, err := m.one(ctx, "identifier", strings.TrimSpace(identifier))
	if err != nil {
		return l, err
	}
	keys, err := m.keysOf(ctx, types)
	switch {
	case err != nil:
		return l, err
	case l.HolderNo != sealed.Upper(holderNo):
		return l, ErrNotHolders
	case !keys[l.Type]:
		return l, ErrWrongType
	}
	return l, m.stands(ctx, l)
}

// stands says why a licence does not count today.
func (m *Module) stands(ctx context.Context, l Licence) error {
	if today := m.today(ctx); !l.Stands(today) {
		return ErrNotStanding.Say("“%s”的电子证照不能使用：%s请提交原件或照片。", l.TypeName, l.Why(today))
	}
	if !m.believed(l.Trust) {
		return ErrNotTrusted.Say("“%s”的电子证照是%s，不能代替原件，请提交原件或照片。", l.TypeName, l.Trust.Name())
	}
	return nil
}

// Standing says whether a licence that was handed in still counts today: who
// accepts an application asks again. Errors: ErrUnknown, ErrNotStanding,
// ErrNotTrusted.
func (m *Module) Standing(ctx context.Context, identifier string) error {
	l, err := m.one(ctx, "identifier", identifier)
	if err != nil {
		return err
	}
	return m.stands(ctx, l)
}

// ForMaterial lists the licences of a holder that may be handed in today for a
// material that any of those types satisfies, the newest in the store first.
// The caller has seen to it that the actor may know of them.
func (m *Module) ForMaterial(ctx context.Context, types []string, holderNo string) ([]Licence, error) {
	found, err := m.ForMaterials(ctx, map[string][]string{"": types}, holderNo)
	return found[""], err
}

// ForMaterials is ForMaterial for several materials at once: types by material,
// licences by material.
func (m *Module) ForMaterials(ctx context.Context, asked map[string][]string, holderNo string) (map[string][]Licence, error) {
	found := map[string][]Licence{}
	var all []string
	for _, types := range asked {
		all = append(all, types...)
	}
	if len(all) == 0 || holderNo == "" {
		return found, nil
	}
	list, err := m.held(ctx, holderNo, func(w *db.Where) { m.stateIs(ctx, w, Valid) })
	if err != nil || len(list) == 0 {
		return found, err
	}
	list = slices.DeleteFunc(list, func(l Licence) bool { return m.stands(ctx, l) != nil })
	for material, types := range asked {
		keys, err := m.keysOf(ctx, types)
		if err != nil {
			return nil, err
		}
		for _, l := range list {
			if keys[l.Type] {
				found[material] = append(found[material], l)
			}
		}
	}
	return found, nil
}

// Held lists the licences of some types that the holder of a number has, in
// whatever state, the newest first. The caller answers for asking.
func (m *Module) Held(ctx context.Context, types []string, holderNo string) ([]Licence, error) {
	keys, err := m.keysOf(ctx, types)
	if err != nil || len(keys) == 0 || holderNo == "" {
		return nil, err
	}
	return m.held(ctx, holderNo, func(w *db.Where) { w.In("x.type", slices.Sorted(maps.Keys(keys))) })
}

// keysOf are the keys of types named by key, code or name. A name that no type
// has satisfies nothing.
func (m *Module) keysOf(ctx context.Context, types []string) (map[string]bool, error) {
	keys := map[string]bool{}
	if len(types) == 0 {
		return keys, nil
	}
	w := new(db.Where).In("id", types)
	codes, names := new(db.Where).In("code", types), new(db.Where).In("name", types)
	for _, q := range []*db.Where{w, codes, names} {
		var found []string
		if err := m.DB.Conn(ctx).Select(ctx, &found, `SELECT id FROM licences_type`+q.SQL(), q.Args()...); err != nil {
			return nil, wrap("find types", err)
		}
		for _, id := range found {
			keys[id] = true
		}
	}
	return keys, nil
}

// Use is one use of a licence instead of a paper, or the consent to one.
type Use struct {
	ID            string     `db:"id"`
	Licence       string     `db:"licence"`
	Identifier    string     `db:"identifier"`
	TypeName      string     `db:"type_name"`
	Case          string     `db:"case_number"`
	Material      string     `db:"material"`
	MaterialName  string     `db:"material_name"`
	Item          string     `db:"item"`
	ItemName      string     `db:"item_name"`
	Agency        string     `db:"agency"`
	AgencyName    string     `db:"agency_name"`
	Purpose       string     `db:"purpose"`
	Way           Way        `db:"way"`
	ConsentedBy   string     `db:"consented_by"`
	ConsentedName string     `db:"consented_name"`
	Witness       string     `db:"witness"`
	WitnessName   string     `db:"witness_name"`
	ConsentedAt   time.Time  `db:"consented_at"`
	Document      string     `db:"document"` // the sealed file of the version that was used; "" there is none
	UsedAt        *time.Time `db:"used_at"`
	WithdrawnAt   *time.Time `db:"withdrawn_at"`
}

const selectUse = `SELECT u.id, u.licence, x.identifier, t.name AS type_name, u.case_number, u.material, u.material_name, u.item, u.item_name, u.agency,
	u.agency_name, u.purpose, u.way, u.consented_by, u.consented_name, u.witness, u.witness_name, u.consented_at, u.used_at, u.withdrawn_at,
	COALESCE(p.ofd, '') AS document
	FROM licences_use u JOIN licences_licence x ON x.id = u.licence JOIN licences_type t ON t.id = x.type LEFT JOIN licences_paper p ON p.licence = u.licence`

// usesShown is how many uses a page shows; the export gives all.
const usesShown = 50

// uses lists the uses of a licence, the newest first; limit 0 is all of them.
func (m *Module) uses(ctx context.Context, licence string, limit int) ([]Use, error) {
	query := selectUse + ` WHERE u.licence = $1 ORDER BY u.id DESC`
	args := []any{licence}
	if limit > 0 {
		query, args = query+` LIMIT $2`, append(args, limit)
	}
	var list []Use
	err := m.DB.Conn(ctx).Select(ctx, &list, query, args...)
	return list, wrap("list uses of licence", err)
}

// UsedIn lists the licences that were used in a case, oldest first. The caller
// has seen to it that the actor may read the case.
func (m *Module) UsedIn(ctx context.Context, number string) ([]Use, error) {
	var list []Use
	err := m.DB.Conn(ctx).Select(ctx, &list, selectUse+` WHERE u.case_number = $1 AND u.used_at IS NOT NULL ORDER BY u.id`, number)
	return list, wrap("list uses in case", err)
}

// ReadUsed shows a licence as it was used in a case to who works on the case,
// which is recorded. The version that was used is shown, whatever has become of
// it since. The caller has seen to it that the actor may read the case. Errors:
// ErrUnknown.
func (m *Module) ReadUsed(ctx context.Context, number, use string) (Use, Shown, error) {
	u, err := m.usedIn(ctx, number, use)
	if err != nil {
		return u, Shown{}, err
	}
	l, err := m.one(ctx, "id", u.Licence)
	if err != nil {
		return u, Shown{}, err
	}
	if err := m.record(ctx, "licence.read_used", l.Identifier, u.Purpose, "办件"+number); err != nil {
		return u, Shown{}, err
	}
	s, err := m.shown(ctx, l)
	return u, s, err
}

func (m *Module) usedIn(ctx context.Context, number, use string) (Use, error) {
	list, err := m.UsedIn(ctx, number)
	if err != nil {
		return Use{}, err
	}
	i := slices.IndexFunc(list, func(u Use) bool { return u.ID == use })
	if i < 0 {
		return Use{}, ErrUnknown
	}
	return list[i], nil
}

// UsedPicture draws the page of a licence's sealed document, of the version that
// was used in a case, as SVG; see ReadUsed. Errors: ErrUnknown, ErrNoPaper.
func (m *Module) UsedPicture(ctx context.Context, number, use string) ([]byte, error) {
	u, err := m.usedIn(ctx, number, use)
	if err != nil {
		return nil, err
	}
	data, err := m.read(ctx, u.Document)
	if err != nil {
		return nil, err
	}
	if err := m.record(ctx, "licence.read_used", u.Identifier, u.Purpose, "办件"+number+"，照面"); err != nil {
		return nil, err
	}
	return picture(data)
}

// UsesOfOwn lists who has used one of the actor's own licences. Errors: ErrUnknown.
func (m *Module) UsesOfOwn(ctx context.Context, identifier string) ([]Use, error) {
	l, err := m.one(ctx, "identifier", identifier)
	if err != nil {
		return nil, err
	}
	numbers, err := m.ownNumbers(ctx)
	if err != nil {
		return nil, err
	}
	if !slices.Contains(numbers, l.HolderNo) {
		return nil, ErrUnknown
	}
	return m.uses(ctx, l.ID, usesShown)
}

// UsesOf lists who has used a licence, to who looks after those of its issuer;
// all of them for an export, which is recorded. Errors: ErrUnknown.
func (m *Module) UsesOf(ctx context.Context, identifier string, export bool) ([]Use, error) {
	l, err := m.one(ctx, "identifier", identifier)
	if err != nil {
		return nil, err
	}
	a := identity.FromContext(ctx)
	if !a.Can(VerbManage, l.place()) && !a.Can(VerbView, l.place()) {
		return nil, ErrUnknown
	}
	if !export {
		return m.uses(ctx, l.ID, usesShown)
	}
	if err := m.record(ctx, "licence.export_uses", l.Identifier, "", ""); err != nil {
		return nil, err
	}
	return m.uses(ctx, l.ID, 0)
}
