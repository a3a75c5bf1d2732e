package licences

import (
	"context"
	"errors"
	"io"

	"yimen/internal/kit/db"
	"yimen/ofd/ses"
)

// verifyPDF verifies the signature of a PDF file, and looks up what it is of: the
// signature names the OFD file whose pages it shows. A file without a signature
// is known if it is, byte for byte, one that was given out before PDF files were
// signed, or where they are not.
func (m *Module) verifyPDF(ctx context.Context, file io.Reader, sum string) (Verdict, error) {
	data, err := io.ReadAll(file)
	if err != nil {
		return Verdict{}, wrap("read file", err)
	}
	report, err := m.looked(ctx, func(o ses.Options) *ses.Report { return ses.VerifyPDF(data, o) })
	if err != nil {
		return Verdict{}, err
	}
	if report.Verdict == ses.Unsigned {
		return m.knownPDF(ctx, sum)
	}
	v := Verdict{Report: report}
	switch report.Verdict {
	case ses.Valid:
	case ses.Invalid:
		v.Answer, v.Code, v.Say = AnswerInvalid, codeChanged, whyNot(report)
		return v, nil
	case ses.NotInForce:
		v.Answer, v.Code, v.Say = AnswerInvalid, codeNotInForce, "文件完整，没有改动，但签名时证书不在有效期内，这个签名不算数。"+whyNot(report)
		return v, nil
	default:
		return v.stranger(), nil
	}
	for _, s := range report.Signatures { // one, for an earlier one does not cover the later
		ours, err := m.Witness.SignsPDF(ctx, s.Certificate)
		if err != nil {
			return v, err
		}
		if !ours {
			return v.stranger(), nil
		}
	}
	return m.ofOurs(ctx, v, report.Signatures[0], sum)
}

// stranger says that a whole file is signed by nobody of the city.
func (v Verdict) stranger() Verdict {
	v.Answer, v.Code, v.Say = AnswerUnknown, codeUntrusted, "没有发现改动，但签名的不是本市登记的证书，本市不能证明是谁签的。"
	return v
}

// ofOurs says what a PDF file is worth that the city signed.
func (m *Module) ofOurs(ctx context.Context, v Verdict, s ses.SignatureReport, sum string) (Verdict, error) {
	genuine := "由“" + s.Signer + "”签名，签名以后没有改动。"
	var id string
	err := m.DB.Conn(ctx).Get(ctx, &id, `SELECT licence FROM licences_paper WHERE hash = $1`, s.Shows)
	var c Copy
	copied := false
	if errors.Is(err, db.ErrNoRows) {
		if c, copied, err = m.copyFile(ctx, "hash", s.Shows); copied {
			id = c.Licence
		}
	}
	if err != nil {
		return v, wrap("find what was signed", err)
	}
	if id != "" {
		return m.ofLicence(ctx, v, id, c, copied, genuine, sum)
	}
	v.Answer, v.Code, v.Say = AnswerInvalid, codeNotInStore, genuine+"但是证照库和文书档案里没有这份文件。"
	if m.Archive == nil {
		return v, nil
	}
	f, ok, err := m.Archive.Filed(ctx, s.Shows)
	if err == nil && ok {
		v.Document, v.Archived, v.Answer, v.Code = &f, true, AnswerValid, codeValid
		v.Say = genuine + "是" + f.words() + "的PDF版，与存档的OFD文件版面相同。"
	}
	return v, err
}

// ofLicence adds what the licence of a genuine PDF file is worth today.
func (m *Module) ofLicence(ctx context.Context, v Verdict, id string, c Copy, copied bool, genuine, sum string) (Verdict, error) {
	l, err := m.one(ctx, "id", id)
	if err != nil {
		return v, err
	}
	var known string
	err = m.DB.Conn(ctx).Get(ctx, &known, `SELECT licence FROM licences_paper WHERE pdf_hash = $1 UNION ALL SELECT licence FROM licences_copy WHERE pdf_hash = $1`, sum)
	if err != nil && !errors.Is(err, db.ErrNoRows) {
		return v, wrap("find PDF", err)
	}
	v.Archived = known == id
	if v, err = m.standing(ctx, v, l, genuine); err == nil && copied {
		v = m.annotated(ctx, v, c)
	}
	return v, err
}

// knownPDF looks for the very file among those that bear no signature.
func (m *Module) knownPDF(ctx context.Context, sum string) (v Verdict, err error) {
	c, copied, err := m.copyFile(ctx, "pdf_hash", sum)
	if err != nil {
		return v, err
	}
	id := c.Licence
	if !copied {
		err = m.DB.Conn(ctx).Get(ctx, &id, `SELECT licence FROM licences_paper WHERE pdf_hash = $1`, sum)
	}
	if errors.Is(err, db.ErrNoRows) {
		if v, err = m.filed(ctx, v, sum); err == nil && v.Document == nil {
			v.Answer, v.Code = AnswerUnknown, codeNotArchived
			v.Say = "这个PDF文件上没有电子签名，也不是本平台存档的证照、证明或文书，不能证明真伪。打印、另存、扫描过的文件会丢掉签名；请让对方提供从本平台下载的PDF或OFD文件，或按电子证照标识查询。"
		}
		return v, err
	}
	if err != nil {
		return v, wrap("find PDF", err)
	}
	l, err := m.one(ctx, "id", id)
	if err != nil {
		return v, err
	}
	return m.ofLicence(ctx, v, id, c, copied, "文件上没有电子签名，但与"+l.IssuerName+"签发时存档的文件完全一致。", sum)
}
