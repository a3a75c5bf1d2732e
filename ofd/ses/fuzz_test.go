package ses_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"yimen/ofd"
	"yimen/ofd/ses"
)

// seeds are genuine structures, of which fuzzing makes others.
func seeds(t testing.TB) (seals, signatures, tokens, files [][]byte) {
	for _, name := range []string{"UserV1.esl", "UserV4.esl", "UserV5.esl", "UserV5_ts.esl"} {
		seals = append(seals, sample(t, name))
	}
	for _, name := range []string{"ours.ofd", "v4signed.ofd", "signedFile.ofd", "DigitalSign.ofd"} {
		data := sample(t, name)
		files = append(files, data)
		signatures = append(signatures, contents(t, open(t, data), signs+"SignedValue.dat"))
	}
	s, err := ses.ParseSignature(signatures[0])
	if err != nil {
		t.Fatal(err)
	}
	return seals, signatures, [][]byte{s.TimeStamp}, files
}

func FuzzSeal(f *testing.F) {
	all, _, _, _ := seeds(f)
	for _, s := range all {
		f.Add(s)
	}
	f.Fuzz(trySeal)
}

func FuzzSignature(f *testing.F) {
	_, all, _, _ := seeds(f)
	for _, s := range all {
		f.Add(s)
	}
	f.Fuzz(trySignature)
}

func FuzzToken(f *testing.F) {
	_, _, all, _ := seeds(f)
	for _, s := range all {
		f.Add(s)
	}
	f.Fuzz(tryToken)
}

func FuzzDescription(f *testing.F) {
	for _, name := range []string{"ours.ofd", "v4signed.ofd", "DigitalSign.ofd"} {
		f.Add(contents(f, open(f, sample(f, name)), signs+"Signature.xml"))
	}
	f.Fuzz(tryDescription)
}

func FuzzFile(f *testing.F) {
	_, _, _, all := seeds(f)
	for _, s := range all {
		f.Add(s)
	}
	f.Fuzz(tryFile)
}

// trySeal wants what is read to be parts of what was given.
func trySeal(t *testing.T, data []byte) {
	s, err := ses.ParseSeal(data)
	if err != nil {
		return
	}
	if !bytes.Equal(s.Raw, data) || !bytes.Contains(data, s.Picture.Data) || !bytes.Contains(data, s.Value) {
		t.Errorf("what was read is not what was given")
	}
	ses.VerifySeal(context.Background(), s, ses.Options{})
}

func trySignature(t *testing.T, data []byte) {
	s, err := ses.ParseSignature(data)
	if err != nil {
		return
	}
	if !bytes.Contains(data, s.Seal.Raw) || !bytes.Contains(data, s.Signer) {
		t.Errorf("what was read is not what was given")
	}
}

func tryToken(t *testing.T, data []byte) {
	if token, err := ses.ParseToken(data); err == nil && token.Time.IsZero() {
		t.Error("a token without a time")
	}
}

// tryDescription puts a Signature.xml in the place of a genuine one: nothing
// but the genuine one is valid.
func tryDescription(t *testing.T, data []byte) {
	h := city(t)
	p := open(t, sample(t, "ours.ofd"))
	genuine := contents(t, p, signs+"Signature.xml")
	put(t, p, signs+"Signature.xml", string(data))
	r := ses.Verify(context.Background(), p, h.options())
	if !bytes.Equal(data, genuine) && r.Verdict != ses.Invalid {
		t.Errorf("%s", r.Verdict)
	}
	// Nor may one be sealed on top without a clear answer.
	_ = ses.AffixAnyway(context.Background(), p, h.seal, h.signer, corner, ses.Signing{Now: clock})
}

func tryFile(t *testing.T, data []byte) {
	p, err := ofd.OpenBytes(data)
	if err != nil {
		return
	}
	r := ses.Verify(context.Background(), p, ses.Options{})
	if r.Verdict == ses.Valid {
		t.Error("valid without a root")
	}
	_ = ses.AffixAnyway(context.Background(), p, city(t).seal, city(t).signer, corner, ses.Signing{Now: clock})
}

// TestShortFuzz is a short run of the fuzz targets with changes that are the
// same each time.
func TestShortFuzz(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	sealSeeds, signatures, tokens, files := seeds(t)
	descriptions := [][]byte{contents(t, open(t, sample(t, "ours.ofd")), signs+"Signature.xml")}
	for _, x := range []struct {
		try   func(*testing.T, []byte)
		seeds [][]byte
		times int
	}{{trySeal, sealSeeds, 1500}, {trySignature, signatures, 3000}, {tryToken, tokens, 3000}, {tryDescription, descriptions, 250}, {tryFile, files, 300}} {
		for range x.times {
			x.try(t, mutate(r, x.seeds[r.IntN(len(x.seeds))]))
		}
	}
}

// mutate changes, cuts, doubles or swaps some of the bytes, more often near
// the beginning, where the lengths of structures stand.
func mutate(r *rand.Rand, seed []byte) []byte {
	b := slices.Clone(seed)
	for range 1 + r.IntN(4) {
		i := r.IntN(len(b))
		if r.IntN(2) == 0 {
			i = r.IntN(min(len(b), 400))
		}
		switch r.IntN(5) {
		case 0:
			b[i] = byte(r.Uint32())
		case 1:
			b[i] ^= 1 << r.IntN(8)
		case 2:
			b = b[:max(i, 1)]
		case 3:
			b = slices.Insert(b, i, b[i:min(len(b), i+1+r.IntN(30))]...)
		case 4:
			b = append(b, b[i])
		}
	}
	return b
}

// TestHostileXMLStaysSmall: what anybody can write into a few kilobytes of
// archive ends as a failed step, and memory does not follow it.
func TestHostileXMLStaysSmall(t *testing.T) {
	h := city(t)
	genuine := string(contents(t, open(t, sample(t, "ours.ofd")), signs+"Signature.xml"))
	ref := `<ofd:Reference FileRef="/OFD.xml"><ofd:CheckValue>AAAA</ofd:CheckValue></ofd:Reference>`
	for name, xml := range map[string]string{
		"400,000 references": strings.Replace(genuine, "</ofd:References>", strings.Repeat(ref, 400_000)+"</ofd:References>", 1),
		"many references":    strings.Replace(genuine, "</ofd:References>", strings.Repeat(ref, 50_000)+"</ofd:References>", 1),
		"a deep tree":        strings.Repeat("<a>", 1_000_000),
		"entities":           `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><x>&b;</x>`,
		"an outside entity":  `<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>`,
		"nothing":            "",
	} {
		t.Run(name, func(t *testing.T) {
			p := open(t, sample(t, "ours.ofd"))
			put(t, p, signs+"Signature.xml", xml)
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			r := h.verify(p)
			runtime.ReadMemStats(&after)
			if r.Verdict != ses.Invalid || len(r.Signatures[0].Steps) > 1000 {
				t.Errorf("%s, %d steps", r.Verdict, len(r.Signatures[0].Steps))
			}
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 400 {
				t.Errorf("%d MB were asked for", used)
			}
		})
	}
}
