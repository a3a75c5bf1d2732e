package messages

import (
	"testing"

	"yimen/internal/identity"
)

// TestForgetEmptiesTheBox: the box, its count and the ways of being told go, of
// that account alone; what was on its way out stays until the deliveries are swept.
func TestForgetEmptiesTheBox(t *testing.T) {
	each(t, func(t *testing.T, w *world) {
		other := w.person("other", identity.NewAccount{Kind: identity.KindPerson, DisplayName: "盘小妹", IDType: "111",
			IDNo: "440232196411040017", Phone: "13812345679"})
		conn := w.db.Conn(w.system)
		for _, who := range []string{account(w.villager), account(other)} {
			_, err := conn.Exec(w.system, `INSERT INTO messages_preference (account, sms, mail, address, pending, code, tries, updated_at)
				VALUES ($1, $2, $2, 'a@example.cn', '', '', 0, $3)`, who, true, start)
			w.must(err)
			_, err = conn.Exec(w.system, `INSERT INTO messages_phone (account, pending, code, tries, asked_at) VALUES ($1, '', '', 0, $2)`, who, start)
			w.must(err)
		}
		w.must(w.Send(w.villager, accepted(w.villager, "a")))
		w.must(w.Send(other, accepted(other, "b")))
		var leaving int
		w.must(conn.Get(w.system, &leaving, `SELECT COUNT(*) FROM messages_delivery`))

		w.must(w.Forget(w.system, identity.Person{Account: account(w.villager)}))
		for _, table := range []string{"messages_message", "messages_unread", "messages_preference", "messages_phone"} {
			var mine, theirs int
			w.must(conn.Get(w.system, &mine, `SELECT COUNT(*) FROM `+table+` WHERE account = $1`, account(w.villager)))
			w.must(conn.Get(w.system, &theirs, `SELECT COUNT(*) FROM `+table+` WHERE account = $1`, account(other)))
			if mine != 0 || theirs != 1 {
				t.Errorf("%s: %d of the closed account, %d of another", table, mine, theirs)
			}
		}
		w.unread(w.villager, 0)
		w.unread(other, 1)
		var still int
		w.must(conn.Get(w.system, &still, `SELECT COUNT(*) FROM messages_delivery`))
		if leaving == 0 || still != leaving {
			t.Errorf("%d deliveries of %d are left", still, leaving)
		}
	})
}
