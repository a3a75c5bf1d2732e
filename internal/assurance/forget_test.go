package assurance

import (
	"testing"

	"yimen/internal/identity"
)

// TestForgetLeavesNoWayIn: what opens a closed account goes, of that account
// alone; the register of people is not the account's and stays.
func TestForgetLeavesNoWayIn(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		conn := w.DB.Conn(w.system)
		tables := []string{"assurance_passkey", "assurance_totp", "assurance_recovery", "assurance_scan"}
		for _, account := range []string{w.villager, "another"} {
			for _, statement := range []string{
				`INSERT INTO assurance_passkey (id, account, name, credential, created_at) VALUES ($1 || '-key', $1, '手机', '{}', $2)`,
				`INSERT INTO assurance_totp (account, secret, step, created_at) VALUES ($1, 'x', 0, $2)`,
				`INSERT INTO assurance_recovery (account, code, used_at) VALUES ($1, 'x', $2)`,
				`INSERT INTO assurance_scan (id, browser, agent, address, next, state, account, created_at) VALUES ($1 || '-scan', $1 || '-browser', '', '', '', 'scanned', $1, $2)`,
			} {
				_, err := conn.Exec(w.system, statement, account, start)
				w.must(err)
			}
		}
		left := func(table, account string) (n int) {
			w.must(conn.Get(w.system, &n, `SELECT COUNT(*) FROM `+table+` WHERE account = $1`, account))
			return n
		}
		w.must(w.Forget(w.system, identity.Person{Account: w.villager}))
		for _, table := range tables {
			if mine, theirs := left(table, w.villager), left(table, "another"); mine != 0 || theirs != 1 {
				t.Errorf("%s: %d of the closed account, %d of another", table, mine, theirs)
			}
		}
		if ok, err := w.register.Match(w.system, name, number); err != nil || !ok {
			t.Errorf("the register has forgotten a person: %v", err)
		}
	})
}
