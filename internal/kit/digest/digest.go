// Package digest gives what is kept of a secret that must not be read back: of
// tokens and codes that a program drew, and of what is only counted.
//
//	digest.Of(token)
//	digest.Of("resident", name, number)
//
// It is fast on purpose. What people choose themselves, passwords above all, is
// guessed from it and has internal/identity's slow hash.
package digest

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
)

// Of is the SHA-256 of the parts in hexadecimal, 64 characters. The parts are
// kept apart, so that no two lists of parts without NUL give the same.
func Of(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return hex.EncodeToString(sum[:])
}
