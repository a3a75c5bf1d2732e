package ses

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"time"

	"github.com/emmansun/gmsm/smx509"
)

// Trust is whom a verifier believes. It may be used by several goroutines, and
// one that is kept is quicker with certificates it has met.
type Trust struct {
	roots, others     []*smx509.Certificate
	rootPool, midPool *smx509.CertPool
	lists             []*smx509.RevocationList

	mu    sync.Mutex
	known map[string][]*smx509.Certificate // certificate → a way to a root that was found good
}

// mostKnown bounds what a Trust remembers.
const mostKnown = 4096

// way gives a remembered way to a root, if all on it were in force at the time:
// nothing else that was checked depends on the time.
func (t *Trust) way(c *smx509.Certificate, at time.Time) []*smx509.Certificate {
	t.mu.Lock()
	defer t.mu.Unlock()
	chain := t.known[string(c.Raw)]
	for _, x := range chain {
		if at.Before(x.NotBefore) || at.After(x.NotAfter) {
			return nil
		}
	}
	return chain
}

func (t *Trust) remember(chain []*smx509.Certificate) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known == nil || len(t.known) >= mostKnown {
		t.known = map[string][]*smx509.Certificate{}
	}
	t.known[string(chain[0].Raw)] = chain
}

// NewTrust makes a set of roots. Others are issuing certificates between a
// root and those who sign: seals and signatures do not carry them.
func NewTrust(roots, others []*smx509.Certificate, lists []*smx509.RevocationList) *Trust {
	t := &Trust{roots: roots, others: others, lists: lists, rootPool: smx509.NewCertPool(), midPool: smx509.NewCertPool()}
	for _, c := range roots {
		t.rootPool.AddCert(c)
	}
	for _, c := range others {
		t.midPool.AddCert(c)
	}
	return t
}

// A StatusList knows what became of seals after they were made.
type StatusList interface {
	SealStatus(ctx context.Context, s *Seal) (SealStatus, error)
}

// SealStatus is what a StatusList answers.
type SealStatus struct {
	Known   bool
	Stopped time.Time // since when it may not be used; zero: it may
	Reason  string    // why, Chinese
}

// Options of verification. The zero value checks integrity and says that the
// roots are not known.
type Options struct {
	Trust *Trust
	// Candidates are certificates of signers, for signatures that carry none.
	Candidates []*smx509.Certificate
	Status     StatusList
	Now        func() time.Time // nil: time.Now
}

func (o Options) now() time.Time {
	if o.Now != nil {
		return o.Now()
	}
	return time.Now()
}

// judged are the steps about one certificate.
type judged struct{ chain, validity, usage, revocation string }

var (
	ofSigner = judged{CodeChain, CodeValidity, CodeUsage, CodeRevocation}
	ofMaker  = judged{CodeMakerChain, CodeMakerValidity, CodeMakerUsage, CodeMakerRevocation}
	ofStamp  = judged{CodeStampChain, CodeStampValidity, CodeStampUsage, CodeStampRevocation}
)

// moments are the times at which a certificate is looked at: it must have been
// in force at some moment between from and to, and not revoked until.
type moments struct{ from, to, until time.Time }

func at(t time.Time) moments { return moments{t, t, t} }

// judge looks at a certificate as it was: what is revoked or expires later
// takes nothing from what was signed before.
func (o Options) judge(s *steps, as judged, c *smx509.Certificate, m moments) {
	chain, result, reason := o.chain(c, m.from)
	s.add(as.chain, result, reason)
	span := "证书的有效期是" + day(c.NotBefore) + "至" + day(c.NotAfter)
	switch {
	case m.from.IsZero() || m.to.IsZero():
		s.add(as.validity, Unknown, "不知道时间。"+span+"。")
	case m.to.Before(c.NotBefore):
		s.add(as.validity, Failed, span+"，而时间是"+moment(m.to)+"。")
	case m.from.After(c.NotAfter):
		s.add(as.validity, Failed, span+"，而时间是"+moment(m.from)+"。")
	default:
		s.add(as.validity, OK, span+"。")
	}
	result, reason = usage(c, as == ofStamp)
	s.add(as.usage, result, reason)
	result, reason = o.revocation(chain, m.until)
	s.add(as.revocation, result, reason)
}

// chain finds the way to a root. That the certificate itself had expired is
// another step's to say, so the way is sought at a time when it had not.
func (o Options) chain(c *smx509.Certificate, at time.Time) ([]*smx509.Certificate, Result, string) {
	issuer := name(c.Issuer)
	if o.Trust == nil || len(o.Trust.roots) == 0 {
		return nil, Unknown, "没有给出可信的根证书。证书写明的签发者是“" + issuer + "”。"
	}
	if at.Before(c.NotBefore) {
		at = c.NotBefore
	}
	if at.After(c.NotAfter) {
		at = c.NotAfter
	}
	if way := o.Trust.way(c, at); way != nil {
		return way, OK, vouched(way)
	}
	chains, err := c.Verify(smx509.VerifyOptions{Roots: o.Trust.rootPool, Intermediates: o.Trust.midPool,
		CurrentTime: at, KeyUsages: []smx509.ExtKeyUsage{smx509.ExtKeyUsageAny}})
	if err == nil {
		o.Trust.remember(chains[0])
		return chains[0], OK, vouched(chains[0])
	}
	var unknown smx509.UnknownAuthorityError
	if !errors.As(err, &unknown) {
		return nil, Failed, "证书链不成立：" + chainReason(err)
	}
	if o.forged(c) {
		return nil, Failed, "签发者“" + issuer + "”的证书在手，但证书上的签名不是它签的。"
	}
	return nil, Unknown, "签发者“" + issuer + "”不能追溯到给出的根证书。"
}

func vouched(chain []*smx509.Certificate) string {
	return "由根证书“" + name(chain[len(chain)-1].Subject) + "”担保。"
}

func chainReason(err error) string {
	var invalid smx509.CertificateInvalidError
	if errors.As(err, &invalid) {
		switch invalid.Reason {
		case smx509.Expired:
			return "签发者的证书在那时不在有效期内。"
		case smx509.NotAuthorizedToSign:
			return "签发者的证书不许签发证书。"
		case smx509.TooManyIntermediates:
			return "链太长。"
		}
	}
	return "有证书不符合要求。"
}

// forged tells whether a certificate names an issuer that is at hand and did
// not sign it.
func (o Options) forged(c *smx509.Certificate) bool {
	found := false
	for _, list := range [][]*smx509.Certificate{o.Trust.roots, o.Trust.others} {
		for _, i := range list {
			if !bytes.Equal(i.RawSubject, c.RawIssuer) {
				continue
			}
			if found = true; c.CheckSignatureFrom(i) == nil {
				return false
			}
		}
	}
	return found
}

func usage(c *smx509.Certificate, stamps bool) (Result, string) {
	if stamps {
		for _, u := range c.ExtKeyUsage {
			if u == smx509.ExtKeyUsageTimeStamping {
				return OK, "证书是时间戳机构的。"
			}
		}
		return Failed, "证书不是时间戳机构的。"
	}
	switch {
	case c.KeyUsage == 0:
		return OK, "证书没有限制用途。"
	case c.KeyUsage&(smx509.KeyUsageDigitalSignature|smx509.KeyUsageContentCommitment) != 0:
		return OK, "证书可用于数字签名。"
	}
	return Failed, "证书的用途不包括数字签名。"
}

// revocation looks for every certificate of the chain but the root.
func (o Options) revocation(chain []*smx509.Certificate, until time.Time) (Result, string) {
	if chain == nil {
		return Skipped, "信任链不明，不查吊销。"
	}
	if len(o.Trust.lists) == 0 {
		return Skipped, "没有给出吊销列表。"
	}
	for i := range len(chain) - 1 {
		if r, reason := o.revoked(chain[i], chain[i+1], until); r != OK || i == len(chain)-2 {
			return r, reason
		}
	}
	return OK, ""
}

func (o Options) revoked(c, issuer *smx509.Certificate, until time.Time) (Result, string) {
	var newest time.Time
	later := ""
	for _, l := range o.Trust.lists {
		if !bytes.Equal(l.RawIssuer, issuer.RawSubject) || l.CheckSignatureFrom(issuer) != nil {
			continue
		}
		if l.ThisUpdate.After(newest) {
			newest = l.ThisUpdate
		}
		for _, e := range l.RevokedCertificateEntries {
			if e.SerialNumber.Cmp(c.SerialNumber) != 0 {
				continue
			}
			if !e.RevocationTime.After(until) {
				return Failed, "证书“" + name(c.Subject) + "”已于" + moment(e.RevocationTime) + "吊销，签署在此之后。"
			}
			later = "证书后来于" + moment(e.RevocationTime) + "吊销，签署在此之前。"
		}
	}
	switch {
	case newest.IsZero():
		return Unknown, "没有“" + name(issuer.Subject) + "”的吊销列表。"
	case newest.Before(until) && later == "":
		return Unknown, "“" + name(issuer.Subject) + "”的吊销列表是" + moment(newest) + "的，早于签署。"
	}
	if later == "" {
		later = moment(newest) + "的吊销列表里没有它。"
	}
	return OK, later
}
