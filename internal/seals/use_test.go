package seals_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
	"yimen/internal/seals"
	"yimen/internal/seals/vault"
	"yimen/ofd/ses"
)

// From the application to a document that verifies against our root; after the
// seal is cancelled what was sealed before stays valid, and nothing is sealed.
func TestSealedDocumentVerifies(t *testing.T) {
	each(t, func(w *world) {
		s := w.upTo(seals.Active)
		p := page(t)
		r, err := w.Seal(keeper, w.use(), p, corner)
		w.must(err)
		if v, said := w.verdict(p); v != ses.Valid {
			t.Fatalf("%s: %s", v, said)
		}
		list, _, err := w.Uses(keeper, seals.UseQuery{Hash: r.Hash}, db.Page{})
		w.must(err)
		if len(list) != 1 || list[0].Case != "SG2026000001" || list[0].Account != "keeper" || !strings.Contains(list[0].Place, "第1页") || len(r.Hash) != 64 || !list[0].OK() {
			t.Errorf("%+v", list)
		}
		if found, err := w.For(keeper, bureau, "licence:LDPQ"); err != nil || found.ID != s.ID {
			t.Errorf("%v %v", found, err)
		}

		w.clock.Set(w.clock.Now().Add(time.Hour))
		_, err = w.Do(chief, s.ID, seals.Act{Move: seals.MoveCancel, Reason: "单位撤销"})
		w.must(err)
		if v, said := w.verdict(p); v != ses.Valid {
			t.Errorf("sealed before: %s: %s", v, said)
		}
		_, err = w.Seal(keeper, seals.Use{Seal: s.ID, Purpose: seals.ForNotice}, page(t), corner)
		w.refused(err, seals.ErrNotActive)
	})
}

// Somebody who kept a copy of the key and seals with it after the cancellation
// is found out, twice: by the list of revoked certificates and the state of the seal.
func TestSealedAfterCancellationIsRevoked(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		c := newCard()
		w := open(t, d, c)
		s := w.upTo(seals.Active)
		_, err := w.Do(chief, s.ID, seals.Act{Move: seals.MoveCancel, Reason: "保管人遗失"})
		w.must(err)
		w.clock.Set(w.clock.Now().Add(time.Hour))
		p := page(t)
		c.forge(t, w, s, p)
		v, said := w.verdict(p)
		if v != ses.Invalid || !strings.Contains(said, ses.CodeRevocation) || !strings.Contains(said, ses.CodeSealStatus) {
			t.Errorf("%s: %s", v, said)
		}
	})
}

// What is refused leaves the document as it was, and is written down.
func TestRefusedUses(t *testing.T) {
	each(t, func(w *world) {
		s := w.upTo(seals.Active)
		suspended := w.at(seals.Suspended)
		for _, c := range []struct {
			name string
			ctx  context.Context
			use  seals.Use
			want *errs.Error
		}{
			{"outside its purpose", keeper, seals.Use{Seal: s.ID, Purpose: seals.ForDocument}, seals.ErrPurpose},
			{"another licence", keeper, seals.Use{Seal: s.ID, Purpose: "licence:OTHER"}, seals.ErrPurpose},
			{"a proof with a seal for licences", keeper, seals.Use{Seal: s.ID, Purpose: "proof:LDPQ"}, seals.ErrPurpose},
			{"no seal for it", keeper, seals.Use{Agency: bureau, Purpose: seals.ForDocument}, seals.ErrNoSeal},
			{"wrong agency", keeper, seals.Use{Agency: others, Seal: s.ID, Purpose: seals.ForNotice}, seals.ErrAgency},
			{"suspended", keeper, seals.Use{Seal: suspended.ID, Purpose: seals.ForNotice}, seals.ErrNotActive},
			{"unknown", keeper, seals.Use{Seal: "none", Purpose: seals.ForNotice}, seals.ErrUnknown},
			{"without right", maker, seals.Use{Seal: s.ID, Purpose: seals.ForNotice}, seals.ErrMayNotUse},
			{"another county", far, seals.Use{Seal: s.ID, Purpose: seals.ForNotice}, seals.ErrMayNotUse},
			{"an administrator", boss, seals.Use{Seal: s.ID, Purpose: seals.ForNotice}, seals.ErrAdminUse},
		} {
			t.Run(c.name, func(t *testing.T) {
				p := page(t)
				before := len(p.Files())
				_, err := w.Seal(c.ctx, c.use, p, corner)
				w.refused(err, c.want)
				w.Settle()
				list, _, err := w.Uses(system, seals.UseQuery{}, db.Page{Limit: 1})
				w.must(err)
				if len(p.Files()) != before || len(list) != 1 || list[0].Result != c.want.Code || list[0].Hash != "" {
					t.Errorf("%d files, record %+v", len(p.Files()), list)
				}
			})
		}
		p := page(t)
		_, err := w.Seal(keeper, w.use(), p, ses.Stamp{Page: 2, Box: corner.Box})
		w.refused(err, seals.ErrPlace)
		// The day after its last.
		w.clock.Set(start.AddDate(1, 0, 2))
		_, err = w.Seal(keeper, seals.Use{Seal: s.ID, Purpose: seals.ForNotice}, p, corner)
		w.refused(err, seals.ErrOutOfDate)
		if _, err = w.For(keeper, bureau, seals.ForNotice); !errors.Is(err, seals.ErrNoSeal) {
			t.Error(err)
		}
	})
}

// The certificate has a life of its own.
func TestCertificateOfASeal(t *testing.T) {
	each(t, func(w *world) {
		for column, c := range map[string]struct {
			at   time.Time
			want *errs.Error
		}{"to_at": {start.Add(-time.Hour), seals.ErrCertExpired}, "revoked_at": {start.Add(-time.Minute), seals.ErrCertRevoked}} {
			s := w.upTo(seals.Active)
			_, err := w.d.Conn(system).Exec(system, `UPDATE seals_certificate SET `+column+` = $2 WHERE id = $1`, s.Certificate, c.at)
			w.must(err)
			_, err = w.Seal(keeper, seals.Use{Seal: s.ID, Purpose: seals.ForNotice}, page(t), corner)
			w.refused(err, c.want)
		}
	})
}

// A key row that was changed, moved from another key, or put there unwrapped
// signs nothing.
func TestTamperedKey(t *testing.T) {
	each(t, func(w *world) {
		s, donor := w.upTo(seals.Active), w.upTo(seals.Active)
		var private, foreign string
		w.must(w.d.Conn(system).Get(system, &private, `SELECT private FROM seals_key WHERE handle = $1`, s.Handle))
		w.must(w.d.Conn(system).Get(system, &foreign, `SELECT private FROM seals_key WHERE handle = $1`, donor.Handle))
		if len(private) < 60 || !strings.HasPrefix(private, "sm4.") {
			t.Fatalf("the key stands as %q", private)
		}
		flipped := []byte(private)
		flipped[len(flipped)-5] ^= 1
		for name, value := range map[string]string{"changed": string(flipped), "another's": foreign, "bare": "MTIzNDU2Nzg5MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTI="} {
			_, err := w.d.Conn(system).Exec(system, `UPDATE seals_key SET private = $2 WHERE handle = $1`, s.Handle, value)
			w.must(err)
			p := page(t)
			_, err = w.Seal(keeper, seals.Use{Seal: s.ID, Purpose: seals.ForNotice}, p, corner)
			w.refused(err, vault.ErrKeyDamaged)
			if len(p.Files()) != 3 {
				t.Errorf("%s: the document was touched", name)
			}
		}
		_, err := w.d.Conn(system).Exec(system, `DELETE FROM seals_key WHERE handle = $1`, s.Handle)
		w.must(err)
		_, err = w.Seal(keeper, seals.Use{Seal: s.ID, Purpose: seals.ForNotice}, page(t), corner)
		w.refused(err, vault.ErrKeyGone)
	})
}

// A use is part of the caller's transaction: undone with it, and what was signed
// is then unrecorded and not given out.
func TestUseJoinsTheTransaction(t *testing.T) {
	each(t, func(w *world) {
		w.upTo(seals.Active)
		died := errors.New("the process died here")
		err := w.d.InTx(keeper, func(ctx context.Context) error {
			if _, err := w.Seal(ctx, w.use(), page(t), corner); err != nil {
				return err
			}
			return died
		})
		if !errors.Is(err, died) {
			t.Fatal(err)
		}
		list, _, err := w.Uses(system, seals.UseQuery{}, db.Page{})
		w.must(err)
		if len(list) != 0 {
			t.Errorf("%+v", list)
		}
		// A refusal in a transaction outlives it.
		err = w.d.InTx(keeper, func(ctx context.Context) error {
			_, err := w.Seal(ctx, seals.Use{Agency: bureau, Purpose: seals.ForDocument}, page(t), corner)
			return err
		})
		w.refused(err, seals.ErrNoSeal)
		w.Settle()
		if list, _, _ = w.Uses(system, seals.UseQuery{Result: "refused"}, db.Page{}); len(list) != 1 {
			t.Errorf("%+v", list)
		}
	})
}

// Between signature and record: the record fails, and the document is as it was.
func TestNothingSealedIsUnrecorded(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		c := newCard()
		w := open(t, d, c)
		w.upTo(seals.Active)
		ctx, cancel := context.WithCancel(keeper)
		c.after = cancel // the signature is made, and then it is all over
		p := page(t)
		if _, err := w.Seal(ctx, w.use(), p, corner); err == nil {
			t.Fatal("sealed")
		}
		if c.signed == 0 || len(p.Files()) != 3 {
			t.Errorf("%d signatures, %v", c.signed, p.Files())
		}
		w.Settle()
		list, _, err := w.Uses(system, seals.UseQuery{Result: "ok"}, db.Page{})
		w.must(err)
		if len(list) != 0 {
			t.Errorf("%+v", list)
		}
	})
}

// Whatever keeps the keys, the module knows it by its interface alone.
func TestCardCanBeAwaySlowOrRefuse(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		c := newCard()
		w := open(t, d, c)
		s := w.upTo(seals.Active)
		p := page(t)
		for _, x := range []struct {
			mood error
			want *errs.Error
		}{{vault.ErrAbsent, vault.ErrAbsent}, {vault.ErrRefused, vault.ErrRefused}} {
			c.mood = x.mood
			_, err := w.Seal(keeper, w.use(), p, corner)
			w.refused(err, x.want)
			if len(p.Files()) != 3 {
				t.Errorf("%v: the document was touched: %v", x.mood, p.Files())
			}
		}
		c.mood = nil
		_, err := w.Seal(keeper, w.use(), p, corner)
		w.must(err)
		if v, said := w.verdict(p); v != ses.Valid {
			t.Errorf("%s: %s", v, said)
		}
		var rows int
		w.must(d.Conn(system).Get(system, &rows, `SELECT COUNT(*) FROM seals_key`))
		if rows != 0 {
			t.Errorf("%d keys in the database", rows)
		}
		// Absent, nothing is cancelled by halves: the seal stays as it was.
		c.mood = vault.ErrAbsent
		_, err = w.Do(chief, s.ID, seals.Act{Move: seals.MoveCancel, Reason: "单位撤销"})
		w.refused(err, vault.ErrAbsent)
		if now, err := w.Find(system, s.ID); err != nil || now.State != seals.Active {
			t.Errorf("%s %v", now.State, err)
		}
	})
}

// Many at once: each is sealed and recorded for itself.
func TestConcurrentUses(t *testing.T) {
	each(t, func(w *world) {
		w.upTo(seals.Active)
		const n = 16
		var all sync.WaitGroup
		hashes := make([]string, n)
		for i := range n {
			p := page(t)
			w.must(p.Put("Doc_0/n.txt", []byte{byte(i)}))
			all.Go(func() {
				r, err := w.Seal(keeper, w.use(), p, corner)
				if err != nil {
					t.Error(err)
				}
				hashes[i] = r.Hash
			})
		}
		all.Wait()
		list, _, err := w.Uses(system, seals.UseQuery{Result: "ok"}, db.Page{Limit: 100})
		w.must(err)
		seen := map[string]bool{}
		for _, r := range list {
			seen[r.Hash] = true
		}
		for _, h := range hashes {
			if !seen[h] {
				t.Errorf("%s is not recorded", h)
			}
		}
		if len(list) != n || len(seen) != n {
			t.Errorf("%d records, %d hashes", len(list), len(seen))
		}
	})
}
