package cityorg

import (
	"fmt"
	"time"

	"yimen/gb"
	"yimen/internal/identity"
	"yimen/internal/org"
	"yimen/workday"
)

// How many apply in the sample city.
const (
	citizens    = 200
	enterprises = 50
)

// firstVillage is where citizen-1 lives: 大寮坑村 of 游溪镇.
const firstVillage = "440232112209"

// People gives the accounts of those who apply: citizen-1 … citizen-200,
// enterprise-1 … enterprise-50. Their numbers have right check digits and
// belong to nobody on purpose, but may hit somebody: they are masked like any.
func People() ([]identity.NewAccount, error) {
	list, err := divisions()
	if err != nil {
		return nil, err
	}
	n, err := readNames()
	if err != nil {
		return nil, err
	}
	t := newTree(list)
	var people []identity.NewAccount
	for i := 1; i <= citizens; i++ {
		p, err := citizen(t, n, i)
		if err != nil {
			return nil, err
		}
		p.Proofs = proven(i)
		people = append(people, p)
	}
	for i := 1; i <= enterprises; i++ {
		p, err := enterprise(t, n, i)
		if err != nil {
			return nil, err
		}
		p.Proofs = []identity.Proof{{Method: identity.ByWindow, Level: identity.LevelPresence}}
		people = append(people, p)
	}
	return people, nil
}

// unregistered is how many residents of the sample city have no account.
const unregistered = 300

// Unregistered gives residents who have no account yet: the person register
// knows them too, so that registering can be tried. Only name and number count.
func Unregistered() ([]identity.NewAccount, error) {
	list, err := divisions()
	if err != nil {
		return nil, err
	}
	n, err := readNames()
	if err != nil {
		return nil, err
	}
	t := newTree(list)
	var people []identity.NewAccount
	for i := citizens + 1; i <= citizens+unregistered; i++ {
		p, err := citizen(t, n, i)
		if err != nil {
			return nil, err
		}
		people = append(people, p)
	}
	return people, nil
}

// NewcomerNo is the number of the newcomer among the citizens.
const NewcomerNo = citizens + 1

// Newcomer is a resident without account who leads a company and has a
// photograph on file: the whole way from registering to acting for a company can
// be tried as them.
func Newcomer() (identity.NewAccount, error) {
	list, err := Unregistered()
	if err != nil {
		return identity.NewAccount{}, err
	}
	return list[0], nil
}

// phoneOnly is the citizen who has proven no more than a phone, so that the way
// up can be tried.
const phoneOnly = 3

// proven is how citizen i has shown who they are: nearly all with their card at
// a window.
func proven(i int) []identity.Proof {
	if i == phoneOnly {
		return []identity.Proof{{Method: identity.BySMS}}
	}
	return []identity.Proof{{Method: identity.BySMS}, {Method: identity.ByCard}}
}

// citizen makes one person. Births run over 1935 to 2007 in steps that mix
// ages over villages; sequence numbers from 900 up mark invented people.
func citizen(t tree, n names, i int) (identity.NewAccount, error) {
	key := fmt.Sprintf("citizen-%d", i)
	home := t.by[firstVillage]
	if i > 1 {
		home = t.villages[(i*137)%len(t.villages)]
	}
	who := n.person(key, home.Code)
	birth := workday.NewDate(1935+(i*29)%73, time.Month(1+i%12), 1+(i*7)%28)
	seq := 900 + 2*(i%50)
	if who.male {
		seq++
	}
	id, err := gb.MakeResidentID(home.Code[:6], birth, seq)
	if err != nil {
		return identity.NewAccount{}, fmt.Errorf("sample city, %s: %w", key, err)
	}
	return identity.NewAccount{Name: key, Kind: identity.KindPerson, DisplayName: who.name, Division: home.Code,
		IDType: "111", IDNo: id.String(), Phone: fmt.Sprintf("1990000%04d", i),
		Address: "广东省韶关市" + t.place(home.Code)}, nil
}

// enterprise makes one company, spread over the counties.
func enterprise(t tree, n names, i int) (identity.NewAccount, error) {
	key := fmt.Sprintf("enterprise-%d", i)
	county := t.counties[i%len(t.counties)]
	town := t.towns[(i*31)%len(t.towns)]
	for j := range t.towns { // the next town of that county
		if d := t.towns[(i*31+j)%len(t.towns)]; d.Parent == county.Code {
			town = d
			break
		}
	}
	uscc, err := gb.MakeUSCC("91", county.Code[:6], fmt.Sprintf("MA4X%04d", i))
	if err != nil {
		return identity.NewAccount{}, fmt.Errorf("sample city, %s: %w", key, err)
	}
	name := "韶关市" + brief(county.ShortName) + n.brands[i%len(n.brands)] + n.trades[(i*7)%len(n.trades)] + "有限公司"
	return identity.NewAccount{Name: key, Kind: identity.KindEnterprise, DisplayName: name, Division: town.Code,
		IDType: "001", IDNo: uscc.String(), Phone: fmt.Sprintf("1990001%04d", i),
		Address: "广东省韶关市" + t.place(town.Code) + street(key), LegalName: n.person(key, org.Above(town.Code, org.County)).name}, nil
}
