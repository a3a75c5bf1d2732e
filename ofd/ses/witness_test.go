package ses_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/smx509"

	"yimen/ofd/ses"
)

// scene is a folder with what one seal signature consists of.
type scene struct {
	dir    string
	toSign []byte
	value  []byte
}

func (s scene) path(name string) string { return filepath.Join(s.dir, name) }

func (s scene) save(t *testing.T, name string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(s.path(name), data, 0o600); err != nil {
		t.Fatal(err)
	}
	return s.path(name)
}

func certificate(c *smx509.Certificate) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: c.Raw})
}

// newScene takes a sealed document apart by the offsets of its structure, not
// by the reader that is under test: toSign is the first element of the value.
func newScene(t *testing.T, h *house) scene {
	p := h.sealed(t, ses.Signing{Timestamper: h.stamper})
	raw := contents(t, p, signs+"SignedValue.dat")
	sig, err := ses.ParseSignature(raw)
	if err != nil {
		t.Fatal(err)
	}
	head := raw[4:] // SEQUENCE of more than 255 bytes, then one of the same kind
	n := int(head[2])<<8 | int(head[3])
	return scene{t.TempDir(), head[:n+4], sig.Value}
}

func openssl(t *testing.T, args ...string) (string, error) {
	t.Helper()
	out, err := exec.Command("openssl", args...).CombinedOutput()
	return string(out), err
}

// TestOpenSSLVerifies: signatures, certificates and lists of ours are good to
// OpenSSL, and those of changed data are not.
func TestOpenSSLVerifies(t *testing.T) {
	h := city(t)
	s := newScene(t, h)
	root, issuing := s.save(t, "root.pem", certificate(h.root.Certificate)), s.save(t, "issuing.pem", certificate(h.issuing.Certificate))
	signer := s.save(t, "signer.pem", certificate(h.signer.Certificate))
	// OpenSSL takes the identity for the certificate asked about only, so every
	// link of the chain is asked about by itself.
	for _, x := range []struct {
		c  *smx509.Certificate
		by string
	}{{h.signer.Certificate, issuing}, {h.maker.Certificate, issuing}, {h.stamper.Signer.Certificate, issuing}, {h.issuing.Certificate, root}} {
		link := s.save(t, "link.pem", certificate(x.c))
		if out, err := openssl(t, "verify", "-no_check_time", "-partial_chain", "-vfyopt", "distid:1234567812345678", "-CAfile", x.by, link); err != nil {
			t.Errorf("%v %s", err, out)
		}
	}
	if _, err := openssl(t, "verify", "-no_check_time", "-partial_chain", "-vfyopt", "distid:1234567812345678", "-CAfile", root, signer); err == nil {
		t.Error("the root vouches for a certificate it did not sign: the test says nothing")
	}
	key, err := openssl(t, "x509", "-in", signer, "-noout", "-pubkey")
	if err != nil {
		t.Fatal(key)
	}
	pub, sig := s.save(t, "pub.pem", []byte(key)), s.save(t, "value", s.value)
	verify := func(data []byte) error {
		_, err := openssl(t, "dgst", "-sm3", "-sigopt", "distid:1234567812345678", "-verify", pub, "-signature", sig, s.save(t, "data", data))
		return err
	}
	if err := verify(s.toSign); err != nil {
		t.Errorf("the signature over toSign: %v", err)
	}
	if verify(append(s.toSign[:len(s.toSign):len(s.toSign)], 0)) == nil {
		t.Error("a longer toSign is good too: the test says nothing")
	}
	list, err := h.issuing.Revoke(7, []ses.Revoked{{Serial: h.other.Certificate.SerialNumber, At: noon}}, noon.AddDate(0, 1, 0))
	if err != nil {
		t.Fatal(err)
	}
	h.issuing.Lists = []string{"https://example.gov.cn/seals/crl"}
	told, err := h.issuing.IssueKey(h.other.Certificate.Subject, ses.ForSigning, 1)
	if err != nil {
		t.Fatal(err)
	}
	if out, err := openssl(t, "x509", "-in", s.save(t, "told.pem", certificate(told.Certificate)), "-noout", "-text"); err != nil || !strings.Contains(out, "URI:https://example.gov.cn/seals/crl") {
		t.Errorf("where the list is to be had: %v %s", err, out)
	}
	out, err := openssl(t, "crl", "-inform", "DER", "-in", s.save(t, "crl", list), "-noout", "-text")
	if err != nil || !strings.Contains(strings.ToUpper(out), strings.ToUpper(h.other.Certificate.SerialNumber.Text(16))) {
		t.Errorf("%v %s", err, out)
	}
}

// TestOpenSSLReadsTimeStamps: our tokens are tokens.
func TestOpenSSLReadsTimeStamps(t *testing.T) {
	h := city(t)
	s := scene{dir: t.TempDir()}
	sum := sm3.Sum([]byte("value"))
	token, err := h.stamper.Timestamp(context.Background(), sum[:])
	if err != nil {
		t.Fatal(err)
	}
	out, err := openssl(t, "ts", "-reply", "-token_in", "-in", s.save(t, "token", token), "-text")
	if err != nil || !strings.Contains(out, "Hash Algorithm: sm3") || !strings.Contains(out, "Mar  2 04:00:00 2026 GMT") {
		t.Errorf("%v %s", err, out)
	}
}

// TestSMCryptoVerifies: another implementation, in another language, both ways.
func TestSMCryptoVerifies(t *testing.T) {
	h := city(t)
	s := newScene(t, h)
	folder := filepath.Join("testdata", "node")
	if _, err := os.Stat(filepath.Join(folder, "node_modules", "sm-crypto")); err != nil {
		t.Fatal("sm-crypto is not there: run scripts/setup")
	}
	info := h.signer.Certificate.RawSubjectPublicKeyInfo
	point := info[len(info)-65:] // the uncompressed point is its end
	cmd := exec.Command("node", "sm2.mjs", hex.EncodeToString(point), hex.EncodeToString(s.toSign), hex.EncodeToString(s.value))
	cmd.Dir = folder
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var answer struct {
		Verified               bool
		Digest, Key, Signature string
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		t.Fatal(err)
	}
	sum := sm3.Sum(s.toSign)
	if !answer.Verified || answer.Digest != hex.EncodeToString(sum[:]) {
		t.Errorf("%s", out)
	}
	theirs, _ := hex.DecodeString(answer.Key)
	theirPub, err := sm2.NewPublicKey(theirs)
	if err != nil {
		t.Fatal(err)
	}
	value, _ := hex.DecodeString(answer.Signature)
	if !sm2.VerifyASN1WithSM2(theirPub, nil, s.toSign, value) {
		t.Error("their signature is not good to us")
	}
}

// TestPublishedVectors: GB/T 32918.5 annex A and GB/T 32905.
func TestPublishedVectors(t *testing.T) {
	number := func(s string) *big.Int {
		n, ok := new(big.Int).SetString(s, 16)
		if !ok {
			t.Fatal(s)
		}
		return n
	}
	key, err := sm2.NewPrivateKeyFromInt(number("3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8"))
	if err != nil {
		t.Fatal(err)
	}
	if x := hex.EncodeToString(key.X.FillBytes(make([]byte, 32))); x != "09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020" {
		t.Errorf("public key %s", x)
	}
	z, err := sm2.CalculateZA(&key.PublicKey, []byte("1234567812345678"))
	if err != nil || hex.EncodeToString(z) != "b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3" {
		t.Errorf("Z %x %v", z, err)
	}
	e, err := sm2.CalculateSM2Hash(&key.PublicKey, []byte("message digest"), nil)
	if err != nil || hex.EncodeToString(e) != "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640" {
		t.Errorf("e %x %v", e, err)
	}
	r, s := number("F5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3"), number("B1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA")
	if !sm2.Verify(&key.PublicKey, e, r, s) || sm2.Verify(&key.PublicKey, e, s, r) {
		t.Error("the published signature")
	}
	for in, want := range map[string]string{
		"abc": "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
		"":    "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b",
	} {
		if sum := sm3.Sum([]byte(in)); hex.EncodeToString(sum[:]) != want {
			t.Errorf("SM3 of %q is %x", in, sum)
		}
	}
	// A key in a device gets e and options without a hash.
	if value, err := key.Sign(rand.Reader, e, crypto.Hash(0)); err != nil || !sm2.VerifyASN1(&key.PublicKey, e, value) {
		t.Error("a signature over e")
	}
}
