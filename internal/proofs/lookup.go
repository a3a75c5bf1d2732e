package proofs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/digest"
	"yimen/internal/kit/sealed"
	"yimen/internal/kit/web/ui"
)

var (
	lookUpName   = sealed.Define("proofs_lookup", "id", "name")
	lookUpIDNo   = sealed.Define("proofs_lookup", "id", "id_no", sealed.Indexed("id_no_key", sealed.Upper))
	lookUpAnswer = sealed.Define("proofs_lookup", "id", "answer")
)

// Result is what a look-up came to.
type Result string

// Results of a look-up.
const (
	LookUpFound       Result = "found"
	LookUpNotFound    Result = "not_found"
	LookUpContradicts Result = "contradicts" // the register says something else
	LookUpUnreachable Result = "unreachable"
)

var resultNames = map[Result]string{LookUpFound: "已查到", LookUpNotFound: "没有查到", LookUpContradicts: "查到的不一致", LookUpUnreachable: "暂时查不了"}

// Name is the result in words.
func (r Result) Name() string { return resultNames[r] }

// Source is a register that can be asked instead of the applicant (数据共享). One
// that is asked over a network gives up by itself within three seconds.
type Source interface {
	// Name is what people call it: 电子证照库.
	Name() string
	// Ask looks something up. An error is that it could not be reached.
	Ask(ctx context.Context, q Question) (Answer, error)
}

// Holder is about whom something is looked up: the applicant.
type Holder struct {
	Type, Name, IDType, IDNo string // person | enterprise; code of the document, see gb.IDType
	Account                  string // "" none
}

// Question is what a source is asked.
type Question struct {
	What   []string // of a store of licences: the types, any of which says it
	Holder Holder
}

// Answer is what a source says: in words without any number of a person.
type Answer struct {
	Result Result // any but LookUpUnreachable
	Text   string
}

// Rule says how a proof is replaced by looking up, see city/proof_sources.csv.
type Rule struct {
	Proof   string // number on the list, or the name of a material that names none
	Asks    []Look // in this order, until one is found
	Ground  string // that allows the look-up
	Organ   bool   // what is not found may be left to the organ that decides (由部门核查)
	Promise bool   // or be promised (告知承诺)
}

// Look is one source of a rule with what it is asked.
type Look struct {
	Source string
	What   []string
}

// Asking is an application for which something is looked up.
type Asking struct {
	Case       string // number of the case or its draft; "" it has none yet, see FileLookUps
	Item       string
	ItemName   string
	AgencyName string // that decides
	Channel    string
	Holder     Holder
}

// LookUp is one question to one source, kept.
type LookUp struct {
	ID           string    `db:"id"`
	Case         string    `db:"case_number"`
	Material     string    `db:"material"`
	MaterialName string    `db:"material_name"`
	Proof        string    `db:"proof"`
	Item         string    `db:"item"`
	ItemName     string    `db:"item_name"`
	Source       string    `db:"source"`
	SourceName   string    `db:"source_name"`
	Question     string    `db:"question"`
	Ground       string    `db:"ground"`
	AskedBy      string    `db:"asked_by"`
	AskedByName  string    `db:"asked_by_name"`
	Unit         string    `db:"unit"`
	AgencyName   string    `db:"agency_name"`
	Channel      string    `db:"channel"`
	Account      string    `db:"account"`
	Name         string    `db:"name"`  // sealed in the table
	IDNo         string    `db:"id_no"` // the same
	IDNoKey      string    `db:"id_no_key"`
	Result       Result    `db:"result"`
	Answer       string    `db:"answer"` // the same
	Digest       string    `db:"digest"` // of the answer
	AskedAt      time.Time `db:"asked_at"`
}

// ruleFor is how the proof that a material asks for is looked up, if it is: one
// that the list does not keep, or that the item says is looked up.
func (m *Module) ruleFor(need catalogue.Material) (Rule, bool) {
	if need.ClassOf() != catalogue.ClassProof || need.Waived == "" && !need.DataShare {
		return Rule{}, false
	}
	key := need.Proof
	if key == "" {
		key = need.Name
	}
	i := slices.IndexFunc(m.Rules, func(r Rule) bool { return r.Proof == key })
	if i < 0 {
		return Rule{}, false
	}
	return m.Rules[i], true
}

// LookUp asks the registers for the proofs of an applicant's checklist that the
// city looks up itself, and writes into the list what came of it: what is found
// need not be brought, of the rest it says what the applicant may do. What was
// answered about the same person for the same case today is not asked again. It
// gives the ids of what was kept without a case, for FileLookUps. The caller has
// seen to it that the actor may act for the holder.
func (m *Module) LookUp(ctx context.Context, a Asking, list []catalogue.Material) ([]string, error) {
	var loose []string
	if a.Holder.IDNo == "" || a.Holder.Name == "" {
		return nil, nil
	}
	for i := range list {
		r, ok := m.ruleFor(list[i])
		if !ok {
			continue
		}
		l, err := m.lookUp(ctx, a, list[i], r)
		if err != nil {
			return nil, err
		}
		if l.Case == "" {
			loose = append(loose, l.ID)
		}
		l.settle(&list[i], r)
	}
	return loose, nil
}

// lookUp gives what is known already, or asks.
func (m *Module) lookUp(ctx context.Context, a Asking, need catalogue.Material, r Rule) (LookUp, error) {
	l, err := m.lookedUp(ctx, a, need)
	if err != nil || l.ID != "" {
		return l, err
	}
	for _, ask := range r.Asks {
		one := m.ask(ctx, a, need, r, ask)
		if err := m.keepLookUp(ctx, one); err != nil {
			return l, err
		}
		m.keepWhateverComes(ctx, one)
		if l.ID == "" || rank(one.Result) > rank(l.Result) {
			l = one
		}
		if l.Result == LookUpFound {
			break
		}
	}
	return l, nil
}

// rank says which of several answers counts: that something is not so weighs more
// than that nothing is known.
func rank(r Result) int {
	return slices.Index([]Result{LookUpNotFound, LookUpUnreachable, LookUpContradicts, LookUpFound}, r)
}

// triedAgain is after how long a source that was not reached is asked again.
const triedAgain = time.Minute

// lookedUp is the answer that was given today about the same person for the same
// material; of several the one that counts.
func (m *Module) lookedUp(ctx context.Context, a Asking, need catalogue.Material) (LookUp, error) {
	var best LookUp
	if a.Case == "" {
		return best, nil
	}
	var list []LookUp
	w := new(db.Where).And("case_number = ?", a.Case).And("material = ?", need.ID).In("id_no_key", m.Keys.Lookup(lookUpIDNo, a.Holder.IDNo))
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT * FROM proofs_lookup`+w.SQL()+` ORDER BY id DESC LIMIT 10`, w.Args()...)
	if err != nil {
		return best, wrap("read look-ups", err)
	}
	now := m.now(ctx)
	for _, l := range list {
		if l.AskedAt.Before(now.Add(-24*time.Hour)) || l.Result == LookUpUnreachable && l.AskedAt.Before(now.Add(-triedAgain)) {
			continue
		}
		if l, err = m.openLookUp(l); err != nil {
			return best, err
		}
		if l.Name == a.Holder.Name && (best.ID == "" || rank(l.Result) > rank(best.Result)) {
			best = l
		}
	}
	return best, nil
}

// ask puts one question to one source.
func (m *Module) ask(ctx context.Context, a Asking, need catalogue.Material, r Rule, q Look) LookUp {
	actor, now := identity.FromContext(ctx), m.now(ctx)
	l := LookUp{ID: db.NewIDAt(now), Case: a.Case, Material: need.ID, MaterialName: need.Name, Proof: need.Proof, Item: a.Item, ItemName: a.ItemName,
		Source: q.Source, SourceName: q.Source, Question: strings.Join(q.What, "|"), Ground: r.Ground, AskedBy: actor.Account, AskedByName: actor.Name,
		AgencyName: a.AgencyName, Channel: a.Channel, Account: a.Holder.Account, Name: a.Holder.Name, IDNo: a.Holder.IDNo, AskedAt: now}
	if !actor.IsApplicant() {
		l.Unit = m.unitOf(ctx, actor)
	}
	answer, err := Answer{}, errNoSource
	if s := m.Sources[q.Source]; s != nil {
		l.SourceName = s.Name()
		answer, err = s.Ask(ctx, Question{What: q.What, Holder: a.Holder})
	}
	l.Result, l.Answer = answer.Result, answer.Text
	if err != nil {
		m.Log.WarnContext(ctx, "a register could not be asked", "source", q.Source, "look_up", l.ID, "error", err)
		l.Result, l.Answer = LookUpUnreachable, l.SourceName+"现在连不上。"
	}
	l.Digest = digest.Of(l.Source, l.Question, string(l.Result), l.Answer)
	return l
}

var errNoSource = errors.New("proofs: no such source is connected")

// unitOf is where a member of staff works, in words.
func (m *Module) unitOf(ctx context.Context, a identity.Actor) string {
	if o, err := m.Org.Outlet(ctx, a.Outlet); err == nil && a.Outlet != "" {
		return o.Name
	}
	if x, err := m.Org.Agency(ctx, a.Agency); err == nil && a.Agency != "" {
		return x.Name
	}
	return a.Name
}

// keepWhateverComes keeps a question although what it was put for is undone, as a
// refused filing is: the register was asked all the same, and the holder reads so.
func (m *Module) keepWhateverComes(ctx context.Context, l LookUp) {
	m.DB.AfterUndo(ctx, func(ctx context.Context) {
		err := m.DB.InTx(ctx, func(ctx context.Context) error { return m.keepLookUp(ctx, l) })
		if err != nil {
			m.Log.ErrorContext(ctx, "a question to a register is not on record", "look_up", l.ID, "case", l.Case, "error", err)
		}
	})
}

func (m *Module) keepLookUp(ctx context.Context, l LookUp) error {
	l.IDNoKey = m.Keys.Index(lookUpIDNo, l.IDNo)
	l.Name, l.IDNo, l.Answer = m.Keys.Seal(lookUpName, l.ID, l.Name), m.Keys.Seal(lookUpIDNo, l.ID, l.IDNo), m.Keys.Seal(lookUpAnswer, l.ID, l.Answer)
	n, err := m.DB.Conn(ctx).ExecNamed(ctx, `INSERT INTO proofs_lookup (id, case_number, material, material_name, proof, item, item_name, source, source_name,
		question, ground, asked_by, asked_by_name, unit, agency_name, channel, account, name, id_no, id_no_key, result, answer, digest, asked_at)
		VALUES (:id, :case_number, :material, :material_name, :proof, :item, :item_name, :source, :source_name,
		:question, :ground, :asked_by, :asked_by_name, :unit, :agency_name, :channel, :account, :name, :id_no, :id_no_key, :result, :answer, :digest, :asked_at) ON CONFLICT (id) DO NOTHING`, l)
	if err != nil || n == 0 { // 0: it was committed after all
		return wrap("keep look-up", err)
	}
	return m.record(ctx, "proof.look_up", "look_up", l.ID, "办件"+l.Case+"，"+l.MaterialName+"，"+l.SourceName+"："+l.Result.Name())
}

func (m *Module) openLookUp(l LookUp) (LookUp, error) {
	var errs [3]error
	l.Name, errs[0] = m.Keys.Open(lookUpName, l.ID, l.Name)
	l.IDNo, errs[1] = m.Keys.Open(lookUpIDNo, l.ID, l.IDNo)
	l.Answer, errs[2] = m.Keys.Open(lookUpAnswer, l.ID, l.Answer)
	return l, wrap("open look-up "+l.ID, errors.Join(errs[:]...))
}

// settle writes into the checklist what came of a look-up.
func (l LookUp) settle(need *catalogue.Material, r Rule) {
	kept := need.Waived == ""
	need.Looked, need.Waived = l.Words(), ""
	if l.Result == LookUpFound {
		need.Found, need.Waived, need.Promise, need.ByForm, need.Necessity = true, need.Looked, false, false, catalogue.Optional
		return
	}
	need.Organ, need.Promise, need.Necessity = r.Organ, need.Promise || r.Promise, catalogue.Required
	if !kept { // nobody writes such a proof any more
		need.Paperless, need.ByForm, need.Deferrable, need.LicenceTypes = true, false, false, nil
		need.Originals, need.Copies, need.Issuer, need.Notes = 0, 0, "", ""
	}
}

// Words say what came of it, to the applicant and to who decides.
func (l LookUp) Words() string {
	switch l.Result {
	case LookUpFound:
		return "已向" + l.SourceName + "查到，不用提供：" + l.Answer
	case LookUpContradicts:
		return "向" + l.SourceName + "查到的与申请的不一致：" + l.Answer
	case LookUpUnreachable:
		return "这份证明由系统查询，但" + l.Answer
	}
	return "已向" + l.SourceName + "查询，没有查到：" + l.Answer
}

// FileLookUps gives look-ups that were kept without a case to the one that was
// filed. Inside the transaction that files it.
func (m *Module) FileLookUps(ctx context.Context, number string, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	w := new(db.Where)
	number = w.Arg(number)
	w.And("case_number = ''").In("id", ids)
	_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE proofs_lookup SET case_number = `+number+w.SQL(), w.Args()...)
	return wrap("file look-ups", err)
}

// LookUpsIn lists what was looked up for a case, oldest first. The caller has seen
// to it that the actor may read the case.
func (m *Module) LookUpsIn(ctx context.Context, number string) ([]LookUp, error) {
	return m.lookUps(ctx, new(db.Where).And("case_number = ?", number), `ORDER BY id LIMIT 200`)
}

// OwnLookUps lists what was looked up about the actor, newest first, and the
// cursor of the next page.
func (m *Module) OwnLookUps(ctx context.Context, p db.Page) ([]LookUp, string, error) {
	who, err := m.Identity.Person(ctx, identity.FromContext(ctx).Account)
	if err != nil || who.IDNo == "" {
		return nil, "", err
	}
	w := new(db.Where).In("id_no_key", m.Keys.Lookup(lookUpIDNo, who.IDNo))
	var id string
	if more, err := p.Key(&id); err != nil {
		return nil, "", err
	} else if more {
		w.And("id < ?", id)
	}
	list, err := m.lookUps(ctx, w, `ORDER BY id DESC LIMIT `+w.Arg(p.Size()+1))
	if err != nil {
		return nil, "", err
	}
	list, next := db.Cut(list, p, func(l LookUp) []any { return []any{l.ID} })
	return list, next, nil
}

func (m *Module) lookUps(ctx context.Context, w *db.Where, tail string) ([]LookUp, error) {
	var list []LookUp
	if err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT * FROM proofs_lookup`+w.SQL()+` `+tail, w.Args()...); err != nil {
		return nil, wrap("list look-ups", err)
	}
	for i := range list {
		var err error
		if list[i], err = m.openLookUp(list[i]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// About are the look-ups about one material, of each source the last.
func About(list []LookUp, material string) []LookUp {
	var about []LookUp
	for _, l := range list {
		if l.Material != material {
			continue
		}
		about = append(slices.DeleteFunc(about, func(x LookUp) bool { return x.Source == l.Source }), l)
	}
	return about
}

// who asked, in words: where they work, or the applicant's own page.
func (l LookUp) who() string {
	if l.Unit != "" {
		return l.Unit + l.AskedByName
	}
	return "申请时系统"
}

// Seen is what it was for, who has asked and who is told, in words for the holder.
func (l LookUp) Seen() string {
	who := "您申请时系统查询"
	if l.Unit != "" {
		who = l.Unit + "的窗口人员查询"
	}
	number := ""
	if l.Case != "" {
		number = "，编号" + l.Case
	}
	return "办理“" + l.ItemName + "”" + number + "，代替“" + l.MaterialName + "”。" + who + "，结果给" + l.AgencyName + "看。依据" + l.Ground + "。"
}

// line is a look-up in one line; whole with who asked, and on what ground.
func (l LookUp) line(whole bool) string {
	if !whole {
		return l.Words() + "（" + ui.DateTime(l.AskedAt) + "查询）"
	}
	return l.Words() + "（" + l.who() + ui.DateTime(l.AskedAt) + "查询，依据" + l.Ground + "）"
}
