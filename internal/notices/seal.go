package notices

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/url"
	"strings"
	"time"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/org"
	"yimen/internal/seals"
	"yimen/ofd"
	"yimen/ofd/fonts"
)

// State is how far a document is.
type State string

// The states.
const (
	Waiting State = "waiting" // to be sealed
	Making  State = "making"  // somebody is at it
	Failed  State = "failed"  // to be tried again
	Sealed  State = "sealed"
)

// How it is worked off: so many at a time, one process as long at one document,
// and what failed again after a while that grows.
const (
	atOnce   = 50
	patience = 2 * time.Minute
	pause    = time.Minute
	longest  = 6 * time.Hour
)

// unsealed are the kinds that are signed by hand at the window.
var unsealed = map[string]bool{cases.NoticeReceipt: true, cases.NoticeDelivery: true}

// Document is the document of one notice.
type Document struct {
	Notice   string     `db:"notice"` // id
	Number   string     `db:"number"` // of the case
	Kind     string     `db:"kind"`
	Title    string     `db:"title"`
	DocNo    string     `db:"doc_no"`
	Agency   string     `db:"agency"`
	Division string     `db:"division"`
	Dept     string     `db:"dept"`
	MadeBy   string     `db:"made_by"` // who issued the notice
	State    State      `db:"state"`
	Tries    int        `db:"tries"`
	AgainAt  time.Time  `db:"again_at"`
	Reason   string     `db:"reason"` // why it is not sealed, in words
	File     string     `db:"file"`
	Hash     string     `db:"hash"` // SM3 of the file, hex
	SealedAt *time.Time `db:"sealed_at"`
	MadeAt   time.Time  `db:"made_at"`
}

const columns = `notice, number, kind, title, doc_no, agency, division, dept, made_by, state, tries, again_at, reason, file, hash, sealed_at, made_at`

const insertDocument = `INSERT INTO notices_document (` + columns + `) VALUES (:notice, :number, :kind, :title, :doc_no, :agency, :division, :dept, :made_by,
	:state, :tries, :again_at, :reason, :file, :hash, :sealed_at, :made_at) ON CONFLICT (notice) DO NOTHING`

// Issued implements cases.Sealer: the notice is to become a sealed document.
// Inside the transaction in which it is issued.
func (m *Module) Issued(ctx context.Context, n cases.Notice) error {
	if unsealed[n.Kind] {
		return nil
	}
	p, err := m.documentOf(ctx, n, identity.FromContext(ctx).Name)
	if err != nil {
		return err
	}
	return m.DB.Conn(ctx).LaterNamed(ctx, "insert document", insertDocument, p)
}

func (m *Module) documentOf(ctx context.Context, n cases.Notice, by string) (Document, error) {
	a, err := m.Org.Agency(ctx, n.Sheet.OrganCode)
	if errors.Is(err, org.ErrAgencyUnknown) {
		err = nil // it has no seal, and that is said when the notice is to be sealed
	}
	return Document{Notice: n.ID, Number: n.Sheet.Number, Kind: n.Kind, Title: n.Sheet.Title, DocNo: n.Sheet.DocNo, Agency: n.Sheet.OrganCode,
		Division: a.Division, Dept: a.Dept, MadeBy: by, State: Waiting, AgainAt: m.now(ctx), MadeAt: n.MadeAt}, err
}

// SealDue seals what waits, the oldest first. What cannot be sealed does not
// keep the others from it.
func (m *Module) SealDue(ctx context.Context) error {
	ctx = own(ctx)
	var due []string
	err := m.DB.Conn(ctx).Select(ctx, &due, `SELECT notice FROM notices_document WHERE state IN ($1, $2, $3) AND again_at <= $4 ORDER BY again_at LIMIT $5`,
		Waiting, Failed, Making, m.now(ctx), atOnce)
	if err != nil {
		return wrap("find what is due", err)
	}
	failed, why := 0, error(nil)
	for _, id := range due {
		if err := ctx.Err(); err != nil {
			return err
		}
		if _, err := m.make(ctx, id); err != nil && !errors.Is(err, ErrMaking) {
			failed, why = failed+1, err
		}
	}
	if failed > 0 {
		m.Log.WarnContext(ctx, "documents were not sealed", "failed", failed, "of", len(due), "last", why)
	}
	return nil
}

// make seals one document, unless somebody is at it (ErrMaking) or has done it.
// What fails is noted with the reason, and tried again later.
func (m *Module) make(ctx context.Context, id string) (Document, error) {
	ctx = own(ctx)
	now := m.now(ctx)
	taken, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE notices_document SET state = $1, tries = tries + 1, again_at = $2
		WHERE notice = $3 AND (state IN ($4, $5) OR state = $1 AND again_at <= $6)`, Making, now.Add(patience), id, Waiting, Failed, now)
	if err != nil {
		return Document{}, wrap("take document", err)
	}
	p, err := m.read(ctx, id)
	if err != nil || p.State == Sealed {
		return p, err
	}
	if taken == 0 {
		return p, ErrMaking
	}
	if err := m.finish(ctx, &p); err != nil {
		return p, errors.Join(err, m.fail(ctx, p, err))
	}
	return p, nil
}

// finish draws, seals and stores. The use of the seal is written down before the
// file is there: a process that dies between has used the seal for nothing, and
// that is known.
func (m *Module) finish(ctx context.Context, p *Document) error {
	n, err := m.Cases.Notice(ctx, p.Number, p.Notice)
	if err != nil {
		return err
	}
	seal, err := m.Seals.For(ctx, p.Agency, seals.ForNotice)
	if err != nil {
		return err
	}
	d, stamp, err := draw(n.Sheet, n.ID, m.verifyURL(p.Number), float64(seal.Size()))
	var missing *fonts.MissingError
	if errors.As(err, &missing) {
		return ErrGlyphs.Say("字库里没有“%s”字，不能制作盖章的文件，请联系系统管理员。", string(missing.Runes)).Because(err)
	}
	if err != nil {
		return err
	}
	pkg, err := ofd.Pack(d)
	if err != nil {
		return wrap("pack", err)
	}
	use := seals.Use{Agency: p.Agency, Seal: seal.ID, Purpose: seals.ForNotice, Case: p.Number, Approval: p.DocNo + "（" + p.MadeBy + "）", Document: p.Title + " " + p.DocNo}
	if _, err := m.Seals.Seal(ctx, use, pkg, stamp); err != nil {
		return err
	}
	return m.keep(ctx, p, pkg)
}

// keep stores the sealed file. Where another process was first, theirs stands.
func (m *Module) keep(ctx context.Context, p *Document, pkg *ofd.Package) error {
	var b bytes.Buffer
	if err := pkg.Write(&b); err != nil {
		return wrap("write", err)
	}
	f, err := m.Files.Save(ctx, fileName(*p, ".ofd"), "application/ofd", &b, "system:notices")
	if err != nil {
		return err
	}
	now := m.now(ctx)
	p.State, p.File, p.Hash, p.SealedAt, p.Reason = Sealed, f.ID, f.SM3, &now, ""
	stored, err := m.DB.Conn(ctx).ExecNamed(ctx, `UPDATE notices_document SET state = :state, file = :file, hash = :hash, sealed_at = :sealed_at, reason = :reason
		WHERE notice = :notice AND state <> :state`, p)
	if err != nil {
		return wrap("note sealed document", err)
	}
	if stored > 0 {
		return nil
	}
	whole, err := m.read(ctx, p.Notice)
	*p = whole
	return errors.Join(err, m.Files.Delete(ctx, f.ID))
}

// fail notes why, and when to try again.
func (m *Module) fail(ctx context.Context, p Document, why error) error {
	wait := min(pause<<min(p.Tries, 20), longest)
	_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE notices_document SET state = $1, reason = $2, again_at = $3 WHERE notice = $4 AND state = $5`,
		Failed, errs.From(why).Message, m.now(ctx).Add(wait), p.Notice, Making)
	return wrap("note failure", err)
}

func (m *Module) read(ctx context.Context, id string) (Document, error) {
	var p Document
	err := m.DB.Conn(ctx).Get(ctx, &p, `SELECT `+columns+` FROM notices_document WHERE notice = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return p, ErrNone
	}
	return p, wrap("read document", err)
}

// Of gives the document of a notice the viewer may see, sealing it if that has
// not been done. Errors: those of cases.Notice, ErrNone, ErrMaking, ErrMasked,
// and why it could not be sealed.
func (m *Module) Of(ctx context.Context, number, id string) (Document, error) {
	n, err := m.Cases.Notice(ctx, number, id)
	switch {
	case err != nil:
		return Document{}, err
	case unsealed[n.Kind]:
		return Document{}, ErrNone
	case n.Masked:
		return Document{}, ErrMasked
	}
	p, err := m.read(ctx, id)
	if errors.Is(err, ErrNone) { // of before there were sealed documents
		if p, err = m.documentOf(ctx, n, n.Sheet.Organ); err != nil {
			return p, err
		}
		if _, err = m.DB.Conn(ctx).ExecNamed(ctx, insertDocument, p); err != nil {
			return p, wrap("insert document", err)
		}
	}
	if err != nil || p.State == Sealed {
		return p, err
	}
	return m.make(ctx, id)
}

// Open gives the sealed file of a notice the viewer may see; the errors of Of.
func (m *Module) Open(ctx context.Context, number, id string) (Document, []byte, error) {
	p, err := m.Of(ctx, number, id)
	if err != nil {
		return p, nil, err
	}
	r, _, err := m.Files.Open(ctx, p.File)
	if err != nil {
		return p, nil, err
	}
	defer r.Close()
	raw, err := io.ReadAll(r)
	return p, raw, wrap("read file", err)
}

func (m *Module) verifyURL(number string) string {
	return strings.TrimRight(m.BaseURL, "/") + "/progress?number=" + url.QueryEscape(number)
}

func fileName(p Document, ext string) string { return p.Title + " " + p.DocNo + ext }
