package backup

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"yimen/internal/kit/db"
	"yimen/internal/kit/files"
)

// format is the version of the layout that doc.go describes.
const format = 1

// stampLayout names the folder of a backup by its moment, UTC.
const stampLayout = "20060102T150405Z"

// Manifest says what a backup holds.
type Manifest struct {
	Format     int          `json:"format"`
	Release    string       `json:"release"`
	Engine     db.Engine    `json:"engine"`
	At         time.Time    `json:"at"` // the moment of all rows, UTC
	Migrations []int64      `json:"migrations"`
	Tables     []Table      `json:"tables"` // in the order in which they can be loaded
	Jobs       Part         `json:"jobs"`
	Files      files.Copied `json:"files"`
	Key        string       `json:"key"` // mark of the key of the stored files
}

// Table is a table with its rows.
type Table struct {
	db.Table
	Part
	Sum string `json:"sum"` // of all rows, whatever their order
}

// Part is a file of the backup.
type Part struct {
	Rows  int    `json:"rows"`
	Bytes int64  `json:"bytes"` // of the file
	SM3   string `json:"sm3"`   // of the file
}

// Rows counts the rows of all tables.
func (m Manifest) Rows() int {
	n := 0
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}

// Table finds a table by its name; the zero Table when there is none.
func (m Manifest) Table(name string) Table {
	i := slices.IndexFunc(m.Tables, func(t Table) bool { return t.Name == name })
	if i < 0 {
		return Table{}
	}
	return m.Tables[i]
}

// Latest gives the folder of the newest whole backup in dir, or dir itself if
// it is one.
func Latest(dir string) (string, error) {
	if _, err := os.Stat(filepath.Join(dir, "manifest.json")); err == nil {
		return dir, nil
	}
	all, err := list(dir)
	if err != nil {
		return "", err
	}
	if len(all) == 0 {
		return "", fmt.Errorf("backup: there is no whole backup in %s", dir)
	}
	return filepath.Join(dir, all[len(all)-1]), nil
}

// list gives the names of the whole backups in dir, oldest first.
func list(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("backup: %w", err)
	}
	var names []string
	for _, e := range entries {
		if _, err := time.Parse(stampLayout, e.Name()); err != nil {
			continue
		}
		if _, err := os.Stat(filepath.Join(dir, e.Name(), "manifest.json")); err == nil {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

// Read reads the manifest of a backup.
func Read(folder string) (Manifest, error) {
	var m Manifest
	raw, err := os.ReadFile(filepath.Join(folder, "manifest.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return m, fmt.Errorf("backup: %s is not a whole backup: it has no manifest.json", folder)
	}
	if err != nil {
		return m, fmt.Errorf("backup: %w", err)
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return m, fmt.Errorf("backup: %s cannot be read: %w", filepath.Join(folder, "manifest.json"), err)
	}
	if m.Format != format {
		return m, fmt.Errorf("backup: %s has format %d, this release reads %d", folder, m.Format, format)
	}
	return m, nil
}

// write puts the manifest in its place once all else is on the disk.
func (m Manifest) write(folder string) error {
	raw, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return err
	}
	part := filepath.Join(folder, "manifest.part")
	if err := os.WriteFile(part, append(raw, '\n'), 0o600); err != nil {
		return err
	}
	for _, path := range []string{part, folder} {
		if err := sync(path); err != nil {
			return err
		}
	}
	if err := os.Rename(part, filepath.Join(folder, "manifest.json")); err != nil {
		return err
	}
	return errors.Join(sync(folder), sync(filepath.Dir(folder)))
}

func sync(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
