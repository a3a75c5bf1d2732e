package vault

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/emmansun/gmsm/sm2"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/sealed"
)

// columnPrivate is the private half of a key: d, 32 bytes, base64.
var columnPrivate = sealed.Define("seals_key", "handle", "private")

// Store is the software vault.
type Store struct {
	db    *db.DB
	ring  *sealed.Ring
	clock clock.Clock
}

// NewStore makes the software vault on the table seals_key.
func NewStore(d *db.DB, ring *sealed.Ring, c clock.Clock) *Store {
	return &Store{db: d, ring: ring, clock: c}
}

type keyRow struct {
	Handle  string    `db:"handle"`
	Private string    `db:"private"`
	MadeAt  time.Time `db:"made_at"`
}

// Generate implements [Vault].
func (s *Store) Generate(ctx context.Context, kind Kind) (string, *ecdsa.PublicKey, error) {
	d, pub, err := newKey(kind)
	if err != nil {
		return "", nil, fmt.Errorf("vault: make a key: %w", err)
	}
	row := keyRow{Handle: string(kind) + "-" + db.NewID(), MadeAt: clock.FromContext(ctx, s.clock).Now()}
	row.Private = s.ring.Seal(columnPrivate, row.Handle, base64.StdEncoding.EncodeToString(d))
	clear(d)
	_, err = s.db.Conn(ctx).ExecNamed(ctx, `INSERT INTO seals_key (handle, private, made_at) VALUES (:handle, :private, :made_at)`, row)
	if err != nil {
		return "", nil, fmt.Errorf("vault: keep a key: %w", err)
	}
	return row.Handle, pub, nil
}

// newKey makes a key: d, 32 bytes, and its public half.
func newKey(kind Kind) ([]byte, *ecdsa.PublicKey, error) {
	if kind == P256 {
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return nil, nil, err
		}
		d, err := key.Bytes()
		return d, &key.PublicKey, err
	}
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return nil, nil, err
	}
	return key.D.FillBytes(make([]byte, 32)), &key.PublicKey, nil
}

// Sign implements [Vault].
func (s *Store) Sign(ctx context.Context, handle string, digest []byte) ([]byte, error) {
	if len(digest) != 32 {
		return nil, errors.New("vault: a digest has 32 bytes")
	}
	key, err := s.open(ctx, handle)
	if err != nil {
		return nil, err
	}
	der, err := key.Sign(rand.Reader, digest, crypto.Hash(0))
	if err != nil {
		return nil, fmt.Errorf("vault: sign: %w", err)
	}
	return der, nil
}

func (s *Store) open(ctx context.Context, handle string) (crypto.Signer, error) {
	var private string
	err := s.db.Conn(ctx).Get(ctx, &private, `SELECT private FROM seals_key WHERE handle = $1`, handle)
	if errors.Is(err, db.ErrNoRows) {
		return nil, ErrKeyGone
	}
	if err != nil {
		return nil, fmt.Errorf("vault: read a key: %w", err)
	}
	plain, err := s.ring.Open(columnPrivate, handle, private)
	if err != nil {
		return nil, ErrKeyDamaged.Because(err)
	}
	// What was never wrapped was not put there by us.
	if plain == private {
		return nil, ErrKeyDamaged.Because(errors.New("vault: a key stands unwrapped"))
	}
	d, err := base64.StdEncoding.DecodeString(plain)
	if err != nil {
		return nil, ErrKeyDamaged.Because(err)
	}
	defer clear(d)
	key, err := keyOf(handle, d)
	if err != nil {
		return nil, ErrKeyDamaged.Because(err)
	}
	return key, nil
}

// keyOf is the key of d; the handle says of which kind.
func keyOf(handle string, d []byte) (crypto.Signer, error) {
	if strings.HasPrefix(handle, string(P256)+"-") {
		return ecdsa.ParseRawPrivateKey(elliptic.P256(), d)
	}
	return sm2.NewPrivateKey(d)
}

// Destroy implements [Vault].
func (s *Store) Destroy(ctx context.Context, handle string) error {
	if _, err := s.db.Conn(ctx).Exec(ctx, `DELETE FROM seals_key WHERE handle = $1`, handle); err != nil {
		return fmt.Errorf("vault: destroy a key: %w", err)
	}
	return nil
}
