package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"yimen/internal/app"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/licences"
	"yimen/workday"
)

const (
	forester = "440232-d18"
	felling  = "ZZ047" // 林木采伐许可证: one holder may have many
)

// issuing measures licences as the program issues them, eight at once: checked,
// numbered, set, sealed with a key of the software store, the use of the seal
// recorded, the OFD file stored, all in one transaction (a PDF is written when it
// is asked for); beside it files of that size stored alone, which is what a disk
// does by itself.
func (c *city) issuing(ctx context.Context, a *app.App) error {
	ctx = identity.With(ctx, identity.System("bench"))
	agency, err := a.Org.Agency(ctx, forester)
	if err != nil {
		return err
	}
	if err := a.Seals.FurnishAgency(ctx, agency); err != nil {
		return err
	}
	known, _, err := a.Licences.List(ctx, licences.Find{Type: "ZZ001"}, db.Page{Limit: db.MaxLimit})
	if err != nil || len(known) == 0 {
		return fmt.Errorf("bench: nobody to issue licences to: %w", err)
	}
	of, err := a.Licences.Type(ctx, felling)
	if err != nil {
		return err
	}
	fields := map[string]string{}
	for _, f := range of.Fields {
		switch {
		case f.Kind == "date":
			fields[f.Name] = "2026-11-23"
		case f.Kind != "picture":
			fields[f.Name] = "大寮坑村小组自留山"
		}
	}
	today := workday.DateOf(time.Now(), time.FixedZone("Beijing", 8*3600))
	one := func(ctx context.Context, _, i int) error {
		to := known[i%len(known)]
		_, err := a.Licences.Issue(ctx, licences.Issue{Approval: "bench", Entry: licences.Entry{Type: felling, Number: fmt.Sprintf("bench-%d-%d", c.stored, i),
			HolderName: to.HolderName, HolderNo: to.HolderNo, Issuer: forester, From: today, To: today.Add(90), Fields: fields}})
		return err
	}
	if err := one(ctx, 0, 1<<30); err != nil {
		return err
	}
	l := together(ctx, 8, c.keep, one)
	if l.first != nil {
		return l.first
	}
	raw, err := syncedFiles(ctx, c.keep, c.dir)
	if err != nil {
		return err
	}
	c.report.add(figure{What: "licences issued by the program, sealed and recorded, 8 at once", Budget: "≥ 300/s", Measured: l.latencies(), Value: l.perSecond(), Unit: "/s",
		RawText: fmt.Sprintf("files of 55 KB synced to disk %.0f/s", raw)})
	return nil
}

// syncedFiles is how many files as large as that of a licence two workers write
// and sync in a second.
func syncedFiles(ctx context.Context, keep time.Duration, dir string) (float64, error) {
	body := make([]byte, 55<<10)
	l := together(ctx, 2, keep, func(_ context.Context, w, i int) error {
		path := filepath.Join(dir, fmt.Sprintf("raw-%d-%d", w, i))
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		if _, err = f.Write(body); err == nil {
			err = f.Sync()
		}
		return errors.Join(err, f.Close(), os.Remove(path))
	})
	return float64(len(l.took)) / l.wall.Seconds(), l.first
}
