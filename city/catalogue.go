package city

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"yimen/internal/catalogue"
)

//go:embed items.csv proofs.csv proofs_online.csv proof_sources.csv synonyms.csv zones.json departments.csv licence_types.csv licence_fields.json licence_templates.json materials.json processes.json fees.json elements forms items
var data embed.FS

// Definitions compiles the service items of the sample city, in the order of
// items.csv. The error names the file and the key that is wrong.
func Definitions() ([]catalogue.Definition, error) {
	b, err := newBook(data)
	if err != nil {
		return nil, err
	}
	defs := make([]catalogue.Definition, 0, len(b.rows))
	for _, r := range b.rows {
		d, err := b.definition(r)
		if err != nil {
			return nil, fmt.Errorf("city: item %s: %w", r.Code, err)
		}
		defs = append(defs, d)
	}
	return defs, nil
}

// book is everything that definitions are compiled from.
type book struct {
	rows      []row
	files     map[string]*itemFile // by item code
	elements  map[string]element
	materials *materialBook
	licences  map[string]licenceType
	depts     departments
	forms     map[string]*formTemplate
	processes map[string]*processTemplate
	fees      map[string]catalogue.Fee
	codes     map[string]string // item code → base code
}

func newBook(files fs.FS) (*book, error) {
	b := &book{files: map[string]*itemFile{}, elements: map[string]element{}, forms: map[string]*formTemplate{}}
	for _, load := range []func(fs.FS) error{
		b.readDepartments, b.readRows, b.readLicences, b.readElements, b.readMaterials,
		b.readProcesses, b.readForms, b.readFees, b.readItemFiles,
	} {
		if err := load(files); err != nil {
			return nil, fmt.Errorf("city: %w", err)
		}
	}
	var err error
	b.codes, err = baseCodes(b.rows)
	return b, err
}

func (b *book) readFees(files fs.FS) error { return decodeFile(files, "fees.json", &b.fees) }

// readItemFiles reads items/*.json; the name of a file is the code of its item.
func (b *book) readItemFiles(files fs.FS) error {
	known := map[string]bool{}
	for _, r := range b.rows {
		known[r.Code] = true
	}
	return eachJSON(files, "items", func(name string) error {
		code := strings.TrimSuffix(path.Base(name), ".json")
		if !known[code] {
			return fmt.Errorf("%s: items.csv has no row %s", name, code)
		}
		f := &itemFile{}
		b.files[code] = f
		return decodeFile(files, name, f)
	})
}

// eachJSON calls fn with the path of every JSON file in dir, in order.
func eachJSON(files fs.FS, dir string, fn func(name string) error) error {
	entries, err := fs.ReadDir(files, dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if path.Ext(e.Name()) != ".json" {
			continue
		}
		if err := fn(path.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	return nil
}

// decodeFile reads JSON strictly: a key that nothing reads is a typing error.
func decodeFile(files fs.FS, name string, into any) error {
	f, err := files.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	dec := json.NewDecoder(f)
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if dec.More() {
		return fmt.Errorf("%s: text after the end of the JSON value", name)
	}
	return nil
}
