package ses_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/smx509"

	"yimen/ofd"
	"yimen/ofd/ses"
)

const signs = "Doc_0/Signs/Sign_0/"

func contents(t testing.TB, p *ofd.Package, name string) []byte {
	t.Helper()
	b, err := p.Bytes(name)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(b)
}

// spots are places at which a file is changed: its ends, and some between.
func spots(n int) []int {
	out := []int{0, n - 1}
	for i := 1; i < 6; i++ {
		out = append(out, n*i/6)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestEveryChangeIsFoundAndNamed changes a byte at several places of every
// file, removes it, lengthens it and cuts it short, in files made by others
// and by us.
func TestEveryChangeIsFoundAndNamed(t *testing.T) {
	h := city(t)
	user, err := smx509.ParseCertificate(readSeal(t, "UserV4.esl").Certificates[0])
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{"ours": write(t, h.sealed(t, ses.Signing{Timestamper: h.stamper}))}
	signed := pages(t, 2)
	if err := ses.Sign(context.Background(), signed, h.signer, ses.Signing{Now: clock}); err != nil {
		t.Fatal(err)
	}
	files["ours, without seal"] = write(t, signed)
	for _, name := range []string{"v4signed.ofd", "signedFile.ofd", "SESV4SignDoc.ofd", "DigitalSign.ofd"} {
		files[name] = sample(t, name)
	}
	o := h.options()
	o.Candidates = []*smx509.Certificate{user}
	for name, data := range files {
		t.Run(name, func(t *testing.T) {
			names := open(t, data).Files()
			for _, f := range names {
				original := contents(t, open(t, data), f)
				changes := map[string][]byte{"cut": original[:len(original)-1], "longer": append(slices.Clone(original), ' '), "removed": nil}
				for _, i := range spots(len(original)) {
					changed := slices.Clone(original)
					changed[i] ^= 0x01
					changes["byte "+string(rune('a'+len(changes)))] = changed
				}
				for what, changed := range changes {
					p := open(t, data)
					if changed == nil {
						p.Remove(f)
					} else {
						put(t, p, f, string(changed))
					}
					r := ses.Verify(context.Background(), p, o)
					checkFound(t, r, f, what)
				}
			}
		})
	}
}

// checkFound wants the changed file named. The list of signatures names files
// only; what it says of them is checked with them.
func checkFound(t *testing.T, r *ses.Report, f, what string) {
	t.Helper()
	if strings.HasSuffix(f, "/Signatures.xml") {
		return
	}
	// A signature value that names nobody does not say whose it was either, so
	// with DigitalSign.ofd it is only not known any more.
	bare := len(r.Signatures) == 1 && r.Signatures[0].Type == "Sign" && r.Signatures[0].Signer == ""
	if strings.HasSuffix(f, "/SignedValue.dat") || (bare && strings.HasSuffix(f, "/Signature.xml")) {
		if r.Verdict == ses.Valid || r.Verdict == ses.Intact {
			t.Errorf("%s, %s: %s", f, what, r.Verdict)
		}
		return
	}
	failed := troubles(r, ses.Failed)
	named := slices.ContainsFunc(failed, func(s string) bool { return strings.HasSuffix(s, " /"+f) })
	if !named || (r.Verdict != ses.Invalid && r.Verdict != ses.Undecided) {
		t.Errorf("%s, %s: %s, failed %q", f, what, r.Verdict, failed)
	}
}

// TestBytesOfTheArchive changes every seventh byte of a whole file: either it
// is found, or nothing that anybody reads was changed.
func TestBytesOfTheArchive(t *testing.T) {
	h := city(t)
	data := write(t, h.sealed(t, ses.Signing{}))
	want := open(t, data)
	for i := 0; i < len(data); i += 7 {
		changed := slices.Clone(data)
		changed[i] ^= 0x10
		p, err := ofd.OpenBytes(changed)
		if err != nil || h.verify(p).Verdict != ses.Valid {
			continue
		}
		for _, f := range want.Files() {
			a, _ := want.Bytes(f)
			if b, err := p.Bytes(f); err != nil || (!bytes.Equal(a, b) && f != "Doc_0/Signs/Signatures.xml") {
				t.Errorf("byte %d of %d: %s was changed and the file is valid: %v", i, len(data), f, err)
			}
		}
	}
}

// TestWhatIsChangedOnPurpose: not bytes but whole parts.
func TestWhatIsChangedOnPurpose(t *testing.T) {
	h := city(t)
	ctx := context.Background()
	two := func(t *testing.T) *ofd.Package {
		p := h.sealed(t, ses.Signing{})
		if err := ses.Affix(ctx, p, h.seal, h.signer, []ses.Stamp{{Page: 1, Box: ses.Box{X: 10, Y: 10, Width: 40, Height: 40}}}, ses.Signing{Now: clock}); err != nil {
			t.Fatal(err)
		}
		return p
	}
	otherSeal := func(t *testing.T) *ses.Seal {
		d := h.design()
		d.Name, d.ID = "别的印章", "2"
		s, err := ses.MakeSeal(d, h.maker)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for _, x := range []struct {
		name   string
		change func(*testing.T, *ofd.Package)
		failed []string
	}{
		{"a file is added", func(t *testing.T, p *ofd.Package) { put(t, p, "Doc_0/Annots/Annotations.xml", "<x/>") },
			[]string{"coverage /Doc_0/Annots/Annotations.xml"}},
		{"signature values are swapped", func(t *testing.T, p *ofd.Package) {
			a, b := contents(t, p, signs+"SignedValue.dat"), contents(t, p, "Doc_0/Signs/Sign_1/SignedValue.dat")
			put(t, p, signs+"SignedValue.dat", string(b))
			put(t, p, "Doc_0/Signs/Sign_1/SignedValue.dat", string(a))
		}, []string{"data-hash /" + signs + "Signature.xml", "property /" + signs + "Signature.xml",
			"data-hash /Doc_0/Signs/Sign_1/Signature.xml", "property /Doc_0/Signs/Sign_1/Signature.xml"}},
		{"the seal is replaced", func(t *testing.T, p *ofd.Package) { put(t, p, signs+"Seal.esl", string(otherSeal(t).Raw)) },
			[]string{"file /" + signs + "Seal.esl", "seal-file /" + signs + "Seal.esl"}},
		{"an entry of the list is removed", func(t *testing.T, p *ofd.Package) {
			const list = "Doc_0/Signs/Signatures.xml"
			s := string(contents(t, p, list))
			put(t, p, list, strings.Replace(s, `<ofd:Signature ID="1" Type="Seal" BaseLoc="/Doc_0/Signs/Sign_0/Signature.xml"/>`, "", 1))
		}, []string{"coverage /" + signs + "Seal.esl", "coverage /" + signs + "Signature.xml", "coverage /" + signs + "SignedValue.dat"}},
		{"an entry stands twice", func(t *testing.T, p *ofd.Package) {
			const list = "Doc_0/Signs/Signatures.xml"
			s := string(contents(t, p, list))
			put(t, p, list, strings.Replace(s, "</ofd:Signatures>", `<ofd:Signature ID="9" BaseLoc="Sign_0/Signature.xml"/></ofd:Signatures>`, 1))
		}, []string{"structure /Doc_0/Signs/Signatures.xml"}},
		{"a signature without seal takes the place of one with", func(t *testing.T, p *ofd.Package) {
			q := pages(t, 1)
			if err := ses.Sign(ctx, q, h.signer, ses.Signing{Now: clock}); err != nil {
				t.Fatal(err)
			}
			put(t, p, signs+"SignedValue.dat", string(contents(t, q, signs+"SignedValue.dat")))
		}, []string{"seal-file /" + signs + "Signature.xml", "data-hash /" + signs + "Signature.xml"}},
		{"a document type", func(t *testing.T, p *ofd.Package) {
			s := string(contents(t, p, signs+"Signature.xml"))
			put(t, p, signs+"Signature.xml", strings.Replace(s, "<ofd:Signature ", `<!DOCTYPE x [<!ENTITY a "b">]><ofd:Signature `, 1))
		}, []string{"coverage /" + signs + "Seal.esl", "coverage /" + signs + "SignedValue.dat", "structure /" + signs + "Signature.xml"}},
	} {
		t.Run(x.name, func(t *testing.T) {
			p := two(t)
			x.change(t, p)
			wantVerdict(t, h.verify(p), ses.Invalid, x.failed...)
		})
	}
	t.Run("the last signature is taken away whole", func(t *testing.T) {
		first, p := h.sealed(t, ses.Signing{}), two(t)
		for _, f := range []string{"Seal.esl", "Signature.xml", "SignedValue.dat"} {
			p.Remove("Doc_0/Signs/Sign_1/" + f)
		}
		list := string(contents(t, first, "Doc_0/Signs/Signatures.xml"))
		put(t, p, "Doc_0/Signs/Signatures.xml", strings.Replace(list, ">2<", ">4<", 1))
		for _, f := range first.Files() {
			if f != "Doc_0/Signs/Signatures.xml" {
				put(t, p, f, string(contents(t, first, f)))
			}
		}
		r := h.verify(p)
		if got := troubles(r, ses.Unknown); r.Verdict != ses.Valid || !slices.Equal(got, []string{"listing /Doc_0/Signs/Signatures.xml"}) {
			t.Errorf("%s %q %q", r.Verdict, got, troubles(r, ses.Failed))
		}
	})
	t.Run("all signatures are taken away", func(t *testing.T) {
		p := two(t)
		s := string(contents(t, p, "OFD.xml"))
		put(t, p, "OFD.xml", strings.Replace(s, "<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>", "", 1))
		wantVerdict(t, h.verify(p), ses.Unsigned)
	})
}
