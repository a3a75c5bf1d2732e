package gb

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"yimen/workday"
)

var today = workday.NewDate(2026, time.November, 22)

func TestParseResidentID(t *testing.T) {
	for _, c := range []struct {
		in, want, division, birth string
		sex                       Sex
	}{
		{"11010519491231002X", "11010519491231002X", "110105", "1949-12-31", Female}, // the standard's own example
		{"11010519491231002x", "11010519491231002X", "110105", "1949-12-31", Female},
		{"440232199001011233", "440232199001011233", "440232", "1990-01-01", Male},
		{"440203198512310028", "440203198512310028", "440203", "1985-12-31", Female},
		{"440282200002290042", "440282200002290042", "440282", "2000-02-29", Female},
		{" 440232 19641104 0017\u200b", "440232196411040017", "440232", "1964-11-04", Male},
		{"４４０２３２１９６４１１０４００１７", "440232196411040017", "440232", "1964-11-04", Male},
	} {
		id, err := ParseResidentID(c.in, today)
		if err != nil || id.String() != c.want || id.Division() != c.division || id.Birth().String() != c.birth || id.Sex() != c.sex {
			t.Errorf("%q: %s %s %s %s, %v", c.in, id, id.Division(), id.Birth(), id.Sex(), err)
		}
		if id.IsResidencePermit() {
			t.Errorf("%s is no residence permit", id)
		}
	}
}

func TestResidentIDRefusals(t *testing.T) {
	for in, want := range map[string]error{
		"":                    ErrIDEmpty,
		"  ":                  ErrIDEmpty,
		"440232900101123":     ErrIDFifteen,
		"44023219900101123":   ErrIDLength,
		"4402321990010112333": ErrIDLength,
		"四四〇二三二一九九〇〇一〇一一二三三": ErrIDCharacter,
		"44023219900101123Y":      ErrIDCharacter,
		"4402X2199001011233":      ErrIDCharacter,
		"160232199001011233":      ErrIDProvince,
		"040232199001011233":      ErrIDProvince,
		"440232199002301233":      ErrIDBirth,
		"440232199913011233":      ErrIDBirth,
		"440282190002290042":      ErrIDBirth, // 1900 was no leap year
		"440232170001011233":      ErrIDBirth,
		"440232202611231233":      ErrIDBirthFuture,
		"440232199001011234":      ErrIDCheck,
		"440232199010011233":      ErrIDCheck, // neighbours swapped
		"110105194912310020":      ErrIDCheck,
		"440232199001011233 1233": ErrIDLength,
	} {
		id, err := ParseResidentID(in, today)
		if !errors.Is(err, want) || id != "" {
			t.Errorf("%q: %q, %v, want %v", in, id, err, want)
		}
		if err := ValidateResidentID(in, today); !errors.Is(err, want) {
			t.Errorf("Validate %q: %v", in, err)
		}
	}
	if err := ValidateResidentID("440232199001011233", today); err != nil {
		t.Error(err)
	}
	tomorrow, err := MakeResidentID("440232", today.Add(1), 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := ValidateResidentID(tomorrow.String(), workday.Date{}); err != nil {
		t.Errorf("without today the future is not checked: %v", err)
	}
	newborn, _ := MakeResidentID("440232", today, 1)
	if err := ValidateResidentID(newborn.String(), today); err != nil {
		t.Errorf("born today: %v", err)
	}
}

func TestAbolishedDivisionsLiveOnInNumbers(t *testing.T) {
	id, err := MakeResidentID("440221", workday.NewDate(1970, 5, 1), 3) // 曲江县, a district since 2004
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ParseResidentID(id.String(), today); err != nil {
		t.Errorf("%v", err)
	}
	for _, area := range []string{"810000", "820000", "830000"} {
		permit, err := MakeResidentID(area, workday.NewDate(1970, 5, 1), 3)
		if err != nil {
			t.Fatal(err)
		}
		if id, err := ParseResidentID(permit.String(), today); err != nil || !id.IsResidencePermit() {
			t.Errorf("%s: %v", area, err)
		}
	}
}

func TestMakeResidentID(t *testing.T) {
	id, err := MakeResidentID("440232", workday.NewDate(1990, 1, 1), 123)
	if err != nil || id != "440232199001011233" {
		t.Errorf("%s, %v", id, err)
	}
	for _, c := range []struct {
		division string
		birth    workday.Date
		seq      int
		want     error
	}{
		{"4402", today, 1, ErrIDProvince}, {"990000", today, 1, ErrIDProvince}, {"4402x2", today, 1, ErrIDProvince},
		{"440232", workday.Date{}, 1, ErrIDBirth}, {"440232", workday.NewDate(2100, 1, 1), 1, ErrIDBirth},
		{"440232", today, -1, ErrIDSequence}, {"440232", today, 1000, ErrIDSequence},
	} {
		if id, err := MakeResidentID(c.division, c.birth, c.seq); !errors.Is(err, c.want) || id != "" {
			t.Errorf("%+v: %s, %v", c, id, err)
		}
	}
}

func TestUpgradeResidentID(t *testing.T) {
	if id, err := UpgradeResidentID("440232900101123"); err != nil || id != "440232199001011233" {
		t.Errorf("%s, %v", id, err)
	}
	for in, want := range map[string]error{
		"44023290010112": ErrIDLength, "44023290010112A": ErrIDCharacter, "440232900230123": ErrIDBirth, "990232900101123": ErrIDProvince,
	} {
		if _, err := UpgradeResidentID(in); !errors.Is(err, want) {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func TestAge(t *testing.T) {
	leap := ResidentID("440282200002290042")
	for on, want := range map[string]int{
		"2000-02-28": -1, "2000-02-29": 0, "2018-02-28": 17, "2018-03-01": 18, "2024-02-29": 24,
	} {
		if got := leap.Age(workday.MustParseDate(on)); got != want {
			t.Errorf("on %s: %d, want %d", on, got, want)
		}
	}
	if got := ResidentID("junk").Age(today); got != -1 {
		t.Errorf("no number has no age: %d", got)
	}
	if junk := ResidentID("junk"); junk.Sex() != SexUnknown || junk.Division() != "" || !junk.Birth().IsZero() || junk.IsResidencePermit() {
		t.Error("a value that was not parsed has no parts")
	}
}

func TestForeignPermit(t *testing.T) {
	body := "91184019810101001"
	good := body + string(Mod112(body))
	p, err := ParseForeignPermit(good, today)
	if err != nil || p.String() != good || p.Edition() != 2023 || p.Birth().String() != "1981-01-01" {
		t.Errorf("%s %d %s, %v", p, p.Edition(), p.Birth(), err)
	}
	old, err := ParseForeignPermit("usa110081010112", today)
	if err != nil || old != "USA110081010112" || old.Edition() != 2017 || !old.Birth().IsZero() {
		t.Errorf("%s, %v", old, err)
	}
	future := "91184020990101001"
	for in, want := range map[string]error{
		"": ErrForeignPermit, "U1A110081010112": ErrForeignPermit, "81184019810101001X": ErrForeignPermit,
		"911840198113010012": ErrIDBirth, future + string(Mod112(future)): ErrIDBirthFuture,
		body + string(Mod112(body)%10+'0'): ErrForeignPermitCheck, "张三丰张三丰": ErrForeignPermit,
	} {
		if _, err := ParseForeignPermit(in, today); !errors.Is(err, want) {
			t.Errorf("%q: %v, want %v", in, err, want)
		}
	}
}

// Whatever single character is wrong, and whatever neighbours are swapped, the check character finds it.
func TestCheckCharacterFindsEverySingleError(t *testing.T) {
	for _, id := range []string{"11010519491231002X", "440232199001011233", "440282200002290042"} {
		for i := range 18 {
			for _, r := range "0123456789X" {
				if wrong := id[:i] + string(r) + id[i+1:]; wrong != id {
					if err := ValidateResidentID(wrong, today); err == nil {
						t.Errorf("%s passes for %s", wrong, id)
					}
				}
			}
			if i > 0 && id[i-1] != id[i] {
				if swapped := id[:i-1] + id[i:i+1] + id[i-1:i] + id[i+1:]; ValidateResidentID(swapped, today) == nil {
					t.Errorf("%s passes for %s", swapped, id)
				}
			}
		}
	}
}

func FuzzResidentID(f *testing.F) {
	for _, s := range []string{"11010519491231002X", "440232900101123", "", "４４０２３２", "91184019810101001X"} {
		f.Add(s, uint16(77), int32(20000))
	}
	f.Fuzz(func(t *testing.T, s string, seq uint16, day int32) {
		if id, err := ParseResidentID(s, today); err == nil {
			if again, err := ParseResidentID(id.String(), today); err != nil || again != id {
				t.Fatalf("%q → %s → %s, %v", s, id, again, err)
			}
			if id.Birth().After(today) || len(id.Masked()) != 18 || !strings.Contains(id.Masked(), "********") {
				t.Fatalf("%s: %s %s", id, id.Birth(), id.Masked())
			}
		}
		if p, err := ParseForeignPermit(s, today); err == nil {
			if again, err := ParseForeignPermit(p.String(), today); err != nil || again != p {
				t.Fatalf("%q → %s → %s, %v", s, p, again, err)
			}
		}
		birth := workday.NewDate(1900, 1, 1).Add(int(uint32(day) % 40000))
		id, err := MakeResidentID("440232", birth, int(seq%1000))
		if err != nil || id.Birth() != birth || (id.Sex() == Male) != (seq%1000%2 == 1) {
			t.Fatalf("%s of %s, %d: %v", id, birth, seq, err)
		}
		if err := ValidateResidentID(id.String(), birth); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkParseResidentID(b *testing.B) {
	for b.Loop() {
		ParseResidentID("440232199001011233", today)
	}
}

func ExampleParseResidentID() {
	day := workday.MustParseDate("2026-09-30")
	id, err := ParseResidentID("11010519491231002x", day)
	fmt.Println(id, id.Birth(), id.Sex(), id.Division(), id.Masked(), err)

	_, err = ParseResidentID("110105194912310021", day)
	var refusal *Error
	fmt.Println(errors.As(err, &refusal), refusal.Code)
	fmt.Println(refusal.Message)
	// Output:
	// 11010519491231002X 1949-12-31 女 110105 110105********002X <nil>
	// true id_number_check_digit
	// 身份证号码的最后一位与前面不符，通常是有一位填错，请对照证件逐位核对。
}

func ExampleMakeResidentID() {
	id, _ := MakeResidentID("440232", workday.MustParseDate("1990-01-01"), 123)
	fmt.Println(id, id.Sex(), id.Age(workday.MustParseDate("2026-09-30")))
	// Output: 440232199001011233 男 36
}
