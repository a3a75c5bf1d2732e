package licences

import (
	"context"
	"errors"
	"slices"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/sealed"
)

// ErrNoConsent: a licence is read by nobody without its holder's yes to that use.
var ErrNoConsent = errs.Define(errs.Denied, "licence_no_consent", "持证人还没有同意在这件申请里使用这本电子证照，没有使用。请先请本人同意，或提交原件、照片。")

// Way is how the holder gave consent.
type Way string

// The ways.
const (
	ByAccount Way = "online" // signed in, by the account itself
	ByCard    Way = "card"   // at a window, whose reader has read the identity card
	ByPaper   Way = "paper"  // at a window, where the clerk has looked at the document
	ByFace    Way = "face"   // at a window, by the living face
	ByCode    Way = "code"   // at a window, by the code on the telephone
	BySMS     Way = "sms"    // at a window, by a code sent to the telephone, for this case
)

var consentWords = map[Way]string{ByAccount: "网上登录后本人同意", ByCard: "窗口刷身份证后当面同意", ByPaper: "窗口核对证件后当面同意",
	ByFace: "窗口刷脸后当面同意", ByCode: "窗口亮码后当面同意", BySMS: "窗口输入短信验证码同意"}

// Name is the way in words.
func (w Way) Name() string { return consentWords[w] }

// Consent is a holder's yes: to one use, of one licence, for one material of one
// case.
type Consent struct {
	Case         string // number of the draft, which its case keeps
	Material     string
	MaterialName string
	Types        []string // that satisfy the material
	Item         string
	ItemName     string
	AgencyName   string // who will see it, as it was said
	Purpose      string
	Licence      string // identifier
	HolderNo     string // of the applicant

	// At a window: how the clerk knows who it is, and who that is; the actor is the
	// clerk. Online all are empty.
	Way    Way
	By     string // account; "" none
	ByName string
}

// Consent keeps a holder's yes. Online it is the actor's own: for licences of
// their own, of a company they lead, and of whoever has given them a mandate that
// covers the item. At a window the clerk witnesses it. The same yes again is the
// one given before; one to another licence takes its place. Nothing may be read
// before the case is filed. Errors: those of Usable, ErrNoConsent.
func (m *Module) Consent(ctx context.Context, c Consent) error {
	l, err := m.usable(ctx, c.Licence, c.Types, c.HolderNo)
	if err != nil {
		return err
	}
	a := identity.FromContext(ctx)
	u := Use{ID: db.NewID(), Licence: l.ID, Case: c.Case, Material: c.Material, MaterialName: c.MaterialName, Item: c.Item, ItemName: c.ItemName,
		AgencyName: c.AgencyName, Purpose: c.Purpose, Way: c.Way, ConsentedBy: c.By, ConsentedName: c.ByName, ConsentedAt: m.now(ctx)}
	switch {
	case a.IsApplicant():
		numbers, err := m.numbersFor(ctx, c.Item)
		if err != nil {
			return err
		}
		if !slices.Contains(numbers, l.HolderNo) {
			return ErrNoConsent
		}
		u.Way, u.ConsentedBy, u.ConsentedName = ByAccount, a.Account, a.Name
	case a.IsStaff() && c.Way != ByAccount && consentWords[c.Way] != "" && c.ByName != "":
		u.Witness, u.WitnessName = a.Account, a.Name
	default:
		return ErrNoConsent
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error { return m.keepConsent(ctx, u, l) })
}

func (m *Module) keepConsent(ctx context.Context, u Use, l Licence) error {
	given, err := m.open(ctx, u.Case, u.Material)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(given, func(x Use) bool { return x.Licence == l.ID }) {
		return nil
	}
	if err := m.Withdraw(ctx, u.Case, u.Material); err != nil {
		return err
	}
	_, err = m.DB.Conn(ctx).ExecNamed(ctx, `INSERT INTO licences_use (id, licence, case_number, material, material_name, item, item_name, agency, agency_name,
		purpose, way, consented_by, consented_name, witness, witness_name, consented_at)
		VALUES (:id, :licence, :case_number, :material, :material_name, :item, :item_name, :agency, :agency_name,
		:purpose, :way, :consented_by, :consented_name, :witness, :witness_name, :consented_at)`, u)
	if err != nil {
		return wrap("keep consent", err)
	}
	return m.record(ctx, "licence.consent", l.Identifier, u.Purpose, u.Way.Name()+"，办件"+u.Case)
}

// open are the consents for a material that are neither used nor withdrawn.
func (m *Module) open(ctx context.Context, number, material string) ([]Use, error) {
	var list []Use
	err := m.DB.Conn(ctx).Select(ctx, &list, selectUse+` WHERE u.case_number = $1 AND u.material = $2 AND u.used_at IS NULL AND u.withdrawn_at IS NULL`,
		number, material)
	return list, wrap("read consents", err)
}

// Consented says that the holder has agreed to that use. Errors: ErrNoConsent.
func (m *Module) Consented(ctx context.Context, number, material, identifier string) error {
	list, err := m.open(ctx, number, material)
	if err == nil && !slices.ContainsFunc(list, func(u Use) bool { return u.Identifier == identifier }) {
		return ErrNoConsent
	}
	return err
}

// Withdraw takes back what was agreed to for a material and not used yet; for all
// materials of the application when material is "".
func (m *Module) Withdraw(ctx context.Context, number, material string) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE licences_use SET withdrawn_at = $1 WHERE case_number = $2 AND (material = $3 OR $3 = '')
		AND used_at IS NULL AND withdrawn_at IS NULL`, m.now(ctx), number, material)
	return wrap("withdraw consent", err)
}

// Used is the filing of a material by a licence.
type Used struct {
	Case, Material, Licence string // number, material, identifier
	Agency, AgencyName      string // that decides
}

// Use makes a use of a consent, inside the transaction that files the material.
// A consent is used once. Errors: ErrNoConsent.
func (m *Module) Use(ctx context.Context, u Used) error {
	n, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE licences_use SET used_at = $1, agency = $2, agency_name = $3
		WHERE case_number = $4 AND material = $5 AND used_at IS NULL AND withdrawn_at IS NULL
		AND licence = (SELECT id FROM licences_licence WHERE identifier = $6)`, m.now(ctx), u.Agency, u.AgencyName, u.Case, u.Material, u.Licence)
	if err != nil {
		return wrap("use licence", err)
	}
	if n == 0 {
		return ErrNoConsent
	}
	return m.record(ctx, "licence.use", u.Licence, "", "办件"+u.Case+"，"+u.AgencyName)
}

// numbersFor are the numbers of those for whom the actor may agree when applying
// for an item: as ownNumbers, and of whoever has given a mandate that covers it.
func (m *Module) numbersFor(ctx context.Context, item string) ([]string, error) {
	a := identity.FromContext(ctx)
	if m.Accounts == nil || a.Enough(OwnLevel) != nil {
		return nil, nil
	}
	accounts := []string{a.Account}
	for _, x := range a.Mandates {
		if x.Leads() || x.Covers(item) {
			accounts = append(accounts, x.Principal)
		}
	}
	people, err := m.Accounts.People(ctx, accounts)
	if err != nil {
		return nil, wrap("read numbers", err)
	}
	var numbers []string
	for _, account := range accounts {
		if no := people[account].IDNo; no != "" {
			numbers = append(numbers, sealed.Upper(no))
		}
	}
	return numbers, nil
}

// Offered lists the licences of the applicant of that number that the actor may
// agree to use in an application for an item; see Consent and ForMaterial.
func (m *Module) Offered(ctx context.Context, item string, types []string, holderNo string) ([]Licence, error) {
	numbers, err := m.numbersFor(ctx, item)
	if err != nil || !slices.Contains(numbers, sealed.Upper(holderNo)) {
		return nil, err
	}
	return m.ForMaterial(ctx, types, holderNo)
}

// Refused says that an error is a refusal to use a licence, which the applicant
// can get around by handing in the paper.
func Refused(err error) bool {
	return slices.ContainsFunc([]error{ErrUnknown, ErrWrongType, ErrNotHolders, ErrNotStanding, ErrNotTrusted, ErrNoConsent},
		func(refusal error) bool { return errors.Is(err, refusal) })
}

// Tail is the end of the printed number, by which its holder knows it.
func (l Licence) Tail() string { return tail(l.Number) }

// Reading says what became of a consent, in words.
func (u Use) Reading() string {
	switch {
	case u.UsedAt != nil:
		return "已使用"
	case u.WithdrawnAt != nil:
		return "同意后又撤回，没有使用"
	}
	return "已同意，申请还没有提交"
}

// At is when it was used, else when it was agreed to.
func (u Use) At() time.Time {
	if u.UsedAt != nil {
		return *u.UsedAt
	}
	return u.ConsentedAt
}
