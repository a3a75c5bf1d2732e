package seals

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"slices"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/seals/vault"
)

// Request is a certificate asked for from an outside authority (PKCS#10).
type Request struct {
	ID      string    `db:"id"`
	Role    string    `db:"role"` // maker, signer, pdf
	Seal    string    `db:"seal"` // "" of no seal
	Subject string    `db:"subject"`
	Handle  string    `db:"handle"`
	DER     string    `db:"der"` // base64
	State   string    `db:"state"`
	MadeBy  string    `db:"made_by"`
	MadeAt  time.Time `db:"made_at"`
}

const (
	asked    = "asked"
	answered = "answered"
)

// mayCertify says whether the actor looks after certificates: for the whole
// city, since they are not of a place.
func mayCertify(ctx context.Context) bool {
	return identity.FromContext(ctx).Has(VerbMake)
}

// Ask makes a key for the maker of seals (RoleMakers) or for the city's PDF
// files (RolePDF), and a request for its certificate.
func (m *Module) Ask(ctx context.Context, role, common, organisation string) (Request, error) {
	switch {
	case !mayCertify(ctx):
		return Request{}, ErrNotHere
	case role != RoleMakers && role != RolePDF:
		return Request{}, ErrInvalid.Field("role", "请选择申请哪种证书。")
	case common == "" || organisation == "":
		return Request{}, ErrInvalid.Field("subject", "请写证书上的名称和单位。")
	}
	return m.ask(ctx, Request{Role: role, Subject: common}, organisation)
}

// AskSigner makes a key for a seal and a request for its certificate, before the
// seal is made. Asked again, it gives the one that is still open.
func (m *Module) AskSigner(ctx context.Context, seal string) (Request, error) {
	s, err := m.read(ctx, seal)
	switch {
	case err != nil:
		return Request{}, err
	case !identity.FromContext(ctx).Can(VerbMake, s.at()):
		return Request{}, ErrNotHere
	case s.State != Recorded || s.Certificate != "":
		return Request{}, ErrMove
	}
	var open []Request
	err = m.DB.Conn(ctx).Select(ctx, &open, selectRequest+` WHERE state = $1 AND seal = $2`, asked, seal)
	if err != nil {
		return Request{}, wrap("read requests", err)
	}
	if len(open) > 0 {
		return open[0], nil
	}
	return m.ask(ctx, Request{Role: RoleSigner, Seal: seal, Subject: s.Name}, s.AgencyName)
}

func (m *Module) ask(ctx context.Context, r Request, organisation string) (Request, error) {
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		handle, pub, err := m.Vault.Generate(ctx, kindOf(r.Role))
		if err != nil {
			return err
		}
		t := &smx509.CertificateRequest{Subject: subject(r.Subject, organisation)}
		der, err := smx509.CreateCertificateRequest(rand.Reader, t, vault.KeyOf(ctx, m.Vault, handle, pub))
		if err != nil {
			return wrap("make request", err)
		}
		r.ID, r.Handle, r.DER, r.State = db.NewID(), handle, base64.StdEncoding.EncodeToString(der), asked
		r.MadeBy, r.MadeAt = identity.FromContext(ctx).Account, m.now(ctx)
		_, err = m.DB.Conn(ctx).ExecNamed(ctx, `INSERT INTO seals_request (id, role, seal, subject, handle, der, state, made_by, made_at)
			VALUES (:id, :role, :seal, :subject, :handle, :der, :state, :made_by, :made_at)`, r)
		return errors.Join(wrap("keep request", err), m.record(ctx, "seal.certificate.ask", "seal_certificate", r.ID, "", r.Seal))
	})
	return r, err
}

const selectRequest = `SELECT id, role, seal, subject, handle, der, state, made_by, made_at FROM seals_request`

// Requests lists those without an answer, newest first.
func (m *Module) Requests(ctx context.Context) ([]Request, error) {
	var list []Request
	err := m.DB.Conn(ctx).Select(ctx, &list, selectRequest+` WHERE state = $1 ORDER BY made_at DESC, id LIMIT 200`, asked)
	return list, wrap("list requests", err)
}

// RequestPEM gives a request as a file for the authority; ErrCertUnknown.
func (m *Module) RequestPEM(ctx context.Context, id string) ([]byte, error) {
	if !mayCertify(ctx) {
		return nil, ErrNotHere
	}
	var r Request
	err := m.DB.Conn(ctx).Get(ctx, &r, selectRequest+` WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return nil, ErrCertUnknown
	}
	if err != nil {
		return nil, wrap("read request", err)
	}
	der, err := base64.StdEncoding.DecodeString(r.DER)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE REQUEST", Bytes: der}), wrap("read request", err)
}

// Import takes certificates from a file (PEM, several may follow one another):
// roots that are to be trusted, issuers below them, and answers to our
// requests, each recognised by its key. All of them are taken, or none.
func (m *Module) Import(ctx context.Context, file []byte) ([]Certificate, error) {
	if !mayCertify(ctx) {
		return nil, ErrNotHere
	}
	list, err := parsePEM(file)
	if err != nil {
		return nil, err
	}
	var kept []Certificate
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		kept = nil
		for _, x := range list {
			c, err := m.take(ctx, x)
			if err != nil {
				return err
			}
			kept = append(kept, c)
			if err := m.record(ctx, "seal.certificate.import", "seal_certificate", c.ID, "", c.Role); err != nil {
				return err
			}
		}
		return nil
	})
	return kept, err
}

// parsePEM reads certificates, those that vouch for others first.
func parsePEM(file []byte) ([]*smx509.Certificate, error) {
	var list []*smx509.Certificate
	for {
		var b *pem.Block
		if b, file = pem.Decode(file); b == nil {
			break
		}
		x, err := smx509.ParseCertificate(b.Bytes)
		if b.Type != "CERTIFICATE" || err != nil {
			return nil, ErrCertificate.Field("file", "文件里有读不出的证书，请重新导出PEM格式的证书。")
		}
		list = append(list, x)
	}
	if len(list) == 0 {
		return nil, ErrCertificate.Field("file", "文件里没有证书，请选择PEM格式的证书文件。")
	}
	slices.SortStableFunc(list, func(a, b *smx509.Certificate) int { return rank(a) - rank(b) })
	return list, nil
}

func rank(x *smx509.Certificate) int {
	switch {
	case selfIssued(x):
		return 0
	case x.IsCA:
		return 1
	}
	return 2
}

func selfIssued(x *smx509.Certificate) bool { return bytes.Equal(x.RawIssuer, x.RawSubject) }

// take keeps one certificate for what it is.
func (m *Module) take(ctx context.Context, x *smx509.Certificate) (Certificate, error) {
	now := m.now(ctx)
	name := nameOf(x.Subject.CommonName, x.Subject.Organization)
	if now.After(x.NotAfter) {
		return Certificate{}, ErrCertificate.Field("file", "证书“"+name+"”已经过期。")
	}
	if selfIssued(x) {
		if !x.IsCA || x.CheckSignatureFrom(x) != nil {
			return Certificate{}, ErrCertificate.Field("file", "根证书“"+name+"”上的签名不对。")
		}
		c := certificateOf(x, RoleRoot, "", "", false, now)
		return c, m.keep(ctx, c)
	}
	issuer, found, err := m.issuerOf(ctx, x)
	if err != nil {
		return Certificate{}, err
	}
	if !found {
		return Certificate{}, ErrCertificate.Field("file", "证书“"+name+"”的签发者不在可信的证书里，请连同签发者的证书一起导入。")
	}
	if x.IsCA {
		c := certificateOf(x, RoleCA, issuer.ID, "", false, now)
		return c, m.keep(ctx, c)
	}
	return m.answer(ctx, x, issuer, name)
}

// issuerOf finds who signed a certificate among those we trust.
func (m *Module) issuerOf(ctx context.Context, x *smx509.Certificate) (Certificate, bool, error) {
	list, err := m.Certificates(ctx, RoleRoot, RoleCA)
	if err != nil {
		return Certificate{}, false, err
	}
	for _, c := range list {
		issuer, err := c.parse()
		if err != nil {
			return Certificate{}, false, err
		}
		if bytes.Equal(issuer.RawSubject, x.RawIssuer) && x.CheckSignatureFrom(issuer) == nil {
			return c, true, nil
		}
	}
	return Certificate{}, false, nil
}

// answer keeps the certificate of a key of ours.
func (m *Module) answer(ctx context.Context, x *smx509.Certificate, issuer Certificate, name string) (Certificate, error) {
	open, err := m.Requests(ctx)
	if err != nil {
		return Certificate{}, err
	}
	pub, _ := x.PublicKey.(*ecdsa.PublicKey)
	for _, r := range open {
		der, err := base64.StdEncoding.DecodeString(r.DER)
		if err != nil {
			return Certificate{}, wrap("read request", err)
		}
		want, err := smx509.ParseCertificateRequest(der)
		if err != nil {
			return Certificate{}, wrap("read request", err)
		}
		if key, ok := want.PublicKey.(*ecdsa.PublicKey); !ok || pub == nil || !key.Equal(pub) {
			continue
		}
		if x.KeyUsage&(smx509.KeyUsageDigitalSignature|smx509.KeyUsageContentCommitment) == 0 {
			return Certificate{}, ErrCertificate.Field("file", "证书“"+name+"”不能用于签名。")
		}
		c := certificateOf(x, r.Role, issuer.ID, r.Handle, false, m.now(ctx))
		if err := m.keep(ctx, c); err != nil {
			return c, err
		}
		_, err = m.DB.Conn(ctx).Exec(ctx, `UPDATE seals_request SET state = $2 WHERE id = $1`, r.ID, answered)
		if err == nil && r.Seal != "" {
			_, err = m.DB.Conn(ctx).Exec(ctx, `UPDATE seals_seal SET handle = $2, certificate = $3 WHERE id = $1`, r.Seal, c.Handle, c.ID)
		}
		return c, wrap("answer request", err)
	}
	return Certificate{}, ErrCertificate.Field("file", "证书“"+name+"”里的公钥不是本系统申请的，请核对是不是用本页导出的申请办的。")
}

// ChainPEM gives the roots and issuers that are trusted here, as a file.
func (m *Module) ChainPEM(ctx context.Context) ([]byte, error) {
	list, err := m.Certificates(ctx, vouching...)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for _, c := range list {
		der, err := base64.StdEncoding.DecodeString(c.DER)
		if err != nil {
			return nil, wrap("read certificate", err)
		}
		if err := pem.Encode(&out, &pem.Block{Type: "CERTIFICATE", Bytes: der}); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), nil
}
