package ses_test

import (
	"bytes"
	"context"
	"crypto/x509/pkix"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emmansun/gmsm/smx509"

	"yimen/ofd"
	"yimen/ofd/ses"
)

// affixed is a document sealed without asking whether it should be.
func affixed(t *testing.T, seal *ses.Seal, by ses.Signer, o ses.Signing) *ofd.Package {
	t.Helper()
	p := pages(t, 1)
	if o.Now == nil {
		o.Now = clock
	}
	if err := ses.AffixAnyway(context.Background(), p, seal, by, corner, o); err != nil {
		t.Fatal(err)
	}
	return p
}

func at(t time.Time) func() time.Time { return func() time.Time { return t } }

func TestWhoAndWhen(t *testing.T) {
	h := city(t)
	past := ses.Options{Trust: h.trust, Now: at(noon.AddDate(9, 0, 0))}
	verify := func(p *ofd.Package) *ses.Report { return ses.Verify(context.Background(), p, past) }

	t.Run("everything expires later", func(t *testing.T) { wantVerdict(t, verify(h.sealed(t, ses.Signing{})), ses.Valid) })
	t.Run("seal past", func(t *testing.T) {
		p := affixed(t, h.seal, h.signer, ses.Signing{Now: at(noon.AddDate(4, 0, 0))})
		wantVerdict(t, verify(p), ses.NotInForce, "seal-validity")
	})
	t.Run("seal and certificate past", func(t *testing.T) {
		p := affixed(t, h.seal, h.signer, ses.Signing{Now: at(noon.AddDate(6, 0, 0))})
		wantVerdict(t, verify(p), ses.NotInForce, "signer-validity", "seal-validity")
	})
	t.Run("signed tomorrow", func(t *testing.T) {
		p := affixed(t, h.seal, h.signer, ses.Signing{Now: at(noon.AddDate(0, 0, 1))})
		wantVerdict(t, h.verify(p), ses.Invalid, "time")
	})
	t.Run("not in the list", func(t *testing.T) {
		wantVerdict(t, verify(affixed(t, h.seal, h.other, ses.Signing{})), ses.Invalid, "signer-listed")
	})
	t.Run("a certificate that may not sign", func(t *testing.T) {
		p := affixed(t, h.seal, h.stamper.Signer, ses.Signing{})
		wantVerdict(t, verify(p), ses.Invalid, "signer-listed")
		ca := ses.Signer{Certificate: h.issuing.Certificate, Key: h.issuing.Key}
		wantVerdict(t, verify(affixed(t, h.seal, ca, ses.Signing{})), ses.Invalid, "signer-usage", "signer-listed")
	})
	t.Run("a seal of a maker nobody knows", func(t *testing.T) {
		stranger, err := ses.NewRoot(pkix.Name{CommonName: "无名"}, 20, clock)
		if err != nil {
			t.Fatal(err)
		}
		maker, err := stranger.IssueKey(pkix.Name{CommonName: "无名制章者"}, ses.ForSigning, 5)
		if err != nil {
			t.Fatal(err)
		}
		seal, err := ses.MakeSeal(h.design(), maker)
		if err != nil {
			t.Fatal(err)
		}
		r := verify(affixed(t, seal, h.signer, ses.Signing{}))
		wantVerdict(t, r, ses.Intact)
		if got := troubles(r, ses.Unknown); !slices.Equal(got, []string{"maker-chain"}) {
			t.Errorf("%q", got)
		}
	})
	t.Run("an issuer that did not sign", func(t *testing.T) {
		twin, err := ses.NewRoot(pkix.Name{CommonName: "韶关样例签发机构", Country: []string{"CN"}}, 20, clock)
		if err != nil {
			t.Fatal(err)
		}
		forged, err := twin.IssueKey(pkix.Name{CommonName: "乐昌市样例局"}, ses.ForSigning, 5)
		if err != nil {
			t.Fatal(err)
		}
		wantVerdict(t, verify(affixed(t, h.seal, forged, ses.Signing{})), ses.Invalid, "signer-chain", "signer-listed")
	})
}

func TestRevocation(t *testing.T) {
	h := city(t)
	p := h.sealed(t, ses.Signing{})
	for _, x := range []struct {
		name    string
		at      time.Time // of revocation
		listed  time.Time // of the list
		result  ses.Result
		verdict ses.Verdict
	}{
		{"before it was signed", noon.Add(-time.Hour), noon.Add(time.Hour), ses.Failed, ses.Invalid},
		{"after it was signed", noon.Add(time.Hour), noon.Add(2 * time.Hour), ses.OK, ses.Valid},
		{"not revoked", time.Time{}, noon.Add(time.Hour), ses.OK, ses.Valid},
		{"a list from before", time.Time{}, noon.Add(-time.Hour), ses.Unknown, ses.Intact},
	} {
		t.Run(x.name, func(t *testing.T) {
			list := func(a *ses.Authority, revoked ...ses.Revoked) *smx509.RevocationList {
				der, err := ses.NewAuthority(a.Signer, at(x.listed)).Revoke(1, revoked, x.listed.AddDate(0, 1, 0))
				if err != nil {
					t.Fatal(err)
				}
				l, err := smx509.ParseRevocationList(der)
				if err != nil {
					t.Fatal(err)
				}
				return l
			}
			var revoked []ses.Revoked
			if !x.at.IsZero() {
				revoked = []ses.Revoked{{Serial: h.signer.Certificate.SerialNumber, At: x.at}}
			}
			o := h.options()
			o.Trust = ses.NewTrust([]*smx509.Certificate{h.root.Certificate}, []*smx509.Certificate{h.issuing.Certificate},
				[]*smx509.RevocationList{list(h.issuing, revoked...), list(h.root)})
			r := ses.Verify(context.Background(), p, o)
			if got := step(r, ses.CodeRevocation); got.Result != x.result || r.Verdict != x.verdict {
				t.Errorf("%s: %+v", r.Verdict, got)
			}
		})
	}
}

func step(r *ses.Report, code string) ses.Step {
	for _, s := range r.Signatures[0].Steps {
		if s.Code == code {
			return s
		}
	}
	return ses.Step{}
}

func TestTimeStamp(t *testing.T) {
	h := city(t)
	wantVerdict(t, h.verify(h.sealed(t, ses.Signing{Timestamper: h.stamper})), ses.Valid)
	with := func(s ses.Signer, when time.Time) *ofd.Package {
		return affixed(t, h.seal, h.signer, ses.Signing{Timestamper: &ses.TimestampAuthority{Signer: s, Now: at(when)}})
	}
	wantVerdict(t, h.verify(with(h.stamper.Signer, noon.Add(-time.Hour))), ses.Invalid, "timestamp")
	wantVerdict(t, h.verify(with(h.other, noon)), ses.Invalid, "tsa-usage")
	wantVerdict(t, h.verify(affixed(t, h.seal, h.signer, ses.Signing{Timestamper: fixed{h}})), ses.Invalid, "timestamp")
	wantVerdict(t, h.verify(affixed(t, h.seal, h.signer, ses.Signing{Timestamper: garbage{}})), ses.Invalid, "timestamp")
}

// fixed stamps always the same.
type fixed struct{ h *house }

func (f fixed) Timestamp(ctx context.Context, _ []byte) ([]byte, error) {
	return f.h.stamper.Timestamp(ctx, bytes.Repeat([]byte{7}, 32))
}

type garbage struct{}

func (garbage) Timestamp(context.Context, []byte) ([]byte, error) { return []byte{1, 2, 3}, nil }

// list answers for every seal alike.
type list struct {
	status ses.SealStatus
	err    error
}

func (l list) SealStatus(context.Context, *ses.Seal) (ses.SealStatus, error) { return l.status, l.err }

func TestStatusOfTheSeal(t *testing.T) {
	h := city(t)
	p := h.sealed(t, ses.Signing{})
	for _, x := range []struct {
		name    string
		list    list
		result  ses.Result
		verdict ses.Verdict
	}{
		{"in use", list{status: ses.SealStatus{Known: true}}, ses.OK, ses.Valid},
		{"stopped before", list{status: ses.SealStatus{Known: true, Stopped: noon.Add(-time.Hour), Reason: "遗失"}}, ses.Failed, ses.Invalid},
		{"stopped after", list{status: ses.SealStatus{Known: true, Stopped: noon.Add(time.Hour)}}, ses.OK, ses.Valid},
		{"not known", list{}, ses.Unknown, ses.Intact},
		{"no answer", list{err: errors.New("down")}, ses.Unknown, ses.Intact},
	} {
		o := h.options()
		o.Status = x.list
		r := ses.Verify(context.Background(), p, o)
		got := step(r, ses.CodeSealStatus)
		if got.Result != x.result || r.Verdict != x.verdict || (x.list.status.Reason != "" && !strings.Contains(got.Reason, "遗失")) {
			t.Errorf("%s: %s %+v", x.name, r.Verdict, got)
		}
	}
}

// TestVersion1: seal and signature of GM/T 0031-2014.
func TestVersion1(t *testing.T) {
	h := city(t)
	seal, err := ses.MakeSealV1(h.design(), h.maker)
	if err != nil {
		t.Fatal(err)
	}
	p := affixed(t, seal, h.signer, ses.Signing{})
	value, err := ses.SignV1(seal, h.signer, contents(t, p, signs+"Signature.xml"), "/"+signs+"Signature.xml", noon)
	if err != nil {
		t.Fatal(err)
	}
	put(t, p, signs+"SignedValue.dat", string(value))
	r := h.verify(p)
	wantVerdict(t, r, ses.Valid)
	if r.Signatures[0].Seal.Version != ses.V1 || !r.Signatures[0].Time.Equal(noon) {
		t.Errorf("%+v", r.Signatures[0])
	}
	for _, i := range spots(len(value)) {
		changed := slices.Clone(value)
		changed[i] ^= 1
		put(t, p, signs+"SignedValue.dat", string(changed))
		if v := h.verify(p).Verdict; v != ses.Invalid {
			t.Errorf("byte %d: %s", i, v)
		}
	}
}
