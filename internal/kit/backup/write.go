package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/files"
	"yimen/internal/kit/jobs"
	"yimen/internal/kit/rowtext"
)

// City is what is backed up and restored into.
type City struct {
	DB      *db.DB
	Files   *files.Store
	Queue   *jobs.Queue
	Sources []db.Source                               // migrations of the running release
	Migrate func(ctx context.Context, d *db.DB) error // to its newest schema
	Release string
}

// Write makes a backup in dir and gives its folder. With keep > 0 the oldest
// beyond that number are removed once the new one is whole.
//
// Files that the store has lost are named in the manifest's Files.Missing: the
// backup is whole all the same, and the caller tells.
func Write(ctx context.Context, c City, dir string, keep int) (string, Manifest, error) {
	m := Manifest{Format: format, Release: c.Release, Engine: c.DB.Engine(), Key: c.Files.KeyMark()}
	folder, err := c.begin(dir, &m)
	if err != nil {
		return "", m, fmt.Errorf("backup: %w", err)
	}
	err = c.DB.Snapshot(ctx, func(ctx context.Context) error { return c.write(ctx, dir, folder, &m) })
	if err == nil {
		err = m.write(folder)
	}
	if err != nil {
		return "", m, errors.Join(fmt.Errorf("backup: %w", err), os.RemoveAll(folder))
	}
	if keep > 0 {
		if err := prune(dir, keep); err != nil {
			return folder, m, fmt.Errorf("backup: the new one is whole, old ones remain: %w", err)
		}
	}
	return folder, m, nil
}

func (c City) begin(dir string, m *Manifest) (string, error) {
	m.At = time.Now().UTC().Truncate(time.Second)
	folder := filepath.Join(dir, m.At.Format(stampLayout))
	if err := os.MkdirAll(filepath.Join(dir, "files"), 0o700); err != nil {
		return "", err
	}
	if err := os.Mkdir(folder, 0o700); err != nil {
		return "", fmt.Errorf("%w (another backup of this second?)", err)
	}
	return folder, nil
}

func (c City) write(ctx context.Context, dir, folder string, m *Manifest) error {
	var err error
	// The book of migrations is read outside the snapshot: nobody migrates a
	// database that is being served.
	if m.Migrations, err = c.DB.Applied(ctx, c.Sources); err != nil {
		return err
	}
	tables, err := c.DB.Tables(ctx)
	if err != nil {
		return err
	}
	for _, t := range tables {
		kept, err := c.writeTable(ctx, folder, t)
		if err != nil {
			return fmt.Errorf("%s: %w", t.Name, err)
		}
		m.Tables = append(m.Tables, kept)
	}
	if m.Jobs, err = c.writeJobs(ctx, folder); err != nil {
		return err
	}
	m.Files, err = c.Files.CopyTo(ctx, filepath.Join(dir, "files"))
	return err
}

func (c City) writeTable(ctx context.Context, folder string, t db.Table) (Table, error) {
	kept := Table{Table: t}
	s, err := newSheet(folder, t.Name)
	if err != nil {
		return kept, err
	}
	total, err := eachRow(ctx, c.DB, t, s.line)
	err = errors.Join(err, s.close())
	kept.Part, kept.Sum = s.Part, total
	return kept, err
}

// eachRow gives every row of a table as a line to fn, and the sum of all.
func eachRow(ctx context.Context, d *db.DB, t db.Table, fn func(line []byte) error) (string, error) {
	rows, err := d.Conn(ctx).Rows(ctx, "SELECT "+strings.Join(names(t.Columns), ", ")+" FROM "+t.Name)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	var total sum
	into := rowtext.Scanner(t.Columns)
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return "", err
		}
		line, err := rowtext.Encode(rowtext.Plain(into))
		if err != nil {
			return "", err
		}
		total.add(line)
		if err := fn(line); err != nil {
			return "", err
		}
	}
	return total.String(), rows.Err()
}

func names(columns []db.Column) []string {
	list := make([]string, len(columns))
	for i, c := range columns {
		list[i] = c.Name
	}
	return list
}

func (c City) writeJobs(ctx context.Context, folder string) (Part, error) {
	s, err := newSheet(folder, "jobs")
	if err != nil {
		return Part{}, err
	}
	err = c.Queue.Keep(ctx, func(k jobs.Kept) error {
		line, err := rowtext.Encode(k)
		if err != nil {
			return err
		}
		return s.line(line)
	})
	err = errors.Join(err, s.close())
	return s.Part, err
}

// prune removes the oldest backups beyond keep, then the files that none of
// the others names.
func prune(dir string, keep int) error {
	all, err := list(dir)
	if err != nil || len(all) <= keep {
		return err
	}
	for _, name := range all[:len(all)-keep] {
		// The manifest first: what is half removed is no backup.
		if err := os.Remove(filepath.Join(dir, name, "manifest.json")); err != nil {
			return err
		}
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return sweep(dir, all[len(all)-keep:])
}

// sweep removes the stored files in dir that none of the backups names.
func sweep(dir string, backups []string) error {
	named := map[string]bool{}
	for _, name := range backups {
		folder := filepath.Join(dir, name)
		m, err := Read(folder)
		if err != nil {
			return err
		}
		t := m.Table(files.Table)
		id := slices.Index(names(t.Columns), "id")
		err = lines(folder, t.Name, t.Part, func(line []byte) error {
			row, err := rowtext.Parse(line, t.Columns)
			if err != nil {
				return err
			}
			named[row[id].(string)] = true
			return nil
		})
		if err != nil {
			return err
		}
	}
	return filepath.WalkDir(filepath.Join(dir, "files"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || named[e.Name()] {
			return err
		}
		return os.Remove(path)
	})
}
