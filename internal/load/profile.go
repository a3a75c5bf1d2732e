package load

import (
	"fmt"
	"math"
	"math/rand/v2"
	"time"
)

// A profile says who comes when, and how long people think.
type profile struct {
	name    string
	about   string
	cases   int // if none is asked for
	clients int
	length  time.Duration // of the time that is played; 0: flat out
	speed   float64       // how often faster than life, if not asked for
	think   bool
	browse  bool // who applies over the net looks around first
	reads   bool // visits instead of cases
	open    int  // how many cases may be under way at a time; 0: any number
	// when gives the moment, as a share of length, at which case i of n begins.
	when func(i, n int, r *rand.Rand) float64
}

// YearCases is how many cases the city had in 2019 (domain §2: 144,346 in the
// city's own halls, 85,781 in the counties).
const YearCases = cityCases + countyCases

// clerks is how many people work at counters.
const clerks = 1800

var profiles = []profile{
	{name: "hour", about: "an hour at the counters: 1,800 clerks serve six people each", cases: clerks * 6, clients: 256,
		length: time.Hour, speed: 10, think: true, browse: true, when: evenly},
	{name: "day", about: "a working day as it comes, most at ten and at three", cases: YearCases / 250, clients: 64,
		length: 9 * time.Hour, speed: 360, think: true, browse: true, when: byHour},
	{name: "year", about: "the city's year, flat out", cases: YearCases, clients: 32, open: 640, when: atOnce},
	{name: "rush", about: "everybody at nine o'clock", cases: clerks, clients: clerks, browse: true, when: atOnce},
	{name: "read", about: "visitors, applicants and staff who only look", cases: 5000, clients: 50, reads: true, when: atOnce},
}

// Profiles names the profiles with what they are.
func Profiles() (names, abouts []string) {
	for _, p := range profiles {
		names, abouts = append(names, p.name), append(abouts, p.about)
	}
	return names, abouts
}

func profileOf(name string) (profile, error) {
	for _, p := range profiles {
		if p.name == name {
			return p, nil
		}
	}
	return profile{}, fmt.Errorf("no profile is called %q", name)
}

func atOnce(int, int, *rand.Rand) float64 { return 0 }

// evenly spreads the cases over the time, each within its share of it.
func evenly(i, n int, r *rand.Rand) float64 { return (float64(i) + r.Float64()) / float64(n) }

// hours are the cases of every half hour from 8:30 to 17:30, in thousandths: a
// morning that begins slowly, a pause at noon, a shorter afternoon.
var hours = []float64{40, 75, 95, 100, 95, 80, 45, 15, 12, 15, 50, 75, 85, 80, 65, 45, 20, 8}

// byHour puts case i of n where that share of the day's cases has come.
func byHour(i, n int, r *rand.Rand) float64 {
	total := 0.0
	for _, h := range hours {
		total += h
	}
	want := evenly(i, n, r) * total
	for k, h := range hours {
		if want <= h {
			return (float64(k) + want/h) / float64(len(hours))
		}
		want -= h
	}
	return 1
}

// The pauses of people, on average.
const (
	atCounter = 90 * time.Second // a clerk between two steps with somebody in front
	atDesk    = 12 * time.Minute // until an approver comes to the next case
	atHome    = 8 * time.Minute  // an applicant who gathers what was missing
	fetching  = 20 * time.Minute // until the result is fetched
)

// pause is how long somebody thinks: mostly less than the average, sometimes
// three times as long. Nothing when the profile is flat out.
func (p profile) pause(average time.Duration, r *rand.Rand) time.Duration {
	if !p.think {
		return 0
	}
	d := -math.Log(1-r.Float64()) * float64(average)
	return time.Duration(min(d, 3*float64(average)) / p.speed)
}
