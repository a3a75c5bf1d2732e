package seals

import (
	"context"
	"crypto/ecdsa"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"math/big"
	"strings"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"yimen/internal/kit/db"
	"yimen/internal/seals/vault"
	"yimen/ofd/ses"
)

// How long what we issue is good, in years.
const (
	rootYears   = 20
	caYears     = 15
	makerYears  = 10
	signerYears = 5
)

const (
	// listFor is how long a revocation list says it is good.
	listFor = 7 * 24 * time.Hour
	// country of every subject.
	country = "CN"
)

// ErrNotDemo keeps the city from vouching for itself.
var ErrNotDemo = errors.New("seals: only the sample city is its own authority: import certificates instead")

func subject(common, organisation string) pkix.Name {
	return pkix.Name{Country: []string{country}, Organization: []string{organisation}, CommonName: common}
}

// EnsureAuthority makes, once and in the sample city alone, the root, the
// issuing authority and the maker of seals.
func (m *Module) EnsureAuthority(ctx context.Context) error {
	if !m.Demo {
		return ErrNotDemo
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		if _, found, err := m.newest(ctx, RoleCA); err != nil || found {
			return errors.Join(err, m.ensurePDF(ctx))
		}
		root, err := m.issueOwn(ctx, RoleRoot, subject("样例城市电子印章根证书", "一门样例城市"), 0, Certificate{})
		if err != nil {
			return err
		}
		ca, err := m.issueOwn(ctx, RoleCA, subject("样例城市电子印章签发证书", "一门样例城市"), caYears, root)
		if err != nil {
			return err
		}
		if _, err := m.issueOwn(ctx, RoleMakers, subject("样例城市制章中心", "一门样例城市"), makerYears, ca); err != nil {
			return err
		}
		return errors.Join(m.renewList(ctx, root.ID), m.renewList(ctx, ca.ID), m.ensurePDF(ctx))
	})
}

// issueOwn makes a key and a certificate for it, signed by the issuer; one
// without issuer is a root. Inside a transaction.
func (m *Module) issueOwn(ctx context.Context, role string, name pkix.Name, years int, issuer Certificate) (Certificate, error) {
	handle, pub, err := m.Vault.Generate(ctx, kindOf(role))
	if err != nil {
		return Certificate{}, err
	}
	now := m.now(ctx).UTC()
	var x *smx509.Certificate
	if issuer.ID == "" {
		x, err = selfSigned(name, vault.KeyOf(ctx, m.Vault, handle, pub), now)
	} else {
		x, err = m.issue(ctx, issuer, name, pub, role, years)
	}
	if err != nil {
		return Certificate{}, wrap("issue certificate", err)
	}
	c := certificateOf(x, role, issuer.ID, handle, true, now)
	return c, m.keep(ctx, c)
}

// selfSigned makes a root of a key that stays in the vault.
func selfSigned(name pkix.Name, key *vault.Key, now time.Time) (*smx509.Certificate, error) {
	a, err := ses.RootOf(key, name, rootYears, func() time.Time { return now })
	if err != nil {
		return nil, err
	}
	return a.Certificate, nil
}

// issue certifies a public key.
func (m *Module) issue(ctx context.Context, issuer Certificate, name pkix.Name, pub *ecdsa.PublicKey, role string, years int) (*smx509.Certificate, error) {
	a, err := m.authority(ctx, issuer)
	if err != nil {
		return nil, err
	}
	use := ses.ForSigning
	if role == RoleCA {
		use = ses.ForIssuing
	}
	return a.Issue(name, pub, use, years)
}

// listURLs are where the lists of revoked certificates of our issuers are, by
// their role; certificates say so.
var listURLs = map[string]string{RoleRoot: "/seals/crl/root", RoleCA: "/seals/crl", RolePDFRoot: "/seals/crl/pdf"}

func (m *Module) authority(ctx context.Context, c Certificate) (*ses.Authority, error) {
	s, err := m.signer(ctx, c)
	now := m.now(ctx)
	a := ses.NewAuthority(s, func() time.Time { return now })
	if base := strings.TrimRight(m.BaseURL, "/"); base != "" {
		a.Lists = []string{base + listURLs[c.Role]}
	}
	return a, err
}

// RenewLists signs the revocation list of every issuer of ours anew, for a list
// says until when it is good.
func (m *Module) RenewLists(ctx context.Context) error {
	if err := m.ensurePDFLater(ctx); err != nil {
		return err
	}
	list, err := m.Certificates(ctx, vouching...)
	if err != nil {
		return err
	}
	for _, c := range list {
		if !c.Own || c.Handle == "" {
			continue
		}
		if err := m.DB.InTx(ctx, func(ctx context.Context) error { return m.renewList(ctx, c.ID) }); err != nil {
			return err
		}
	}
	return nil
}

// renewList signs and keeps the list of what an issuer took back.
func (m *Module) renewList(ctx context.Context, issuer string) error {
	c, err := m.Certificate(ctx, issuer)
	if err != nil {
		return err
	}
	der, number, err := m.signList(ctx, c)
	if err != nil {
		return err
	}
	_, err = m.DB.Conn(ctx).Exec(ctx, `INSERT INTO seals_crl (issuer, number, der, made_at) VALUES ($1, $2, $3, $4)
		ON CONFLICT (issuer) DO UPDATE SET number = excluded.number, der = excluded.der, made_at = excluded.made_at`,
		issuer, number, base64.StdEncoding.EncodeToString(der), m.now(ctx))
	return wrap("keep revocation list", err)
}

// signList signs the list as of now. Its number is the time in microseconds:
// later lists have higher ones whichever process signs.
func (m *Module) signList(ctx context.Context, c Certificate) (der []byte, number int64, err error) {
	var rows []struct {
		Serial    string    `db:"serial"`
		RevokedAt time.Time `db:"revoked_at"`
	}
	err = m.DB.Conn(ctx).Select(ctx, &rows, `SELECT serial, revoked_at FROM seals_certificate WHERE parent = $1 AND revoked_at IS NOT NULL ORDER BY revoked_at, serial`, c.ID)
	if err != nil {
		return nil, 0, wrap("read what was revoked", err)
	}
	revoked := make([]ses.Revoked, 0, len(rows))
	for _, r := range rows {
		serial, ok := new(big.Int).SetString(r.Serial, 16)
		if !ok {
			return nil, 0, errors.New("seals: serial " + r.Serial + " is not hexadecimal")
		}
		revoked = append(revoked, ses.Revoked{Serial: serial, At: r.RevokedAt})
	}
	a, err := m.authority(ctx, c)
	if err != nil {
		return nil, 0, err
	}
	now := m.now(ctx)
	der, err = a.Revoke(now.UnixMicro(), revoked, now.Add(listFor))
	return der, now.UnixMicro(), wrap("sign revocation list", err)
}

// StoredList is the newest list (DER) of one of our roots or of our issuing authority, as it
// is published; ErrNoList.
func (m *Module) StoredList(ctx context.Context, role string) ([]byte, error) {
	var der string
	err := m.DB.Conn(ctx).Get(ctx, &der, `SELECT l.der FROM seals_crl l JOIN seals_certificate c ON c.id = l.issuer WHERE c.role = $1
		ORDER BY c.made_at DESC LIMIT 1`, role)
	if errors.Is(err, db.ErrNoRows) {
		return nil, ErrNoList
	}
	if err != nil {
		return nil, wrap("read revocation list", err)
	}
	return base64.StdEncoding.DecodeString(der)
}

// Trust is whom documents sealed here are checked against: the roots, those who
// issue below them, and what they have taken back by now.
func (m *Module) Trust(ctx context.Context) (*ses.Trust, error) {
	list, err := m.Certificates(ctx, vouching...)
	if err != nil {
		return nil, err
	}
	var roots, others []*smx509.Certificate
	var lists []*smx509.RevocationList
	for _, c := range list {
		x, err := c.parse()
		if err != nil {
			return nil, err
		}
		if c.Role != RoleCA {
			roots = append(roots, x)
		} else {
			others = append(others, x)
		}
		if !c.Own || c.Handle == "" {
			continue
		}
		der, _, err := m.signList(ctx, c)
		if err != nil { // the vault is away: what is published still says what was revoked
			if der, err = m.StoredList(ctx, c.Role); err != nil {
				return nil, err
			}
		}
		l, err := smx509.ParseRevocationList(der)
		if err != nil {
			return nil, wrap("read revocation list", err)
		}
		lists = append(lists, l)
	}
	return ses.NewTrust(roots, others, lists), nil
}

// SealStatus implements ses.StatusList: what became of a seal of ours.
func (m *Module) SealStatus(ctx context.Context, s *ses.Seal) (ses.SealStatus, error) {
	var row struct {
		State     State      `db:"state"`
		StoppedAt *time.Time `db:"stopped_at"`
		Reason    string     `db:"stop_reason"`
		ESL       string     `db:"esl"`
	}
	err := m.DB.Conn(ctx).Get(ctx, &row, `SELECT state, stopped_at, stop_reason, esl FROM seals_seal WHERE es_id = $1`, s.ID)
	if errors.Is(err, db.ErrNoRows) || err == nil && row.ESL != base64.StdEncoding.EncodeToString(s.Raw) {
		return ses.SealStatus{}, nil // another seal that has taken the number is none of ours
	}
	if err != nil {
		return ses.SealStatus{}, wrap("read status of seal", err)
	}
	st := ses.SealStatus{Known: true, Reason: row.Reason}
	if row.StoppedAt != nil {
		st.Stopped = *row.StoppedAt
	}
	return st, nil
}

// Owner is whose seal has a number: the agency's code and name. A seal that only
// claims the number is known by SealStatus. Errors: ErrUnknown.
func (m *Module) Owner(ctx context.Context, number string) (agency, name string, err error) {
	var row struct {
		Agency string `db:"agency"`
		Name   string `db:"agency_name"`
	}
	err = m.DB.Conn(ctx).Get(ctx, &row, `SELECT agency, agency_name FROM seals_seal WHERE es_id = $1`, number)
	if errors.Is(err, db.ErrNoRows) {
		return "", "", ErrUnknown
	}
	return row.Agency, row.Name, wrap("read owner of seal", err)
}
