package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yimen/internal/kit/audit"
)

func TestAYearIsPutAwayOnTheCommandLine(t *testing.T) {
	dir := newCity(t)
	err := withApp(context.Background(), storage{Data: dir}, slog.New(slog.DiscardHandler), func(a *App) error {
		ctx := context.Background()
		for month := range 3 {
			at := time.Date(2023, time.Month(1+month), 9, 1, 0, 0, 0, time.UTC)
			if err := a.Audit.Write(ctx, audit.Entry{At: at, Actor: "li", Action: "case.read"}); err != nil {
				return err
			}
		}
		return a.Audit.Seal(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		args string
		exit int
		says string
	}{
		{"archive", 0, "nothing was put away yet"},
		{"archive --year 2023 --dry-run", 0, "audit_row of 2023: 3 rows would go into 1 files"},
		{"archive --year 2023", 0, "audit_row of 2023: 3 rows in 1 files"},
		{"archive", 0, "2023 audit_row: 3 rows"},
		{"archive --year 2023", 1, "put away already"},
		{fmt.Sprintf("archive --year %d", time.Now().Year()), 1, "is not over"},
		{"verify audit", 0, "4 rows in 1 batches, 3 in archives, 1 not sealed yet, 0 findings"},
	} {
		exit, out, errOut := yimen(t, append(strings.Fields(step.args), "--data", dir)...)
		if exit != step.exit || !strings.Contains(out+errOut, step.says) {
			t.Errorf("%s: exit %d: %s%s", step.args, exit, out, errOut)
		}
	}
}

// The archives of a city are in its backups, and are verified when they come back.
func TestABackupCarriesArchives(t *testing.T) {
	dir, backups, other := newCity(t), t.TempDir(), t.TempDir()
	err := withApp(context.Background(), storage{Data: dir}, slog.New(slog.DiscardHandler), func(a *App) error {
		ctx := context.Background()
		if err := a.Audit.Write(ctx, audit.Entry{At: time.Date(2022, 5, 9, 1, 0, 0, 0, time.UTC), Actor: "li", Action: "case.read"}); err != nil {
			return err
		}
		return a.Audit.Seal(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	copyKey(t, dir, other)
	for _, args := range [][]string{
		{"archive", "--year", "2022", "--data", dir}, {"backup", "--data", dir, backups}, {"restore", "--data", other, backups},
	} {
		if exit, out, errOut := yimen(t, args...); exit != 0 {
			t.Fatalf("%v: exit %d: %s%s", args, exit, out, errOut)
		}
	}
	if exit, out, errOut := yimen(t, "verify", "audit", "--data", other); exit != 0 || !strings.Contains(out, "1 in archives") {
		t.Errorf("exit %d: %s%s", exit, out, errOut)
	}
}

func copyKey(t *testing.T, from, to string) {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(from, "files.key"))
	if err == nil {
		err = os.WriteFile(filepath.Join(to, "files.key"), raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
