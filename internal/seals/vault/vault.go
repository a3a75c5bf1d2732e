package vault

import (
	"context"
	"crypto/ecdsa"

	"yimen/internal/kit/errs"
)

// Kind is the kind of a key.
type Kind string

// The kinds.
const (
	SM2  Kind = "sm2"
	P256 Kind = "p256" // for PDF files: programs abroad know no SM2
)

// Vault keeps keys. Safe for concurrent use.
type Vault interface {
	// Generate makes a key and gives its handle. Within a transaction it stands
	// when that is committed; a machine outside the database may keep one that
	// nobody names, which harms nothing.
	Generate(ctx context.Context, kind Kind) (handle string, pub *ecdsa.PublicKey, err error)
	// Sign signs a digest of 32 bytes, e = SM3(Z‖M) of GB/T 32918.2 for a key of
	// SM2 and SHA-256 of the message for one of P-256, and gives the DER form. Errors: ErrKeyGone, ErrKeyDamaged, ErrAbsent, ErrRefused.
	Sign(ctx context.Context, handle string, digest []byte) (der []byte, err error)
	// Destroy removes a key for good; one that is gone is no error.
	Destroy(ctx context.Context, handle string) error
}

// Errors of vaults.
var (
	ErrKeyGone    = errs.Define(errs.Conflict, "seal_key_gone", "这枚印章的密钥已经销毁，不能再盖章。")
	ErrKeyDamaged = errs.Define(errs.Unavailable, "seal_key_damaged", "这枚印章的密钥被改动过，打不开，没有盖章。请停用这枚印章，并报告系统管理员。")
	ErrAbsent     = errs.Define(errs.Unavailable, "seal_vault_absent", "密码设备连不上，没有盖章，请检查密码设备后重试。")
	ErrRefused    = errs.Define(errs.Unavailable, "seal_vault_refused", "密码设备拒绝签名，没有盖章，请联系密码设备的管理员。")
)
