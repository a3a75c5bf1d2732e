package licences

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"yimen/internal/kit/errs"
	"yimen/workday"
)

// Rule says how licences of a type are numbered and how long they are valid,
// when they are issued here.
type Rule struct {
	// Number is the printed number with its variable parts in braces, see
	// numberParts; "" is numberDefault, NumberByHand has the issuer write it.
	Number string `json:"number,omitempty"`
	// Months is how long it is valid; 0: whoever issues says so, TermForGood: 长期.
	Months int `json:"months,omitempty"`
	// From and To are the fields of the item's form that hold the first and the
	// last day instead, where the applicant asks for a period.
	From string `json:"from,omitempty"`
	To   string `json:"to,omitempty"`
}

// Special values of a Rule.
const (
	NumberByHand  = "手工"
	TermForGood   = -1
	numberDefault = "{机关}〔{年}〕{序号5}号"
	maxMonths     = 1200
)

// numberParts are the variable parts of a number, as its help tells them.
const numberParts = "{机关}是颁发机构简称，{区划}是六位区划代码，{年}是年份，{序号5}是本机关本年的五位流水号，{证件号码}是持证人的证件号码"

var numberPart = regexp.MustCompile(`\{([^{}]*)\}`)

var serialPart = regexp.MustCompile(`^序号([3-9])$`)

// checkNumberRule refuses a rule with parts that are not known, and one that
// would give every licence the same number.
func checkNumberRule(rule string) string {
	if rule == "" || rule == NumberByHand {
		return ""
	}
	own := false
	for _, part := range numberPart.FindAllStringSubmatch(rule, -1) {
		switch name := part[1]; {
		case serialPart.MatchString(name), name == "证件号码":
			own = true
		case name == "机关", name == "区划", name == "年":
		default:
			return fmt.Sprintf("编号规则里没有“{%s}”，可以用的是：%s。", name, numberParts)
		}
	}
	if rest := numberPart.ReplaceAllString(rule, ""); strings.ContainsAny(rest, "{}") || len([]rune(rest)) > 30 {
		return "编号规则的大括号没有成对，或者固定的文字超过30个字。"
	}
	if !own {
		return "编号规则里要有{序号5}这样的流水号，或者{证件号码}，否则编号会重复。"
	}
	return ""
}

// nextNumber gives the next number by the type's rule that no licence of the
// issuer has yet. Inside the transaction of the issue: when that is undone, the
// serial is given again.
func (m *Module) nextNumber(ctx context.Context, t Type, l Licence) (string, error) {
	rule := t.Rule.Number
	if rule == "" {
		rule = numberDefault
	}
	agency, err := m.Org.Agency(ctx, l.Issuer)
	if err != nil {
		return "", err
	}
	short := agency.ShortName
	if short == "" {
		short = agency.Name
	}
	for {
		var serial int64
		if strings.Contains(rule, "{序号") {
			if serial, err = m.nextSerial(ctx, l.Type, l.Issuer, l.IssuedOn.Year()); err != nil {
				return "", err
			}
		}
		number := numberPart.ReplaceAllStringFunc(rule, func(part string) string {
			switch name := strings.Trim(part, "{}"); name {
			case "机关":
				return short
			case "区划":
				return l.Division[:min(6, len(l.Division))]
			case "年":
				return strconv.Itoa(l.IssuedOn.Year())
			case "证件号码":
				return l.HolderNo
			default:
				width, _ := strconv.Atoi(serialPart.FindStringSubmatch(name)[1]) // the rule was checked
				return fmt.Sprintf("%0*d", width, serial)
			}
		})
		var taken int
		key, other := m.Keys.Pair(columnNumber, number)
		err := m.DB.Conn(ctx).Get(ctx, &taken, `SELECT COUNT(*) FROM licences_licence WHERE type = $1 AND issuer = $2 AND number_key IN ($3, $4) AND version = 1`,
			l.Type, l.Issuer, key, other)
		if err != nil || taken == 0 || serial == 0 {
			return number, wrap("look for number", err) // a taken number without a serial is refused when it is stored
		}
	}
}

// nextSerial counts on, holding the counter until the transaction ends.
func (m *Module) nextSerial(ctx context.Context, licenceType, agency string, year int) (int64, error) {
	c := m.DB.Conn(ctx)
	if _, err := c.Exec(ctx, `INSERT INTO licences_serial (type, agency, year, n) VALUES ($1, $2, $3, 1)
		ON CONFLICT (type, agency, year) DO UPDATE SET n = licences_serial.n + 1`, licenceType, agency, year); err != nil {
		return 0, wrap("count on", err)
	}
	var n int64
	err := c.Get(ctx, &n, `SELECT n FROM licences_serial WHERE type = $1 AND agency = $2 AND year = $3`, licenceType, agency, year)
	return n, wrap("read serial", err)
}

// term is the last day of a licence that begins on a day by the type's rule;
// said is false when whoever issues has to say it.
func (r Rule) term(from workday.Date) (to workday.Date, said bool) {
	switch {
	case r.Months == TermForGood:
		return workday.Date{}, true
	case r.Months > 0:
		return afterMonths(from, r.Months).Add(-1), true
	}
	return workday.Date{}, false
}

// afterMonths is the same day some months later, or the last of that month.
func afterMonths(d workday.Date, months int) workday.Date {
	y, m, day := d.YMD()
	last := time.Date(y, m+time.Month(months)+1, 0, 0, 0, 0, 0, time.UTC)
	return workday.NewDate(last.Year(), last.Month(), min(day, last.Day()))
}

// check adds what is wrong with a rule.
func (r Rule) check(bad *errs.Fields) {
	if wrong := checkNumberRule(r.Number); wrong != "" {
		bad.Add("number_rule", "%s", wrong)
	}
	if r.Months < TermForGood || r.Months > maxMonths {
		bad.Add("months", "有效期请填1到%d个月；长期填-1，由签发人填写的留空。", maxMonths)
	}
	for field, name := range map[string]string{"rule_from": r.From, "rule_to": r.To} {
		if name != "" && !elementName.MatchString(name) {
			bad.Add(field, "请填申请表里项目的英文名，例如cut_to。")
		}
	}
}

var elementName = regexp.MustCompile(`^[a-z][a-z0-9_.]{0,59}$`)
