package openid

import (
	"testing"

	"yimen/internal/identity"
)

// TestForgetTakesBackWhatWasAllowed: no system may act for a closed account any
// more, and its names among systems are never given to anybody else.
func TestForgetTakesBackWhatWasAllowed(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		w.code(w.as("villager"), w.people, nil)
		person, err := w.id.Actor(w.system, "villager")
		w.must(err)
		conn := w.db.Conn(w.system)
		count := func(query string) (n int) {
			w.must(conn.Get(w.system, &n, query, person.Account))
			return n
		}
		const standing = `SELECT COUNT(*) FROM openid_consent WHERE account = $1 AND withdrawn_at IS NULL`
		const subjects = `SELECT COUNT(*) FROM openid_subject WHERE account = $1`
		names := count(subjects)
		if count(standing) != 1 || names == 0 {
			t.Fatalf("%d consents, %d names before", count(standing), names)
		}
		w.must(w.Forget(w.system, identity.Person{Account: person.Account}))
		if n := count(standing); n != 0 {
			t.Errorf("%d consents stand", n)
		}
		if n := count(`SELECT COUNT(*) FROM openid_consent WHERE account = $1`); n != 1 {
			t.Errorf("that it was allowed once is forgotten: %d", n)
		}
		if n := count(subjects); n != names {
			t.Errorf("%d names of %d are kept", n, names)
		}
	})
}
