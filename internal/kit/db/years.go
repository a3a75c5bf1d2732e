package db

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"

	"yimen/internal/kit/clock"
)

// Yearly is a table that only grows, kept by years: on PostgreSQL a partition
// for each, on SQLite one table all the same. The year is that of the moment in
// the identifier by which rows are found (IDAt), in Beijing: so a key stays a
// key, a reference stays one, and whoever asks for one identifier asks one
// partition. Rows of no year that was prepared go to the partition _rest.
type Yearly struct{ Table, Column string }

// ByYear notes that a table of the source is kept by years.
func (s Source) ByYear(table, column string) Source {
	s.Years = append(s.Years, Yearly{table, column})
	return s
}

// YearIDs gives the identifiers of a year in Beijing: from ≤ id < to.
func YearIDs(year int) (from, to string) { return firstID(year), firstID(year + 1) }

func firstID(year int) string {
	var b [8]byte
	at := time.Date(year, 1, 1, 0, 0, 0, 0, clock.Beijing).UnixMilli()
	binary.BigEndian.PutUint64(b[:], uint64(at)<<16)
	text := hex.EncodeToString(b[:6])
	return text[:8] + "-" + text[8:] + "-7000-8000-000000000000"
}

// YearOf gives the year of an identifier, 0 when it holds no moment.
func YearOf(id string) int {
	if len(id) != 36 || id[8] != '-' {
		return 0
	}
	ms, err := strconv.ParseInt(id[:8]+id[9:13], 16, 64)
	if err != nil {
		return 0
	}
	return time.UnixMilli(ms).In(clock.Beijing).Year()
}

// MakeYears prepares the partitions of some years; a table that is whole yet is
// divided, in one transaction that keeps others from it. It may run again, and
// does nothing on SQLite.
func (d *DB) MakeYears(ctx context.Context, tables []Yearly, from, to int) error {
	if d.engine != Postgres {
		return nil
	}
	for _, t := range tables {
		if err := d.divide(ctx, t); err != nil {
			return fmt.Errorf("db: divide %s by years: %w", t.Table, err)
		}
		for year := from; year <= to; year++ {
			if err := d.makeYear(ctx, t, year); err != nil {
				return fmt.Errorf("db: partition %s of %s: %w", t.Partition(year), t.Table, err)
			}
		}
	}
	return nil
}

// Partition is what a year's table is called on PostgreSQL.
func (t Yearly) Partition(year int) string { return t.Table + "_" + strconv.Itoa(year) }

func (t Yearly) rest() string { return t.Table + "_rest" }

// bounds is the clause of a year's partition; identifiers need no quoting.
func bounds(year int) string {
	from, to := YearIDs(year)
	return " FOR VALUES FROM ('" + from + "') TO ('" + to + "')"
}

// lockPatience is how long the making of a partition waits for the table, with
// everybody else behind it: it comes again.
const lockPatience = "3s"

func (d *DB) makeYear(ctx context.Context, t Yearly, year int) error {
	return d.InTx(ctx, func(ctx context.Context) error {
		c := d.Conn(ctx)
		var there bool
		if err := c.Get(ctx, &there, `SELECT to_regclass($1) IS NOT NULL`, t.Partition(year)); err != nil || there {
			return err
		}
		if _, err := c.Exec(ctx, `SET LOCAL lock_timeout = '`+lockPatience+`'`); err != nil {
			return err
		}
		if err := d.lockWhole(ctx, t.Table); err != nil {
			return err
		}
		from, to := YearIDs(year)
		var early bool
		err := c.Get(ctx, &early, `SELECT EXISTS (SELECT 1 FROM `+t.rest()+` WHERE `+t.Column+` >= $1 AND `+t.Column+` < $2)`, from, to)
		if err != nil {
			return err
		}
		if !early {
			_, err := c.Exec(ctx, `CREATE TABLE `+t.Partition(year)+` PARTITION OF `+t.Table+bounds(year))
			return err
		}
		return execAll(ctx, c,
			`CREATE TABLE `+t.Partition(year)+` (LIKE `+t.Table+` INCLUDING DEFAULTS)`,
			`ALTER TABLE `+t.rest()+` DISABLE TRIGGER USER`, // of a log that refuses to lose rows
			`WITH moved AS (DELETE FROM `+t.rest()+` WHERE `+t.Column+` >= '`+from+`' AND `+t.Column+` < '`+to+`' RETURNING *)
				INSERT INTO `+t.Partition(year)+` SELECT * FROM moved`,
			`ALTER TABLE `+t.rest()+` ENABLE TRIGGER USER`,
			`ALTER TABLE `+t.Table+` ATTACH PARTITION `+t.Partition(year)+bounds(year))
	})
}

func execAll(ctx context.Context, c *Conn, statements ...string) error {
	for _, s := range statements {
		if _, err := c.Exec(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// divide makes a whole table one of partitions: the rows are copied year by
// year, then keys, indexes and references are made anew under their names.
func (d *DB) divide(ctx context.Context, t Yearly) error {
	return d.InTx(ctx, func(ctx context.Context) error {
		c := d.Conn(ctx)
		var kind string
		if err := c.Get(ctx, &kind, `SELECT relkind::text FROM pg_class WHERE oid = to_regclass($1)`, t.Table); err != nil || kind == "p" {
			return err
		}
		if err := d.lockWhole(ctx, t.Table); err != nil {
			return err
		}
		again, err := d.remake(ctx, t.Table)
		if err != nil {
			return err
		}
		whole := t.Table + "_whole"
		years, err := d.yearsIn(ctx, t)
		if err != nil {
			return err
		}
		statements := []string{
			`ALTER TABLE ` + t.Table + ` RENAME TO ` + whole,
			`CREATE TABLE ` + t.Table + ` (LIKE ` + whole + ` INCLUDING DEFAULTS) PARTITION BY RANGE (` + t.Column + `)`,
			`CREATE TABLE ` + t.rest() + ` PARTITION OF ` + t.Table + ` DEFAULT`,
		}
		for _, year := range years {
			statements = append(statements, `CREATE TABLE `+t.Partition(year)+` PARTITION OF `+t.Table+bounds(year))
		}
		statements = append(statements, `INSERT INTO `+t.Table+` SELECT * FROM `+whole, `DROP TABLE `+whole)
		return execAll(ctx, c, append(statements, again...)...)
	})
}

// lockWhole takes a table for itself, and before it those that it refers to:
// dropping the whole one needs them too, and in this order those who work take
// them, so that neither waits for the other for ever.
func (d *DB) lockWhole(ctx context.Context, table string) error {
	c := d.Conn(ctx)
	var names []string
	err := c.Select(ctx, &names, `SELECT DISTINCT confrelid::regclass::text AS name FROM pg_constraint
		WHERE conrelid = to_regclass($1) AND contype = 'f' AND confrelid <> conrelid ORDER BY name`, table)
	if err != nil {
		return err
	}
	for _, name := range append(names, table) {
		if _, err := c.Exec(ctx, `LOCK TABLE `+name+` IN ACCESS EXCLUSIVE MODE`); err != nil {
			return err
		}
	}
	return nil
}

// remake gives the statements that make the keys, references and indexes of a
// table anew.
func (d *DB) remake(ctx context.Context, table string) ([]string, error) {
	c := d.Conn(ctx)
	var constraints, indexes []string
	err := c.Select(ctx, &constraints, `SELECT 'ALTER TABLE `+table+` ADD CONSTRAINT ' || quote_ident(conname) || ' ' || pg_get_constraintdef(oid)
		FROM pg_constraint WHERE conrelid = to_regclass($1) ORDER BY contype DESC, conname`, table)
	if err != nil {
		return nil, err
	}
	err = c.Select(ctx, &indexes, `SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = to_regclass($1)
		AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.conrelid = i.indrelid)`, table)
	return append(constraints, indexes...), err
}

// yearsIn gives the years from which the table has rows, in order.
func (d *DB) yearsIn(ctx context.Context, t Yearly) ([]int, error) {
	var first []string
	c := d.Conn(ctx)
	from, _ := YearIDs(2000) // what is below has no moment
	err := c.Select(ctx, &first, `SELECT `+t.Column+` FROM `+t.Table+` WHERE `+t.Column+` >= $1 ORDER BY `+t.Column+` LIMIT 1`, from)
	if err != nil || len(first) == 0 {
		return nil, err
	}
	var years []int
	for year := YearOf(first[0]); year > 0 && year <= time.Now().In(clock.Beijing).Year(); year++ {
		years = append(years, year)
	}
	return years, nil
}

// Parts lists the years of a table that have a partition of their own, on
// PostgreSQL; none on SQLite.
func (d *DB) Parts(ctx context.Context, t Yearly) ([]int, error) {
	if d.engine != Postgres {
		return nil, nil
	}
	var names []string
	err := d.Conn(ctx).Select(ctx, &names, `SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
		WHERE i.inhparent = to_regclass($1) ORDER BY c.relname`, t.Table)
	if err != nil {
		return nil, fmt.Errorf("db: partitions of %s: %w", t.Table, err)
	}
	var years []int
	for _, name := range names {
		if year, err := strconv.Atoi(strings.TrimPrefix(name, t.Table+"_")); err == nil {
			years = append(years, year)
		}
	}
	return years, nil
}

// DropYear removes a year's rows: on PostgreSQL its partition is detached and
// dropped, on SQLite they are deleted.
func (d *DB) DropYear(ctx context.Context, t Yearly, year int) error {
	from, to := YearIDs(year)
	c := d.Conn(ctx)
	if d.engine != Postgres {
		_, err := c.Exec(ctx, `DELETE FROM `+t.Table+` WHERE `+t.Column+` >= $1 AND `+t.Column+` < $2`, from, to)
		return err
	}
	return execAll(ctx, c, `SET LOCAL lock_timeout = '`+lockPatience+`'`,
		`ALTER TABLE `+t.Table+` DETACH PARTITION `+t.Partition(year), `DROP TABLE `+t.Partition(year))
}
