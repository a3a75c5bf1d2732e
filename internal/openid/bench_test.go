package openid

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

// BenchmarkMachineTokens is the token endpoint without the network: the whole
// router, the client's row, its secret, the signature. raw is one ES256
// signature, which no provider can be faster than.
func BenchmarkMachineTokens(b *testing.B) {
	dbtest.Bench(b, sources, func(b *testing.B, d *db.DB) {
		w := newWorld(b, d)
		body := url.Values{"grant_type": {"client_credentials"}}.Encode()
		b.Run("tokens", func(b *testing.B) {
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					r := httptest.NewRequest(http.MethodPost, tokenPath, strings.NewReader(body))
					r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
					r.SetBasicAuth(w.machine.ID, w.machine.ID)
					answer := httptest.NewRecorder()
					w.router.ServeHTTP(answer, r)
					if answer.Code != http.StatusOK {
						b.Error(answer.Code, answer.Body)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "tokens/s")
		})
		key, err := w.signing(w.system)
		w.must(err)
		b.Run("raw", func(b *testing.B) {
			b.RunParallel(func(p *testing.PB) {
				sum := sha256.Sum256([]byte(body))
				for p.Next() {
					if _, err := ecdsa.SignASN1(rand.Reader, key.private, sum[:]); err != nil {
						b.Error(err)
						return
					}
				}
			})
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "signatures/s")
		})
	})
}
