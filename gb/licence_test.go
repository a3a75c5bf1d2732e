package gb

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

var genuineLicences = []string{
	"1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U",
	"1.2.156.3005.2.11100000000013338W009.11370800MB28559184.2019092300000001.001.S",
	"1.2.156.3005.2.11100000000013338W032.11220000013544541J.2430599.001.F",
	"1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.S",
	"1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0",
}

// In circulation with the check character M; over these parts MOD 37,36 gives D.
const nonConforming = "1.2.156.3005.2.11100000000013661B006.113700000045046442.209FA4E88F9E4C878F3E9BED2CE7EA49.001.M"

func TestLicenceIDs(t *testing.T) {
	for _, s := range genuineLicences {
		id, err := ParseLicenceID(s)
		if err != nil || id.String() != s {
			t.Errorf("%s: %s, %v", s, id, err)
		}
		again, err := MakeLicenceID(id.Type, USCC(id.Issuer), id.Serial, number(id.Version))
		if err != nil || again != id {
			t.Errorf("make %s: %s, %v", s, again, err)
		}
		if same, flags, err := ParseLicenceIDLenient(s); err != nil || same != id || len(flags) != 0 {
			t.Errorf("lenient %s: %s %v, %v", s, same, flags, err)
		}
	}
	first, _ := ParseLicenceID(genuineLicences[0])
	if next, err := first.Next(); err != nil || next.String() != genuineLicences[3] {
		t.Errorf("next version: %s, %v", next, err)
	}
}

func TestLicenceIDRefusals(t *testing.T) {
	good := genuineLicences[0]
	for in, want := range map[string]error{
		"":                           ErrLicenceFormat,
		nonConforming:                ErrLicenceCheck,
		good[:len(good)-2]:           ErrLicenceFormat,
		"1.2.156.3005.3" + good[14:]: ErrLicenceFormat,
		good + ".1":                  ErrLicenceFormat,
		strings.Replace(good, "20230000403", "", 1):                          ErrLicenceFormat,
		strings.Replace(good, "W011.", "W01.", 1):                            ErrLicenceType,
		strings.Replace(good, "W011.", "X011.", 1):                           ErrUSCCCheck,
		strings.Replace(good, "11430000006122244L", "430000", 1):             ErrUSCCLength,
		strings.Replace(good, "11430000006122244L", "11430000006122244l", 1): ErrUSCCCharacter,
		strings.Replace(good, "20230000403", strings.Repeat("1", 33), 1):     ErrLicenceSerial,
		strings.Replace(good, "20230000403", "2023-403", 1):                  ErrLicenceSerial,
		strings.Replace(good, "20230000403", "2023a403", 1):                  ErrLicenceSerial,
		strings.Replace(good, ".001.", ".000.", 1):                           ErrLicenceVersion,
		strings.Replace(good, ".001.", ".1.", 1):                             ErrLicenceVersion,
		strings.Replace(good, ".U", ".V", 1):                                 ErrLicenceCheck,
		strings.Replace(good, ".U", ".UU", 1):                                ErrLicenceCheck,
	} {
		if id, err := ParseLicenceID(in); !errors.Is(err, want) || id != (LicenceID{}) {
			t.Errorf("%q: %v, want %v", in, err, want)
		}
	}
	for _, c := range []struct {
		typ, issuer, serial string
		version             int
		want                error
	}{
		{"11100000000013338W011", "11430000006122244L", "1", 0, ErrLicenceVersion},
		{"11100000000013338W011", "11430000006122244L", "1", 1000, ErrLicenceVersion},
		{"11100000000013338W011", "11430000006122244L", "", 1, ErrLicenceSerial},
		{"11100000000013338W", "11430000006122244L", "1", 1, ErrLicenceType},
		{"11100000000013338W011", "440200", "1", 1, ErrUSCCLength},
	} {
		if id, err := MakeLicenceID(c.typ, USCC(c.issuer), c.serial, c.version); !errors.Is(err, c.want) || id.String() != "" {
			t.Errorf("%+v: %s, %v", c, id, err)
		}
	}
	last, _ := MakeLicenceID("11100000000013338W011", "11430000006122244L", "1", 999)
	if _, err := last.Next(); !errors.Is(err, ErrLicenceVersion) {
		t.Errorf("after version 999: %v", err)
	}
	if _, err := (LicenceID{}).Next(); !errors.Is(err, ErrLicenceVersion) {
		t.Errorf("next of nothing: %v", err)
	}
}

func TestLenientFlagsWhatIsWrong(t *testing.T) {
	good := genuineLicences[0]
	for in, want := range map[string][]LicenceFlag{
		nonConforming:         {FlagCheck},
		strings.ToLower(good): {FlagLetterCase},
		"1.2.156.3005.2.11100000000013338W011.440200.1.001.9": {FlagIssuer, FlagCheck},
		"1.2.156.3005.2.T1.11430000006122244L.1.001.0":        {FlagType, FlagCheck},
		strings.Replace(good, "20230000403", "2023_403", 1):   {FlagSerial, FlagChecksum},
		strings.Replace(good, ".001.U", ".000.U", 1):          {FlagVersion, FlagCheck},
	} {
		if _, flags, err := ParseLicenceIDLenient(in); err != nil || !slices.Equal(flags, want) {
			t.Errorf("%s: %v, %v, want %v", in, flags, err, want)
		}
	}
	for _, in := range []string{"", "1.2.156.3005.2", "1.2.3.A.B.C.D.E", LicenceRoot + ".A.B.C.D."} {
		if _, _, err := ParseLicenceIDLenient(in); !errors.Is(err, ErrLicenceFormat) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

func TestLicenceCheckFindsEverySingleError(t *testing.T) {
	good, _ := ParseLicenceID(genuineLicences[0])
	for i := range good.Serial {
		for _, r := range alnum36 {
			wrong := good
			if wrong.Serial = good.Serial[:i] + string(r) + good.Serial[i+1:]; wrong != good {
				if _, err := ParseLicenceID(wrong.String()); !errors.Is(err, ErrLicenceCheck) {
					t.Errorf("%s: %v", wrong, err)
				}
			}
		}
	}
}

func FuzzLicenceID(f *testing.F) {
	for _, s := range genuineLicences {
		f.Add(s, "209fa4e8-8f9e-4c87-8f3e-9bed2ce7ea49", uint16(1))
	}
	f.Fuzz(func(t *testing.T, s, serial string, version uint16) {
		if id, err := ParseLicenceID(s); err == nil {
			if again, err := ParseLicenceID(id.String()); err != nil || again != id {
				t.Fatalf("%q → %s → %s", s, id, again)
			}
			if _, flags, err := ParseLicenceIDLenient(s); err != nil || len(flags) != 0 {
				t.Fatalf("%q: %v, %v", s, flags, err)
			}
		}
		if id, _, err := ParseLicenceIDLenient(s); err == nil {
			if again, _, err := ParseLicenceIDLenient(id.String()); err != nil || again != id {
				t.Fatalf("%q → %s → %s", s, id, again)
			}
		}
		if id, err := MakeLicenceID("11100000000013338W011", "11430000006122244L", serial, int(version)); err == nil {
			if again, err := ParseLicenceID(id.String()); err != nil || again != id {
				t.Fatalf("%q %d → %s, %v", serial, version, id, err)
			}
		}
	})
}

func ExampleMakeLicenceID() {
	id, _ := MakeLicenceID("11100000000013338W011", "11430000006122244L", "20230000403", 1)
	next, _ := id.Next()
	fmt.Println(id)
	fmt.Println(next)
	// Output:
	// 1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U
	// 1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.002.S
}

func ExampleParseLicenceIDLenient() {
	_, flags, err := ParseLicenceIDLenient("1.2.156.3005.2.11100000000013338W011.440200.1.001.9")
	fmt.Println(flags, err)
	// Output: [issuer_code check_digit] <nil>
}
