package sealed_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/keyfile"
	"yimen/internal/kit/sealed"
)

func people(t *testing.T, d *db.DB, r *sealed.Ring, from, n int) {
	t.Helper()
	for i := range n {
		id, number := fmt.Sprintf("p%04d", from+i), fmt.Sprintf("no%dx", from+i)
		_, err := d.Conn(t.Context()).Exec(t.Context(), `INSERT INTO note_person (id, no, no_key, phone) VALUES ($1, $2, $3, $4)`,
			id, r.Seal(no, id, number), r.Index(no, number), r.Seal(phone, id, "13800001111"))
		must(t, err)
	}
}

// finds says which of n people cannot be found by their numbers.
func finds(t *testing.T, d *db.DB, r *sealed.Ring, n int) (lost []string) {
	t.Helper()
	for i := range n {
		var id string
		key, other := r.Pair(no, fmt.Sprintf("NO%dX", i))
		err := d.Conn(t.Context()).Get(t.Context(), &id, `SELECT id FROM note_person WHERE no_key IN ($1, $2)`, key, other)
		if err != nil || id != fmt.Sprintf("p%04d", i) {
			lost = append(lost, fmt.Sprintf("%d: %q, %v", i, id, err))
		}
	}
	return lost
}

func versions(t *testing.T, r *sealed.Ring) (index []int) {
	t.Helper()
	list, err := r.Versions(t.Context())
	must(t, err)
	for _, k := range list {
		if k.Kind == "index" {
			index = append(index, k.Version)
		}
	}
	return index
}

func TestTheKeyOfTheIndexesIsChangedBesideTheWork(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, _ *sealed.Ring, key string) {
		ctx := t.Context()
		c := clock.NewFake(time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC))
		root, err := sealed.KeyFile(key, false)
		must(t, err)
		r := sealed.New(d, root, c)
		other := sealed.New(d, root, c) // another process, which hears of it later
		must(t, other.Load(ctx))
		r.Hasten(time.Hour, time.Minute)
		other.Hasten(0, time.Minute)
		people(t, d, r, 0, 30)
		before := r.Index(no, "no1x")

		if version, err := r.RotateIndex(ctx); err != nil || version != 2 {
			t.Fatalf("version %d: %v", version, err)
		}
		if _, err := r.RotateIndex(ctx); !errors.Is(err, sealed.ErrChanging) {
			t.Fatalf("changed twice at once: %v", err)
		}
		// Until everybody knows the new key nothing is written with it.
		must(t, r.Renew(ctx))
		if r.Index(no, "no1x") != before || len(r.Lookup(no, "no1x")) != 2 {
			t.Fatal("the new key is used before the others know it")
		}
		people(t, d, other, 30, 5)

		c.Advance(2 * time.Minute)
		must(t, r.Renew(ctx))
		if r.Index(no, "no1x") == before {
			t.Fatal("the new key is not used")
		}
		if got := versions(t, r); len(got) != 2 {
			t.Fatalf("keys %v: the old one is gone before all write the new one", got)
		}
		people(t, d, r, 35, 5)
		// Who reads it by then finds everybody, whoever wrote them.
		for name, ring := range map[string]*sealed.Ring{"one": r, "another": other} {
			must(t, ring.Load(ctx))
			if lost := finds(t, d, ring, 40); len(lost) > 0 {
				t.Errorf("%s process does not find %v", name, lost)
			}
		}

		c.Advance(2 * time.Minute)
		must(t, r.Renew(ctx))
		if got := versions(t, r); len(got) != 1 || got[0] != 2 || r.Changing() {
			t.Fatalf("keys %v at the end", got)
		}
		if lost := finds(t, d, r, 40); len(lost) > 0 {
			t.Errorf("lost at the end: %v", lost)
		}
		var n int
		must(t, d.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM note_person WHERE no_key = $1`, before))
		if n != 0 {
			t.Error("something stands under the old key")
		}
		if version, err := r.RotateIndex(ctx); err != nil || version != 3 {
			t.Errorf("the next time: %d, %v", version, err)
		}
	})
}

func TestWhoeverStoresWhatIsUniqueWaits(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, r *sealed.Ring, _ string) {
		ctx := t.Context()
		if changing, err := r.Alone(ctx); err != nil || changing {
			t.Fatalf("nothing is changed: %v, %v", changing, err)
		}
		_, err := r.RotateIndex(ctx)
		must(t, err)
		first, told := make(chan error, 1), make(chan string, 2)
		held := make(chan bool)
		go func() {
			first <- d.InTx(context.WithoutCancel(ctx), func(ctx context.Context) error {
				changing, err := r.Alone(ctx)
				if err == nil && !changing {
					err = errors.New("it is not changed")
				}
				close(held)
				time.Sleep(100 * time.Millisecond)
				told <- "first"
				return err
			})
		}()
		<-held
		must(t, d.InTx(ctx, func(ctx context.Context) error {
			_, err := r.Alone(ctx)
			told <- "second"
			return err
		}))
		must(t, <-first)
		if a, b := <-told, <-told; a != "first" || b != "second" {
			t.Errorf("%s, then %s", a, b)
		}
	})
}

// TestMain is also the process that is killed: with YIMEN_SEALED_RENEW it seals
// anew and never ends by itself.
func TestMain(m *testing.M) {
	if address := os.Getenv("YIMEN_SEALED_RENEW"); address != "" {
		renewForEver(address, os.Getenv("YIMEN_SEALED_KEY"))
	}
	os.Exit(m.Run())
}

func renewForEver(address, key string) {
	ctx := context.Background()
	d, err := db.Open(ctx, address, db.Options{})
	if err != nil {
		panic(err)
	}
	root, err := sealed.KeyFile(key, false)
	if err != nil {
		panic(err)
	}
	r := sealed.New(d, root, clock.Real)
	r.Hasten(0, 0)
	for {
		if err := r.Renew(ctx); err != nil && !strings.Contains(err.Error(), "busy") {
			panic(err)
		}
	}
}

func TestAKillInTheMiddleLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, r *sealed.Ring, key string) {
		ctx := t.Context()
		const all = 700
		must(t, d.InTx(ctx, func(txn context.Context) error {
			for i := range all {
				id, number := fmt.Sprintf("p%04d", i), fmt.Sprintf("no%dx", i)
				if _, err := d.Conn(txn).Exec(txn, `INSERT INTO note_person (id, no, no_key, phone) VALUES ($1, $2, $3, '')`,
					id, r.Seal(no, id, number), r.Index(no, number)); err != nil {
					return err
				}
			}
			return nil
		}))
		_, err := r.RotateIndex(ctx)
		must(t, err)
		_, err = r.Rotate(ctx)
		must(t, err)

		done := func() (n int) {
			must(t, d.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM note_person WHERE no LIKE 'sm4.2.%'`))
			return n
		}
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "YIMEN_SEALED_RENEW="+d.URL(), "YIMEN_SEALED_KEY="+key)
		cmd.Stderr = os.Stderr
		must(t, cmd.Start())
		for n := done(); n == 0; n = done() {
			time.Sleep(time.Millisecond)
		}
		must(t, cmd.Process.Kill())
		_ = cmd.Wait()
		if n := done(); n == all {
			t.Fatalf("the process had done all %d before it was killed", n)
		}

		must(t, r.Load(ctx))
		for _, i := range []int{0, 1, 350, all - 1} {
			var id string
			k, other := r.Pair(no, fmt.Sprintf("no%dx", i))
			must(t, d.Conn(ctx).Get(ctx, &id, `SELECT id FROM note_person WHERE no_key IN ($1, $2)`, k, other))
		}
		r.Hasten(0, 0)
		for range 3 {
			must(t, r.Renew(ctx))
		}
		if got := versions(t, r); len(got) != 1 || got[0] != 2 {
			t.Errorf("keys %v after going on", got)
		}
		if n := done(); n != all {
			t.Errorf("%d of %d are sealed anew", n, all)
		}
		if lost := finds(t, d, r, all); len(lost) > 0 {
			t.Errorf("%d are lost: %s …", len(lost), lost[0])
		}
	})
}

func TestTheKeysAreWrappedWithANewKeyFileBesideTheWork(t *testing.T) {
	each(t, func(t *testing.T, d *db.DB, r *sealed.Ring, key string) {
		ctx := t.Context()
		v := r.Seal(no, "a", "440232199001011233")
		keys, err := keyfile.Open(key, false)
		must(t, err)
		must(t, keys.Prepare())
		must(t, keys.Turn())
		running := ring(t, d, key) // read before anything is wrapped anew
		must(t, running.Load(ctx))
		if n, err := r.Unwrapped(ctx); err != nil || n != 2 {
			t.Fatalf("%d are of the old key file, %v", n, err)
		}
		if n, err := r.Rewrap(ctx); err != nil || n != 2 {
			t.Fatalf("%d wrapped anew, %v", n, err)
		}
		if n, err := r.Rewrap(ctx); err != nil || n != 0 {
			t.Fatalf("%d wrapped anew the second time, %v", n, err)
		}
		must(t, keys.Retire())
		_, err = r.Rotate(ctx)
		must(t, err)
		for name, x := range map[string]*sealed.Ring{"one that runs": running, "a new one": ring(t, d, key)} {
			must(t, x.Load(ctx))
			if plain, err := x.Open(no, "a", v); err != nil || plain != "440232199001011233" || x.Newest() != 2 {
				t.Errorf("%s: %q, %v", name, plain, err)
			}
		}
	})
}
