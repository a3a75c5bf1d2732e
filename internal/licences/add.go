package licences

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/workday"
)

// Entry is a licence that is to come into the store.
type Entry struct {
	Type       string // key, code or name of the type
	Identifier string // of stock that has one; "" is made
	Number     string
	HolderName string
	HolderNo   string
	Issuer     string // agency; "" is the actor's own
	IssuedOn   workday.Date
	From, To   workday.Date // From zero: IssuedOn; To zero: for good
	Fields     map[string]string
	Pictures   map[string][]byte // JPEG, PNG or GIF by name or label of fields that are pictures
	Scans      [][]byte          // of the paper, of stock: JPEG, PNG or GIF
	Trust      Trust
	Case       string

	// Of one that is issued here.
	numbered bool // its number follows from the type's rule, unless given
	whole    bool // pictures that it needs have to be there
	forGood  bool // To zero was meant
	noTerm   bool // neither the type nor whoever issues has said how long it is valid
}

// TakeOver brings one licence of the stock into the store. Errors: ErrInvalid
// with fields, ErrHolder, ErrSecond, ErrTwice, ErrNotHere.
func (m *Module) TakeOver(ctx context.Context, n Entry) (Licence, error) {
	l, t, err := m.check(ctx, n)
	if err != nil {
		return Licence{}, err
	}
	err = m.DB.InTx(ctx, func(ctx context.Context) error { return m.put(ctx, t, &l) })
	return l, err
}

// put stores a checked licence: inside a transaction.
func (m *Module) put(ctx context.Context, t Type, l *Licence) error {
	if err := m.oneOnly(ctx, t, *l, ""); err != nil {
		return err
	}
	if err := m.keepPictures(ctx, l); err != nil {
		return err
	}
	if err := m.insert(ctx, *l); err != nil {
		return err
	}
	if err := m.keepScans(ctx, *l); err != nil {
		return err
	}
	if err := m.remember(ctx, l.ID, Event{Act: actTakeOver, Becomes: Valid}); err != nil {
		return err
	}
	return m.record(ctx, "licence.take_over", l.Identifier, "", l.TypeName)
}

// countStanding counts the licences that a holder has of a type from a day on,
// but for one.
const countStanding = `SELECT COUNT(*) FROM licences_licence WHERE holder_no_key IN ($1, $5) AND type = $2 AND state IN ('valid', 'suspended')
	AND to_on >= $3 AND id <> $4`

// oneOnly refuses a second valid licence where there may be one. It holds the
// holder's row of the type until the transaction ends, so that two who issue at
// once do not miss each other. besides is the licence that is replaced.
func (m *Module) oneOnly(ctx context.Context, t Type, l Licence, besides string) error {
	if !t.Unique || !l.Stands(l.From) {
		return nil
	}
	if _, err := m.Keys.Alone(ctx); err != nil {
		return err
	}
	c := m.DB.Conn(ctx)
	key, other := m.Keys.Pair(columnHolderNo, l.HolderNo)
	if _, err := c.Exec(ctx, `INSERT INTO licences_one (type, holder_no_key, n) VALUES ($1, $2, 1)
		ON CONFLICT (type, holder_no_key) DO UPDATE SET n = licences_one.n + 1`, l.Type, key); err != nil {
		return wrap("hold type of holder", err)
	}
	var n int
	err := c.Get(ctx, &n, countStanding, key, l.Type, l.From, besides, other)
	if err == nil && n > 0 {
		return ErrSecond
	}
	return wrap("look for a second licence", err)
}

// check reads what is to come in, and its type: all that is wrong is told at once.
func (m *Module) check(ctx context.Context, n Entry) (Licence, Type, error) {
	t, err := m.Type(ctx, strings.TrimSpace(n.Type))
	if err != nil && !errors.Is(err, ErrTypeUnknown) {
		return Licence{}, t, err
	}
	l, err := m.checkAs(ctx, t, n)
	return l, t, err
}

// checkAs is check with the type, which has no id when there is none such.
func (m *Module) checkAs(ctx context.Context, t Type, n Entry) (Licence, error) {
	var bad errs.Fields
	l := Licence{ID: db.NewID(), Number: strings.TrimSpace(n.Number), HolderName: strings.TrimSpace(n.HolderName), IssuedOn: n.IssuedOn,
		From: n.From, To: n.To, Trust: n.Trust, Case: n.Case, Version: 1, MadeAt: m.now(ctx), state: Valid}
	if t.ID == "" {
		bad.Add("type", "没有“%s”这种证照，请填证照类型的名称或代码。", n.Type)
	}
	l.Type, l.TypeName = t.ID, t.Name
	m.checkHolder(&l, t, n.HolderNo, &bad)
	m.checkDates(ctx, &l, &bad)
	if l.Number == "" && !n.numbered || utf8.RuneCountInString(l.Number) > 60 {
		bad.Add("number", "请填写证照上印的编号，不超过60个字。")
	}
	if n.noTerm {
		bad.Add("to", "请填写有效期的最后一天，或者选“长期有效”。")
	}
	if trustWords[l.Trust] == "" {
		bad.Add("trust", "可信等级请填A、B、C或D。")
	}
	var err error
	if t.ID != "" {
		l.Fields, err = t.read(n.Fields)
		bad.Merge("fields", err)
		l.pictures, err = t.readPictures(n.Pictures, n.whole)
		bad.Merge("fields", err)
	}
	if l.scans, err = asScans(n.Scans, &bad); err != nil {
		return l, err
	}
	if err := m.checkIssuer(ctx, &l, n.Issuer, &bad); err != nil {
		return l, err
	}
	if t.ID != "" && l.IssuerCode != "" {
		m.identify(&l, t, n.Identifier, &bad)
	}
	if err := bad.Err(); err != nil {
		return l, err
	}
	return l, m.checkRegister(ctx, l)
}

func (m *Module) checkHolder(l *Licence, t Type, no string, bad *errs.Fields) {
	if n := utf8.RuneCountInString(l.HolderName); n < 2 || n > 120 {
		bad.Add("holder_name", "请填写持证人姓名或单位全称。")
	}
	if id, err := gb.ParseResidentID(no, workday.Date{}); err == nil && t.Holder != HolderEnterprise {
		l.HolderKind, l.HolderNo = HolderPerson, id.String()
		return
	}
	if code, err := gb.ParseUSCC(no); err == nil && t.Holder != HolderPerson {
		l.HolderKind, l.HolderNo = HolderEnterprise, code.String()
		return
	}
	switch t.Holder {
	case HolderPerson:
		bad.Add("holder_no", "请填写持证人的18位身份证号码。")
	case HolderEnterprise:
		bad.Add("holder_no", "请填写持证单位的18位统一社会信用代码。")
	default:
		bad.Add("holder_no", "请填写持证人的18位身份证号码，或持证单位的统一社会信用代码。")
	}
}

func (m *Module) checkDates(ctx context.Context, l *Licence, bad *errs.Fields) {
	if l.IssuedOn.IsZero() || m.today(ctx).Before(l.IssuedOn) {
		bad.Add("issued_on", "请填写颁发日期，不能晚于今天。")
	}
	if l.From.IsZero() {
		l.From = l.IssuedOn
	}
	if !l.To.IsZero() && l.To.Before(l.From) {
		bad.Add("to", "有效期的最后一天不能早于第一天。")
	}
}

// checkIssuer sees that the actor may put licences of that agency into the store.
func (m *Module) checkIssuer(ctx context.Context, l *Licence, issuer string, bad *errs.Fields) error {
	a := identity.FromContext(ctx)
	if issuer == "" {
		issuer = a.Agency
	}
	agency, err := m.Org.Agency(ctx, issuer)
	if errs.KindOf(err) == errs.NotFound && err != nil {
		bad.Add("issuer", "没有这个颁发机构，请填单位代码。")
		return nil
	}
	if err != nil {
		return err
	}
	l.Issuer, l.IssuerName, l.IssuerCode, l.IssuerDept, l.Division = agency.Code, agency.Name, agency.USCC, agency.Dept, agency.Division
	if !a.Can(VerbManage, l.place()) {
		return ErrNotHere
	}
	if agency.USCC == "" {
		bad.Add("issuer", "颁发机构还没有统一社会信用代码，请先在单位信息里补上。")
	}
	return nil
}

// identify makes the identifier, or reads the one that stock brings: strict in
// what is made, lenient in what is taken over, with what is wrong noted.
func (m *Module) identify(l *Licence, t Type, given string, bad *errs.Fields) {
	if given == "" {
		issuer, err := gb.ParseUSCC(l.IssuerCode)
		if err == nil {
			var id gb.LicenceID
			if id, err = gb.MakeLicenceID(t.Code, issuer, l.ID, 1); err == nil {
				l.Identifier = id.String()
				return
			}
		}
		bad.Add("identifier", "不能生成电子证照标识：%v", err)
		return
	}
	id, flags, err := gb.ParseLicenceIDLenient(given)
	if err != nil {
		bad.Add("identifier", "%v", err)
		return
	}
	if id.Type != t.Code {
		bad.Add("identifier", "标识里的类型代码是%s，和证照类型“%s”（%s）不一致。", id.Type, t.Name, t.Code)
	}
	l.Identifier, l.Flags = id.String(), flags
}

// checkRegister asks the person register, where there is one.
func (m *Module) checkRegister(ctx context.Context, l Licence) error {
	if m.People == nil || l.HolderKind != HolderPerson {
		return nil
	}
	ok, err := m.People.Match(ctx, l.HolderName, l.HolderNo)
	if err != nil {
		return wrap("ask the person register", err)
	}
	if !ok {
		return ErrHolder.Field("holder_name", "和证件号码登记的姓名不一致，请核对。")
	}
	return nil
}

// read takes the fields of a type from what was given by name or by label.
func (t Type) read(given map[string]string) (map[string]string, error) {
	var bad errs.Fields
	fields := map[string]string{}
	known := map[string]bool{}
	for _, f := range t.Fields {
		known[f.Name], known[f.Label] = true, true
		value := strings.TrimSpace(given[f.Name])
		if value == "" {
			value = strings.TrimSpace(given[f.Label])
		}
		if f.Kind == kindPicture {
			if value != "" {
				bad.Add(f.Name, "“%s”是图片，不能写成文字：签发的在签发页面上传，存量的把表格和图片一起压缩成ZIP导入。", f.Label)
			}
			continue
		}
		if value == "" {
			if f.Required {
				bad.Add(f.Name, "请填写%s。", f.Label)
			}
			continue
		}
		if utf8.RuneCountInString(value) > 500 {
			bad.Add(f.Name, "%s最多500个字。", f.Label)
		}
		if _, err := workday.ParseDate(value); f.Kind == "date" && err != nil {
			bad.Add(f.Name, "%s请写成2026-01-31这样的日期。", f.Label)
		}
		fields[f.Name] = value
	}
	for name, value := range given {
		if !known[name] && strings.TrimSpace(value) != "" {
			bad.Add(name, "“%s”没有“%s”这一项。", t.Name, name)
		}
	}
	return fields, bad.Err()
}
