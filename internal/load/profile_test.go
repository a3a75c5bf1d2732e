package load

import (
	"maps"
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

// The places where cases are handed in stand in the published proportions.
func TestWhereCasesComeFrom(t *testing.T) {
	w := &world{root: "440200000000", counties: []string{ownCounty, "440203000000", "440204000000"}, towns: []string{"440232112000"}, villages: []string{"440232112209"}}
	r, n := rand.New(rand.NewPCG(1, 1)), 200_000
	got := map[string]int{}
	for range n {
		division, level := w.where(r)
		got[division]++
		if want := map[string]int{"440200000000": levelCity, "440232112000": levelTown, "440232112209": levelVillage}[division]; want != level && (want != 0 || level != levelCounty) {
			t.Fatalf("%s has level %d", division, level)
		}
	}
	for _, x := range []struct {
		what string
		n    int
		of   int
	}{
		{"the city", got["440200000000"], cityCases},
		{"the own county's hall", got[ownCounty], ownCases},
		{"the own county's towns and villages", got["440232112000"] + got["440232112209"], townCases},
		{"the other counties", got["440203000000"] + got["440204000000"], countyCases - ownCases - townCases},
	} {
		want := float64(x.of) / YearCases
		if share := float64(x.n) / float64(n); math.Abs(share-want) > .005 {
			t.Errorf("%s: %.3f, want %.3f", x.what, share, want)
		}
	}
}

// Over the net applies only who is known as surely as the item asks; when
// nobody is, and there is no window, nobody applies.
func TestWhoAppliesIsKnownWellEnough(t *testing.T) {
	u := &run{world: &world{
		persons: []Person{{Account: "phone", Level: 1}, {Account: "register", Level: 2}, {Account: "face", Level: 3}},
		firms:   []Person{{Account: "company", Enterprise: true, Level: 3}}}}
	draw := func(least int, audience ...string) map[string]bool {
		who := map[string]bool{}
		for i := range 200 {
			s := &story{run: u, i: i, r: rand.New(rand.NewPCG(1, uint64(i)))}
			if s.cast(&plan{web: true, least: least, audience: audience}) {
				who[s.who.Account] = true
			}
		}
		return who
	}
	for _, x := range []struct {
		least int
		by    string
		want  map[string]bool
	}{
		{0, "person", map[string]bool{"phone": true, "register": true, "face": true}},
		{2, "person", map[string]bool{"register": true, "face": true}},
		{3, "person", map[string]bool{"face": true}},
		{4, "person", map[string]bool{}},
		{3, "enterprise", map[string]bool{"company": true}},
		{4, "enterprise", map[string]bool{}},
	} {
		if got := draw(x.least, x.by); !maps.Equal(got, x.want) {
			t.Errorf("level %d, for a %s: %v apply, want %v", x.least, x.by, got, x.want)
		}
	}
}

// Cases begin in order, within the day, and most of them at ten.
func TestWhenCasesCome(t *testing.T) {
	const n = 2000
	for _, p := range profiles {
		r, last, ten, noon := rand.New(rand.NewPCG(1, 1)), 0.0, 0, 0
		for i := range n {
			at := p.when(i, n, r)
			if at < last || at < 0 || at > 1 {
				t.Fatalf("%s: case %d begins at %g after %g", p.name, i, at, last)
			}
			last = at
			switch hour := 8.5 + 9*at; {
			case hour >= 9.5 && hour < 10.5:
				ten++
			case hour >= 12 && hour < 13:
				noon++
			}
		}
		if p.name == "day" && ten < 5*noon {
			t.Errorf("%d come at ten and %d at noon", ten, noon)
		}
	}
}

func TestPauses(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	sum, p := time.Duration(0), profile{think: true, speed: 10}
	for range 10_000 {
		d := p.pause(time.Minute, r)
		if d < 0 || d > 18*time.Second {
			t.Fatalf("a pause of %v", d)
		}
		sum += d
	}
	if mean := sum / 10_000; mean < 5*time.Second || mean > 6500*time.Millisecond {
		t.Errorf("%v on average, ten times faster than a minute", mean)
	}
	if (profile{}).pause(time.Minute, r) != 0 {
		t.Error("flat out has pauses")
	}
}

// Every run draws the same fates in the published proportions of the sample.
func TestFates(t *testing.T) {
	r, got := rand.New(rand.NewPCG(1, 1)), map[string]int{}
	for range 10_000 {
		got[fate(r)]++
	}
	for _, f := range fates {
		if math.Abs(float64(got[f.name])/100-float64(f.weight)) > 1 {
			t.Errorf("%s: %d of 10,000, want %d in a hundred", f.name, got[f.name], f.weight)
		}
	}
}
