package db_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"yimen/internal/kit/clock"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
)

var yearly = source("step", "20261122990002_step.sql", `CREATE TABLE step_owner (id TEXT PRIMARY KEY);
CREATE TABLE step_line (owner TEXT NOT NULL REFERENCES step_owner (id) ON DELETE CASCADE, seq BIGINT NOT NULL, text TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (owner, seq));
CREATE INDEX step_line_text ON step_line (text, owner);`)

func TestIdentifiersHaveTheirYearInBeijing(t *testing.T) {
	eve := time.Date(2023, 12, 31, 15, 59, 59, 0, time.UTC)
	if a, b := db.YearOf(db.IDAt(eve, 4095)), db.YearOf(db.IDAt(eve.Add(time.Second), 0)); a != 2023 || b != 2024 {
		t.Errorf("%d, %d", a, b)
	}
	from, to := db.YearIDs(2023)
	if first := db.IDAt(time.Date(2023, 1, 1, 0, 0, 0, 0, clock.Beijing), 0); from > first || db.IDAt(eve, 4095) >= to || db.IDAt(eve.Add(time.Second), 0) < to {
		t.Errorf("%s, %s", from, to)
	}
	if db.YearOf("note-1") != 0 || db.YearOf("") != 0 {
		t.Error("what is no identifier has a year")
	}
}

// A table with rows of three years and one of none is divided; the same
// statements go on working, a key stays a key and a reference a reference.
func TestATableIsDividedByYears(t *testing.T) {
	dbtest.Each(t, []db.Source{yearly}, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		exec := func(sql string, args ...any) error {
			_, err := d.Conn(ctx).Exec(ctx, sql, args...)
			return err
		}
		year := func(y int) string { return db.IDAt(time.Date(y, 6, 1, 0, 0, 0, 0, time.UTC), 7) }
		owners := []string{year(2021), year(2023), year(2019), "odd"}
		for _, id := range owners {
			must(t, exec(`INSERT INTO step_owner (id) VALUES ($1)`, id))
			must(t, exec(`INSERT INTO step_line (owner, seq) VALUES ($1, 1), ($1, 2)`, id))
		}
		line := db.Yearly{Table: "step_line", Column: "owner"}
		must(t, d.MakeYears(ctx, []db.Yearly{line}, 2021, 2022))
		// The year 2019 was not asked for when the table was divided, and comes later.
		must(t, d.MakeYears(ctx, []db.Yearly{line}, 2019, 2019))
		for _, id := range owners {
			if err := exec(`INSERT INTO step_line (owner, seq) VALUES ($1, 2)`, id); !db.IsUnique(err) {
				t.Errorf("a key comes twice: %v", err)
			}
			must(t, exec(`INSERT INTO step_line (owner, seq) VALUES ($1, 3)`, id))
		}
		if err := exec(`INSERT INTO step_line (owner, seq) VALUES ('nobody', 1)`); err == nil {
			t.Error("a reference to nothing is taken")
		}
		parts, err := d.Parts(ctx, line)
		must(t, err)
		if d.Engine() == db.Postgres && !slices.Contains(parts, 2019) {
			t.Errorf("partitions %v", parts)
		}
		lines := func() (n int) {
			must(t, d.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM step_line`))
			return n
		}
		if n := lines(); n != 12 {
			t.Errorf("%d rows", n)
		}
		must(t, d.MakeYears(ctx, []db.Yearly{line}, 2023, 2023))
		must(t, d.InTx(ctx, func(ctx context.Context) error { return d.DropYear(ctx, line, 2023) }))
		must(t, exec(`DELETE FROM step_owner WHERE id = $1`, owners[0]))
		if n := lines(); n != 6 {
			t.Errorf("%d rows are left", n)
		}
		all, err := d.Tables(ctx)
		must(t, err)
		if len(all) != 2 {
			t.Errorf("tables %v", all)
		}
	})
}

// What was migrated by a release that did not know of years is divided with
// its rows.
func TestAnUpgradeDividesWhatIsThere(t *testing.T) {
	dbtest.Each(t, []db.Source{yearly}, func(t *testing.T, d *db.DB) {
		ctx := context.Background()
		for i, y := range []int{2020, 2022, 2022} {
			id := db.IDAt(time.Date(y, 6, 1, 0, 0, 0, 0, time.UTC), i)
			_, err := d.Conn(ctx).Exec(ctx, `INSERT INTO step_owner (id) VALUES ($1)`, id)
			must(t, err)
			_, err = d.Conn(ctx).Exec(ctx, `INSERT INTO step_line (owner, seq, text) VALUES ($1, 1, 'x')`, id)
			must(t, err)
		}
		upgraded := []db.Source{yearly.ByYear("step_line", "owner")}
		for range 2 {
			must(t, d.Migrate(ctx, upgraded))
		}
		var n int
		must(t, d.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM step_line WHERE text = 'x'`))
		if n != 3 {
			t.Errorf("%d rows", n)
		}
		if d.Engine() != db.Postgres {
			return
		}
		parts, err := d.Parts(ctx, upgraded[0].Years[0])
		must(t, err)
		if !slices.Contains(parts, 2020) || !slices.Contains(parts, 2021) || !slices.Contains(parts, time.Now().Year()+1) {
			t.Errorf("partitions %v", parts)
		}
		must(t, d.Conn(ctx).Get(ctx, &n, `SELECT COUNT(*) FROM step_line_2022`))
		if n != 2 {
			t.Errorf("%d rows in their partition", n)
		}
	})
}
