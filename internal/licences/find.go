package licences

import (
	"context"
	"slices"
	"strings"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/sealed"
	"yimen/workday"
)

// Find narrows a list; empty fields do not.
type Find struct {
	Type  string // key
	State State  // on the day
	Trust Trust
	Q     string // identifier, printed number, number or name of the holder: whole
}

// List lists the licences that the viewer may look after, the newest in the
// store first, and the cursor of the next page.
func (m *Module) List(ctx context.Context, q Find, p db.Page) ([]Licence, string, error) {
	w := new(db.Where)
	a := identity.FromContext(ctx)
	a.Scope(VerbView).Or(a.Scope(VerbManage)).Where(w, columnsOf("x"))
	if q.Type != "" {
		w.And("x.type = ?", q.Type)
	}
	if q.Trust != "" {
		w.And("x.trust = ?", string(q.Trust))
	}
	m.stateIs(ctx, w, q.State)
	if typed := sealed.Upper(q.Q); typed != "" {
		number, otherNumber := m.Keys.Pair(columnNumber, typed)
		holder, otherHolder := m.Keys.Pair(columnHolderNo, typed)
		w.And("(x.identifier = ? OR x.number_key IN (?, ?) OR x.holder_no_key IN (?, ?) OR x.holder_name = ?)", typed,
			number, otherNumber, holder, otherHolder, strings.TrimSpace(q.Q))
	}
	return m.page(ctx, w, p)
}

func columnsOf(table string) identity.Columns {
	return identity.Columns{Receiving: table + "." + columns.Receiving, Division: table + "." + columns.Division, Agency: table + "." + columns.Agency,
		Dept: table + "." + columns.Dept}
}

// stateIs is Licence.StateOn in SQL; they change together.
func (m *Module) stateIs(ctx context.Context, w *db.Where, s State) {
	today := m.today(ctx)
	switch s {
	case "":
	case Lapsed:
		w.And("x.state IN ('valid', 'suspended') AND x.to_on < ?", today)
	case Valid, Suspended:
		w.And("x.state = ? AND x.to_on >= ?", string(s), today)
	default:
		w.And("x.state = ?", string(s))
	}
}

func (m *Module) page(ctx context.Context, w *db.Where, p db.Page) ([]Licence, string, error) {
	var id string
	if ok, err := p.Key(&id); err != nil {
		return nil, "", err
	} else if ok {
		w.And("x.id < ?", id)
	}
	limit := w.Arg(p.Size() + 1)
	var rows []row
	if err := m.DB.Conn(ctx).Select(ctx, &rows, selectLicence+w.SQL()+` ORDER BY x.id DESC LIMIT `+limit, w.Args()...); err != nil {
		return nil, "", wrap("list licences", err)
	}
	rows, next := db.Cut(rows, p, func(r row) []any { return []any{r.ID} })
	list, err := m.plainAll(rows)
	return list, next, err
}

// held lists the licences of a holder that narrow lets through, the newest in the
// store first.
func (m *Module) held(ctx context.Context, holderNo string, narrow func(*db.Where)) ([]Licence, error) {
	w := new(db.Where).In("x.holder_no_key", m.Keys.Lookup(columnHolderNo, holderNo))
	narrow(w)
	list, _, err := m.page(ctx, w, db.Page{Limit: db.MaxLimit})
	return list, err
}

// Mine lists the licences of the actor, and of the companies that the actor
// leads, the newest in the store first.
func (m *Module) Mine(ctx context.Context, p db.Page) ([]Licence, string, error) {
	numbers, err := m.ownNumbers(ctx)
	if err != nil || len(numbers) == 0 {
		return nil, "", err
	}
	var keys []string
	for _, no := range numbers {
		keys = append(keys, m.Keys.Lookup(columnHolderNo, no)...)
	}
	return m.page(ctx, new(db.Where).In("x.holder_no_key", keys), p)
}

// OwnLevel is how surely people must have shown who they are before they see
// licences as their own: whoever knows a stranger's name and number has not.
const OwnLevel = identity.LevelPresence

// ownNumbers are the numbers under which the actor holds licences: their own,
// and those of the companies they lead.
func (m *Module) ownNumbers(ctx context.Context) ([]string, error) {
	a := identity.FromContext(ctx)
	if !a.IsApplicant() || m.Accounts == nil {
		return nil, nil
	}
	if err := a.Enough(OwnLevel); err != nil {
		return nil, err
	}
	accounts := []string{a.Account}
	for _, x := range a.Mandates {
		if x.Leads() {
			accounts = append(accounts, x.Principal)
		}
	}
	people, err := m.Accounts.People(ctx, accounts)
	if err != nil {
		return nil, wrap("read own numbers", err)
	}
	var numbers []string
	for _, account := range accounts {
		if no := people[account].IDNo; no != "" {
			numbers = append(numbers, sealed.Upper(no))
		}
	}
	return numbers, nil
}

// Shown is a licence with what was done to it.
type Shown struct {
	Licence
	Of     Type    // with its fields
	Events []Event // the newest first
	Acts   []Act   // that the viewer may do now
	Paper  Paper   // its sealed document, if There
	ToMake bool    // there is none, and one may be made

	Pictures []Picture // beside the document
}

// Own shows one of the actor's own licences; see Mine. Errors: ErrUnknown,
// identity.ErrLevelTooLow.
func (m *Module) Own(ctx context.Context, identifier string) (Shown, error) {
	l, err := m.one(ctx, "identifier", identifier)
	if err != nil {
		return Shown{}, err
	}
	numbers, err := m.ownNumbers(ctx)
	if err != nil {
		return Shown{}, err
	}
	if !slices.Contains(numbers, l.HolderNo) {
		return Shown{}, ErrUnknown
	}
	return m.shown(ctx, l)
}

// Open shows a licence to who looks after those of its issuer, which is
// recorded. Errors: ErrUnknown.
func (m *Module) Open(ctx context.Context, identifier string) (Shown, error) {
	l, err := m.one(ctx, "identifier", identifier)
	if err != nil {
		return Shown{}, err
	}
	a := identity.FromContext(ctx)
	manages := a.Can(VerbManage, l.place())
	if !manages && !a.Can(VerbView, l.place()) {
		return Shown{}, ErrUnknown
	}
	if err := m.record(ctx, "licence.view", l.Identifier, "", ""); err != nil {
		return Shown{}, err
	}
	s, err := m.shown(ctx, l)
	if err == nil && manages {
		s.Acts = l.Allowed(m.today(ctx))
	}
	return s, err
}

func (m *Module) shown(ctx context.Context, l Licence) (Shown, error) {
	s := Shown{Licence: l}
	var err error
	if s.Of, err = m.Type(ctx, l.Type); err != nil {
		return s, err
	}
	if s.Paper, err = m.paper(ctx, l.ID); err != nil {
		return s, err
	}
	s.ToMake = !s.Paper.There() && l.Trust.Replaces() && l.StateOn(m.today(ctx)) == Valid
	if s.Pictures, err = m.picturesShown(ctx, s); err != nil {
		return s, err
	}
	s.Events, err = m.history(ctx, l.ID)
	return s, err
}

// Checked is what anybody may learn of a licence whose identifier they have.
type Checked struct {
	Identifier string
	TypeName   string
	Number     string // its last four characters
	Holder     string // masked
	Issuer     string
	IssuedOn   workday.Date
	From       workday.Date
	Term       string
	State      State
	Stands     bool   // it counts today
	Why        string // why, or why not
	Newer      string // identifier of the version that counts instead; "" none
	Trust      Trust
}

// Check says what a licence is worth today. Errors: ErrUnknown, and the refusals
// of gb.ParseLicenceIDLenient for what is no identifier.
func (m *Module) Check(ctx context.Context, identifier string) (Checked, error) {
	id, _, err := gb.ParseLicenceIDLenient(identifier)
	if err != nil {
		return Checked{}, ErrUnknown.Field("id", err.Error())
	}
	l, err := m.one(ctx, "identifier", id.String())
	if err != nil {
		return Checked{}, err
	}
	return m.checked(ctx, l)
}

// checked is what anybody may learn of a licence.
func (m *Module) checked(ctx context.Context, l Licence) (Checked, error) {
	var err error
	today := m.today(ctx)
	c := Checked{Identifier: l.Identifier, TypeName: l.TypeName, Number: tail(l.Number), Holder: gb.MaskName(l.HolderName), Issuer: l.IssuerName,
		IssuedOn: l.IssuedOn, From: l.From, Term: l.Term(), State: l.StateOn(today), Stands: l.Stands(today), Trust: l.Trust}
	if l.HolderKind == HolderEnterprise {
		c.Holder = l.HolderName // a company's name is public
	}
	c.Why = l.Why(today)
	if c.State == Replaced {
		c.Newer, err = m.newest(ctx, l)
	}
	return c, err
}

// Why says in a sentence what the licence is worth on a day.
func (l Licence) Why(day workday.Date) string {
	switch s := l.StateOn(day); {
	case s == Valid && day.Before(l.From):
		return "还没有到有效期，" + l.From.Chinese() + "起有效。"
	case s == Valid && l.believed:
		return "在有效期内，没有被暂扣、撤销、吊销或注销。"
	case s == Valid:
		return "在有效期内，但只是" + l.Trust.Name() + "，不能代替原件。"
	case s == Lapsed:
		return "有效期到" + l.To.Chinese() + "为止，已经过期。"
	case s == Replaced:
		return "已经换发新版本，这一版不再有效。"
	default:
		return s.Name() + "，现在不能使用。"
	}
}

// Cause is why the licence is not worth now what it was when it was issued, in
// the words of who did that; "" it is, or time did.
func (s Shown) Cause(day workday.Date) string {
	if now := s.StateOn(day); len(s.Events) > 0 && s.Events[0].Becomes == now && slices.Contains([]State{Suspended, Withdrawn, Revoked, Cancelled}, now) {
		return s.Events[0].Reason
	}
	return ""
}

// newest is the identifier of the version of a licence that came last.
func (m *Module) newest(ctx context.Context, l Licence) (string, error) {
	var id string
	serial := l.Identifier[:strings.LastIndex(l.Identifier[:strings.LastIndexByte(l.Identifier, '.')], ".")+1]
	err := m.DB.Conn(ctx).Get(ctx, &id, `SELECT identifier FROM licences_licence WHERE identifier >= $1 AND identifier < $2
		ORDER BY version DESC LIMIT 1`, serial, serial+"~")
	return id, wrap("find the newest version", err)
}

// tail shows the last four characters of a number.
func tail(number string) string {
	r := []rune(number)
	if len(r) <= 4 {
		return "*" + string(r[max(0, len(r)-2):])
	}
	return "***" + string(r[len(r)-4:])
}
