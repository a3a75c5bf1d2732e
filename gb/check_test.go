package gb

import (
	"fmt"
	"testing"
)

func TestCheckCharacters(t *testing.T) {
	for _, c := range []struct {
		name string
		got  byte
		want byte
	}{
		{"MOD 11-2", Mod112("11010519491231002"), 'X'},
		{"MOD 11-2, nothing", Mod112(""), 0},
		{"MOD 11-2, letter", Mod112("1A"), 0},
		{"MOD 11,10, ISO 7064 example", Mod1110("0794"), '5'},
		{"MOD 11,10, nothing", Mod1110(""), 0},
		{"MOD 11,10, letter", Mod1110("12A"), 0},
		{"MOD 37,36, ISO 7064 example", Mod3736("A12425GABC1234002"), 'M'},
		{"MOD 37,36, small letter", Mod3736("a1"), 0},
		{"MOD 37,36, nothing", Mod3736(""), 0},
		{"Luhn", Luhn("7992739871"), '3'},
		{"Luhn, letter", Luhn("79x"), 0},
		{"Luhn, nothing", Luhn(""), 0},
	} {
		if c.got != c.want {
			t.Errorf("%s: %q, want %q", c.name, c.got, c.want)
		}
	}
	if !ValidMod1110("07945") || ValidMod1110("07944") || ValidMod1110("5") || ValidMod1110("") || ValidMod1110("0x945") {
		t.Error("ValidMod1110")
	}
	if !ValidLuhn("79927398713") || ValidLuhn("79927398710") || !ValidMod3736("A12425GABC1234002M") || ValidMod3736("A\x00") {
		t.Error("ValidLuhn, ValidMod3736")
	}
}

// FuzzSingleError changes one digit of a number and, for the systems that promise it, finds it out.
func FuzzSingleError(f *testing.F) {
	f.Add(uint64(20261122000123), uint8(3), uint8(4))
	f.Fuzz(func(t *testing.T, n uint64, at, by uint8) {
		body := fmt.Sprint(n)
		for name, system := range map[string]struct {
			check func(string) byte
			valid func(string) bool
		}{"1110": {Mod1110, ValidMod1110}, "luhn": {Luhn, ValidLuhn}, "3736": {Mod3736, ValidMod3736}} {
			good := body + string(system.check(body))
			if !system.valid(good) {
				t.Fatalf("%s: %s", name, good)
			}
			wrong := []byte(good)
			i := int(at) % len(body)
			wrong[i] = '0' + (wrong[i]-'0'+1+by%9)%10
			if system.valid(string(wrong)) {
				t.Fatalf("%s: %s passes for %s", name, wrong, good)
			}
		}
	})
}

func ExampleMod1110() {
	number := "20260930000123"
	number += string(Mod1110(number))
	fmt.Println(number, ValidMod1110(number), ValidMod1110("202609300001327"))
	// Output: 202609300001237 true false
}

func ExampleMod3736() {
	fmt.Printf("%c\n", Mod3736("11100000000013338W0111143000000612"+"2244L20230000403001"))
	// Output: U
}

func ExampleLuhn() {
	fmt.Printf("%c\n", Luhn("7992739871"))
	// Output: 3
}
