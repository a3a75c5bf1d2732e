package cityorg

import (
	"fmt"
	"hash/fnv"

	"yimen/internal/org"
)

// pickBy gives a number below n that belongs to a code: always the same one.
func pickBy(code string, n int) int {
	h := fnv.New64a()
	h.Write([]byte(code))
	x := h.Sum64()
	x ^= x >> 33 // FNV's low bits hardly move when only a last digit changes
	x *= 0xff51afd7ed558ccd
	x ^= x >> 33
	return int(x % uint64(n))
}

// phones are the two numbers of a place, always different: one begins with 8,
// the other with 6.
func phones(code string) (consult, complaint string) {
	n := pickBy(code+"/phone", 1_000_000)
	return fmt.Sprintf("0751-8%06d", n), fmt.Sprintf("0751-6%06d", n)
}

var streets = []string{"人民路", "建设路", "文化路", "新兴路", "沿河路", "府前路", "解放路", "环城路", "团结路", "市场街"}

func street(code string) string {
	return fmt.Sprintf("%s%d号", streets[pickBy(code+"/street", len(streets))], 1+pickBy(code+"/no", 120))
}

func hours(open1, close1, open2, close2 string) []org.Hours {
	return []org.Hours{{Days: "1-5", Open: open1, Close: close1}, {Days: "1-5", Open: open2, Close: close2}}
}

var (
	hallHours    = hours("08:30", "12:00", "14:30", "17:30")
	villageHours = hours("09:00", "12:00", "14:30", "17:00")
)

// outlets makes the places where people apply: 1 centre, 10 county halls, one
// in every town, one in every village of a real town.
func outlets(t tree) []org.Outlet {
	list := []org.Outlet{outlet(org.Centre, city, "韶关市行政服务中心", "韶关市武江区芙蓉新城行政服务中心大楼",
		append(hallHours[:2:2], org.Hours{Days: "6", Open: "09:00", Close: "12:00"}))}
	for _, c := range t.counties {
		list = append(list, outlet(org.Hall, c.Code, c.Name+"行政服务中心", "韶关市"+c.Name+street(c.Code), hallHours))
	}
	real := map[string]bool{}
	for _, d := range t.towns {
		real[d.Code] = true
		name := d.Name + "公共服务中心"
		if d.Kind == "街道" {
			name = d.Name + "党群服务中心"
		}
		list = append(list, outlet(org.TownOutlet, d.Code, name, t.place(d.Code)+street(d.Code), hallHours))
	}
	for _, v := range t.villages {
		if !real[v.Parent] {
			continue
		}
		office := "村委会办公楼一楼"
		if v.Kind == "社区" {
			office = "居委会办公楼一楼"
		}
		list = append(list, outlet(org.VillagePoint, v.Code, t.by[v.Parent].ShortName+v.ShortName+"党群服务中心",
			t.place(v.Code)+office, villageHours))
	}
	return list
}

func outlet(kind, code, name, address string, open []org.Hours) org.Outlet {
	o := org.Outlet{Code: code, Name: name, Kind: kind, Division: code, Address: address, Hours: open, Trust: suggested}
	o.Phone, o.Complaint = phones(code + "/outlet")
	return o
}

// Kinds of counters.
const (
	general  = "general"  // 综合窗口
	special  = "special"  // 专窗
	delivery = "delivery" // 出件窗口
	help     = "help"     // 帮办代办
)

// CentreCounters is how many windows the city's centre has.
const CentreCounters = 64

// counters makes the desks: 64 in the centre, 8 to 12 in a hall, 3 in a town,
// 1 in a village. The last desks have a task of their own.
func counters(outlets []org.Outlet) []org.Counter {
	var list []org.Counter
	for _, o := range outlets {
		n, own := 1, []org.Counter(nil)
		switch o.Kind {
		case org.Centre:
			n, own = CentreCounters, []org.Counter{{Name: "跨域通办专窗", Kind: special}, {Name: "“办不成事”反映窗口", Kind: special},
				{Name: "帮办代办窗口", Kind: help}, {Name: "出件窗口", Kind: delivery}}
		case org.Hall:
			n, own = 8+pickBy(o.Code+"/counters", 5), []org.Counter{{Name: "帮办代办窗口", Kind: help}, {Name: "出件窗口", Kind: delivery}}
		case org.TownOutlet:
			n, own = 3, []org.Counter{{Name: "帮办代办窗口", Kind: help}}
		}
		for i := range n {
			c := org.Counter{Name: "综合窗口", Kind: general}
			if j := i - (n - len(own)); j >= 0 {
				c = own[j]
			}
			c.Outlet, c.No, c.ID = o.Code, fmt.Sprint(i+1), fmt.Sprintf("%s-%02d", o.Code, i+1)
			list = append(list, c)
		}
	}
	return list
}
