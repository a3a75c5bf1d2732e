package licences

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/files"
	"yimen/internal/seals"
	"yimen/ofd"
	"yimen/ofd/pdf"
	"yimen/ofd/render"
	"yimen/ofd/ses"
	"yimen/workday"
)

// Seals sets the city's seals on documents: [seals.Module].
type Seals interface {
	For(ctx context.Context, agency, purpose string) (seals.Seal, error)
	Seal(ctx context.Context, u seals.Use, pkg *ofd.Package, stamps ...ses.Stamp) (seals.Record, error)
	// SignPDF says by whom PDF files are signed; nil: by nobody yet.
	SignPDF(ctx context.Context) (*pdf.Signature, error)
}

// Errors of documents.
var (
	ErrNoPaper   = errs.Define(errs.NotFound, "licence_no_document", "这本证照还没有电子文件，请联系颁发机构制作。")
	ErrHasPaper  = errs.Define(errs.Conflict, "licence_has_document", "这本证照已经有电子文件了，请刷新页面查看。")
	ErrNotSealed = errs.Define(errs.Unavailable, "licence_seals_missing", "系统还没有接通印章和文件库，不能制证，请联系系统管理员。")
	ErrUnsure    = errs.Define(errs.Conflict, "licence_not_confirmed", "这本证照没有经颁发机构确认（C、D级），不能制作电子文件，请核对原件后重新入库。")
)

// Paper is the sealed document of a licence. It is given out as PDF, too, which
// is written when somebody asks for it: see readPDF.
type Paper struct {
	OFD      string    `db:"ofd"`      // ids in the file store
	PDF      string    `db:"pdf"`      // "" nobody has asked for it yet
	Hash     string    `db:"hash"`     // SM3 of the OFD file, hexadecimal
	Revision int       `db:"revision"` // of the template it was drawn by; 0: the plain one
	Use      string    `db:"use_id"`   // of the seal
	MadeAt   time.Time `db:"made_at"`
}

// There says that there is one.
func (p Paper) There() bool { return p.OFD != "" }

// seal draws a licence by its type's template, seals it with the seal that its
// issuer has for the type, and stores it: inside the caller's transaction, after
// the licence's own row. The caller has seen that the actor may issue it; the seal
// is set by the system in the actor's name, and approval (a task, a decision)
// stands in the log of the seal. Errors: ErrGlyph and ErrOverflow, which name what
// cannot be shown; those of seals (ErrNoSeal …); ErrHasPaper, ErrNotSealed.
func (m *Module) seal(ctx context.Context, t Type, l Licence, approval string) (Paper, error) {
	if m.Seals == nil || m.Files == nil {
		return Paper{}, ErrNotSealed
	}
	look, err := m.inForce(ctx, t)
	if err != nil {
		return Paper{}, err
	}
	f, use, err := m.makeFile(ctx, t.Name+" "+l.HolderName, l, t, look, approval, nil)
	if err != nil {
		return Paper{}, err
	}
	p := Paper{OFD: f.ID, Hash: f.SM3, Revision: look.Revision, Use: use, MadeAt: m.now(ctx)}
	return p, m.DB.Conn(ctx).LaterOr(ctx, func(err error) error {
		if db.IsUnique(err) {
			return ErrHasPaper
		}
		return wrap("store document", err)
	}, `INSERT INTO licences_paper (licence, ofd, pdf, hash, revision, use_id, made_at, pdf_hash) VALUES ($1, $2, '', $3, $4, $5, $6, '')`,
		l.ID, p.OFD, p.Hash, p.Revision, p.Use, p.MadeAt)
}

func (m *Module) keep(ctx context.Context, name string, data []byte) (files.File, error) {
	return m.Files.Save(ctx, name, "", bytes.NewReader(data), identity.FromContext(ctx).Account)
}

func hexSM3(data []byte) string {
	sum := sm3.Sum(data)
	return hex.EncodeToString(sum[:])
}

// makeFile draws, seals and keeps a licence under a name, and gives the record of
// the seal's use. What annotate adds is drawn above the page; nil is nothing.
func (m *Module) makeFile(ctx context.Context, name string, l Licence, t Type, look Look, approval string, annotate func(*drawing) error) (f files.File, use string, err error) {
	purpose := t.purpose()
	seal, err := m.Seals.For(ctx, l.Issuer, purpose)
	if err != nil {
		return f, "", err
	}
	shown, err := m.picturesOf(ctx, t, l)
	if err != nil {
		return f, "", err
	}
	d, err := look.draw(t, l.values(t), shown, m.checkAddress(l.Identifier))
	if err != nil {
		return f, "", err
	}
	now := m.now(ctx)
	d.doc.Info = l.info(t, seal.Name, now)
	if annotate != nil {
		if err := annotate(d); err != nil {
			return f, "", err
		}
	}
	doc, err := d.finish()
	if err != nil {
		return f, "", err
	}
	pkg, err := ofd.Pack(doc)
	if err != nil {
		return f, "", wrap("pack", err)
	}
	place := stampPlace(doc.Area.Physical, d.seal, float64(seal.Width), float64(seal.Height))
	used, err := m.Seals.Seal(inTheNameOf(ctx), seals.Use{Agency: l.Issuer, Seal: seal.ID, Purpose: purpose, Case: l.Case, Approval: approval, Document: l.Identifier},
		pkg, ses.Stamp{Page: 1, Box: place})
	if err != nil {
		return f, "", err
	}
	var b bytes.Buffer
	if err := pkg.Write(&b); err != nil {
		return f, "", wrap("write", err)
	}
	f, err = m.keep(ctx, name+".ofd", b.Bytes())
	return f, used.ID, err
}

// inTheNameOf lets the system set a seal for whoever issues: that they may was
// seen before, and few of them keep the seal themselves.
func inTheNameOf(ctx context.Context) context.Context {
	a := identity.FromContext(ctx)
	if a.IsSystem() {
		return ctx
	}
	s := identity.System("licences")
	s.Account, s.Login, s.Name = a.Account, a.Login, a.Name
	return identity.With(ctx, s)
}

// stampPlace puts a seal's middle into the middle of a box, and the seal as a
// whole onto the sheet.
func stampPlace(page, at ofd.Box, w, h float64) ses.Box {
	return ses.Box{X: max(0, min(at.X+at.W/2-w/2, page.W-w)), Y: max(0, min(at.Y+at.H/2-h/2, page.H-h)), Width: w, Height: h}
}

// checkAddress is where anybody learns what a licence is worth today.
func (m *Module) checkAddress(identifier string) string {
	return strings.TrimRight(m.BaseURL, "/") + CheckURL + "?id=" + url.QueryEscape(identifier)
}

// holderKinds are the kinds of a holder's number as the metadata name them.
var holderKinds = map[string]string{HolderPerson: "公民身份号码", HolderEnterprise: "统一社会信用代码"}

// info is what the file says of itself: the elements of GB/T 36903 by their
// names, those of the type with KZ_ before them.
func (l Licence) info(t Type, seal string, now time.Time) ofd.Info {
	day := func(d workday.Date) string {
		if d.IsZero() {
			return ""
		}
		return d.String()
	}
	at := now.In(clock.Beijing).Format("2006-01-02 15:04:05")
	info := ofd.Info{DocID: hexSM3([]byte(l.Identifier))[:32], Title: t.Name, Author: l.IssuerName, Subject: t.Kind, Created: ofd.DateOf(now.In(clock.Beijing)),
		Creator: "一门", CreatorVersion: "1", Custom: []ofd.Datum{
			{Name: "ZZMC", Value: t.Name}, {Name: "ZZLXDM", Value: t.Code}, {Name: "ZZBH", Value: l.Number}, {Name: "ZZBS", Value: l.Identifier},
			{Name: "ZZBFJG", Value: l.IssuerName}, {Name: "ZZBFJGDM", Value: l.IssuerCode}, {Name: "ZZBFRQ", Value: day(l.IssuedOn)},
			{Name: "CZZT", Value: l.HolderName}, {Name: "CZZTDM", Value: l.HolderNo}, {Name: "CZZTDMLX", Value: holderKinds[l.HolderKind]},
			{Name: "CZZTDMLXDM", Value: l.HolderType()}, {Name: "ZZYXQQSRQ", Value: day(l.From)}, {Name: "ZZYXQJZRQ", Value: day(l.To)},
			{Name: "ZZQZR", Value: l.IssuerName}, {Name: "ZZQZMC", Value: seal}, {Name: "ZZQZSJ", Value: at}, {Name: "CJSJ", Value: at}}}
	for _, f := range t.Fields {
		if f.Kind == kindPicture {
			continue // the index of fields leads to it
		}
		info.Custom = append(info.Custom, ofd.Datum{Name: metadataName(f), Value: l.Fields[f.Name]})
	}
	return info
}

// Document makes the sealed document of a licence of the stock that its issuer
// has confirmed. Errors: ErrUnknown, ErrNotHere, ErrNotNow, ErrUnsure,
// ErrHasPaper, and those of seal.
func (m *Module) Document(ctx context.Context, identifier string) (Paper, error) {
	return m.document(ctx, identifier, m.manage)
}

// DocumentOwn is Document for a licence of the actor's own: what its issuer has
// confirmed needs no further yes.
func (m *Module) DocumentOwn(ctx context.Context, identifier string) (Paper, error) {
	return m.document(ctx, identifier, func(ctx context.Context, identifier string) (Licence, error) {
		s, err := m.Own(ctx, identifier)
		return s.Licence, err
	})
}

func (m *Module) document(ctx context.Context, identifier string, find func(context.Context, string) (Licence, error)) (Paper, error) {
	var p Paper
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		l, err := find(ctx, identifier)
		if err != nil {
			return err
		}
		had, err := m.paper(ctx, l.ID)
		switch {
		case err != nil:
			return err
		case had.There():
			return ErrHasPaper
		case !l.Trust.Replaces():
			return ErrUnsure
		case l.StateOn(m.today(ctx)) != Valid:
			return ErrNotNow.Say("这本证照现在是“%s”，不能制作电子文件。", l.StateOn(m.today(ctx)).Name())
		}
		t, err := m.Type(ctx, l.Type)
		if err != nil {
			return err
		}
		if p, err = m.seal(ctx, t, l, ""); err != nil {
			return err
		}
		if err := m.remember(ctx, l.ID, Event{Act: actDocument, Was: Valid, Becomes: Valid}); err != nil {
			return err
		}
		return m.record(ctx, "licence.document", l.Identifier, "", l.TypeName)
	})
	return p, err
}

// paper reads a licence's document; one that is not There when there is none.
func (m *Module) paper(ctx context.Context, licence string) (Paper, error) {
	var p Paper
	err := m.DB.Conn(ctx).Get(ctx, &p, `SELECT ofd, pdf, hash, revision, use_id, made_at FROM licences_paper WHERE licence = $1`, licence)
	if errors.Is(err, db.ErrNoRows) {
		return Paper{}, nil
	}
	return p, wrap("read document", err)
}

// read gives the whole of a stored file.
func (m *Module) read(ctx context.Context, file string) ([]byte, error) {
	if file == "" || m.Files == nil {
		return nil, ErrNoPaper
	}
	r, _, err := m.Files.Open(ctx, file)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(r)
	return data, refusal("read document", err)
}

// picture draws the page of a sealed document, with its seal.
func picture(data []byte) ([]byte, error) {
	pkg, err := ofd.OpenBytes(data)
	if err != nil {
		return nil, wrap("open document", err)
	}
	doc, err := ofd.Read(pkg)
	if err != nil {
		return nil, wrap("read document", err)
	}
	stamps, err := render.StampsOf(pkg)
	if err != nil {
		return nil, err
	}
	var o render.Options
	o.Stamps = stamps[0]
	svg, _, err := render.SVG(doc, 0, o)
	return svg, wrap("draw document", err)
}

// fileName is under what a document is saved: 居民身份证（…0016）.ofd.
func (l Licence) fileName(ending string) string {
	return l.TypeName + "（" + l.HolderName + "，第" + strconv.Itoa(l.Version) + "版）." + ending
}

// purpose is what a seal must be for to seal a licence of the type, or a proof.
func (t Type) purpose() string {
	if t.Kind == kindProof {
		return seals.ForProofOf + t.ID
	}
	return seals.ForLicence + t.ID
}

// kindProof is the kind (证照分类) of types that are proofs.
const kindProof = "证明"
