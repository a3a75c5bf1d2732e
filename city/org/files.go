package cityorg

import (
	"embed"
	"encoding/csv"
	"fmt"
	"strings"

	"yimen/internal/org"
)

//go:embed *.csv
var files embed.FS

// city is the sample city's division code.
const city = "440200000000"

// suggested marks what was made up so that the sample is complete.
const suggested = "suggested"

// table reads a CSV file as one map per row, by column name.
func table(name string) ([]map[string]string, error) {
	f, err := files.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("sample city, %s: %w", name, err)
	}
	rows := make([]map[string]string, len(all)-1)
	for i, fields := range all[1:] {
		rows[i] = make(map[string]string, len(fields))
		for j, value := range fields {
			rows[i][all[0][j]] = value
		}
	}
	return rows, nil
}

// Rows gives the whole organisation of the sample city.
func Rows() (org.Rows, error) {
	var r org.Rows
	var err error
	if r.Divisions, err = divisions(); err != nil {
		return r, err
	}
	t := newTree(r.Divisions)
	names, err := readNames()
	if err != nil {
		return r, err
	}
	departments, err := table("departments.csv")
	if err != nil {
		return r, err
	}
	if r.Agencies, err = agencies(t, departments); err != nil {
		return r, err
	}
	r.Outlets = outlets(t)
	r.Counters = counters(r.Outlets)
	r.Posts = posts
	r.Staff = staff(r.Agencies, r.Outlets, names)
	return r, nil
}

func divisions() ([]org.Division, error) {
	rows, err := table("divisions.csv")
	if err != nil {
		return nil, err
	}
	list := make([]org.Division, len(rows))
	for i, r := range rows {
		list[i] = org.Division{Code: r["code"], Name: r["name"], ShortName: r["short_name"], Kind: r["kind"],
			Level: org.LevelOf(r["code"]), Parent: r["parent"], Quasi: r["quasi"] == "1", Trust: r["trust"], Source: r["source"]}
	}
	return list, nil
}

// tree is the part of the divisions that is the city: its counties, towns and
// villages, without quasi units.
type tree struct {
	by       map[string]org.Division
	counties []org.Division
	towns    []org.Division
	villages []org.Division
}

func newTree(all []org.Division) tree {
	t := tree{by: make(map[string]org.Division, len(all))}
	for _, d := range all {
		t.by[d.Code] = d
		if d.Quasi || !org.Contains(city, d.Code) {
			continue
		}
		switch d.Level {
		case org.County:
			t.counties = append(t.counties, d)
		case org.Town:
			t.towns = append(t.towns, d)
		case org.Village:
			t.villages = append(t.villages, d)
		}
	}
	return t
}

// county gives the county a division lies in.
func (t tree) county(code string) org.Division { return t.by[org.Above(code, org.County)] }

// place is the name as an address writes it: 乳源瑶族自治县游溪镇大寮坑村.
func (t tree) place(code string) string {
	name := ""
	for level := org.County; level <= org.LevelOf(code); level++ {
		name += t.by[org.Above(code, level)].ShortName
	}
	return name
}

// brief shortens a county's name as people do: 乳源瑶族自治县 → 乳源, 武江区 → 武江.
func brief(county string) string {
	for _, suffix := range []string{"瑶族自治县", "自治县", "县", "区", "市"} {
		if s, ok := strings.CutSuffix(county, suffix); ok && s != "" {
			return s
		}
	}
	return county
}
