package sealed

import (
	"context"
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"

	"yimen/internal/kit/keyfile"
)

// Root wraps data keys: a key file here, a key service or a cryptographic
// machine where the city has one. It is asked when the ring is loaded and when
// a key is made, never for a value.
type Root interface {
	Wrap(ctx context.Context, key []byte) (string, error)
	Unwrap(ctx context.Context, wrapped string) ([]byte, error)
	Mark() string // tells one root from another without telling its key
}

// ErrOtherRoot is told for keys that this root did not wrap.
var ErrOtherRoot = errors.New("sealed: the keys in this database were wrapped with another key file")

// fileRoot wraps with the first key of a key file, and unwraps with all.
type fileRoot struct{ keys *keyfile.Keys }

// KeyFile is a root on the key file that also seals the stored files; create
// makes a missing one.
func KeyFile(path string, create bool) (Root, error) {
	keys, err := keyfile.Open(path, create)
	if err != nil {
		return nil, err
	}
	return fileRoot{keys}, nil
}

// Mark implements Root.
func (r fileRoot) Mark() string {
	return hex.EncodeToString(derive(r.keys.Current(), "yimen mark of data keys")[:4])
}

func wrapping(key []byte) (cipher.AEAD, error) { return gcm(derive(key, "yimen wrap data keys")) }

// Wrap implements Root.
func (r fileRoot) Wrap(_ context.Context, key []byte) (string, error) {
	aead, err := wrapping(r.keys.Current())
	if err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(shut(aead, key, nil)), nil
}

// Unwrap implements Root.
func (r fileRoot) Unwrap(_ context.Context, wrapped string) ([]byte, error) {
	raw, err := base64.RawURLEncoding.DecodeString(wrapped)
	if err != nil {
		return nil, ErrOtherRoot
	}
	for _, outer := range r.keys.All() {
		aead, err := wrapping(outer)
		if err != nil {
			return nil, err
		}
		if len(raw) < aead.NonceSize() {
			return nil, ErrOtherRoot
		}
		if key, err := aead.Open(nil, raw[:aead.NonceSize()], raw[aead.NonceSize():], nil); err == nil {
			return key, nil
		}
	}
	return nil, ErrOtherRoot
}

// derive gives a key of 16 bytes for one use of another.
func derive(key []byte, use string) []byte {
	mac := hmac.New(sm3.New, key)
	mac.Write([]byte(use))
	return mac.Sum(nil)[:keyfile.Size]
}

func gcm(key []byte) (cipher.AEAD, error) {
	block, err := sm4.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// shut gives nonce ‖ ciphertext ‖ tag. The nonce is random: a key seals one
// column, and is good for four thousand million values of it (NIST SP 800-38D §8.3).
func shut(aead cipher.AEAD, plain, data []byte) []byte {
	out := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	rand.Read(out)
	return aead.Seal(out, out, plain, data)
}
