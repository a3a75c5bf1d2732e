package licences_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/progress"
	"yimen/internal/kit/tables"
	"yimen/internal/licences"
	"yimen/internal/seals"
	"yimen/ofd"
	"yimen/ofd/ses"
	"yimen/workday"
)

// issuing is a world that issues from sheets.
type issuing struct {
	*sealing
	q     *jobs.Queue
	works *progress.Tracker
}

func withWorks(t *testing.T, fn func(w *issuing)) {
	t.Helper()
	dbtest.Each(t, append(allSources(), progress.Migrations), func(t *testing.T, d *db.DB) {
		w := &issuing{sealing: &sealing{world: newWorld(t, d)}}
		w.furnish()
		log := slog.New(slog.DiscardHandler)
		var err error
		w.q, err = jobs.New(d, jobs.Options{Log: log, Clock: w.clock})
		w.must(err)
		as := func(ctx context.Context, account string) (context.Context, error) {
			actor := identity.FromContext(map[string]context.Context{"head": w.head, "stranger": w.stranger}[account])
			return identity.With(ctx, actor), nil
		}
		w.works = progress.New(d, w.q, w.clock, log, progress.Options{Owner: func(ctx context.Context) string { return identity.FromContext(ctx).Account }, As: as})
		deps := w.Deps
		deps.Works = w.works
		w.Module = licences.New(deps)
		fn(w)
	})
}

func (w *issuing) look(by context.Context, rows ...[]string) (licences.Batch, error) {
	var b bytes.Buffer
	w.must(tables.Write(&b, tables.Sheet{Name: "签发", Rows: rows}))
	return w.LookAt(by, "居民身份证", "表.xlsx", &b)
}

func (w *issuing) result(by context.Context, batch string) [][]string {
	w.t.Helper()
	var b bytes.Buffer
	w.must(w.WriteResult(by, batch, &b))
	rows, err := tables.Read(&b, 1<<20)
	w.must(err)
	return rows
}

func (w *issuing) work(id string) progress.Work {
	w.t.Helper()
	x, err := w.works.Find(w.head, id)
	w.must(err)
	return x
}

func number(n int) string {
	id, err := gb.MakeResidentID("440232", workday.NewDate(1970, 1, 1), n)
	if err != nil {
		panic(err)
	}
	return id.String()
}

var sheetHeader = []string{"持证主体", "持证主体代码", "有效期止", "性别", "出生日期", "依据的文号"}

func sheetRow(n int) []string {
	return []string{fmt.Sprintf("村民%d", n), number(n), "2036/1/31", "男", "1970年1月1日", "文1"}
}

// What is wrong with a sheet is told before anything is issued, with the cell.
func TestSheetIsLookedAt(t *testing.T) {
	withWorks(t, func(w *issuing) {
		for what, x := range map[string]struct {
			header []string
			want   error
		}{"a column missing": {[]string{"持证主体", "性别"}, licences.ErrSheetHeader}, "an unknown column": {append([]string{"身高"}, sheetHeader...), licences.ErrSheetHeader},
			"a column twice": {append([]string{"性别"}, sheetHeader...), licences.ErrSheetHeader}, "no line": {sheetHeader, licences.ErrSheetRows}} {
			if _, err := w.look(w.head, x.header); !errors.Is(err, x.want) {
				t.Errorf("%s: %v", what, err)
			}
		}
		if _, err := w.LookAt(w.head, "居民身份证", "x", strings.NewReader("PK no workbook")); !errors.Is(err, licences.ErrSheetFile) {
			t.Errorf("no workbook: %v", err)
		}
		if _, err := w.look(w.stranger, sheetHeader, sheetRow(1)); !errors.Is(err, seals.ErrNoSeal) {
			t.Errorf("an agency without a seal: %v", err)
		}
		if _, err := w.look(w.looks, sheetHeader, sheetRow(1)); !errors.Is(err, licences.ErrNotHere) {
			t.Errorf("who only looks: %v", err)
		}
		bad := sheetRow(3)
		bad[1], bad[2], bad[3] = "4.40232E+17", "明年", ""
		b, err := w.look(w.head, sheetHeader, sheetRow(1), sheetRow(2), bad, sheetRow(1), []string{"李伟立", resident(), "2036-01-31", "男"})
		w.must(err)
		if b.Lines != 5 || b.Good != 2 || w.stored() != 0 {
			t.Errorf("%+v, %d stored", b, w.stored())
		}
		text := fmt.Sprint(w.result(w.head, b.ID))
		for _, want := range []string{"B4“持证主体代码”：表格把号码当成了数字", "C4“有效期止”：“明年”不是日期", "D4“性别”：请填写性别", "和第2行完全一样", "A6“持证主体”：和证件号码登记的姓名不一致"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s is not told: %s", want, text)
			}
		}
		var stored string
		w.must(w.d.Conn(w.head).Get(w.head, &stored, `SELECT content FROM licences_line WHERE line = 2`))
		if strings.Contains(stored, "村民") {
			t.Error("the lines can be read in the table")
		}
		if _, err := w.Batch(w.stranger, b.ID); !errors.Is(err, licences.ErrBatchUnknown) {
			t.Errorf("another's batch: %v", err)
		}
		only, err := w.look(w.head, sheetHeader, bad)
		w.must(err)
		if _, err := w.Begin(w.head, only.ID); !errors.Is(err, licences.ErrBatchBad) {
			t.Errorf("nothing to issue: %v", err)
		}
	})
}

// A sheet is issued line by line; a line that cannot be does not keep the others,
// and one that was issued is not again.
func TestSheetIsIssued(t *testing.T) {
	withWorks(t, func(w *issuing) {
		glyph := sheetRow(2)
		glyph[3] = "男\ue003"
		b, err := w.look(w.head, sheetHeader, sheetRow(1), glyph, sheetRow(3))
		w.must(err)
		id, err := w.Begin(w.head, b.ID)
		w.must(err)
		if _, err := w.Begin(w.head, b.ID); !errors.Is(err, licences.ErrBatchBegun) {
			t.Errorf("begun twice: %v", err)
		}
		w.must(w.q.Drain(context.Background()))
		if x := w.work(id); x.State != progress.Done || x.Done != 3 || x.Failed != 1 || w.stored() != 2 {
			t.Fatalf("%+v, %d stored", x, w.stored())
		}
		rows := w.result(w.head, b.ID)
		if rows[1][0] != "已签发" || !strings.Contains(rows[2][0], "没有签发") || rows[3][3] != number(3) || rows[3][6] != "2036-01-31" {
			t.Errorf("%q", rows)
		}
		c, err := w.Check(w.holder, rows[1][1])
		w.must(err)
		if !c.Stands || c.Trust != licences.TrustA {
			t.Errorf("%+v", c)
		}
		rows[2][6+1] = "男" // mended in the result, which is sent in again
		mended, err := w.look(w.head, rows...)
		w.must(err)
		if text := fmt.Sprint(w.result(w.head, mended.ID)); mended.Good != 1 || strings.Count(text, "已经") < 2 {
			t.Errorf("%+v: %s", mended, text)
		}
		again, err := w.look(w.head, sheetHeader, sheetRow(1))
		w.must(err)
		if text := fmt.Sprint(w.result(w.head, again.ID)); again.Good != 0 || !strings.Contains(text, "2026年11月18日已经签发过") {
			t.Errorf("%+v: %s", again, text)
		}
	})
}

// failing seals fail at one use, as when the power goes.
type failing struct {
	licences.Seals
	at, used *int
}

func (f failing) Seal(ctx context.Context, u seals.Use, p *ofd.Package, s ...ses.Stamp) (seals.Record, error) {
	r, err := f.Seals.Seal(ctx, u, p, s...)
	if *f.used++; *f.used == *f.at {
		return r, errors.New("power lost")
	}
	return r, err
}

// A process that dies in the middle leaves nothing half done, and goes on later;
// two sheets with the same line issue it once.
func TestSheetGoesOnAfterACrash(t *testing.T) {
	withWorks(t, func(w *issuing) {
		first, err := w.look(w.head, sheetHeader, sheetRow(1), sheetRow(2), sheetRow(3))
		w.must(err)
		second, err := w.look(w.head, sheetHeader, sheetRow(3), sheetRow(4))
		w.must(err)
		at, used := 2, 0
		whole := w.Seals
		w.Seals = failing{whole, &at, &used}
		one, err := w.Begin(w.head, first.ID)
		w.must(err)
		_ = w.q.Drain(context.Background())
		if x := w.work(one); x.State != progress.Running || w.stored() != 1 {
			t.Fatalf("after the crash: %+v, %d stored", x, w.stored())
		}
		failed, _, err := w.q.Failures(context.Background(), "", db.Page{})
		w.must(err)
		w.must(w.q.Retry(context.Background(), failed[0].ID))
		two, err := w.Begin(w.head, second.ID)
		w.must(err)
		w.must(w.q.Drain(context.Background()))
		if x := w.work(one); x.State != progress.Done || x.Failed+w.work(two).Failed != 1 || w.stored() != 4 {
			t.Errorf("in the end: %+v, %+v, %d stored", x, w.work(two), w.stored())
		}
	})
}

// What a sheet says that was not issued is cleared in time, by itself; what was
// issued can still be looked up.
func TestOldLinesAreCleared(t *testing.T) {
	withWorks(t, func(w *issuing) {
		b, err := w.look(w.head, sheetHeader, sheetRow(1))
		w.must(err)
		kept := func() (n int) {
			w.must(w.d.Conn(w.head).Get(w.head, &n, `SELECT COUNT(*) FROM licences_line WHERE content <> ''`))
			return n
		}
		w.clock.Advance(30*24*time.Hour - time.Minute)
		w.must(w.SweepLines(system))
		if kept() != 1 {
			t.Error("cleared too early")
		}
		w.clock.Advance(2 * time.Minute)
		w.must(w.SweepLines(system))
		if kept() != 0 {
			t.Error("not cleared")
		}
		id, err := w.Begin(w.head, b.ID)
		w.must(err)
		w.must(w.q.Drain(context.Background()))
		if x := w.work(id); x.Failed != 1 || w.stored() != 0 {
			t.Errorf("%+v, %d stored", x, w.stored())
		}
		if text := fmt.Sprint(w.result(w.head, b.ID)); !strings.Contains(text, "请重新上传") {
			t.Error(text)
		}
	})
}
