package counter

import (
	"testing"

	"yimen/gb"
	"yimen/internal/cases"
	"yimen/internal/kit/clock"
	"yimen/workday"

	"time"
)

// What clerks type, scanners send and card readers spell out.
func TestRecognise(t *testing.T) {
	today := workday.MustParseDate("2026-11-18")
	id, err := gb.MakeResidentID("440232", workday.MustParseDate("1970-05-12"), 3)
	if err != nil {
		t.Fatal(err)
	}
	uscc, err := gb.MakeUSCC("91", "440232", "MA4UK1A2X"[:8])
	if err != nil {
		t.Fatal(err)
	}
	no, number := string(id), cases.NewNumber(time.Date(2026, 11, 18, 10, 0, 0, 0, clock.Beijing))
	wrong := no[:16] + "00"
	if wrong == no {
		wrong = no[:16] + "11"
	}
	full := ""
	for _, r := range no { // as typed with a Chinese keyboard left in its full width
		full += string(r - '!' + '！')
	}
	for _, x := range []struct {
		text  string
		kind  kind
		value string
		name  string
	}{
		{"", isNothing, "", ""},
		{"  ", isNothing, "", ""},
		{no, isDocument, no, ""},
		{" " + no[:6] + " " + no[6:14] + " " + no[14:] + " ", isDocument, no, ""},
		{full, isDocument, no, ""},
		{"盘大山\t男\t瑶\t19700512\t广东省乳源瑶族自治县必背镇大寮坑村\t" + no, isDocument, no, "盘大山"},
		{no + ",赵小兰", isDocument, no, "赵小兰"},
		{wrong, isWrongID, wrong, ""},
		{string(uscc), isDocument, string(uscc), ""},
		{number, isCase, number, ""},
		{number[:4] + " " + number[4:8] + " " + number[8:], isCase, number, ""},
		{"https://zwfw.sg.gov.cn/progress?number=" + number, isCase, number, ""},
		{"https://zwfw.sg.gov.cn/ticket/MAMNCAJFRWMQ", isSlip, "MAMNCAJFRWMQ", ""},
		{"https://zwfw.sg.gov.cn/ticket/x", isWords, "https://zwfw.sg.gov.cn/ticket/x", ""},
		{"https://elsewhere.example/", isWords, "https://elsewhere.example/", ""},
		{"a012", isTicket, "A012", ""},
		{"Ａ０１２", isTicket, "A012", ""},
		{"sg01001", isItem, "SG01001", ""},
		{"13800138000", isPhone, "13800138000", ""},
		{"138-0013-8000", isPhone, "13800138000", ""},
		{"社保", isWords, "社保", ""},
		{"shbz", isWords, "shbz", ""},
		{"2611", isWords, "2611", ""},
	} {
		r := recognise(x.text, today)
		got := r.Text
		if r.Kind == isDocument {
			got = r.IDNo
		}
		if r.Kind != x.kind || got != x.value || r.Name != x.name {
			t.Errorf("%q is %s %q %q, want %s %q %q", x.text, r.Kind, got, r.Name, x.kind, x.value, x.name)
		}
		if r.Kind == isWrongID && r.Wrong == "" {
			t.Errorf("%q: nothing says what is wrong", x.text)
		}
	}
}
