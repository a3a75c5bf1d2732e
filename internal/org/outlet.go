package org

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"yimen/internal/kit/db"
	"yimen/internal/kit/errs"
)

// Kinds of outlets.
const (
	Centre       = "centre"  // 市行政服务中心
	Hall         = "hall"    // 县（市、区）政务服务中心
	TownOutlet   = "town"    // 镇（街）公共服务中心
	VillagePoint = "village" // 村（社区）党群服务中心
)

// Outlet (办事网点) is a place where people apply. In the sample city it has the
// code of its division.
type Outlet struct {
	Code      string
	Name      string
	Kind      string
	Division  string
	Address   string
	Phone     string // 咨询电话
	Complaint string // 投诉电话; never the same as Phone
	Hours     []Hours
	Trust     string
}

// Hours is one span of opening: Days are ISO weekdays ("1-5", "6", "1,3,5"),
// Open and Close "08:30" of Beijing time.
type Hours struct {
	Days  string `json:"days"`
	Open  string `json:"open"`
	Close string `json:"close"`
}

// Counter (窗口) is a desk of an outlet.
type Counter struct {
	ID     string
	Outlet string
	No     string // as on the sign: 1, 2, A03
	Name   string
	Kind   string // general (综合窗口) | special (专窗) | delivery (出件窗口) | help (帮办代办)
}

// Errors about outlets.
var (
	ErrOutletUnknown = errs.Define(errs.NotFound, "org_outlet_unknown", "没有这个办事网点，请重新选择。")
	ErrHours         = errs.Define(errs.Invalid, "org_hours_invalid", "办公时间应写成“1-5 08:30-12:00”，多段用分号隔开，请修改。")
)

// Outlet gives one outlet; ErrOutletUnknown.
func (m *Module) Outlet(ctx context.Context, code string) (Outlet, error) {
	s, err := m.view(ctx)
	if err != nil {
		return Outlet{}, err
	}
	o, ok := s.outlets[code]
	if !ok {
		return Outlet{}, ErrOutletUnknown
	}
	return *o, nil
}

// OutletsByCode gives those of the codes that exist.
func (m *Module) OutletsByCode(ctx context.Context, codes []string) (map[string]Outlet, error) {
	s, err := m.view(ctx)
	if err != nil {
		return nil, err
	}
	return pick(s.outlets, codes), nil
}

// Outlets lists every outlet, ordered by code: the centre, then county by county.
func (m *Module) Outlets(ctx context.Context) ([]Outlet, error) {
	s, err := m.view(ctx)
	if err != nil {
		return nil, err
	}
	return values(s.outletList), nil
}

// PageOfOutlets is one page of a list ordered by code, and the cursor of the
// next; "" when there is none. A cursor that cannot be read is an error.
func PageOfOutlets(list []Outlet, p db.Page) ([]Outlet, string, error) {
	var after string
	paged, err := p.Key(&after)
	if err != nil {
		return nil, "", err
	}
	if paged {
		from, found := slices.BinarySearchFunc(list, after, func(o Outlet, code string) int { return strings.Compare(o.Code, code) })
		if found {
			from++
		}
		list = list[from:]
	}
	page, next := db.Cut(list, p, func(o Outlet) []any { return []any{o.Code} })
	return page, next, nil
}

// OutletsNear lists the outlets a citizen of the division may use, nearest
// first: the village point, the town's, the county hall, the centre.
// ErrDivisionUnknown.
func (m *Module) OutletsNear(ctx context.Context, division string) ([]Outlet, error) {
	s, err := m.view(ctx)
	if err != nil {
		return nil, err
	}
	if _, ok := s.divisions[division]; !ok {
		return nil, ErrDivisionUnknown
	}
	var near []Outlet
	for level := LevelOf(division); level >= City; level-- {
		near = append(near, values(s.outletsAt[Above(division, level)])...)
	}
	return near, nil
}

// Counters lists the counters of an outlet by number.
func (m *Module) Counters(ctx context.Context, outlet string) ([]Counter, error) {
	s, err := m.view(ctx)
	if err != nil {
		return nil, err
	}
	return values(s.countersOf[outlet]), nil
}

var hoursForm = regexp.MustCompile(`^([1-7](?:-[1-7])?(?:,[1-7](?:-[1-7])?)*) ([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$`)

// ParseHours reads "1-5 08:30-12:00;1-5 14:30-17:30"; ErrHours. "" is none.
func ParseHours(text string) ([]Hours, error) {
	var spans []Hours
	for part := range strings.SplitSeq(text, ";") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		f := hoursForm.FindStringSubmatch(part)
		if f == nil || f[2]+f[3] >= f[4]+f[5] {
			return nil, ErrHours
		}
		spans = append(spans, Hours{Days: f[1], Open: f[2] + ":" + f[3], Close: f[4] + ":" + f[5]})
	}
	return spans, nil
}

var weekdayNames = strings.NewReplacer("1", "一", "2", "二", "3", "三", "4", "四", "5", "五", "6", "六", "7", "日", "-", "至周", ",", "、周")

// String is 周一至周五 08:30—12:00.
func (h Hours) String() string {
	return fmt.Sprintf("周%s %s—%s", weekdayNames.Replace(h.Days), h.Open, h.Close)
}

// HoursText is the opening hours in words, spans of the same days together:
// 周一至周五 08:30—12:00，14:30—17:30.
func (o Outlet) HoursText() string {
	var b strings.Builder
	for i, h := range o.Hours {
		switch {
		case i > 0 && o.Hours[i-1].Days == h.Days:
			b.WriteString("，" + h.Open + "—" + h.Close)
			continue
		case i > 0:
			b.WriteString("；")
		}
		b.WriteString(h.String())
	}
	return b.String()
}

// OutletsAt lists the outlets that stand in exactly one division.
func (m *Module) OutletsAt(ctx context.Context, division string) ([]Outlet, error) {
	s, err := m.view(ctx)
	if err != nil {
		return nil, err
	}
	return values(s.outletsAt[division]), nil
}
