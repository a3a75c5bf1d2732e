package openid

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"

	"yimen/internal/kit/db"
	"yimen/internal/kit/sealed"
)

// columnPrivate is the private half of a key.
var columnPrivate = sealed.Define("openid_key", "id", "private")

// signingAlg is what everything is signed with. SM2 is not: no algorithm name
// is registered for it, and the library's key set cannot hold its curve
// (docs/decisions/0033).
const signingAlg = jose.ES256

const (
	// publishAhead is how long a new key is shown before it signs: clients keep
	// key sets for a day.
	publishAhead = 24 * time.Hour
	// keepPublic is how long a key is shown after another has taken over: the
	// life of the longest token it may have signed, and what clocks differ.
	keepPublic = maxAccess + 2*skew
	// keysFor is how long this process believes its copy of the keys: so long
	// another process may sign with a key that was replaced at once.
	keysFor = 10 * time.Second
)

type keyRow struct {
	ID        string    `db:"id"`
	Public    string    `db:"public"`
	Private   string    `db:"private"`
	CreatedAt time.Time `db:"created_at"`
	SignsAt   time.Time `db:"signs_at"`
}

// signingKey is a key ready for use.
type signingKey struct {
	keyRow
	private *ecdsa.PrivateKey
	public  jose.JSONWebKey
	signer  jose.Signer // of ID and logout tokens
	machine jose.Signer // of access tokens of machines (at+jwt)
}

// keyring is the process's copy of the keys.
type keyring struct {
	sync.Mutex
	list []*signingKey // oldest first
	read time.Time
}

// signing gives the key that signs now; the first is made when it is needed.
func (m *Module) signing(ctx context.Context) (*signingKey, error) {
	list, err := m.published(ctx)
	if err != nil {
		return nil, err
	}
	if k := current(list, m.now(ctx)); k != nil {
		return k, nil
	}
	if len(list) == 0 { // two processes may each make one: both are shown, both are good
		err = m.newKey(ctx, m.now(ctx), "the first")
	} else {
		err = m.RotateKey(ctx, true) // the clock was set back before every key
	}
	if err != nil {
		return nil, err
	}
	if list, err = m.published(ctx); err != nil {
		return nil, err
	}
	if k := current(list, m.now(ctx)); k != nil {
		return k, nil
	}
	return nil, errors.New("openid: no key signs")
}

// current is the youngest key whose time to sign has come.
func current(list []*signingKey, now time.Time) *signingKey {
	var best *signingKey
	for _, k := range list {
		if !k.SignsAt.After(now) && (best == nil || !k.SignsAt.Before(best.SignsAt)) {
			best = k
		}
	}
	return best
}

// published are the keys that clients are shown, oldest first.
func (m *Module) published(ctx context.Context) ([]*signingKey, error) {
	m.keys.Lock()
	defer m.keys.Unlock()
	now := m.Clock.Now()
	if age := now.Sub(m.keys.read); m.keys.list != nil && age >= 0 && age < keysFor {
		return m.keys.list, nil
	}
	var rows []keyRow
	err := m.DB.Conn(db.Fresh(ctx)).Select(ctx, &rows, `SELECT id, public, private, created_at, signs_at FROM openid_key ORDER BY signs_at, id`)
	if err != nil {
		return nil, fmt.Errorf("read signing keys: %w", err)
	}
	known := map[string]*signingKey{}
	for _, k := range m.keys.list {
		known[k.ID] = k
	}
	list := make([]*signingKey, 0, len(rows))
	for _, r := range rows {
		k := known[r.ID]
		if k == nil {
			if k, err = m.open(r); err != nil {
				return nil, err
			}
		}
		list = append(list, k)
	}
	if len(list) > 0 {
		m.keys.list, m.keys.read = list, now
	}
	return list, nil
}

// forget makes the next look read the keys anew.
func (m *Module) forget() {
	m.keys.Lock()
	m.keys.read = time.Time{}
	m.keys.Unlock()
}

// RotateKey makes a new signing key. With atOnce it signs from now and the
// others are shown no more: what they signed is refused from then on, which is
// right when one may have leaked. Else it is shown for a day first.
func (m *Module) RotateKey(ctx context.Context, atOnce bool) error {
	if !atOnce {
		return m.newKey(ctx, m.now(ctx).Add(publishAhead), "in a day")
	}
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		if _, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM openid_key`); err != nil {
			return fmt.Errorf("remove signing keys: %w", err)
		}
		return m.newKey(ctx, m.now(ctx), "at once")
	})
}

// newKey makes a key that signs from a moment on.
func (m *Module) newKey(ctx context.Context, signs time.Time, detail string) error {
	defer m.forget()
	return m.DB.InTx(ctx, func(ctx context.Context) error {
		r := keyRow{ID: strings.ToLower(rand.Text()[:16]), CreatedAt: m.now(ctx), SignsAt: signs}
		if err := m.seal(&r); err != nil {
			return err
		}
		_, err := m.DB.Conn(ctx).Exec(ctx, `INSERT INTO openid_key (id, public, private, created_at, signs_at) VALUES ($1, $2, $3, $4, $5)`,
			r.ID, r.Public, r.Private, r.CreatedAt, r.SignsAt)
		if err != nil {
			return fmt.Errorf("add signing key: %w", err)
		}
		return m.record(ctx, "client.key", "signing_key", r.ID, detail, "")
	})
}

// KeepKeys brings the next key when the current one is old, and removes those
// that signed nothing that still lives.
func (m *Module) KeepKeys(ctx context.Context) error {
	m.forget()
	list, err := m.published(ctx)
	if err != nil || len(list) == 0 {
		return err
	}
	now := m.now(ctx)
	if youngest := list[len(list)-1]; now.Sub(youngest.SignsAt) > m.KeyAge {
		return m.RotateKey(ctx, false)
	}
	signs := current(list, now)
	if signs == nil || now.Sub(signs.SignsAt) < keepPublic {
		return nil
	}
	n, err := m.DB.Conn(ctx).Exec(ctx, `DELETE FROM openid_key WHERE signs_at < $1`, signs.SignsAt)
	if n > 0 {
		m.forget()
	}
	return err
}

// seal makes the key pair of a row.
func (m *Module) seal(r *keyRow) error {
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make signing key: %w", err)
	}
	public, err := json.Marshal(jose.JSONWebKey{Key: private.Public(), KeyID: r.ID, Algorithm: string(signingAlg), Use: "sig"})
	if err != nil {
		return fmt.Errorf("make signing key: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return fmt.Errorf("make signing key: %w", err)
	}
	r.Public = string(public)
	r.Private = m.Sealer.Seal(columnPrivate, r.ID, base64.StdEncoding.EncodeToString(der))
	return nil
}

// open is the key of a row; it fails when another key file sealed it.
func (m *Module) open(r keyRow) (*signingKey, error) {
	k := &signingKey{keyRow: r}
	if err := json.Unmarshal([]byte(r.Public), &k.public); err != nil {
		return nil, fmt.Errorf("signing key %s: %w", r.ID, err)
	}
	text, err := m.Sealer.Open(columnPrivate, r.ID, r.Private)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", r.ID, err)
	}
	der, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", r.ID, err)
	}
	private, err := x509.ParsePKCS8PrivateKey(der)
	if err != nil {
		return nil, fmt.Errorf("signing key %s: %w", r.ID, err)
	}
	own, ok := private.(*ecdsa.PrivateKey)
	if !ok {
		return nil, fmt.Errorf("signing key %s is of another kind", r.ID)
	}
	k.private = own
	if k.signer, err = m.signer(k, "JWT"); err == nil {
		k.machine, err = m.signer(k, "at+jwt")
	}
	return k, err
}

func (m *Module) signer(k *signingKey, typ jose.ContentType) (jose.Signer, error) {
	return jose.NewSigner(jose.SigningKey{Algorithm: signingAlg, Key: jose.JSONWebKey{Key: k.private, KeyID: k.ID}},
		(&jose.SignerOptions{}).WithType(typ))
}

// sign is a signed token with these claims.
func sign(s jose.Signer, claims any) (string, error) {
	raw, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("write claims: %w", err)
	}
	signed, err := s.Sign(raw)
	if err != nil {
		return "", fmt.Errorf("sign: %w", err)
	}
	return signed.CompactSerialize()
}

// verified reads what one of our own keys has signed; the algorithm is ours to
// say, never the token's. Times are the caller's to look at.
func (m *Module) verified(ctx context.Context, token, typ string, claims any) error {
	sig, err := jose.ParseSigned(token, []jose.SignatureAlgorithm{signingAlg})
	if err != nil {
		return err
	}
	if len(sig.Signatures) != 1 {
		return errors.New("one signature is wanted")
	}
	head := sig.Signatures[0].Protected
	if got, _ := head.ExtraHeaders[jose.HeaderType].(string); got != typ {
		return fmt.Errorf("a token of type %q", got)
	}
	list, err := m.published(ctx)
	if err != nil {
		return err
	}
	for _, k := range list {
		if k.ID == head.KeyID {
			raw, err := sig.Verify(&k.public)
			if err != nil {
				return err
			}
			return json.Unmarshal(raw, claims)
		}
	}
	return errors.New("signed by a key that is not ours")
}
