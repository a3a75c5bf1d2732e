package ses

import (
	"context"
	"time"

	"github.com/emmansun/gmsm/smx509"
)

// VerifySeal looks at a seal by itself, as it is now.
func VerifySeal(ctx context.Context, seal *Seal, o Options) *Report {
	var s steps
	s.add(CodeStructure, OK, "电子印章“"+shorten(seal.Name)+"”，标识“"+shorten(seal.ID)+"”。")
	o.seal(&s, seal, o.now())
	sealNow(&s, seal, o.now())
	o.status(ctx, &s, seal, o.now())
	r := &Report{Verdict: s.verdict(), Steps: s}
	if r.Title = r.Verdict.Title(); r.Verdict == NotInForce {
		r.Title = "印章完整，但现在不在有效期内"
	}
	return r
}

func sealNow(s *steps, seal *Seal, now time.Time) {
	step := Step{Code: CodeSealValidity, Title: "印章在有效期内", Result: OK,
		Reason: "印章的有效期是" + day(seal.Start) + "至" + day(seal.End) + "。"}
	if now.Before(seal.Start) || now.After(seal.End) {
		step.Result = Failed
		step.Reason += "现在是" + moment(now) + "。"
	}
	*s = append(*s, step)
}

// seal checks who made a seal that was used at a time, and gives the maker's
// certificate. The day a seal says it was made on is often the day of the
// application, before the maker had that certificate; so the certificate must
// have been in force at some moment until the seal was used.
func (o Options) seal(s *steps, seal *Seal, used time.Time) *smx509.Certificate {
	maker, err := smx509.ParseCertificate(seal.Maker)
	if err != nil {
		s.add(CodeSealSignature, Failed, "制章者的证书读不出来。")
		return nil
	}
	signatureValue(s, CodeSealSignature, maker, seal.Algorithm, seal.signed, seal.Value)
	if seal.TimeStamp != nil {
		o.timeStamp(s, CodeSealTimeStamp, seal.TimeStamp, seal.Value, seal.Created)
	}
	made := seal.Created
	if made.Before(maker.NotBefore) {
		made = maker.NotBefore
	}
	o.judge(s, ofMaker, maker, moments{seal.Created, used, made})
	return maker
}

func (v *verifier) timeStamp(s *steps, code string, token, value []byte, when time.Time) time.Time {
	if token == nil {
		s.add(code, Skipped, "没有时间戳，签署时间由签署者自己写明。")
		return when
	}
	return v.o.timeStamp(s, code, token, value, when)
}

// timeStamp checks a token over a signature value, and gives the time until
// which the signature is known to have been made.
func (o Options) timeStamp(s *steps, code string, der, value []byte, when time.Time) time.Time {
	token, err := parseToken(der)
	if err != nil {
		s.add(code, Failed, "时间戳读不出来。")
		return when
	}
	var others []*smx509.Certificate
	if o.Trust != nil {
		others = o.Trust.others
	}
	cert, err := token.verify(value, others)
	if err != nil {
		s.add(code, Failed, "时间戳不对："+err.Error()+"。")
		return when
	}
	if token.Time.Before(when.Add(-5 * time.Minute)) {
		s.add(code, Failed, "时间戳是"+moment(token.Time)+"的，早于写明的签署时间。")
		return when
	}
	s.add(code, OK, "“"+name(cert.Subject)+"”证明签名在"+moment(token.Time)+"已经存在。")
	o.judge(s, ofStamp, cert, at(token.Time))
	if token.Time.After(when) {
		return token.Time
	}
	return when
}

// status asks the list of seals, if there is one.
func (o Options) status(ctx context.Context, s *steps, seal *Seal, at time.Time) {
	if o.Status == nil {
		s.add(CodeSealStatus, Skipped, "没有印章状态名册可查。")
		return
	}
	st, err := o.Status.SealStatus(ctx, seal)
	why := ""
	if st.Reason != "" {
		why = "（" + st.Reason + "）"
	}
	switch {
	case err != nil:
		s.add(CodeSealStatus, Unknown, "印章状态名册查不到，请稍后再试。")
	case !st.Known:
		s.add(CodeSealStatus, Unknown, "名册里没有这枚印章。")
	case st.Stopped.IsZero():
		s.add(CodeSealStatus, OK, "印章可用。")
	case at.IsZero() || !st.Stopped.After(at):
		s.add(CodeSealStatus, Failed, "印章自"+moment(st.Stopped)+"起停用"+why+"，签署在此之后。")
	default:
		s.add(CodeSealStatus, OK, "印章后来于"+moment(st.Stopped)+"停用"+why+"，签署在此之前。")
	}
}
