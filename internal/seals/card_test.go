package seals_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"sync"
	"testing"

	"github.com/emmansun/gmsm/sm2"
	"github.com/emmansun/gmsm/smx509"

	"yimen/internal/kit/errs"
	"yimen/internal/seals"
	"yimen/internal/seals/vault"
	"yimen/ofd"
	"yimen/ofd/ses"
)

// card stands for a card or machine: its keys are in no database, nobody gets
// them, and it can be absent or refuse. It proves that the module knows no more
// of a vault than its interface. (A real one speaks PKCS#11, which needs cgo.)
type card struct {
	sync.Mutex
	keys   map[string]*sm2.PrivateKey
	mood   error  // what it answers instead of working
	after  func() // called when a signature was made
	signed int
	abroad map[string]*ecdsa.PrivateKey // of P-256
	stolen map[string]*sm2.PrivateKey   // copies that destroying does not reach
}

func newCard() *card {
	return &card{keys: map[string]*sm2.PrivateKey{}, abroad: map[string]*ecdsa.PrivateKey{}, stolen: map[string]*sm2.PrivateKey{}}
}

func (c *card) Generate(_ context.Context, kind vault.Kind) (string, *ecdsa.PublicKey, error) {
	c.Lock()
	defer c.Unlock()
	if c.mood != nil {
		return "", nil, c.mood
	}
	if kind == vault.P256 {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return "", nil, err
		}
		handle := fmt.Sprintf("p256-%d", len(c.abroad))
		c.abroad[handle] = key
		return handle, &key.PublicKey, nil
	}
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return "", nil, err
	}
	handle := fmt.Sprintf("slot-%d", len(c.stolen))
	c.keys[handle], c.stolen[handle] = key, key
	return handle, &key.PublicKey, nil
}

func (c *card) Sign(ctx context.Context, handle string, digest []byte) ([]byte, error) {
	c.Lock()
	defer c.Unlock()
	key, abroad := c.keys[handle], c.abroad[handle]
	switch {
	case c.mood != nil:
		return nil, c.mood
	case ctx.Err() != nil:
		return nil, vault.ErrAbsent.Because(ctx.Err())
	case abroad != nil:
		return ecdsa.SignASN1(rand.Reader, abroad, digest)
	case key == nil:
		return nil, vault.ErrKeyGone
	}
	c.signed++
	if c.after != nil {
		defer c.after()
	}
	return sm2.SignASN1(rand.Reader, key, digest, nil)
}

func (c *card) Destroy(_ context.Context, handle string) error {
	c.Lock()
	defer c.Unlock()
	if c.mood != nil {
		return c.mood
	}
	delete(c.keys, handle)
	return nil
}

// forge seals with a stolen copy of a seal's key, without asking anybody.
func (c *card) forge(t *testing.T, w *world, s seals.Seal, p *ofd.Package) {
	t.Helper()
	var row struct {
		ESL string `db:"esl"`
		DER string `db:"der"`
	}
	w.must(w.d.Conn(system).Get(system, &row, `SELECT s.esl, c.der FROM seals_seal s JOIN seals_certificate c ON c.id = s.certificate WHERE s.id = $1`, s.ID))
	raw, err := base64.StdEncoding.DecodeString(row.ESL)
	w.must(err)
	seal, err := ses.ParseSeal(raw)
	w.must(err)
	der, err := base64.StdEncoding.DecodeString(row.DER)
	w.must(err)
	x, err := smx509.ParseCertificate(der)
	w.must(err)
	w.must(ses.Affix(context.Background(), p, seal, ses.Signer{Certificate: x, Key: c.stolen[s.Handle]}, []ses.Stamp{corner}, ses.Signing{Now: w.clock.Now}))
	w.refused(errOf(c.Sign(context.Background(), s.Handle, make([]byte, 32))), vault.ErrKeyGone)
}

func errOf(_ []byte, err error) error { return errs.From(err) }
