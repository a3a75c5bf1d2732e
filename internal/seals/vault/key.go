package vault

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"errors"
	"io"

	"github.com/emmansun/gmsm/sm2"
)

// Key stands for a key in a vault where Go's signing interfaces are wanted:
// crypto.Signer over the digest e = SM3(Z‖M), of P-256 over SHA-256,
// crypto.MessageSigner over the message M. It lives as long as the context it was made with.
type Key struct {
	ctx    context.Context
	vault  Vault
	handle string
	public *ecdsa.PublicKey
}

// KeyOf makes a Key of a handle and its public key.
func KeyOf(ctx context.Context, v Vault, handle string, pub *ecdsa.PublicKey) *Key {
	return &Key{ctx: ctx, vault: v, handle: handle, public: pub}
}

// Public implements crypto.Signer.
func (k *Key) Public() crypto.PublicKey { return k.public }

// Sign implements crypto.Signer.
func (k *Key) Sign(_ io.Reader, digest []byte, _ crypto.SignerOpts) ([]byte, error) {
	if len(digest) != 32 {
		return nil, errors.New("vault: a digest has 32 bytes")
	}
	return k.vault.Sign(k.ctx, k.handle, digest)
}

// SignMessage implements crypto.MessageSigner.
func (k *Key) SignMessage(_ io.Reader, message []byte, _ crypto.SignerOpts) ([]byte, error) {
	if k.public.Curve == elliptic.P256() {
		sum := sha256.Sum256(message)
		return k.vault.Sign(k.ctx, k.handle, sum[:])
	}
	e, err := sm2.CalculateSM2Hash(k.public, message, nil)
	if err != nil {
		return nil, err
	}
	return k.vault.Sign(k.ctx, k.handle, e)
}
