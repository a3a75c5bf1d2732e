package seals

import (
	"context"
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"

	"yimen/internal/kit/db"
	"yimen/internal/seals/vault"
	"yimen/ofd/ses"
)

// Roles of certificates.
const (
	RoleRoot   = "root"
	RoleCA     = "ca"     // issues for makers and seals
	RoleMakers = "maker"  // 制章者: signs seals
	RoleSigner = "signer" // 签章者: signs documents, one for each seal
	// The PDF files of the whole city are signed by one key, of P-256.
	RolePDFRoot = "pdf_root" // of the sample city alone: elsewhere it is imported as a root
	RolePDF     = "pdf"
)

// vouching are the roles of those that others' certificates lead to.
var vouching = []string{RoleRoot, RoleCA, RolePDFRoot}

// kindOf is of which kind the key of a role is.
func kindOf(role string) vault.Kind {
	if role == RolePDFRoot || role == RolePDF {
		return vault.P256
	}
	return vault.SM2
}

var roleNames = map[string]string{RoleRoot: "根证书", RoleCA: "签发证书", RoleMakers: "制章者证书", RoleSigner: "签章证书",
	RolePDFRoot: "PDF签名根证书", RolePDF: "PDF签名证书"}

// Certificate is one that is known here.
type Certificate struct {
	ID        string     `db:"id"` // SM3 of the DER, hex
	Role      string     `db:"role"`
	Own       bool       `db:"own"` // issued here
	Subject   string     `db:"subject"`
	Issuer    string     `db:"issuer"`
	Serial    string     `db:"serial"` // hex
	Parent    string     `db:"parent"` // certificate of the issuer
	From      time.Time  `db:"from_at"`
	To        time.Time  `db:"to_at"`
	Handle    string     `db:"handle"` // of its key in the vault; "" not ours
	DER       string     `db:"der"`    // base64
	MadeAt    time.Time  `db:"made_at"`
	RevokedAt *time.Time `db:"revoked_at"`
	Reason    string     `db:"reason"`
}

// RoleName is the role in words.
func (c Certificate) RoleName() string { return roleNames[c.Role] }

// Standing is how a certificate stands at a time: "" good.
func (c Certificate) Standing(at time.Time) string {
	switch {
	case c.RevokedAt != nil && !c.RevokedAt.After(at):
		return "已吊销"
	case at.Before(c.From):
		return "未到生效时间"
	case at.After(c.To):
		return "已过期"
	}
	return ""
}

func (c Certificate) parse() (*smx509.Certificate, error) {
	der, err := base64.StdEncoding.DecodeString(c.DER)
	if err != nil {
		return nil, wrap("read certificate", err)
	}
	x, err := smx509.ParseCertificate(der)
	return x, wrap("read certificate", err)
}

// signer is a certificate together with its key in the vault.
func (m *Module) signer(ctx context.Context, c Certificate) (ses.Signer, error) {
	x, err := c.parse()
	if err != nil {
		return ses.Signer{}, err
	}
	pub, ok := x.PublicKey.(*ecdsa.PublicKey)
	if !ok || c.Handle == "" {
		return ses.Signer{}, errors.New("seals: certificate " + c.ID + " has no key here")
	}
	return ses.Signer{Certificate: x, Key: vault.KeyOf(ctx, m.Vault, c.Handle, pub)}, nil
}

// certificateOf makes the row of a certificate.
func certificateOf(x *smx509.Certificate, role, parent, handle string, own bool, at time.Time) Certificate {
	sum := sm3.Sum(x.Raw)
	return Certificate{ID: hex.EncodeToString(sum[:]), Role: role, Own: own, Subject: nameOf(x.Subject.CommonName, x.Subject.Organization),
		Issuer: nameOf(x.Issuer.CommonName, x.Issuer.Organization), Serial: hex.EncodeToString(x.SerialNumber.Bytes()), Parent: parent,
		From: x.NotBefore.UTC(), To: x.NotAfter.UTC(), Handle: handle, DER: base64.StdEncoding.EncodeToString(x.Raw), MadeAt: at}
}

func nameOf(common string, organisation []string) string {
	if common == "" && len(organisation) > 0 {
		return organisation[0]
	}
	return common
}

const certificateColumns = `id, role, own, subject, issuer, serial, parent, from_at, to_at, handle, der, made_at, revoked_at, reason`

const insertCertificate = `INSERT INTO seals_certificate (` + certificateColumns + `) VALUES (:id, :role, :own, :subject, :issuer, :serial, :parent,
	:from_at, :to_at, :handle, :der, :made_at, :revoked_at, :reason)`

func (m *Module) keep(ctx context.Context, c Certificate) error {
	_, err := m.DB.Conn(ctx).ExecNamed(ctx, insertCertificate, c)
	if db.IsUnique(err) {
		return ErrCertificate.Say("这张证书已经在这里，不用再导入。")
	}
	return wrap("keep certificate", err)
}

// Certificate finds one; ErrCertUnknown.
func (m *Module) Certificate(ctx context.Context, id string) (Certificate, error) {
	var c Certificate
	err := m.DB.Conn(ctx).Get(ctx, &c, `SELECT `+certificateColumns+` FROM seals_certificate WHERE id = $1`, id)
	if errors.Is(err, db.ErrNoRows) {
		return c, ErrCertUnknown
	}
	return c, wrap("read certificate", err)
}

// Certificates lists those of some roles, newest first.
func (m *Module) Certificates(ctx context.Context, roles ...string) ([]Certificate, error) {
	w := new(db.Where).In("role", roles)
	limit := w.Arg(db.MaxLimit)
	var list []Certificate
	err := m.DB.Conn(ctx).Select(ctx, &list, `SELECT `+certificateColumns+` FROM seals_certificate`+w.SQL()+` ORDER BY made_at DESC, id LIMIT `+limit, w.Args()...)
	return list, wrap("list certificates", err)
}

// newest gives the newest certificate of a role with a key here that is good now.
func (m *Module) newest(ctx context.Context, role string) (Certificate, bool, error) {
	list, err := m.Certificates(ctx, role)
	if err != nil {
		return Certificate{}, false, err
	}
	now := m.now(ctx)
	for _, c := range list {
		if c.Handle != "" && c.Standing(now) == "" {
			return c, true, nil
		}
	}
	return Certificate{}, false, nil
}

// revoke takes a certificate back and, where its issuer is ours, signs the list
// anew. Inside a transaction.
func (m *Module) revoke(ctx context.Context, id, reason string) error {
	c, err := m.Certificate(ctx, id)
	if err != nil || c.RevokedAt != nil {
		return err
	}
	_, err = m.DB.Conn(ctx).Exec(ctx, `UPDATE seals_certificate SET revoked_at = $2, reason = $3 WHERE id = $1`, id, ceil(m.now(ctx)), reason)
	if err != nil {
		return wrap("revoke certificate", err)
	}
	if !c.Own {
		return nil
	}
	return m.renewList(ctx, c.Parent)
}

// ceil is the next whole second: lists and signatures know no less, and what
// was signed earlier in this second was signed before.
func ceil(at time.Time) time.Time {
	if t := at.Truncate(time.Second); !t.Equal(at) {
		return t.Add(time.Second)
	}
	return at
}
