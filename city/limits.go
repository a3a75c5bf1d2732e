package city

import (
	"regexp"
	"strconv"
	"strings"

	"yimen/internal/catalogue"
)

var limitPattern = regexp.MustCompile(`^(\d+)(个工作日|工作日|个月|月|日|天)(?:（[^）]*）)?$`)

// readLimit reads a time limit as rows write it: 20工作日, 60日, 3个月, 即办, or
// stages one after another joined by +, which add up. ok is false for what is not one number of days (年度, 报告书60日、报告表30日); the limit is
// then the shortest number found, so that no promise is ever longer than one
// of the cases the text means, or none at all.
func readLimit(text string) (limit catalogue.Limit, ok bool) {
	none := catalogue.Limit{Unit: catalogue.UnitNone}
	text = strings.TrimSpace(text)
	if m := limitPattern.FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[1])
		return limitOf(n, m[2]), true
	}
	switch {
	case text == "即办", text == "即办（告知承诺）":
		return none, true
	case !strings.ContainsAny(text, "0123456789"):
		return none, false
	}
	if strings.Contains(text, "+") {
		return sumOfStages(text)
	}
	best := none
	for _, m := range partPattern.FindAllStringSubmatch(text, -1) {
		n, _ := strconv.Atoi(m[1])
		if l := limitOf(n, m[2]); best.None() || l.Workdays() < best.Workdays() {
			best = l
		}
	}
	return best, false
}

// sumOfStages adds 公示5工作日+审核10工作日; asides in parentheses do not count.
func sumOfStages(text string) (sum catalogue.Limit, ok bool) {
	for _, stage := range strings.Split(aside.ReplaceAllString(text, ""), "+") {
		m := partPattern.FindStringSubmatch(stage)
		if m == nil {
			return sum, false
		}
		n, _ := strconv.Atoi(m[1])
		l := limitOf(n, m[2])
		if sum.Unit != "" && sum.Unit != l.Unit {
			return sum, false
		}
		sum = catalogue.Limit{N: sum.N + l.N, Unit: l.Unit}
	}
	return sum, true
}

var aside = regexp.MustCompile(`（[^）]*）`)

var partPattern = regexp.MustCompile(`(\d+)(个?工作日|日|)`)

func limitOf(n int, unit string) catalogue.Limit {
	switch {
	case strings.HasSuffix(unit, "月"):
		return catalogue.Limit{N: n * 30, Unit: catalogue.UnitDay}
	case unit == "日" || unit == "天":
		return catalogue.Limit{N: n, Unit: catalogue.UnitDay}
	}
	return catalogue.Limit{N: n, Unit: catalogue.UnitWorkday}
}
