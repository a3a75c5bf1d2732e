package seals

import (
	"context"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"time"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"

	"yimen/internal/kit/db"
	"yimen/ofd/pdf"
)

// pdfYears is how long the sample city's certificate for PDF files is good.
const pdfYears = 5

// ensurePDF makes the root and the certificate that sign the sample city's PDF
// files, if there is none that is good. Inside a transaction.
func (m *Module) ensurePDF(ctx context.Context) error {
	if _, found, err := m.newest(ctx, RolePDF); err != nil || found {
		return err
	}
	root, found, err := m.newest(ctx, RolePDFRoot)
	if err != nil {
		return err
	}
	if !found {
		if root, err = m.issueOwn(ctx, RolePDFRoot, subject("样例城市电子文件根证书", "一门样例城市"), 0, Certificate{}); err != nil {
			return err
		}
	}
	if _, err = m.issueOwn(ctx, RolePDF, subject("样例城市政务服务电子文件", "一门样例城市"), pdfYears, root); err != nil {
		return err
	}
	return m.renewList(ctx, root.ID)
}

// ensurePDFLater does that for a sample city made before PDF files were signed,
// and when the certificate has ended.
func (m *Module) ensurePDFLater(ctx context.Context) error {
	if !m.Demo {
		return nil
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		if _, found, err := m.newest(ctx, RoleCA); err != nil || !found {
			return err
		}
		return m.ensurePDF(ctx)
	})
}

// SignPDF says by whom the city's PDF files are signed now: certificate, key and
// the certificates between it and its root. The caller adds what the file is.
// nil: there is no such certificate yet, and files go out without a signature
// (docs/decisions/0060). The key is asked within ctx.
func (m *Module) SignPDF(ctx context.Context) (*pdf.Signature, error) {
	c, found, err := m.newest(ctx, RolePDF)
	if err != nil || !found {
		return nil, err
	}
	s := &pdf.Signature{At: m.now(ctx).Truncate(time.Second)}
	if s.By, err = m.signer(ctx, c); err != nil {
		return nil, err
	}
	for up := c; len(s.Chain) < 4; {
		if up, err = m.Certificate(ctx, up.Parent); err != nil {
			return nil, err
		}
		if up.Role != RoleCA {
			return s, nil
		}
		x, err := up.parse()
		if err != nil {
			return nil, err
		}
		s.Chain = append(s.Chain, x)
	}
	return s, nil
}

// SignsPDF says whether a certificate signs, or did, the city's PDF files: that
// a root of ours vouches for it is not enough, for so it may for strangers.
func (m *Module) SignsPDF(ctx context.Context, x *smx509.Certificate) (bool, error) {
	sum := sm3.Sum(x.Raw)
	var der string
	err := m.DB.Conn(ctx).Get(ctx, &der, `SELECT der FROM seals_certificate WHERE id = $1 AND role = $2`, hex.EncodeToString(sum[:]), RolePDF)
	if errors.Is(err, db.ErrNoRows) {
		return false, nil
	}
	return der == base64.StdEncoding.EncodeToString(x.Raw), wrap("find certificate", err)
}
