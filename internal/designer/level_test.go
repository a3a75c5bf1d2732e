package designer

import (
	"testing"

	"yimen/internal/kit/webtest"
)

// TestTheLevelOfAnItem: an editor reads what each level means and chooses one;
// too low for a payment is found before it is published.
func TestTheLevelOfAnItem(t *testing.T) {
	each(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.who = keeper("editor")
		page := c.Get(itemURL(relief)+"/edit/places").Status(200).Must("网上申请的最低实名等级", "人脸核验，或窗口核对过身份证", "窗口不受此限")
		page = page.Form("#section").Fill("min_level", "1").Send().Status(200).Must("不能低于中级", "现行版：高级（人脸核验")
		page.One("#findings a[href=/admin/items/SG02004/edit/places#f-min_level]")
		page.Form("#section").Fill("min_level", "2").Send().Status(200).MustNot("不能低于中级")
		if d := s.now(t, relief); d.MinLevel != 2 {
			t.Errorf("stored is level %d", d.MinLevel)
		}
	})
}
