package stencil

import (
	"regexp"
	"strings"
	"time"

	"yimen/workday"
)

// Text is a text with gaps.
type Text struct{ parts []part }

// part is a piece of text, a word to be put in, or a date to be moved.
type part struct {
	text    string
	word    int // -1: none
	date    workday.Date
	chinese bool
}

var dates = regexp.MustCompile(`^(?:(\d{4})-(\d\d)-(\d\d)|(\d{4})年(\d{1,2})月(\d{1,2})日)`)

// Cut finds the words and the dates that belong to what is moved. Of words
// that begin at one place the longest counts; empty ones are nowhere.
func Cut(text string, words []string, belongs func(workday.Date) bool) Text {
	var t Text
	plain := 0
	flush := func(end int) {
		if end > plain {
			t.parts = append(t.parts, part{text: text[plain:end], word: -1})
		}
	}
	for i := 0; i < len(text); {
		p, n := at(text[i:], words, belongs)
		if n == 0 {
			i++
			continue
		}
		flush(i)
		t.parts = append(t.parts, p)
		i += n
		plain = i
	}
	flush(len(text))
	return t
}

// at finds what begins a text, and how long it is; 0 for nothing.
func at(text string, words []string, belongs func(workday.Date) bool) (part, int) {
	best, length := -1, 0
	for i, w := range words {
		if len(w) > length && strings.HasPrefix(text, w) {
			best, length = i, len(w)
		}
	}
	if best >= 0 {
		return part{word: best}, length
	}
	if text[0] < '0' || text[0] > '9' {
		return part{}, 0
	}
	found := dates.FindStringSubmatch(text)
	if found == nil {
		return part{}, 0
	}
	p := part{word: -1, chinese: found[4] != ""}
	y, m, d := found[1], found[2], found[3]
	if p.chinese {
		y, m, d = found[4], found[5], found[6]
	}
	p.date = workday.NewDate(number(y), time.Month(number(m)), number(d))
	if !belongs(p.date) {
		return part{}, 0
	}
	return p, len(found[0])
}

func number(digits string) int {
	n := 0
	for _, d := range digits {
		n = n*10 + int(d-'0')
	}
	return n
}

// Fill puts in other words and moves the dates.
func (t Text) Fill(words []string, m Move) string {
	switch len(t.parts) {
	case 0:
		return ""
	case 1:
		if p := t.parts[0]; p.word < 0 && p.date.IsZero() {
			return p.text
		}
	}
	var b strings.Builder
	for _, p := range t.parts {
		switch {
		case p.word >= 0:
			b.WriteString(words[p.word])
		case p.date.IsZero():
			b.WriteString(p.text)
		case p.chinese:
			b.WriteString(m.Date(p.date).Chinese())
		default:
			b.WriteString(m.Date(p.date).String())
		}
	}
	return b.String()
}
