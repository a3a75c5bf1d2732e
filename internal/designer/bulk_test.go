package designer

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"yimen/internal/catalogue"
	"yimen/internal/kit/webtest"
)

// TestABulkChangeDoesWhatItsPreviewShows previews every kind of change and
// wants the job to come to exactly the same.
func TestABulkChangeDoesWhatItsPreviewShows(t *testing.T) {
	kinds := []struct {
		name   string
		change bulkChange
	}{
		{"phone", bulkChange{Kind: bulkSet, Field: "consult", Value: "0751-8887777"}},
		{"limit", bulkChange{Kind: bulkLimit, Field: "promised", Value: "3", Unit: catalogue.UnitWorkday}},
		{"fee", bulkChange{Kind: bulkFee, Charged: true, Item: "工本费", Value: "每证5元", Basis: "粤价〔2020〕1号"}},
		{"tag", bulkChange{Kind: bulkTag, Value: "一件事"}},
		{"untag", bulkChange{Kind: bulkUntag, Value: "镇村"}},
		{"add", bulkChange{Kind: bulkAdd, Value: "诚信承诺书", Need: catalogue.Defer}},
		{"drop", bulkChange{Kind: bulkDrop, Value: "居民身份证"}},
		{"replace", bulkChange{Kind: bulkReplace, Find: "身份证", Value: "居民身份证件"}},
	}
	each(t, func(t *testing.T, s *site, _ *webtest.Client) {
		s.who = keeper("editor")
		list, _, err := s.Catalogue.Desk(s.who, catalogue.DeskQuery{}, pageOfAll)
		must(t, err)
		for _, k := range kinds {
			t.Run(k.name, func(t *testing.T) { s.bulk(t, k.change, list) })
		}
	})
}

// bulk foresees a change of all items, has it done, and compares.
func (s *site) bulk(t *testing.T, c bulkChange, list []catalogue.Item) {
	before, foreseen := map[string]catalogue.Definition{}, map[string][]Change{}
	for _, it := range list {
		o, err := s.foresee(s.who, c, it.Code)
		must(t, err)
		before[it.Code], foreseen[it.Code] = s.now(t, it.Code), o.Changes
		if o.Problem == "" && len(o.Changes) > 0 {
			c.Items = append(c.Items, bulkItem{it.Code, o.Seen})
		}
	}
	if len(c.Items) == 0 {
		t.Fatal("the change touches nothing")
	}
	_, err := s.startBulk(s.who, startOf(c), c)
	must(t, err)
	must(t, s.queue.Drain(s.who))
	for _, it := range list {
		was, is := before[it.Code], s.now(t, it.Code)
		changes, err := Compare(&was, &is)
		must(t, err)
		if !slices.Equal(changes, foreseen[it.Code]) {
			t.Errorf("%s: foreseen\n%+v\nbut done\n%+v", it.Code, foreseen[it.Code], changes)
		}
	}
}

func TestBulkPages(t *testing.T) {
	each(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.who = keeper("editor")
		page := c.Get(bulkPath+"?tag="+url.QueryEscape("镇村")).Status(200).Must("全选", relief)
		page.Form("#bulk").Press("预览每个事项的变化").Send().Status(422).Must("请选择要做的修改")
		page = page.Form("#bulk").Fill("kind", bulkSet).Fill("field", "consult").Fill("value", "0751-8887777").Press("预览每个事项的变化").Send().Status(200).
			Must("咨询电话改为“0751-8887777”", "个网点受影响", "确认修改")
		// Somebody edits one of them meanwhile: that one is left alone and told.
		s.who = keeper("colleague")
		_, err := s.Catalogue.Change(s.who, catalogue.Revision{Item: relief, Seen: 1}, func(d *catalogue.Definition) error { d.Domain = "救助"; return nil })
		must(t, err)
		s.who = keeper("editor")
		client := c.NoRedirect()
		start := page.Form("#start")
		to := client.PostForm(bulkPath, url.Values{"op": {"start"}, "change": {start.Values.Get("change")}}).Status(303).Header().Get("Location")
		must(t, s.queue.Drain(s.who))
		id := to[strings.LastIndex(to, "/")+1:]
		work, err := s.Works.Find(s.who, id)
		must(t, err)
		if work.Failed != 1 || work.Done != work.Total || work.Total < 2 {
			t.Errorf("work: %+v", work)
		}
		if got := s.now(t, relief); got.Consult == "0751-8887777" || got.Domain != "救助" {
			t.Errorf("the colleague's edit: %s %s", got.Consult, got.Domain)
		}
		// What was handed in together is approved and published together.
		list, _, err := s.Catalogue.Desk(s.who, catalogue.DeskQuery{State: catalogue.Draft}, pageOfAll)
		must(t, err)
		code := list[0].Code
		if code == relief {
			code = list[1].Code
		}
		c.Get(itemURL(code)).Form("#act").Press("提交审核").Send().Status(200)
		s.who = as("chief", catalogue.RightViewDraft, catalogue.RightEdit, catalogue.RightReview, catalogue.RightPublish)
		page = c.Get(bulkPath+"?state=review").Status(200).Must(code).Form("#bulk").Fill("kind", bulkApprove).Press("预览每个事项的变化").Send().Status(200).Must("审核通过并发布", "8887777")
		client.PostForm(bulkPath, url.Values{"op": {"start"}, "change": {page.Form("#start").Values.Get("change")}}).Status(303)
		must(t, s.queue.Drain(s.who))
		v, err := s.Catalogue.Current(s.who, code)
		must(t, err)
		if v.Definition.Consult != "0751-8887777" {
			t.Errorf("in force is %s", v.Definition.Consult)
		}
	})
}

func TestAllVillagesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.who = keeper("editor")
		guide := "/items/" + relief + "?division="
		page := c.Get(areasPath).Status(200).Must("还没有设置过")
		page.Form("#area").Press("预览").Send().Status(422).Must("至少填一项")
		page.Form("#area").Fill("division", "999").Fill("level", "6").Fill("hours", "赶集日全天").Press("预览").Send().Status(422).Must("没有这个地区")
		page.Form("#area").Fill("division", town).Fill("level", "4").Fill("hours", "赶集日全天").Press("预览").Send().Status(422).Must("没有网点")
		must(t, s.Catalogue.SetLocal(s.who, catalogue.Local{Item: relief, Agency: other, Hours: "周三上午"}))
		page = page.Form("#area").Fill("division", county).Fill("level", "6").Fill("hours", "赶集日全天").Press("预览").Send().Status(200).
			Must("的2个网点会变", "其中1个网点自己填写过", "大寮坑村党群服务中心", "赶集日全天")
		c.Get(guide + village).MustNot("赶集日全天")
		page.Form("#area").Press("确认设置2个网点").Send().Status(200).Must("乳源县", "撤销")
		c.Get(guide + village).Must("赶集日全天")
		c.Get(guide + other).Must("周三上午").MustNot("大村党群服务中心赶集日全天")
		page = c.Get(areasPath)
		page.Form("td form").Press("撤销").Send().Status(200).Must("已撤销")
		c.Get(guide + village).MustNot("赶集日全天")
		// Somebody of one village does not speak for the county.
		s.who = as("villager", "case.view")
		if code := c.PostForm(areasPath, url.Values{"op": {"set"}, "division": {county}, "level": {"6"}, "hours": {"x"}}).Code; code != 403 {
			t.Errorf("a stranger sets hours: %d", code)
		}
	})
}
