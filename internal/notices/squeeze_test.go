package notices

import (
	"fmt"
	"testing"

	"yimen/internal/cases"
	"yimen/workday"
)

// However long a notice is, its first page is used, and its seal stays on the
// page of the text where closer lines make room.
func TestNoHalfEmptyPages(t *testing.T) {
	for n := 1; n <= 40; n++ {
		s := cases.Sheet{Title: "补正告知书", Organ: "乳源瑶族自治县人力资源和社会保障局", OrganCode: "440232-d11", DocNo: "乳人社补〔2026〕1号", Number: "2611180000001", Applicant: "李立伟",
			On: workday.NewDate(2026, 11, 18)}
		for i := range n {
			s.Facts = append(s.Facts, fmt.Sprintf("第%d栏没有填写，看不清楚。", i+1))
		}
		d, stamp, err := draw(s, "019a9c2e-7b00-7000-8000-000000000001", "https://yimen.test", 40)
		if err != nil {
			t.Fatal(err)
		}
		low := 0.0
		for _, o := range d.Pages[0].Layers[0].Objects {
			b := o.Base().Boundary
			if b.Y < top+height { // not the number of the page
				low = max(low, b.Y+b.H)
			}
		}
		if free := top + height - low; len(d.Pages) > 1 && free > height/5 {
			t.Errorf("%d lines: %.0f mm of the first of %d pages are free", n, free, len(d.Pages))
		}
		if stamp.Page != len(d.Pages) || stamp.Box.Y+stamp.Box.Height > 297-10 {
			t.Errorf("%d lines: the seal stands at %+v of page %d", n, stamp.Box, stamp.Page)
		}
	}
}
