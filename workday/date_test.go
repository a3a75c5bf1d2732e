package workday

import (
	"encoding/json"
	"errors"
	"fmt"
	"testing"
	"time"
)

func TestParseDate(t *testing.T) {
	for _, s := range []string{"0001-01-01", "1970-01-01", "2000-02-29", "2026-09-30", "9999-12-31"} {
		d, err := ParseDate(s)
		if err != nil || d.String() != s {
			t.Errorf("ParseDate(%s) = %s, %v", s, d, err)
		}
		want, err := time.Parse(time.DateOnly, s)
		if err != nil || d.Weekday() != want.Weekday() || !d.Time(time.UTC).Equal(want) {
			t.Errorf("%s: weekday %s, time %s", s, d.Weekday(), d.Time(time.UTC))
		}
	}
	for _, s := range []string{"", "2026-9-30", "2026-02-29", "2026-13-01", "2026-00-10", "2026-01-00", "2026/01/01",
		"0000-01-01", "20260101", "2026-01-01 ", "２０２６-01-01", "-026-01-01"} {
		if d, err := ParseDate(s); !errors.Is(err, ErrDate) || !d.IsZero() {
			t.Errorf("ParseDate(%q) = %s, %v", s, d, err)
		}
	}
}

func TestZeroDateIsNoDate(t *testing.T) {
	var d Date
	y, m, day := d.YMD()
	if d.String() != "" || d.Chinese() != "" || !d.IsZero() || !d.Add(5).IsZero() || y != 0 || m != 0 || day != 0 ||
		!d.Time(time.UTC).IsZero() || !d.End(time.UTC).IsZero() || d.Sub(date("2026-01-01")) != 0 {
		t.Error("the zero date must stay no date")
	}
	if !d.Before(date("0001-01-01")) || NewDate(0, 1, 1) != d || NewDate(10000, 1, 1) != d || DateOf(time.Time{}, nil) != d {
		t.Error("dates out of range are no date")
	}
}

func TestDateArithmetic(t *testing.T) {
	a, b := date("2026-02-28"), date("2026-03-01")
	if a.Add(1) != b || b.Add(-1) != a || b.Sub(a) != 1 || a.Sub(b) != -1 {
		t.Error("2026 is no leap year")
	}
	if a.Compare(b) != -1 || b.Compare(a) != 1 || a.Compare(a) != 0 || !a.Before(b) || !b.After(a) || !a.Equal(a) {
		t.Error("order")
	}
	if NewDate(2026, 1, 32) != date("2026-02-01") || a.Year() != 2026 || a.Month() != time.February || a.Day() != 28 {
		t.Error("parts")
	}
	if got := b.Chinese(); got != "2026年3月1日" {
		t.Errorf("Chinese = %s", got)
	}
}

func TestDateOfUsesTheLocation(t *testing.T) {
	late := time.Date(2026, 9, 29, 16, 30, 0, 0, time.UTC)
	east8 := time.FixedZone("CST", 8*3600)
	if got := DateOf(late, east8); got != date("2026-09-30") {
		t.Errorf("in +8: %s", got)
	}
	if got := DateOf(late, nil); got != date("2026-09-29") {
		t.Errorf("own location: %s", got)
	}
	if got := date("2026-09-30").End(east8); !got.Equal(time.Date(2026, 9, 30, 16, 0, 0, 0, time.UTC)) {
		t.Errorf("End = %s", got)
	}
}

func TestDateInDatabase(t *testing.T) {
	v, err := date("2026-09-30").Value()
	if err != nil || v != "2026-09-30" {
		t.Errorf("Value = %v, %v", v, err)
	}
	if v, err := (Date{}).Value(); err != nil || v != nil {
		t.Errorf("Value of no date = %v, %v", v, err)
	}
	for _, src := range []any{"2026-09-30", []byte("2026-09-30"), "2026-09-30T00:00:00Z", "2026-09-30 08:00:00",
		time.Date(2026, 9, 30, 23, 0, 0, 0, time.UTC)} {
		d := date("2001-01-01")
		if err := d.Scan(src); err != nil || d != date("2026-09-30") {
			t.Errorf("Scan(%v) = %s, %v", src, d, err)
		}
	}
	for _, src := range []any{nil, "", []byte{}} {
		d := date("2001-01-01")
		if err := d.Scan(src); err != nil || !d.IsZero() {
			t.Errorf("Scan(%v) = %s, %v", src, d, err)
		}
	}
	for _, src := range []any{"yesterday", 7, "2026-02-30"} {
		d := date("2001-01-01")
		if err := d.Scan(src); err == nil || d != date("2001-01-01") {
			t.Errorf("Scan(%v) = %s, %v", src, d, err)
		}
	}
}

func TestDateAsJSON(t *testing.T) {
	type form struct {
		On   Date          `json:"on"`
		None Date          `json:"none"`
		Left Date          `json:"left,omitzero"`
		By   map[Date]bool `json:"by"`
	}
	in := form{On: date("2026-09-30"), By: map[Date]bool{date("2026-10-01"): true}}
	text, err := json.Marshal(in)
	if want := `{"on":"2026-09-30","none":null,"by":{"2026-10-01":true}}`; err != nil || string(text) != want {
		t.Fatalf("%s, %v", text, err)
	}
	var out form
	if err := json.Unmarshal(text, &out); err != nil || out.On != in.On || !out.None.IsZero() || !out.By[date("2026-10-01")] {
		t.Errorf("%+v, %v", out, err)
	}
	for _, bad := range []string{`{"on":5}`, `{"on":"2026-02-30"}`, `{"on":true}`} {
		if err := json.Unmarshal([]byte(bad), &out); err == nil {
			t.Errorf("%s must be refused", bad)
		}
	}
	if err := json.Unmarshal([]byte(`{"on":""}`), &out); err != nil || !out.On.IsZero() {
		t.Errorf("the empty string is no date: %v", err)
	}
}

func FuzzParseDate(f *testing.F) {
	for _, s := range []string{"2026-09-30", "2024-02-29", "", "9999-99-99"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := ParseDate(s)
		reference, refErr := time.Parse(time.DateOnly, s)
		if err == nil && (d.String() != s || refErr != nil || !d.Time(time.UTC).Equal(reference)) {
			t.Fatalf("%q → %s", s, d)
		}
		if err != nil && refErr == nil && reference.Year() >= 1 {
			t.Fatalf("%q refused", s)
		}
	})
}

func ExampleDate_Chinese() {
	fmt.Println(NewDate(2026, time.September, 30).Chinese())
	// Output: 2026年9月30日
}

func ExampleParseDate() {
	_, err := ParseDate("2026-02-30")
	fmt.Println(err)
	// Output: 日期格式不正确，请按“2026-09-30”的格式填写真实存在的日期。
}
