package city

import (
	"encoding/csv"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"yimen/internal/catalogue"
)

// row is one line of items.csv, its columns read but not interpreted further
// than their lists allow.
type row struct {
	Code, Name, Domain string
	DeptName           string // as the row writes it
	Dept               string // D11
	Levels             []int
	Type               string // 01, 05, 07, 10, 20
	Audience           []string
	Basis, Materials   string
	Statutory, Promise string
	Instant            bool
	Fee, Result        string
	Tags               []string
	Trust, Source      string
	Defect             string
}

func (r row) has(tag string) bool { return slices.Contains(r.Tags, tag) }

var (
	levelOf = map[string]int{"市": catalogue.LevelCity, "县": catalogue.LevelCounty, "镇": catalogue.LevelTown, "村": catalogue.LevelVillage}
	typeOf  = map[string]string{"行政许可": catalogue.TypeLicence, "行政给付": catalogue.TypePayment,
		"行政确认": catalogue.TypeConfirmation, "其他行政权力": catalogue.TypeOther, "公共服务": catalogue.TypeService}
	audienceOf = map[string]string{"自然人": "person", "法人": "enterprise"}
)

func (b *book) readRows(files fs.FS) error {
	lines, err := readCSV(files, "items.csv")
	if err != nil {
		return err
	}
	for i, l := range lines {
		r, err := b.readRow(l)
		if err != nil {
			return fmt.Errorf("items.csv line %d: %w", i+2, err)
		}
		b.rows = append(b.rows, r)
	}
	return nil
}

func (b *book) readRow(l map[string]string) (row, error) {
	r := row{
		Code: l["item_code"], Name: l["name"], Domain: l["domain"], DeptName: l["department"],
		Basis: l["legal_basis"], Materials: l["materials"], Statutory: l["statutory_limit"], Promise: l["promised_limit"],
		Instant: l["case_kind"] == "即办件", Fee: l["fee"], Result: l["result_name"], Tags: list(l["tags"]),
		Trust: l["trust"], Source: l["source"], Defect: l["defect"],
	}
	var err error
	if r.Dept, err = b.depts.of(r.Code, r.DeptName); err != nil {
		return r, err
	}
	if r.Type = typeOf[l["item_type"]]; r.Type == "" {
		return r, fmt.Errorf("unknown item type %q", l["item_type"])
	}
	for _, name := range list(l["levels"]) {
		level, ok := levelOf[name]
		if !ok {
			return r, fmt.Errorf("unknown level %q", name)
		}
		r.Levels = append(r.Levels, level)
	}
	slices.Sort(r.Levels)
	for _, name := range list(l["service_object"]) {
		a, ok := audienceOf[name]
		if !ok {
			return r, fmt.Errorf("unknown service object %q", name)
		}
		r.Audience = append(r.Audience, a)
	}
	slices.SortFunc(r.Audience, func(a, b string) int { return strings.Compare(b, a) }) // person first
	return r, nil
}

// departments finds the key of a department by the name that rows use.
type departments map[string]string

// townGuides is the department that guides what town governments decide: the
// definition wants one although the competent agency is the town government.
var townGuides = map[string]string{"SG07001": "D25", "SG07002": "D17", "SG07003": "D17"}

func (b *book) readDepartments(files fs.FS) error {
	lines, err := readCSV(files, "departments.csv")
	if err != nil {
		return err
	}
	b.depts = departments{"供水企业": "D44"}
	for _, l := range lines {
		b.depts[l["generic_name"]] = l["dept_id"]
	}
	return nil
}

func (d departments) of(code, name string) (string, error) {
	if key, ok := townGuides[code]; ok {
		return key, nil
	}
	if key, ok := d[name]; ok {
		return key, nil
	}
	return "", fmt.Errorf("departments.csv has no department %q", name)
}

// licenceType is one line of licence_types.csv.
type licenceType struct{ Key, Name string }

func (b *book) readLicences(files fs.FS) error {
	lines, err := readCSV(files, "licence_types.csv")
	if err != nil {
		return err
	}
	b.licences = make(map[string]licenceType, len(lines))
	for _, l := range lines {
		b.licences[l["local_id"]] = licenceType{Key: l["local_id"], Name: l["licence_name"]}
	}
	return nil
}

// licenceNamed gives the key of the licence type of that name, "" when there is none.
func (b *book) licenceNamed(name string) string {
	for key, l := range b.licences {
		if l.Name == name {
			return key
		}
	}
	return ""
}

// list splits a 、 list; an empty text is an empty list.
func list(s string) []string {
	if s = strings.TrimSpace(s); s == "" {
		return nil
	}
	return strings.Split(s, "、")
}

// readCSV reads a file with a header row into one map a line.
func readCSV(files fs.FS, name string) ([]map[string]string, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("%s: no header row", name)
	}
	lines := make([]map[string]string, 0, len(all)-1)
	for _, record := range all[1:] {
		l := make(map[string]string, len(record))
		for i, v := range record {
			l[all[0][i]] = strings.TrimSpace(v)
		}
		lines = append(lines, l)
	}
	return lines, nil
}
