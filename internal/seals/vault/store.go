package vault

import (
	"context"
	"crypto/ecdsa"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
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
func (s *Store) Generate(ctx context.Context) (string, *ecdsa.PublicKey, error) {
	key, err := sm2.GenerateKey(rand.Reader)
	if err != nil {
		return "", nil, fmt.Errorf("vault: make a key: %w", err)
	}
	row := keyRow{Handle: "sm2-" + db.NewID(), MadeAt: clock.FromContext(ctx, s.clock).Now()}
	d := key.D.FillBytes(make([]byte, 32))
	row.Private = s.ring.Seal(columnPrivate, row.Handle, base64.StdEncoding.EncodeToString(d))
	clear(d)
	_, err = s.db.Conn(ctx).ExecNamed(ctx, `INSERT INTO seals_key (handle, private, made_at) VALUES (:handle, :private, :made_at)`, row)
	if err != nil {
		return "", nil, fmt.Errorf("vault: keep a key: %w", err)
	}
	return row.Handle, &key.PublicKey, nil
}

// Sign implements [Vault].
func (s *Store) Sign(ctx context.Context, handle string, digest []byte) ([]byte, error) {
	if len(digest) != 32 {
		return nil, errors.New("vault: a digest of SM3 has 32 bytes")
	}
	key, err := s.open(ctx, handle)
	if err != nil {
		return nil, err
	}
	der, err := sm2.SignASN1(rand.Reader, key, digest, nil)
	if err != nil {
		return nil, fmt.Errorf("vault: sign: %w", err)
	}
	return der, nil
}

func (s *Store) open(ctx context.Context, handle string) (*sm2.PrivateKey, error) {
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
	key, err := sm2.NewPrivateKey(d)
	if err != nil {
		return nil, ErrKeyDamaged.Because(err)
	}
	return key, nil
}

// Destroy implements [Vault].
func (s *Store) Destroy(ctx context.Context, handle string) error {
	if _, err := s.db.Conn(ctx).Exec(ctx, `DELETE FROM seals_key WHERE handle = $1`, handle); err != nil {
		return fmt.Errorf("vault: destroy a key: %w", err)
	}
	return nil
}
