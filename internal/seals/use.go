package seals

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/ofd"
	"yimen/ofd/ses"
	"yimen/workday"
)

// Use says what a seal is wanted for.
type Use struct {
	Agency   string // code; with "" for Seal: the agency's seal for the purpose
	Seal     string // id; with an Agency too it must be that agency's
	Purpose  string // licence:<type>, notice, proof, document
	Case     string // number, "" none
	Approval string // what allows it: a task, a decision; "" none
	Document string // id or name
}

// Record is one use of a seal, or one that was refused.
type Record struct {
	ID       string    `db:"id"`
	Seal     string    `db:"seal"`
	SealName string    `db:"seal_name"`
	Agency   string    `db:"agency"`
	Division string    `db:"division"`
	Dept     string    `db:"dept"`
	Purpose  string    `db:"purpose"`
	Document string    `db:"document"`
	Hash     string    `db:"hash"` // SM3 of Signature.xml, hex; "" not sealed
	Place    string    `db:"place"`
	Case     string    `db:"case_no"`
	Approval string    `db:"approval"`
	Account  string    `db:"account"`
	Name     string    `db:"name"`
	Result   string    `db:"result"` // ok, or the code of the error
	At       time.Time `db:"at"`
}

// OK says that the document was sealed.
func (r Record) OK() bool { return r.Result == resultOK }

// ResultText is the result in words.
func (r Record) ResultText() string {
	if r.OK() {
		return "已盖章"
	}
	if e := errs.Lookup(r.Result); e != nil {
		return "未盖章：" + e.Message
	}
	return "未盖章（" + r.Result + "）"
}

const resultOK = "ok"

const useColumns = `id, seal, seal_name, agency, division, dept, purpose, document, hash, place, case_no, approval, account, name, result, at`

const insertUse = `INSERT INTO seals_use (` + useColumns + `) VALUES (:id, :seal, :seal_name, :agency, :division, :dept, :purpose, :document, :hash,
	:place, :case_no, :approval, :account, :name, :result, :at)`

// Seal puts a seal on a document. What was done is a row of the caller's
// transaction, so nothing may be given out before that is committed. On any
// error pkg is as it was, and the refusal is written down by itself.
//
// Errors: ErrNoSeal, ErrUnknown, ErrNotActive, ErrOutOfDate, ErrPurpose,
// ErrAgency, ErrMayNotUse, ErrAdminUse, ErrCertExpired, ErrCertRevoked,
// ErrDocument, ErrPlace, and those of the vault.
func (m *Module) Seal(ctx context.Context, u Use, pkg *ofd.Package, stamps ...ses.Stamp) (Record, error) {
	a := identity.FromContext(ctx)
	r := Record{Seal: u.Seal, Agency: u.Agency, Purpose: u.Purpose, Document: u.Document, Place: placeText(stamps), Case: u.Case, Approval: u.Approval,
		Account: a.Account, Name: a.Name, At: m.now(ctx)}
	before, err := remember(pkg)
	if err != nil {
		return r, err
	}
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		c, err := m.candidate(ctx, u)
		if err != nil {
			return err
		}
		r.Seal, r.SealName, r.Agency, r.Division, r.Dept = c.ID, c.Name, c.Agency, c.Division, c.Dept
		if err := m.mayUse(a, c, u, r.At); err != nil {
			return err
		}
		if r.Hash, err = m.affix(ctx, c, pkg, stamps, r.At); err != nil {
			return err
		}
		r.ID, r.Result = db.NewID(), resultOK
		return m.DB.Conn(ctx).LaterNamed(ctx, "seals: record use", insertUse, r)
	})
	if err != nil {
		r.Hash = ""
		m.noteRefusal(ctx, r, err)
		return r, errors.Join(err, before.restore(pkg))
	}
	return r, nil
}

// candidate is a seal with what one use needs, read at once.
type candidate struct {
	Seal
	ESL       string     `db:"esl"`
	Fits      int        `db:"fits"`
	DER       *string    `db:"der"`
	CertFrom  *time.Time `db:"cert_from"`
	CertTo    *time.Time `db:"cert_to"`
	RevokedAt *time.Time `db:"revoked_at"`
}

const selectCandidate = `SELECT s.id, s.es_id, s.name, s.kind, s.agency, s.division, s.dept, s.width, s.height, s.from_on, s.until_on, s.state, s.handle, s.certificate, s.esl,
	CASE WHEN EXISTS (SELECT 1 FROM seals_purpose p WHERE p.seal = s.id AND (p.purpose = $2 OR p.purpose = $3)) THEN 1 ELSE 0 END AS fits,
	c.der, c.from_at AS cert_from, c.to_at AS cert_to, c.revoked_at
	FROM seals_seal s LEFT JOIN seals_certificate c ON c.id = s.certificate`

// wide is the purpose that covers one beside itself.
func wide(purpose string) string {
	if strings.HasPrefix(purpose, ForProofOf) {
		return ForProof
	}
	if strings.HasPrefix(purpose, ForLicence) {
		return AnyLicence
	}
	return purpose
}

func (m *Module) candidate(ctx context.Context, u Use) (candidate, error) {
	var c candidate
	if u.Seal != "" {
		err := m.DB.Conn(ctx).Get(ctx, &c, selectCandidate+` WHERE s.id = $1`, u.Seal, u.Purpose, wide(u.Purpose))
		if errors.Is(err, db.ErrNoRows) {
			return c, ErrUnknown
		}
		return c, wrap("read seal", err)
	}
	// The seal for just this type of licence goes before one for all. CROSS JOIN
	// lets SQLite begin with the few of the agency, not with every active seal.
	err := m.DB.Conn(ctx).Get(ctx, &c, selectCandidate+` WHERE s.id = (SELECT q.seal FROM seals_purpose q CROSS JOIN seals_seal t
		WHERE t.id = q.seal AND q.agency = $1 AND (q.purpose = $2 OR q.purpose = $3) AND t.state = $4 AND t.from_on <= $5 AND t.until_on >= $5
		ORDER BY CASE WHEN q.purpose = $2 THEN 0 ELSE 1 END, t.id DESC LIMIT 1)`, u.Agency, u.Purpose, wide(u.Purpose), Active, m.today(ctx))
	if errors.Is(err, db.ErrNoRows) {
		return c, ErrNoSeal
	}
	return c, wrap("find seal", err)
}

// For finds the seal of an agency that may be used for a purpose now; ErrNoSeal.
func (m *Module) For(ctx context.Context, agency, purpose string) (Seal, error) {
	c, err := m.candidate(ctx, Use{Agency: agency, Purpose: purpose})
	if err != nil {
		return Seal{}, err
	}
	return c.Seal, nil
}

// mayUse refuses whatever is not right about a use.
func (m *Module) mayUse(a identity.Actor, c candidate, u Use, now time.Time) error {
	today := workday.DateOf(now, clock.Beijing)
	switch {
	case isAdmin(a):
		return ErrAdminUse
	case !a.Can(VerbUse, c.at()):
		return ErrMayNotUse
	case u.Agency != "" && u.Agency != c.Agency:
		return ErrAgency
	case c.State != Active:
		return ErrNotActive.Say("这枚印章%s，不能盖章。", c.State.Title())
	case today.Before(c.From) || today.After(c.Until):
		return ErrOutOfDate
	case c.Fits == 0:
		return ErrPurpose.Say("“%s”不能用于%s，没有盖章。", c.Name, PurposeTitle(u.Purpose))
	case c.DER == nil || c.CertFrom == nil || c.CertTo == nil:
		return ErrNoCert
	case c.RevokedAt != nil && !c.RevokedAt.After(now):
		return ErrCertRevoked
	case now.Before(*c.CertFrom) || now.After(*c.CertTo):
		return ErrCertExpired
	}
	return nil
}

// affix signs, and gives the SM3 of the new Signature.xml.
func (m *Module) affix(ctx context.Context, c candidate, pkg *ofd.Package, stamps []ses.Stamp, now time.Time) (string, error) {
	der, err := base64.StdEncoding.DecodeString(c.ESL)
	if err != nil {
		return "", wrap("read seal", err)
	}
	seal, err := ses.ParseSeal(der)
	if err != nil {
		return "", wrap("read seal", err)
	}
	by, err := m.signer(ctx, Certificate{ID: c.Certificate, DER: *c.DER, Handle: c.Handle})
	if err != nil {
		return "", err
	}
	had := pkg.Files()
	err = ses.Affix(ctx, pkg, seal, by, stamps, ses.Signing{Now: func() time.Time { return now }})
	switch {
	case errors.Is(err, ses.ErrPlace):
		return "", ErrPlace.Because(err)
	case errors.Is(err, ses.ErrClosed), errors.Is(err, ses.ErrDocument):
		return "", ErrDocument.Because(err)
	case err != nil:
		return "", errOf(err)
	}
	for _, f := range pkg.Files() {
		if path.Base(f) == "Signature.xml" && !slices.Contains(had, f) {
			raw, err := pkg.Bytes(f)
			sum := sm3.Sum(raw)
			return hex.EncodeToString(sum[:]), err
		}
	}
	return "", errors.New("seals: the document has no new signature")
}

func placeText(stamps []ses.Stamp) string {
	parts := make([]string, 0, len(stamps))
	for _, s := range stamps {
		parts = append(parts, fmt.Sprintf("第%d页（%g，%g）%g×%g毫米", s.Page, s.Box.X, s.Box.Y, s.Box.Width, s.Box.Height))
	}
	return strings.Join(parts, "；")
}

// noteRefusal writes down what was refused. The caller's transaction is undone
// with everything in it, and on SQLite it is the only writer until then: so this
// is done beside it, as soon as it has gone.
func (m *Module) noteRefusal(ctx context.Context, r Record, why error) {
	r.ID, r.Result = db.NewID(), errs.From(why).Code
	write := func() error {
		// Not the caller's context: that is inside its transaction.
		_, err := m.DB.Conn(context.Background()).ExecNamed(context.Background(), insertUse, r)
		return err
	}
	m.refusals.Add(1)
	go func() {
		defer m.refusals.Done()
		var err error
		for range 5 { // a busy database has told others to come again
			if err = write(); err == nil {
				return
			}
		}
		m.Log.ErrorContext(context.WithoutCancel(ctx), "a refused use of a seal was not written down", "seal", r.Seal, "result", r.Result, "error", err)
	}()
}

// memory is what sealing changes in a package.
type memory struct {
	files []string
	old   map[string][]byte
}

// remember notes what a document is before it is sealed.
func remember(pkg *ofd.Package) (memory, error) {
	k := memory{files: pkg.Files(), old: map[string][]byte{}}
	for _, f := range k.files {
		if f != "OFD.xml" && path.Base(f) != "Signatures.xml" {
			continue
		}
		raw, err := pkg.Bytes(f)
		if err != nil {
			return k, ErrDocument.Because(err)
		}
		k.old[f] = raw
	}
	return k, nil
}

// restore takes out what was put in.
func (k memory) restore(pkg *ofd.Package) error {
	for _, f := range pkg.Files() {
		if !slices.Contains(k.files, f) {
			pkg.Remove(f)
		}
	}
	for f, raw := range k.old {
		now, err := pkg.Bytes(f)
		if err == nil && string(now) == string(raw) {
			continue
		}
		if err := pkg.Put(f, raw); err != nil {
			return err
		}
	}
	return nil
}

// UseQuery narrows the log of uses; empty fields do not.
type UseQuery struct {
	Seal   string
	Case   string
	Hash   string
	Result string // ok, refused
	From   workday.Date
	Until  workday.Date
}

// Uses lists uses of seals the viewer may look at, newest first, and the cursor
// of the next page.
func (m *Module) Uses(ctx context.Context, q UseQuery, p db.Page) ([]Record, string, error) {
	w := new(db.Where)
	narrowed(identity.FromContext(ctx)).Where(w, rightColumns)
	for column, value := range map[string]string{"seal": q.Seal, "case_no": q.Case, "hash": strings.ToLower(q.Hash)} {
		if value != "" {
			w.And(column+" = ?", value)
		}
	}
	switch q.Result {
	case resultOK:
		w.And("result = ?", resultOK)
	case "refused":
		w.And("result <> ?", resultOK)
	}
	// Identifiers grow with time.
	if !q.From.IsZero() {
		w.And("id >= ?", db.IDAt(midnight(q.From), 0))
	}
	if !q.Until.IsZero() {
		w.And("id < ?", db.IDAt(midnight(q.Until.Add(1)), 0))
	}
	var id string
	if ok, err := p.Key(&id); err != nil {
		return nil, "", err
	} else if ok {
		w.And("id < ?", id)
	}
	limit := w.Arg(p.Size() + 1)
	var list []Record
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT `+useColumns+` FROM seals_use`+w.SQL()+` ORDER BY id DESC LIMIT `+limit, w.Args()...)
	if err != nil {
		return nil, "", wrap("list uses", err)
	}
	list, next := db.Cut(list, p, func(r Record) []any { return []any{r.ID} })
	return list, next, nil
}
