package gb

import (
	"errors"
	"fmt"
	"testing"
)

// Two codes in live use.
const (
	liveTown = "12441500196720244T3442199806003"
	liveCity = "11370800MB285591843370117002011"
)

func TestParseItemCodes(t *testing.T) {
	for _, c := range []struct {
		in, region, department, main, sub string
		typ                               ServiceType
		body                              USCC
	}{
		{liveTown, "44", "99", "99806", "003", "21", "12441500196720244T"},
		{liveCity, "37", "17", "17002", "011", "01", "11370800MB28559184"},
	} {
		i, err := ParseItemImplementation(c.in)
		b := i.Base()
		if err != nil || i.String() != c.in || i.Body() != c.body || i.Level() != City || b.Region() != c.region ||
			b.Type() != c.typ || b.Department() != c.department || b.Main() != c.main || b.Sub() != c.sub {
			t.Errorf("%s: %s %d %s %s %s %s, %v", c.in, i.Body(), i.Level(), b.Region(), b.Type(), b.Main(), b.Sub(), err)
		}
		h, err := ParseHandlingItem(c.in + "07")
		if err != nil || h.Implementation() != i || h.Seq() != 7 || h.String() != c.in+"07" {
			t.Errorf("%s07: %s %d, %v", c.in, h.Implementation(), h.Seq(), err)
		}
		if again, err := ParseItemBase(b.String()); err != nil || again != b {
			t.Errorf("base %s: %v", b, err)
		}
	}
	if b, err := ParseItemBase("4420 07A1Y000"); err != nil || b != "442007A1Y000" || b.Type() != PublicService {
		t.Errorf("letters in a main item: %s, %v", b, err)
	}
}

func TestItemCodeRefusals(t *testing.T) {
	base := func(s string) error { _, err := ParseItemBase(s); return err }
	implementation := func(s string) error { _, err := ParseItemImplementation(s); return err }
	handling := func(s string) error { _, err := ParseHandlingItem(s); return err }
	for _, c := range []struct {
		parse func(string) error
		in    string
		want  error
	}{
		{base, "", ErrItemBase}, {base, "44010100100", ErrItemBase}, {base, "44010I001000", ErrItemBase},
		{base, "440101O01000", ErrItemBase}, {base, "44010100100A", ErrItemBase}, {base, "四四〇一", ErrItemBase},
		{base, "990101001000", ErrItemRegion}, {base, "440001001000", ErrItemType}, {base, "440101000000", ErrItemMain},
		{implementation, liveTown[:30], ErrItemImplementation}, {implementation, "X" + liveTown[1:], ErrUSCCCheck},
		{implementation, liveTown[:18] + "0" + liveTown[19:], ErrItemLevel},
		{implementation, liveTown[:18] + "8" + liveTown[19:], ErrItemLevel},
		{implementation, liveTown[:19] + "99" + liveTown[21:], ErrItemRegion},
		{handling, liveTown, ErrHandlingItem}, {handling, liveTown + "00", ErrHandlingItem},
		{handling, liveTown + "0A", ErrHandlingItem}, {handling, "X" + liveTown[1:] + "01", ErrUSCCCheck},
	} {
		if err := c.parse(c.in); !errors.Is(err, c.want) {
			t.Errorf("%q: %v, want %v", c.in, err, c.want)
		}
	}
	if junk := ItemImplementation("x"); junk.Level() != 0 || junk.Body() != "" || junk.Base().Sub() != "" || HandlingItem("x").Seq() != 0 {
		t.Error("a value that was not parsed has no parts")
	}
}

func TestMakeItemCodes(t *testing.T) {
	base, err := MakeItemBase("37", Licensing, "17", "002", 11)
	if err != nil || base != "370117002011" {
		t.Fatalf("%s, %v", base, err)
	}
	i, err := MakeItemImplementation("11370800MB28559184", City, base)
	if err != nil || i != liveCity {
		t.Fatalf("%s, %v", i, err)
	}
	for seq, want := range map[int]error{0: ErrHandlingItem, 100: ErrHandlingItem, -1: ErrHandlingItem, 99: nil} {
		if _, err := MakeHandlingItem(i, seq); !errors.Is(err, want) {
			t.Errorf("seq %d: %v", seq, err)
		}
	}
	if _, err := MakeItemBase("37", Licensing, "17", "002", 1000); !errors.Is(err, ErrItemBase) {
		t.Errorf("sub-item 1000: %v", err)
	}
	if _, err := MakeItemBase("3", "011", "17", "002", 1); !errors.Is(err, ErrItemBase) {
		t.Errorf("shifted parts: %v", err)
	}
	if _, err := MakeItemImplementation("11370800MB28559184", 0, base); !errors.Is(err, ErrItemLevel) {
		t.Errorf("no level: %v", err)
	}
}

func TestServiceTypes(t *testing.T) {
	applicable := ""
	for _, typ := range ServiceTypes() {
		if typ.String() == "" || typ.String() == "扩展类型" || !typ.Valid() {
			t.Errorf("%s has no name", typ)
		}
		if typ.Applicable() {
			applicable += string(typ) + " "
		}
	}
	if applicable != "01 05 07 08 09 10 20 " {
		t.Errorf("applicable: %s", applicable)
	}
	if ServiceType("11").String() != "扩展类型" || ServiceType("00").Valid() || ServiceType("x").String() != "" || ServiceType("11").Applicable() {
		t.Error("extensions")
	}
}

func FuzzItemCodes(f *testing.F) {
	f.Add(liveTown+"01", uint8(3), uint16(11))
	f.Fuzz(func(t *testing.T, s string, seq uint8, sub uint16) {
		if h, err := ParseHandlingItem(s); err == nil {
			if again, err := ParseHandlingItem(h.String()); err != nil || again != h {
				t.Fatalf("%q → %s → %s", s, h, again)
			}
		}
		if b, err := ParseItemBase(s); err == nil {
			if again, err := MakeItemBase(b.Region(), b.Type(), b.Department(), b.Main()[2:], number(b.Sub())); err != nil || again != b {
				t.Fatalf("%q → %s → %s, %v", s, b, again, err)
			}
		}
		b, err := MakeItemBase("44", Licensing, "07", "001", int(sub)%1000)
		if err != nil {
			t.Fatal(err)
		}
		i, err := MakeItemImplementation("11440200MB2D000142", City, b)
		if err != nil {
			t.Fatal(err)
		}
		h, err := MakeHandlingItem(i, int(seq)%99+1)
		if err != nil || h.Seq() != int(seq)%99+1 || h.Implementation().Base() != b || number(b.Sub()) != int(sub)%1000 {
			t.Fatalf("%s, %v", h, err)
		}
	})
}

func ExampleMakeHandlingItem() {
	bureau, _ := MakeUSCC("11", "440200", "MB2D0001")
	base, _ := MakeItemBase("44", Licensing, "07", "001", 0)
	implementation, _ := MakeItemImplementation(bureau, City, base)
	item, _ := MakeHandlingItem(implementation, 1)
	fmt.Println(base)
	fmt.Println(implementation)
	fmt.Println(item)
	// Output:
	// 440107001000
	// 11440200MB2D0001423440107001000
	// 11440200MB2D000142344010700100001
}

func ExampleServiceType_Applicable() {
	fmt.Println(Licensing, Licensing.Applicable(), Penalty, Penalty.Applicable())
	// Output: 行政许可 true 行政处罚 false
}
