package main

import (
	"crypto/cipher"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/emmansun/gmsm/sm4"

	"yimen/internal/kit/sealed"
)

var sealedNumber = sealed.Define("bench_person", "id", "no", sealed.Indexed("no_key", sealed.Upper))

// seals measures how many document numbers one core seals and indexes, beside
// SM4-GCM alone with a nonce that costs nothing.
func seals(keep time.Duration, r *report) error {
	ring := sealed.Throwaway()
	const row, no = "0193a1b2-0000-7000-8000-000000000000", "440232199001011233"
	mine := rate(keep, func() { ring.Seal(sealedNumber, row, no); ring.Index(sealedNumber, no) })

	key := make([]byte, 16)
	rand.Read(key)
	block, err := sm4.NewCipher(key)
	if err != nil {
		return err
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return err
	}
	nonce, out := make([]byte, aead.NonceSize()), make([]byte, 0, 64)
	raw := rate(keep, func() { out = aead.Seal(out[:0], nonce, []byte(no), nil) })
	r.add(figure{What: "values sealed and indexed, one core", Measured: fmt.Sprintf("%.0f/s (SM4-GCM alone %.0f/s)", mine, raw), Value: mine, Unit: "/s"})
	return nil
}

// rate is how often fn runs in a second.
func rate(keep time.Duration, fn func()) float64 {
	start, n := time.Now(), 0
	for time.Since(start) < keep {
		for range 1000 {
			fn()
		}
		n += 1000
	}
	return float64(n) / time.Since(start).Seconds()
}
