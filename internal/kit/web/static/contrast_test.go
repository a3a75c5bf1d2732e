package static

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

// pairs are the inks that stand on a ground somewhere, and the contrast they
// need: 4.5 for text, 3 for edges of controls and for marks (GB/T 37668,
// WCAG 2.2).
var pairs = []struct {
	inks    string
	grounds string
	least   float64
}{
	{"ink muted blue blue-dark", "ground paper input sunken lift hover", 4.5},
	{"placeholder", "input paper", 4.5},
	{"green amber red", "ground paper input lift hover", 4.5},
	{"ink blue blue-dark muted", "blue-soft", 4.5},
	{"green green-dark ink", "green-soft", 4.5},
	{"amber amber-ink ink", "amber-soft", 4.5},
	{"red red-dark ink", "red-soft", 4.5},
	{"blue-dark", "blue-tint", 4.5},
	{"green-ink", "green-tint", 4.5},
	{"amber-ink", "amber-tint", 4.5},
	{"red-ink", "red-tint", 4.5},
	{"grey-ink", "grey-tint hover", 4.5},
	{"on-strong", "blue blue-dark green green-dark red red-dark", 4.5},
	{"on-gold", "gold", 4.5},
	{"bar-ink bar-muted gold", "bar", 4.5},
	{"hero-ink", "hero-from hero-to", 4.5},
	{"foot-ink blue-dark", "foot", 4.5},
	{"ink", "heat-mid", 4.5},
	{"line-strong amber-strong", "ground paper input", 3},
	{"chart-1 chart-2 chart-3 chart-4 chart-5 chart-6 draw", "paper ground", 3},
}

func TestContrast(t *testing.T) {
	for _, theme := range []string{"light", "dark", "contrast"} {
		colours := Theme(theme)
		for _, p := range pairs {
			for _, ink := range strings.Fields(p.inks) {
				for _, ground := range strings.Fields(p.grounds) {
					least := p.least
					if theme == "contrast" && least == 4.5 {
						least = 7
					}
					a, b := colours["--ym-"+ink], colours["--ym-"+ground]
					if got := contrast(t, a, b); got < least {
						t.Errorf("%s: %s %s on %s %s is %.2f:1, want %.1f", theme, ink, a, ground, b, got, least)
					}
				}
			}
		}
	}
}

// A variable that one theme lacks would be seen in the colours of another.
func TestThemesNameTheSameColours(t *testing.T) {
	light := Theme("light")
	if len(light) < 50 {
		t.Fatalf("only %d colours found", len(light))
	}
	for _, theme := range []string{"dark", "contrast"} {
		other := Theme(theme)
		for name := range light {
			if other[name] == "" {
				t.Errorf("%s does not say %s", theme, name)
			}
		}
		for name := range other {
			if light[name] == "" {
				t.Errorf("light does not say %s", name)
			}
		}
	}
}

// contrast is the ratio of WCAG 2.2, 1 to 21.
func contrast(t *testing.T, a, b string) float64 {
	t.Helper()
	x, y := luminance(t, a), luminance(t, b)
	if x < y {
		x, y = y, x
	}
	return (x + .05) / (y + .05)
}

func luminance(t *testing.T, hex string) float64 {
	t.Helper()
	n, err := strconv.ParseUint(strings.TrimPrefix(hex, "#"), 16, 32)
	if err != nil || len(hex) != 7 {
		t.Fatalf("%q is not a colour of six digits", hex)
	}
	channel := func(v uint64) float64 {
		c := float64(v&255) / 255
		if c <= .04045 {
			return c / 12.92
		}
		return math.Pow((c+.055)/1.055, 2.4)
	}
	return .2126*channel(n>>16) + .7152*channel(n>>8) + .0722*channel(n)
}
