package workday

import (
	"slices"
	"strings"
	"testing"
)

// The published texts, shortened to their arrangements.
const notice2026 = `国务院办公厅关于2026年部分节假日安排的通知
国办发明电〔2025〕7号
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作。`

const notice2025 = `国务院办公厅关于2025年部分节假日安排的通知
一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。`

const notice2023 = `国务院办公厅关于2023年部分节假日安排的通知
一、元旦：2022年12月31日至2023年1月2日放假调休，共3天。
二、春节：1月21日至27日放假调休，共7天。1月28日（星期六）、1月29日（星期日）上班。
三、清明节：4月5日放假，共1天。
四、劳动节：4月29日至5月3日放假调休，共5天。4月23日（星期日）、5月6日（星期六）上班。
五、端午节：6月22日至24日放假调休，共3天。6月25日（星期日）上班。
六、中秋节、国庆节：9月29日至10月6日放假调休，共8天。10月7日（星期六）、10月8日（星期日）上班。`

// The text gives the same days as the table this package ships, which comes
// from elsewhere.
func TestNoticesGiveTheDaysOfTheTable(t *testing.T) {
	for year, text := range map[int]string{2026: notice2026, 2025: notice2025, 2023: notice2023} {
		n := ParseNotice(text, 0)
		if n.Year != year || len(n.Unclear) > 0 || !strings.HasSuffix(n.Title, "通知") {
			t.Errorf("%d: year %d, unclear %q, title %q", year, n.Year, n.Unclear, n.Title)
		}
		var got, want []string
		for _, d := range n.Days {
			if d.Date.Year() == year {
				got = append(got, d.Date.String()+offWord(d))
			}
		}
		for _, d := range China().Days(year) {
			want = append(want, d.Date.String()+offWord(d))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%d:\n got %v\nwant %v", year, got, want)
		}
	}
}

func offWord(d Day) string {
	if d.Off {
		return " off"
	}
	return " work"
}

func TestAHolidayMayBeginInTheYearBefore(t *testing.T) {
	if first := ParseNotice(notice2023, 0).Days[0]; first.Date != NewDate(2022, 12, 31) || !first.Off || first.Name != "元旦" {
		t.Errorf("first day %+v", first)
	}
}

func TestNothingIsGuessed(t *testing.T) {
	for text, unclear := range map[string]int{
		"国庆节：具体放假时间另行通知。":                   0 + 1,
		"元旦：13月1日放假。":                       1,
		"元旦：2月30日至3月1日放假。":                  1,
		"春节：1月28日至1月20日放假。":                 1,
		"鼓励各单位安排职工在除夕（2月9日）休息。":             0,
		"春节：2月10日至17日放假。鼓励各单位在2月9日上班的安排休息。": 0,
	} {
		if n := ParseNotice(text, 2027); len(n.Unclear) != unclear {
			t.Errorf("%s: unclear %q", text, n.Unclear)
		}
	}
	if n := ParseNotice("一、元旦：1月1日放假。", 0); len(n.Days) != 0 || len(n.Unclear) != 1 {
		t.Errorf("without a year: %+v", n)
	}
	if n := ParseNotice("中秋节：9月15日放假，9月14日上班。", 2027); len(n.Days) != 2 || n.Days[0].Off || !n.Days[1].Off {
		t.Errorf("both in one sentence: %+v", n.Days)
	}
}
