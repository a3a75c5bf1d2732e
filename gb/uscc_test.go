package gb

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

var genuineUSCC = []string{
	"11100000000013338W", "11100000MB03271699", "113700000045046442", "11430000006122244L",
	"12441500196720244T", "11370800MB28559184",
	"11100000000013661B", "11100000000013127D", "11220000013544541J", "11330105002500287C",
	// fictitious bodies
	"11440200MB2D000142", "91440200MA4W00011H", "92440232MA4X00020A", "54440232ME0A000357",
}

func TestParseUSCC(t *testing.T) {
	for _, s := range genuineUSCC {
		for _, in := range []string{s, strings.ToLower(s), " " + s[:8] + " " + s[8:] + "\n"} {
			if code, err := ParseUSCC(in); err != nil || code.String() != s {
				t.Errorf("%q: %s, %v", in, code, err)
			}
		}
		if err := ValidateUSCC(s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
	for in, want := range map[string]error{
		"": ErrUSCCEmpty, "11100000000013338": ErrUSCCLength, "11100000000013338WW": ErrUSCCLength,
		"1110000000001333OW": ErrUSCCCharacter, "11100000000013338I": ErrUSCCCharacter, "统一社会信用代码统一社会信用代码十八": ErrUSCCCharacter,
		"1110000A000013338W": ErrUSCCDivision, "11100000000013338X": ErrUSCCCheck, "11100000000013383W": ErrUSCCCheck,
		// Quoted in places as a genuine code; by the weights of the standard its check character would be 6.
		"91500106MA2CE71F65": ErrUSCCCheck,
	} {
		if code, err := ParseUSCC(in); !errors.Is(err, want) || code != "" {
			t.Errorf("%q: %v, want %v", in, err, want)
		}
	}
}

func TestUSCCParts(t *testing.T) {
	c := USCC("92440232MA4X00020A")
	if c.KindCode() != "92" || c.Kind() != "个体工商户" || c.Division() != "440232" || c.Organisation() != "MA4X00020" {
		t.Errorf("%s %s %s %s", c.KindCode(), c.Kind(), c.Division(), c.Organisation())
	}
	if USCC("X9440232MA4X00020A").Kind() != "其他机构" {
		t.Error("an unknown registrar is no error")
	}
	if junk := USCC("junk"); junk.Division() != "" || junk.OrganisationOK() {
		t.Error("a value that was not parsed has no parts")
	}
}

func TestOrganisationCheckIsAWarningOnly(t *testing.T) {
	for _, s := range []string{"11100000000013338W", "113700000045046442", "11430000006122244L"} {
		if !USCC(s).OrganisationOK() {
			t.Errorf("%s has a good organisation code", s)
		}
	}
	// The same body with a wrong ninth character, and the 18th made to fit.
	wrong := "1110000000001333" + "9"
	wrong += string(usccCheck(wrong))
	code, err := ParseUSCC(wrong)
	if err != nil || code.OrganisationOK() {
		t.Errorf("%s: %v, OrganisationOK %v", wrong, err, code.OrganisationOK())
	}
}

func TestMakeUSCC(t *testing.T) {
	code, err := MakeUSCC("11", "100000", "00001333")
	if err != nil || code != "11100000000013338W" {
		t.Errorf("%s, %v", code, err)
	}
	for _, parts := range [][3]string{{"1", "100000", "00001333"}, {"11", "10000", "00001333"}, {"11", "100000", "0000133"},
		{"1I", "100000", "00001333"}, {"11", "10000A", "00001333"}, {"11", "100000", "0000133O"}} {
		if code, err := MakeUSCC(parts[0], parts[1], parts[2]); !errors.Is(err, ErrUSCCParts) || code != "" {
			t.Errorf("%v: %s, %v", parts, code, err)
		}
	}
}

func TestUSCCCheckFindsEverySingleError(t *testing.T) {
	for _, code := range genuineUSCC {
		for i := range 18 {
			for _, r := range alphabet31 {
				if wrong := code[:i] + string(r) + code[i+1:]; wrong != code && ValidateUSCC(wrong) == nil {
					t.Errorf("%s passes for %s", wrong, code)
				}
			}
		}
	}
}

func FuzzUSCC(f *testing.F) {
	f.Add("91440200MA4W00011H", "MA4W0001")
	f.Fuzz(func(t *testing.T, s, body string) {
		if code, err := ParseUSCC(s); err == nil {
			if again, err := ParseUSCC(code.String()); err != nil || again != code {
				t.Fatalf("%q → %s → %s, %v", s, code, again, err)
			}
		}
		if code, err := MakeUSCC("91", "440200", body); err == nil {
			if again, err := ParseUSCC(code.String()); err != nil || again != code || !code.OrganisationOK() {
				t.Fatalf("%q → %s, %v", body, code, err)
			}
		}
	})
}

func ExampleParseUSCC() {
	code, err := ParseUSCC("91440200ma4w00011h")
	fmt.Println(code, code.Kind(), code.Division(), err)
	_, err = ParseUSCC("9144O200MA4W00011H")
	fmt.Println(err)
	// Output:
	// 91440200MA4W00011H 企业 440200 <nil>
	// 统一社会信用代码只含数字和大写字母，且不含I、O、S、V、Z，请核对是否把0写成O、1写成I。
}

func ExampleMakeUSCC() {
	code, _ := MakeUSCC("92", "440232", "MA4X0002")
	fmt.Println(code, code.OrganisationOK())
	// Output: 92440232MA4X00020A true
}
