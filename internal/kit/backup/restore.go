package backup

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"

	"yimen/internal/kit/jobs"
	"yimen/internal/kit/rowtext"
)

// loadBatch is how many rows are handed to the database at a time.
const loadBatch = 2000

// Report says what Restore brought back.
type Report struct {
	Manifest
	FilesWhole int
	FilesWrong []string // ids that are missing or damaged
}

// ErrNotEmpty is told when the database already holds something.
var ErrNotEmpty = errors.New("backup: the database is not empty; restore into a new one")

// Restore brings the backup of folder into an empty database and file store,
// then migrates to the running release. An error leaves the database without
// rows; wrong files are reported and are no error. The audit chain is for the
// caller to verify.
func Restore(ctx context.Context, c City, folder string) (Report, error) {
	m, err := Read(folder)
	if err != nil {
		return Report{}, err
	}
	r := Report{Manifest: m}
	if !c.Files.HasKey(m.Key) {
		return r, fmt.Errorf("backup: the key file is another than that of the backup (%s, not %s)", c.Files.KeyMark(), m.Key)
	}
	if err := c.load(ctx, m, folder); err != nil {
		return r, fmt.Errorf("backup: restore: %w", err)
	}
	if r.FilesWhole, r.FilesWrong, err = c.Files.BringFrom(ctx, filepath.Join(filepath.Dir(folder), "files")); err != nil {
		return r, fmt.Errorf("backup: restore: %w", err)
	}
	if err := c.Migrate(ctx, c.DB); err != nil {
		return r, fmt.Errorf("backup: the backup is restored; migrating it to this release failed: %w", err)
	}
	return r, nil
}

func (c City) load(ctx context.Context, m Manifest, folder string) error {
	there, err := c.DB.Tables(ctx)
	if err != nil {
		return err
	}
	if len(there) > 0 {
		return ErrNotEmpty
	}
	if err := c.DB.MigrateTo(ctx, c.Sources, m.Migrations); err != nil {
		return err
	}
	if err := jobs.Migrate(ctx, c.DB); err != nil {
		return err
	}
	return c.DB.InTx(ctx, func(ctx context.Context) error {
		if err := c.clear(ctx, m); err != nil {
			return err
		}
		for _, t := range m.Tables {
			if err := c.loadTable(ctx, folder, t); err != nil {
				return err
			}
		}
		return c.loadJobs(ctx, folder, m.Jobs)
	})
}

// clear removes the rows that migrations begin with, and compares the schema.
func (c City) clear(ctx context.Context, m Manifest) error {
	made, err := c.DB.Tables(ctx)
	if err != nil {
		return err
	}
	for i := len(made) - 1; i >= 0; i-- {
		if m.Table(made[i].Name).Name == "" {
			return fmt.Errorf("the backup has no table %s, which its own migrations make", made[i].Name)
		}
		if _, err := c.DB.Conn(ctx).Exec(ctx, "DELETE FROM "+made[i].Name); err != nil {
			return err
		}
	}
	if len(made) != len(m.Tables) {
		return fmt.Errorf("the backup has %d tables, its migrations make %d", len(m.Tables), len(made))
	}
	return nil
}

func (c City) loadTable(ctx context.Context, folder string, t Table) error {
	conn, columns := c.DB.Conn(ctx), names(t.Columns)
	batch := make([][]any, 0, loadBatch)
	flush := func() error {
		err := conn.InsertRows(ctx, t.Name, columns, "", batch)
		batch = batch[:0]
		return err
	}
	err := lines(folder, t.Name, t.Part, func(line []byte) error {
		row, err := rowtext.Parse(line, t.Columns)
		if err != nil {
			return err
		}
		if batch = append(batch, row); len(batch) < loadBatch {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	if err != nil {
		return err
	}
	return c.compare(ctx, t)
}

// compare reads a table back: what the database now holds is what was kept.
func (c City) compare(ctx context.Context, t Table) error {
	total, err := eachRow(ctx, c.DB, t.Table, func([]byte) error { return nil })
	if err != nil {
		return err
	}
	if total != t.Sum {
		return fmt.Errorf("table %s is not what was backed up: sum %s, want %s", t.Name, total, t.Sum)
	}
	return nil
}

func (c City) loadJobs(ctx context.Context, folder string, p Part) error {
	var list []jobs.Kept
	err := lines(folder, "jobs", p, func(line []byte) error {
		var k jobs.Kept
		if err := json.Unmarshal(line, &k); err != nil {
			return err
		}
		list = append(list, k)
		return nil
	})
	if err != nil {
		return err
	}
	return c.Queue.Bring(ctx, list)
}

// Check reads a backup to its end without a database: every file of rows is
// there and unchanged. Stored files are opened by Restore only, which has their
// key.
func Check(folder string) (Manifest, error) {
	m, err := Read(folder)
	if err != nil {
		return m, err
	}
	var wrong []error
	for _, t := range m.Tables {
		var total sum
		err := lines(folder, t.Name, t.Part, func(line []byte) error { total.add(line); return nil })
		if err == nil && total.String() != t.Sum {
			err = fmt.Errorf("table %s: the rows are not those of the manifest", t.Name)
		}
		wrong = append(wrong, err)
	}
	wrong = append(wrong, lines(folder, "jobs", m.Jobs, func([]byte) error { return nil }))
	return m, errors.Join(wrong...)
}
