package identity_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/sealed"
)

// What stands in the table cannot be read, is found all the same, and one
// document has one account: also beside rows of the release before.
func TestDocumentsAreSealedAndUnique(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		person := func(name, no string) (string, error) {
			return w.CreateAccount(asSystem, identity.NewAccount{Name: name, Kind: identity.KindPerson, DisplayName: "张三",
				IDType: "111", IDNo: no, Phone: "13800001111"})
		}
		id, err := person("zhang-san", "44023219900101123X")
		if err != nil {
			t.Fatal(err)
		}
		var row struct {
			IDNo     string `db:"id_no"`
			IDNoKey  string `db:"id_no_key"`
			Phone    string `db:"phone"`
			PhoneKey string `db:"phone_key"`
		}
		if err := d.Conn(asSystem).Get(asSystem, &row, `SELECT id_no, id_no_key, phone, phone_key FROM identity_account WHERE id = $1`, id); err != nil {
			t.Fatal(err)
		}
		if all := row.IDNo + row.IDNoKey + row.Phone + row.PhoneKey; strings.Contains(all, "440232") || strings.Contains(all, "1380000") {
			t.Fatalf("readable in the table: %+v", row)
		}
		if p, err := w.Person(asSystem, id); err != nil || p.IDNo != "44023219900101123X" || p.Phone != "13800001111" {
			t.Fatalf("reads %+v: %v", p, err)
		}
		for _, no := range []string{"44023219900101123X", "44023219900101123x"} {
			if found, err := w.AccountOf(asSystem, "111", no); err != nil || found != id {
				t.Fatalf("by document %s: %q, %v", no, found, err)
			}
			if _, err := person("second", no); !errors.Is(err, identity.ErrIdentityTaken) {
				t.Fatalf("a second account of %s: %v", no, err)
			}
		}
		// A row of the release before: not sealed, without a key.
		old := `UPDATE identity_account SET id_no = '440232198001011234', id_no_key = '', phone = '13900002222', phone_key = '' WHERE id = $1`
		if _, err := d.Conn(asSystem).Exec(asSystem, old, id); err != nil {
			t.Fatal(err)
		}
		if p, err := w.Person(asSystem, id); err != nil || p.IDNo != "440232198001011234" || p.Phone != "13900002222" {
			t.Fatalf("reads %+v of before: %v", p, err)
		}
		if found, err := w.AccountOf(asSystem, "111", "440232198001011234"); err != nil || found != id {
			t.Fatalf("of before, by document: %q, %v", found, err)
		}
		if _, err := person("third", "440232198001011234"); !errors.Is(err, identity.ErrIdentityTaken) {
			t.Fatalf("a second account beside one of before: %v", err)
		}
	})
}

// While the key of the indexes is changed one document still has one account, and
// everybody is found, whichever key their row stands under.
func TestOneDocumentOneAccountWhileTheKeyChanges(t *testing.T) {
	dbtest.Each(t, slices.Concat(sources, []db.Source{sealed.Migrations}), func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		root, err := sealed.KeyFile(filepath.Join(t.TempDir(), "files.key"), true)
		if err != nil {
			t.Fatal(err)
		}
		ring := sealed.New(d, root, w.clock)
		if err := ring.Prepare(asSystem); err != nil {
			t.Fatal(err)
		}
		w.Module = identity.New(identity.Deps{DB: d, Clock: w.clock, Audit: audit.New(d, w.clock), Hash: cheap, Keys: ring})
		numbers := []string{"440232199001011233", "440232199001011241"}
		var ids []string
		create := func(name, no string) error {
			id, err := w.CreateAccount(asSystem, identity.NewAccount{Name: name, Kind: identity.KindPerson, DisplayName: "张三", IDType: "111", IDNo: no})
			if err == nil {
				ids = append(ids, id)
			}
			return err
		}
		if err := create("one", numbers[0]); err != nil {
			t.Fatal(err)
		}
		known := func(when string) {
			t.Helper()
			for i, id := range ids {
				if found, err := w.AccountOf(asSystem, "111", numbers[i]); err != nil || found != id {
					t.Errorf("%s: %q, %v", when, found, err)
				}
				if err := create("again", numbers[i]); !errors.Is(err, identity.ErrIdentityTaken) {
					t.Errorf("%s: a second account: %v", when, err)
				}
			}
		}
		if _, err := ring.RotateIndex(asSystem); err != nil {
			t.Fatal(err)
		}
		known("the new key is looked for")
		w.clock.Advance(5 * time.Minute)
		// As useIndex does it; the tables of other tests' columns are not here to be gone through.
		if _, err := d.Conn(asSystem).Exec(asSystem, `UPDATE sealed_key SET used_at = $1 WHERE kind = 'index' AND version = 2`, w.clock.Now()); err != nil {
			t.Fatal(err)
		}
		if err := ring.Load(asSystem); err != nil {
			t.Fatal(err)
		}
		known("the new key is written")
		if err := create("two", numbers[1]); err != nil {
			t.Fatal(err)
		}
		known("one under each")
	})
}

// A value moved to another account is no value there: nobody gets the number of
// somebody else by a change in the table.
func TestAMovedNumberDoesNotOpen(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		w := newWorld(d)
		for _, name := range []string{"li-si", "wang-wu"} {
			_, err := w.CreateAccount(asSystem, identity.NewAccount{Name: name, Kind: identity.KindPerson, DisplayName: name, IDType: "111",
				IDNo: map[string]string{"li-si": "440232199001011233", "wang-wu": "440232199001011241"}[name]})
			if err != nil {
				t.Fatal(err)
			}
		}
		_, err := d.Conn(asSystem).Exec(asSystem, `UPDATE identity_account SET id_no =
			(SELECT x.id_no FROM identity_account x WHERE x.name_key = 'li-si') WHERE name_key = 'wang-wu'`)
		if err != nil {
			t.Fatal(err)
		}
		if p, err := w.Person(asSystem, "wang-wu"); err == nil || p.IDNo != "" {
			t.Fatalf("opens %q: %v", p.IDNo, err)
		}
		if p, err := w.Person(asSystem, "li-si"); err != nil || p.IDNo != "440232199001011233" {
			t.Fatalf("the other: %q, %v", p.IDNo, err)
		}
	})
}
