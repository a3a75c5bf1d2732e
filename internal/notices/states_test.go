package notices_test

import (
	"context"
	"encoding/hex"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emmansun/gmsm/sm3"

	"yimen/internal/cases"
	"yimen/internal/identity"
	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/errs"
	"yimen/internal/kit/files"
	"yimen/internal/notices"
	"yimen/internal/org"
	"yimen/internal/seals"
	"yimen/ofd"
	"yimen/ofd/pdf"
	"yimen/ofd/ses"
	"yimen/workday"
)

// desk stands in for cases and for the seals of an agency that comes and goes:
// what is tried here is in which order documents are worked off.
type desk struct {
	mu   sync.Mutex
	away error // why there is no seal
	used int
}

var told = cases.Notice{NoticeRow: cases.NoticeRow{ID: "019a9c2e-7b00-7000-8000-000000000001", Kind: cases.NoticeGrant, Title: "准予决定书", DocNo: "林准决〔2026〕1号", MadeAt: moment},
	Sheet: cases.Sheet{Kind: cases.NoticeGrant, Title: "准予决定书", Organ: "林业局", OrganCode: "440232-d18", DocNo: "林准决〔2026〕1号", Number: "2611180000001",
		Applicant: "李立伟", Item: "林木采伐许可证核发", Decision: []string{"决定准予。"}, On: workday.DateOf(moment, clock.Beijing)}}

var moment = time.Date(2026, 11, 18, 2, 0, 0, 0, time.UTC)

func (d *desk) Notice(context.Context, string, string) (cases.Notice, error) { return told, nil }

func (d *desk) For(context.Context, string, string) (seals.Seal, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return seals.Seal{ID: "s-1", Kind: seals.Business}, d.away
}

func (d *desk) Seal(context.Context, seals.Use, *ofd.Package, ...ses.Stamp) (seals.Record, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.used++
	return seals.Record{}, nil
}

// SignPDF implements notices.Seals: this city has no certificate for PDF files.
func (d *desk) SignPDF(context.Context) (*pdf.Signature, error) { return nil, nil }

func (d *desk) set(why error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.away = why
}

func TestDocumentsAreWorkedOff(t *testing.T) {
	dbtest.Each(t, []db.Source{org.Migrations, files.Migrations, notices.Migrations}, func(t *testing.T, d *db.DB) {
		at, there := clock.NewFake(moment), &desk{}
		ctx := identity.With(t.Context(), identity.System("test"))
		folder := t.TempDir()
		store, err := files.Open(ctx, files.Options{URL: "file://" + filepath.ToSlash(filepath.Join(folder, "files")), KeyFile: filepath.Join(folder, "key"), CreateKey: true}, d, at)
		must(t, err)
		t.Cleanup(func() { _ = store.Close() })
		m := notices.New(notices.Deps{DB: d, Clock: at, Org: org.New(org.Deps{DB: d, Clock: at}), Cases: there, Seals: there, Files: store})
		must(t, d.InTx(ctx, func(ctx context.Context) error { return m.Issued(ctx, told) }))
		must(t, d.InTx(ctx, func(ctx context.Context) error { return m.Issued(ctx, told) })) // told twice: one document
		waits := func(want notices.State, tries int) {
			t.Helper()
			list, _, err := m.Unsealed(ctx, db.Page{})
			must(t, err)
			if len(list) != 1 || list[0].State != want || list[0].Tries != tries {
				t.Fatalf("want one that is %s after %d tries: %+v", want, tries, list)
			}
		}
		waits(notices.Waiting, 0)

		there.set(seals.ErrNoSeal)
		must(t, m.SealDue(ctx))
		waits(notices.Failed, 1)
		must(t, m.SealDue(ctx)) // not due yet
		waits(notices.Failed, 1)
		at.Advance(3 * time.Minute)
		must(t, m.SealDue(ctx))
		waits(notices.Failed, 2)
		if _, _, err := m.Open(ctx, told.Sheet.Number, told.ID); errs.From(err).Code != seals.ErrNoSeal.Code {
			t.Fatalf("who asks is told why: %v", err)
		}
		waits(notices.Failed, 3)

		there.set(nil)
		at.Advance(time.Hour)
		var all sync.WaitGroup // many at once: the seal is used once
		for range 4 {
			all.Go(func() {
				if err := m.SealDue(ctx); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if list, _, err := m.Unsealed(ctx, db.Page{}); err != nil || len(list) > 0 || there.used != 1 {
			t.Errorf("left %v, used %d times, %v", list, there.used, err)
		}
		p, raw, err := m.Open(ctx, told.Sheet.Number, told.ID)
		if err != nil || p.State != notices.Sealed || len(raw) == 0 || there.used != 1 {
			t.Errorf("%+v, %d bytes, used %d times: %v", p, len(raw), there.used, err)
		}
		// Its files are known by their digests, a PDF without a signature once it was given out.
		for range 2 {
			_, given, err := m.PDF(ctx, told.Sheet.Number, told.ID)
			must(t, err)
			for _, file := range [][]byte{raw, given} {
				sum := sm3.Sum(file)
				if f, ok, err := m.Filed(ctx, hex.EncodeToString(sum[:])); err != nil || !ok || f.DocNo != told.DocNo || f.On != told.Sheet.On {
					t.Errorf("%+v %t %v", f, ok, err)
				}
			}
		}
		if f, ok, err := m.Filed(ctx, strings.Repeat("0", 64)); ok || err != nil {
			t.Errorf("%+v %v", f, err)
		}
	})
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
