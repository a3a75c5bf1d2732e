package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"

	"yimen/internal/cases"
	"yimen/internal/kit/audit"
)

// Run verifies the audit chain. Exit 0: whole; 1: something was changed.
func (c verifyAuditCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	return withApp(ctx, c.Storage, log, func(a *App) error {
		report, err := a.Audit.Verify(ctx)
		if err != nil {
			return err
		}
		printAudit(out, report)
		if !report.OK() {
			return errors.New("the audit log is not whole")
		}
		return nil
	})
}

// Run reads every case. Exit 0: all can be read; 1: some are damaged.
func (c verifyCasesCmd) Run(ctx context.Context, out io.Writer, log *slog.Logger) error {
	return withApp(ctx, c.Storage, log, func(a *App) error {
		if c.Mend {
			// What it stumbles over is named below.
			if err := a.Cases.RecomputeDue(ctx, ""); err != nil && ctx.Err() != nil {
				return err
			}
		}
		found := 0
		looked, err := a.Cases.Damaged(ctx, func(d cases.Damage) {
			found++
			mend := ""
			if d.Mendable {
				mend = " (--mend computes it anew)"
			}
			fmt.Fprintf(out, "case %s: %s%s\n", d.Number, d.What, mend)
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(out, "%d cases, %d damaged\n", looked, found)
		if found > 0 {
			return errors.New("some cases are damaged")
		}
		return nil
	})
}

func printAudit(out io.Writer, r audit.Report) {
	for _, f := range r.Findings {
		fmt.Fprintf(out, "%s row=%s batch=%d: %s\n", f.Kind, f.Row, f.Batch, f.Why)
	}
	if more := r.Found - int64(len(r.Findings)); more > 0 {
		fmt.Fprintf(out, "… and %d more\n", more)
	}
	fmt.Fprintf(out, "%d rows in %d batches, %d in archives, %d not sealed yet, %d findings\nchain head: batch %d %s\n",
		r.Rows, r.Batches, r.Archived, r.Unsealed, r.Found, r.Head.Seq, r.Head.Chain)
}

func (a *App) importItems(ctx context.Context, r io.Reader, partial bool, out io.Writer) error {
	report, err := a.Catalogue.Import(ctx, r, partial)
	for _, e := range report.Errors {
		fmt.Fprintf(out, "sheet %s line %d %s: %s\n", e.Sheet, e.Line, e.Column, e.Message)
	}
	if err != nil {
		return plain(err)
	}
	fmt.Fprintf(out, "%d items, %d saved as drafts, %d unchanged, %d lines wrong\n", report.Items, report.Saved, report.Unchanged, len(report.Errors))
	return nil
}
