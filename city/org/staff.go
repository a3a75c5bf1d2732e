package cityorg

import (
	"fmt"
	"strconv"

	"yimen/internal/org"
)

var posts = []org.Post{
	{Code: "window_clerk", Name: "窗口受理岗", Duty: "咨询、收件、受理、送达"},
	{Code: "approver", Name: "审批岗", Duty: "审查、现场核查、会签、决定"},
	{Code: "section_chief", Name: "科（股）长", Duty: "审核、分派"},
	{Code: "agency_head", Name: "单位负责人", Duty: "签批"},
	{Code: "centre_manager", Name: "大厅管理岗", Duty: "现场管理、督办"},
}

// clerksAt is how many clerks an outlet has. The first is clerk-<outlet>, the
// others clerk-<outlet>-02 and so on: some 1,800 in the city.
var clerksAt = map[string]int{org.Centre: 41, org.Hall: 9, org.TownOutlet: 2, org.VillagePoint: 1}

// staff makes the clerks of every outlet, one approver for every agency, a
// section chief and a head for every department and town government, a manager for the centre and
// for every hall. The id says post and place and is also the account's name.
func staff(agencies []org.Agency, outlets []org.Outlet, n names) []org.Staff {
	var list []org.Staff
	add := func(id, post, agency, outlet, division string) {
		list = append(list, org.Staff{ID: id, Name: n.person(id, division).name, Agency: agency, Outlet: outlet, Post: post, Active: true,
			Phone: fmt.Sprintf("1991%07d", pickBy(id+"/mobile", 10_000_000))})
	}
	for _, o := range outlets {
		add("clerk-"+o.Code, "window_clerk", "", o.Code, o.Division)
		for i := 2; i <= clerksAt[o.Kind]; i++ {
			add(fmt.Sprintf("clerk-%s-%02d", o.Code, i), "window_clerk", "", o.Code, o.Division)
		}
		if o.Kind == org.Centre || o.Kind == org.Hall {
			add("manager-"+o.Code, "centre_manager", "", o.Code, o.Division)
		}
	}
	for _, a := range agencies {
		add("approver-"+a.Code, "approver", a.Code, "", a.Division)
		if a.Dept != "" || a.Level == org.Town {
			add("chief-"+a.Code, "section_chief", a.Code, "", a.Division)
			add("head-"+a.Code, "agency_head", a.Code, "", a.Division)
		}
	}
	return list
}

// names are what invented people are called.
type names struct {
	surnames []weighted
	total    int
	yao      []string // surnames common among the Yao of 乳源
	male     []string
	female   []string
	brands   []string
	trades   []string
}

type weighted struct {
	name string
	upTo int // hundredths of a percent, added up
}

// invented is a made-up person.
type invented struct {
	name string
	male bool
}

func readNames() (names, error) {
	var n names
	rows, err := table("names.csv")
	if err != nil {
		return n, err
	}
	lists := map[string]*[]string{"surname_yao_ruyuan": &n.yao, "given_male": &n.male, "given_female": &n.female,
		"company_brand_local": &n.brands, "company_industry_local": &n.trades}
	for _, r := range rows {
		if list, ok := lists[r["kind"]]; ok {
			*list = append(*list, r["value"])
		}
		if r["kind"] == "surname_weight" {
			share, err := strconv.ParseFloat(r["weight"], 64)
			if err != nil {
				return n, err
			}
			n.total += int(share * 100)
			n.surnames = append(n.surnames, weighted{r["value"], n.total})
		}
	}
	return n, nil
}

// person makes up the person who belongs to a key; half of those in 乳源 have
// a surname common there.
func (n names) person(key, division string) invented {
	p := invented{male: pickBy(key+"/sex", 2) == 0}
	p.name = n.surname(key, division)
	given := n.female
	if p.male {
		given = n.male
	}
	p.name += given[pickBy(key+"/given", len(given))]
	return p
}

func (n names) surname(key, division string) string {
	if org.Contains("440232000000", division) && pickBy(key+"/yao", 2) == 0 {
		return n.yao[pickBy(key+"/surname", len(n.yao))]
	}
	at := pickBy(key+"/surname", n.total)
	for _, s := range n.surnames {
		if at < s.upTo {
			return s.name
		}
	}
	return n.surnames[0].name
}
