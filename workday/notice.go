package workday

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Notice is what a holiday notice says (国务院办公厅关于…年部分节假日安排的通知).
type Notice struct {
	Year    int      // 0 when the text does not name it and none was given
	Title   string   // its first line, if that is a title
	Days    []Day    // days off and working days at weekends, ascending; holidays may begin in the year before
	Unclear []string // sentences that speak of holidays or of working days without a date that could be read
}

var (
	noticeYear     = regexp.MustCompile(`(\d{4})年部分节假日`)
	noticeFestival = regexp.MustCompile(`((?:元旦|春节|清明节|劳动节|端午节|中秋节|国庆节|[、和与])+)[：:]`)
	noticeDate     = regexp.MustCompile(`(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日`)
	noticeBrackets = regexp.MustCompile(`[（(][^）)]*[）)]`)
	noticeSpace    = regexp.MustCompile(`\s+`)
)

// ParseNotice reads the text of a holiday notice as it is published. year is
// the one it is for; 0 takes it from the title. What it cannot read it names in
// Unclear: nothing is guessed.
func ParseNotice(text string, year int) Notice {
	n := Notice{Year: year}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); strings.Contains(line, "通知") && strings.Contains(line, "节假日") {
			n.Title = noticeSpace.ReplaceAllString(line, "")
			break
		}
	}
	if m := noticeYear.FindStringSubmatch(noticeSpace.ReplaceAllString(text, "")); m != nil && year == 0 {
		n.Year, _ = strconv.Atoi(m[1])
	}
	festival := ""
	days := map[Date]Day{}
	for _, sentence := range strings.FieldsFunc(noticeSpace.ReplaceAllString(text, ""), func(r rune) bool { return r == '。' || r == '；' || r == ';' }) {
		if m := noticeFestival.FindStringSubmatchIndex(sentence); m != nil {
			festival, sentence = strings.Trim(sentence[m[2]:m[3]], "、和与"), sentence[m[1]:]
		}
		n.read(sentence, festival, days)
	}
	for d := range days {
		n.Days = append(n.Days, days[d])
	}
	slices.SortFunc(n.Days, func(a, b Day) int { return a.Date.Compare(b.Date) })
	return n
}

// read takes the days of one sentence: “2月15日（…）至23日（…）放假调休，共9天” or
// “2月14日（周六）、2月28日（周六）上班”.
func (n *Notice) read(sentence, festival string, days map[Date]Day) {
	plain := noticeBrackets.ReplaceAllString(sentence, "")
	off, work := strings.Index(plain, "放假"), strings.Index(plain, "上班")
	if festival == "" || off < 0 && work < 0 || strings.Contains(plain, "鼓励") {
		return
	}
	// One sentence may hold both: “…放假，共3天，9月27日上班”.
	if off >= 0 && work > off {
		n.read(plain[:off+len("放假")], festival, days)
		n.read(plain[off+len("放假"):], festival, days)
		return
	}
	dates := n.dates(plain)
	if len(dates) == 0 {
		n.Unclear = append(n.Unclear, sentence)
		return
	}
	if off < 0 {
		for _, d := range dates {
			days[d] = Day{Date: d, Name: festival, Notice: n.Title}
		}
		return
	}
	last := dates[len(dates)-1]
	if !strings.Contains(plain, "至") {
		last = dates[0]
	}
	if last.Before(dates[0]) || last.Sub(dates[0]) > 15 {
		n.Unclear = append(n.Unclear, sentence)
		return
	}
	for d := dates[0]; !last.Before(d); d = d.Add(1) {
		days[d] = Day{Date: d, Off: true, Name: festival, Notice: n.Title}
	}
}

// dates are those of a sentence; a day without its month is of the month
// before it in the sentence.
func (n *Notice) dates(sentence string) []Date {
	var list []Date
	year, month := n.Year, 0
	for _, m := range noticeDate.FindAllStringSubmatch(sentence, -1) {
		if m[1] != "" {
			year, _ = strconv.Atoi(m[1])
		}
		if m[2] != "" {
			month, _ = strconv.Atoi(m[2])
		}
		day, _ := strconv.Atoi(m[3])
		d := NewDate(year, time.Month(month), day)
		if year == 0 || month < 1 || month > 12 || d.Day() != day {
			return nil
		}
		list = append(list, d)
	}
	return list
}
