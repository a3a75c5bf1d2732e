package cityorg

import (
	"fmt"
	"strings"

	"yimen/gb"
	"yimen/internal/org"
)

// agencies makes the bodies that decide: the city government and its
// departments, the same for every county as far as departments.csv names a
// counterpart, the town governments and the village committees.
func agencies(t tree, departments []map[string]string) ([]org.Agency, error) {
	list := []org.Agency{government(t.by[city], "")}
	for _, d := range departments {
		list = append(list, cityDepartment(d))
	}
	for _, county := range t.counties {
		list = append(list, government(county, city))
		for _, d := range departments {
			if d["county_counterpart"] != "" {
				list = append(list, counterpart(county, d))
			}
		}
	}
	governed := map[string]bool{}
	for _, town := range t.towns {
		governed[town.Code] = true
		list = append(list, townGovernment(t, town))
	}
	for _, v := range t.villages {
		list = append(list, committee(t, v, governed[v.Parent]))
	}
	for i := range list {
		if err := complete(&list[i]); err != nil {
			return nil, fmt.Errorf("sample city, agency %s: %w", list[i].Code, err)
		}
	}
	return list, nil
}

// complete adds what every agency has and nobody published.
func complete(a *org.Agency) error {
	kind, body := creditParts(*a)
	uscc, err := gb.MakeUSCC(kind, org.Above(a.Division, min(a.Level, org.County))[:6], body)
	if err != nil {
		return err
	}
	a.USCC = uscc.String()
	a.Phone, a.Complaint = phones(a.Code)
	a.Trust = suggested
	return nil
}

// creditParts gives the kind of body and the eight characters of a credit
// code. The eight are unlike any real code: they spell the division and, for
// departments, the department's number.
func creditParts(a org.Agency) (kind, body string) {
	six := a.Division[:6]
	switch a.Kind {
	case org.Committee:
		kind = "54"
		if strings.HasSuffix(a.Name, "居民委员会") {
			kind = "55"
		}
		return kind, a.Division[4:]
	case org.TownOffice:
		return "11", "T" + a.Division[2:9]
	case org.Government:
		return "11", "M" + six[2:] + "G00"
	case org.Utility:
		kind = "91"
	default:
		kind = "11"
	}
	if k, ok := publicBodies[a.Dept]; ok {
		kind = k
	}
	return kind, "M" + six[2:] + a.Dept
}

// publicBodies are departments that are no organ of state: 12 public
// institution, 13 mass organisation.
var publicBodies = map[string]string{"D37": "13", "D38": "12", "D39": "12", "D40": "12", "D41": "12", "D42": "12"}

func government(d org.Division, parent string) org.Agency {
	short := brief(d.ShortName) + "政府"
	if d.Level == org.City {
		short = "市政府"
	}
	return org.Agency{Code: d.Code, Name: d.Name + "人民政府", ShortName: short, Division: d.Code, Level: d.Level,
		Parent: parent, Kind: org.Government}
}

func agencyCode(division, dept string) string { return division[:6] + "-" + strings.ToLower(dept) }

func kindOf(group string) string {
	switch group {
	case "垂直管理":
		return org.Vertical
	case "公用企业":
		return org.Utility
	}
	return org.Department
}

func cityDepartment(d map[string]string) org.Agency {
	return org.Agency{Code: agencyCode(city, d["dept_id"]), Name: d["city_name"], ShortName: "市" + d["short_name"],
		Dept: d["dept_id"], Division: city, Level: org.City, Parent: city, Kind: kindOf(d["group"])}
}

func counterpart(county org.Division, d map[string]string) org.Agency {
	a := org.Agency{Code: agencyCode(county.Code, d["dept_id"]), Name: county.Name + d["county_counterpart"],
		ShortName: brief(county.ShortName) + d["short_name"], Dept: d["dept_id"], Division: county.Code, Level: org.County,
		Parent: agencyCode(city, d["dept_id"]), Kind: kindOf(d["group"])}
	switch d["dept_id"] {
	case "D13": // branches of the city's bureau, not bodies of the county
		a.Name, a.Kind = "韶关市生态环境局"+brief(county.ShortName)+"分局", org.Vertical
		a.ShortName = "生态环境局" + brief(county.ShortName) + "分局"
	case "D38":
		a.Name = "韶关市住房公积金管理中心" + brief(county.ShortName) + "管理部"
	}
	return a
}

func townGovernment(t tree, town org.Division) org.Agency {
	name := town.Name + "人民政府"
	if town.Kind == "街道" {
		name = town.Name + "办事处"
	}
	return org.Agency{Code: town.Code, Name: t.county(town.Code).Name + name, ShortName: name, Division: town.Code,
		Level: org.Town, Parent: town.Parent, Kind: org.TownOffice}
}

// committee is a village's own body. The sources name villages by their
// committee already; one that does not gets the word for its kind.
func committee(t tree, v org.Division, hasTown bool) org.Agency {
	name := v.Name
	switch {
	case strings.HasSuffix(name, "委员会"):
	case v.Kind == "社区":
		name += "居民委员会"
	default:
		name += "村民委员会"
	}
	parent := v.Parent
	if !hasTown { // seven neighbourhoods lie in quasi towns, which have no government
		parent = org.Above(v.Code, org.County)
	}
	return org.Agency{Code: v.Code, Name: t.by[v.Parent].Name + name, ShortName: name, Division: v.Code,
		Level: org.Village, Parent: parent, Kind: org.Committee}
}
