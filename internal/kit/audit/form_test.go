package audit_test

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"yimen/internal/kit/audit"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

// firstHash is how the first releases hashed a row, written down here a second
// time: it never changes.
func firstHash(at time.Time, texts ...string) string {
	b := binary.BigEndian.AppendUint64([]byte{0}, uint64(at.UnixMicro()))
	for _, s := range texts {
		b = append(binary.BigEndian.AppendUint32(b, uint32(len(s))), s...)
	}
	sum := sm3.Sum(b)
	return hex.EncodeToString(sum[:])
}

// old writes a row as releases before roles did: the columns of then, the hash
// of then.
func old(t *testing.T, d *db.DB, at time.Time) string {
	t.Helper()
	ctx, id := context.Background(), db.NewIDAt(at)
	_, err := d.Conn(ctx).Exec(ctx, `INSERT INTO audit_row (id, at, actor, actor_name, address, action, object, object_id, purpose, result, detail, hash)
		VALUES ($1, $2, 'old', '李四', '192.0.2.1', 'case.read', 'case', '1', '核对', 'ok', 'd', $3)`,
		id, at, firstHash(at, id, "old", "李四", "192.0.2.1", "case.read", "case", "1", "核对", "ok", "d"))
	must(t, err)
	_, err = d.Conn(ctx).Exec(ctx, `INSERT INTO audit_pending (row_id) VALUES ($1)`, id)
	must(t, err)
	return id
}

// Rows of before and rows with a role stand in one chain; neither can be made to
// look like the other.
func TestFormsOfLeaves(t *testing.T) {
	at := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
	for name, tamper := range map[string]string{
		"":                           "",
		"a role given to an old row": `UPDATE audit_row SET role = 'approver' WHERE actor = 'old'`,
		"an old row called new":      `UPDATE audit_row SET form = 2 WHERE actor = 'old'`,
		"a new row's role changed":   `UPDATE audit_row SET role = 'window_clerk' WHERE actor = 'new'`,
		"a new row's role removed":   `UPDATE audit_row SET role = '', form = 1 WHERE actor = 'new'`,
		"a form there is not":        `UPDATE audit_row SET form = 3 WHERE actor = 'new'`,
	} {
		t.Run(name, func(t *testing.T) {
			dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
				ctx, l := context.Background(), audit.New(d, clock.NewFake(at))
				l.ActsAs(func(_ context.Context, actor string) string { return "role of " + actor })
				before := old(t, d, at)
				must(t, l.Write(ctx, audit.Entry{At: at, Actor: "new", Action: "case.read", Object: "case", ObjectID: "1", Result: "ok"}))
				must(t, l.Seal(ctx))
				list, _, err := l.Search(ctx, audit.Query{}, db.Page{})
				if err != nil || len(list) != 2 {
					t.Fatalf("%d rows: %v", len(list), err)
				}
				for _, e := range list {
					if want := map[bool]string{true: "", false: "role of new"}[e.ID == before]; e.Role != want {
						t.Errorf("%s acted as %q, not %q", e.Actor, e.Role, want)
					}
				}
				if tamper != "" {
					unprotect(t, d)
					must(t, exec(ctx, d, tamper))
				}
				r, err := l.Verify(ctx)
				if err != nil || r.OK() != (tamper == "") || tamper != "" && r.Findings[0].Kind != audit.RowChanged {
					t.Errorf("%+v: %v", r.Findings, err)
				}
			})
		})
	}
}

// A refusal outlives the transaction it undid, once, however often the request
// was tried; outside of requests nothing is recorded.
func TestRefusals(t *testing.T) {
	dbtest.Each(t, sources, func(t *testing.T, d *db.DB) {
		at := time.Date(2026, 3, 2, 1, 0, 0, 0, time.UTC)
		ctx, l := context.Background(), audit.New(d, clock.NewFake(at))
		audit.Refuse(ctx, audit.Entry{Actor: "nobody", Action: "case.read", Result: "denied"})
		h := l.Refusals(slog.New(slog.DiscardHandler))(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for range 2 {
				_ = d.InTx(r.Context(), func(ctx context.Context) error {
					audit.Refuse(ctx, audit.Entry{Actor: "li", Action: "case.read", Object: "case", ObjectID: r.URL.Path, Result: "denied"})
					return http.ErrAbortHandler
				})
			}
			for i := range 2 * 20 {
				audit.Refuse(r.Context(), audit.Entry{Actor: "li", Action: "case.read", ObjectID: string(rune('a' + i)), Result: "denied"})
			}
		}))
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("GET", "/1", nil))
		if err := l.Write(ctx, audit.Entry{Actor: "li", Action: "case.read", Result: "ok"}); err != nil {
			t.Fatal(err)
		}
		list, _, err := l.Search(ctx, audit.Query{Refused: true}, db.Page{Limit: 100})
		if err != nil || len(list) != 20-1 { // one of them twice
			t.Fatalf("%d rows: %v", len(list), err)
		}
		of := func(path string) func(audit.Entry) bool {
			return func(e audit.Entry) bool { return e.ObjectID == path && e.Actor == "li" && e.At.Equal(at) }
		}
		if !slices.ContainsFunc(list, of("/1")) {
			t.Errorf("not recorded: %+v", list)
		}
	})
}
