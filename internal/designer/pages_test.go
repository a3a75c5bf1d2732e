package designer

import (
	"bytes"
	"net/url"
	"slices"
	"strings"
	"testing"

	"yimen/internal/catalogue"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/webtest"
)

var everyPage = []string{"", "/json", "/compare", "/versions/1", "/try", "/edit/basic", "/edit/faq", "/materials", "/materials/id_card", "/situations",
	"/situations/who", "/form", "/form/relief_kind", "/process", "/process/route"}

func TestTheDesignerNeedsTheRight(t *testing.T) {
	each(t, func(t *testing.T, s *site, c *webtest.Client) {
		c = c.NoRedirect()
		paths := []string{listPath, listPath + "/new", listPath + "/import", listPath + "/export", listPath + "/presence", bulkPath, areasPath}
		for _, p := range everyPage {
			paths = append(paths, itemURL(relief)+p)
		}
		for _, p := range paths {
			if code := c.Get(p).Code; code != 303 && code != 302 {
				t.Errorf("%s without a session: %d", p, code)
			}
		}
		s.who = as("clerk", "case.view")
		for _, p := range paths {
			c.Get(p).Status(403).MustNot("临时救助")
		}
		// A reviewer reads every page and is offered no form that saves.
		s.who = reviewer()
		for _, p := range everyPage[1:] {
			c.Get(itemURL(relief)+p).Status(200).Must("临时救助").MustNot(">保存<", "删除<", "%!", "undefined")
		}
		if code := c.PostForm(itemURL(relief)+"/edit/faq", url.Values{"seen": {"1"}}).Code; code != 403 {
			t.Errorf("a reviewer edits: %d", code)
		}
		for _, p := range []string{"/edit/nothing", "/edit/form", "/materials/nothing", "/situations/nothing", "/form/nothing", "/process/nothing", "/materials/-"} {
			c.Get(itemURL(relief) + p).Status(404)
		}
	})
}

func TestPagesWithABrokenDatabase(t *testing.T) {
	d := dbtest.Open(t, sources)
	s := newSite(t, d)
	s.who = keeper("editor")
	c := webtest.New(t, s.rt)
	must(t, d.Close())
	for _, p := range append([]string{listPath, bulkPath, areasPath}, itemURL(relief), itemURL(relief)+"/process") {
		if page := c.Get(p).MustNot("sql", "goroutine", "catalogue_"); page.Code != 503 && page.Code != 500 {
			t.Errorf("%s answers %d", p, page.Code)
		}
	}
}

func TestASectionIsEdited(t *testing.T) {
	each(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.who = keeper("editor")
		page := c.Get(itemURL(relief)+"/edit/time").Status(200).Must("检查全部通过", "修改任何一处")
		page = page.Form("#section").Fill("promised.n", "99").Send().Status(200).Must("第2版", "群众现在看到的是第1版", "超过法定办结时限", "现行版：10", "发布前还有")
		page.One("#findings a[href=/admin/items/SG02004/edit/time#f-promised]")
		page = page.Form("#section").Fill("promised.n", "很多").Send().Status(422).Must("应填写整数", "需要修改")
		if kept := page.Form("#section").Values.Get("promised.n"); kept != "很多" {
			t.Errorf("the page now reads %q", kept)
		}
		page.Form("#section").Fill("promised.n", "8").Send().Status(200).Must("现行版：10").MustNot("超过法定")
		if d := s.now(t, relief); d.Promised.N != 8 {
			t.Errorf("stored are %d days", d.Promised.N)
		}
		// Lists without JavaScript: add, fill in, move, remove.
		page = c.Get(itemURL(relief) + "/edit/conditions")
		before := s.now(t, relief).Conditions
		page = page.Form("#section").Press("添加一个条件").Send().Status(200)
		last := "conditions." + itoa(len(before))
		page = page.Form("#section").Fill(last, "有本市户籍").Send().Status(200)
		form := page.Form("#section")
		form.Values.Set("op", "up:conditions:"+itoa(len(before)))
		page = form.Send().Status(200)
		if got := s.now(t, relief).Conditions; len(got) != len(before)+1 || got[len(got)-2] != "有本市户籍" {
			t.Errorf("conditions: %q", got)
		}
		form = page.Form("#section")
		form.Values.Set("op", "remove:conditions:"+itoa(len(before)-1))
		form.Send().Status(200)
		if got := s.now(t, relief).Conditions; !slices.Equal(got, before) {
			t.Errorf("taken away again: %q", got)
		}
	})
}

func TestTwoEditorsMeet(t *testing.T) {
	each(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.who = keeper("editor")
		page, elsewhere := c.Get(itemURL(relief)+"/edit/places"), c.Get(itemURL(relief)+"/edit/basic")
		s.who = keeper("colleague")
		c.Get(itemURL(relief)+"/edit/places").Form("#section").Fill("consult", "0751-8880001").Send().Status(200)
		s.who = keeper("editor")
		page = page.Form("#section").Fill("consult", "0751-8880002").Send().Status(409).Must("两个人改了同一处", "colleague（测试）", "0751-8880001", "0751-8880002")
		if d := s.now(t, relief); d.Consult != "0751-8880001" {
			t.Errorf("the colleague's was lost: %s", d.Consult)
		}
		page.Form("#section").Send().Status(200).MustNot("两个人改了同一处")
		if d := s.now(t, relief); d.Consult != "0751-8880002" {
			t.Errorf("mine was chosen, and it reads %s", d.Consult)
		}
		elsewhere.Form("#section").Fill("domain", "救助").Send().Status(200)
		if d := s.now(t, relief); d.Domain != "救助" || d.Consult != "0751-8880002" {
			t.Errorf("different sections stand together: %s, %s", d.Domain, d.Consult)
		}
	})
}

func TestMaterials(t *testing.T) {
	each(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.who = keeper("editor")
		before := s.now(t, relief)
		page := c.Get(itemURL(relief)+"/materials").Status(200).Must("居民身份证", "所有人都交", "时要交")
		form := page.Form("#materials")
		form.Values.Set("op", "down:"+before.Materials[0].ID)
		form.Send().Status(200)
		if got := s.now(t, relief).Materials[1].ID; got != before.Materials[0].ID {
			t.Errorf("moved down, the second is %s", got)
		}
		page = c.Get(itemURL(relief) + "/materials/-").Status(200)
		page.Form("#material").Send().Status(422).Must("请填写材料名称")
		at := "materials." + itoa(len(before.Materials))
		page = page.Form("#material").Fill(at+".name", "收入情况说明").Send().Status(200).At("/admin/items/SG02004/materials/m1").Must("收入情况说明")
		if got := s.now(t, relief); !slices.Contains(got.BaseMaterials, "m1") {
			t.Errorf("everybody brings %v", got.BaseMaterials)
		}
		page = page.Form("#material").Fill(at+".name", "其他材料").Send().Status(200).Must("兜底性材料")
		form = c.Get(itemURL(relief) + "/materials").Must("兜底性材料").Form("#materials")
		form.Values.Set("op", "remove:diagnosis")
		form.Send().Status(200)
		if got := s.now(t, relief); strings.Contains(jsonOf(t, &got), `"diagnosis"`) {
			t.Error("an answer still asks for the material that was taken out")
		}
		form = c.Get(itemURL(relief) + "/materials").Form("#materials")
		form.Values.Set("op", "remove:diagnosis")
		form.Send().Status(422).Must("没有这份材料")
		_ = page
	})
}

func TestAQuestionIsAdded(t *testing.T) {
	each(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.who = keeper("editor")
		page := c.Get(itemURL(relief)+"/situations").Status(200).Must("一共42种走法", "才问", "到现在为止要交的材料")
		page.Must("困难是不是突然发生")
		page = c.Get(itemURL(relief) + "/situations/-?after=who")
		page.Form("#question").Send().Status(422).Must("请填写问题")
		form := page.Form("#question").Press("添加条件")
		page = form.Send().Status(200)
		at := page.Form("#question").Values.Get("at")
		page = page.Form("#question").Fill(at+".text", "有没有监护人？").Fill("when.0.question", "who").Fill("when.0.options", "who:other").
			Fill("options.0.materials", "power_of_attorney").Send()
		if page.Code == 422 { // the answers of this item are called otherwise
			t.Fatal(page.Text())
		}
		d := s.now(t, relief)
		i := slices.IndexFunc(d.Situations, func(q catalogue.Question) bool { return q.ID == "q1" })
		if i < 1 || d.Situations[i-1].ID != "who" || d.Situations[i].When != `(who == "other")` || !slices.Equal(d.Situations[i].Options[0].Materials, []string{"power_of_attorney"}) {
			t.Fatalf("the new question: %+v", d.Situations)
		}
		// An answer that closes every way is told at once.
		page = page.Form("#question").Fill("options.0.stop", "不行").Fill("options.1.stop", "也不行").Send().Status(200)
		c.Get(itemURL(relief) + "/situations").Must("死路")
		page.Form("#question").Fill("when.expression", `later == "x"`).Send().Status(422).Must("只能引用前面的问题")
		form = c.Get(itemURL(relief) + "/situations").Form("#situations")
		form.Values.Set("op", "remove:q1")
		form.Send().Status(200)
		if len(s.now(t, relief).Situations) != len(d.Situations)-1 {
			t.Error("the question is still there")
		}
	})
}

func TestTheFormIsDesigned(t *testing.T) {
	each(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.who = keeper("editor")
		page := c.Get(itemURL(relief)+"/form?q=银行账号&group="+url.QueryEscape("困难情况")).Status(200).Must("加入表单", "预览")
		page.Find("#dictionary [value=take:bank_account_no]")
		before := s.now(t, relief)
		posted := url.Values{"seen": {"1"}, "op": {"take:spouse_name"}, "group": {"困难情况"}}
		c.PostForm(itemURL(relief)+"/form", posted).Status(200)
		f, err := readForm(s.now(t, relief).Form)
		must(t, err)
		x := f.Field("spouse_name")
		if x == nil || x.Section() != "困难情况" || x.keys.text("x-element") != "spouse_name" {
			t.Fatalf("taken from the dictionary: %+v", x)
		}
		page = c.Get(itemURL(relief) + "/form/spouse_name").Status(200)
		page.Form("#field").Fill("title", "").Send().Status(422).Must("请填写名称")
		page = page.Form("#field").Press("添加条件").Send().Status(200)
		page.Form("#field").Fill("shown.0.field", "relief_kind").Fill("shown.0.values", "relief_kind:emergency").Fill("required", Always).Send().Status(200).Must("出现时必填")
		d := s.now(t, relief)
		if !strings.Contains(string(d.Form), `{"if":{"properties":{"relief_kind":{"enum":["emergency"]}},"required":["relief_kind"]},"then":{"required":["spouse_name"]}}`) {
			t.Errorf("no rule makes it required: %s", d.Form)
		}
		form := c.Get(itemURL(relief) + "/form").Form("#form")
		form.Values.Set("op", "remove:relief_kind")
		form.Send().Status(422).Must("出现条件用到它")
		form = c.Get(itemURL(relief) + "/form").Form("#form")
		form.Values.Set("op", "remove:spouse_name")
		form.Send().Status(200)
		after := s.now(t, relief)
		changes, err := Compare(&before, &after)
		must(t, err)
		if len(changes) != 0 {
			t.Errorf("added and taken out again: %+v", changes)
		}
		page = c.Get(itemURL(relief) + "/form/-?group=" + url.QueryEscape("困难情况"))
		page.Form("#field").Fill("title", "树种").Fill("name", "Tree").Send().Status(422).Must("字段代码应以小写字母开头")
		page = page.Form("#field").Fill("title", "树种").Fill("name", "tree").Fill("widget", "radio").Send().Status(200).At("/admin/items/SG02004/form/tree")
		page = page.Form("#field").Press("添加选项").Send().Status(200)
		page.Form("#field").Fill("choice.0.label", "松").Send().Status(200)
		f, err = readForm(s.now(t, relief).Form)
		must(t, err)
		if o := f.Field("tree").Options(); len(o) != 1 || o[0].Label != "松" || o[0].Value == "" {
			t.Errorf("options: %+v", o)
		}
	})
}

func TestTheProcessIsDesigned(t *testing.T) {
	each(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.who = keeper("editor")
		page := c.Get(itemURL(relief)+"/process?division="+village).Status(200).Must("县民政局审批", "乳源瑶族自治县民政局", "环节时限合计10个工作日", "大寮坑村")
		page.One(".workflow-picture a[href=/admin/items/SG02004/process/survey]")
		c.Get(itemURL(relief)+"/process?v.relief_kind=emergency&division="+village).Must("环节时限合计2个工作日", "镇先行救助决定")
		page = c.Get(itemURL(relief) + "/process/-?kind=step&after=publicity")
		page.Form("#node").Send().Status(422).Must("请填写名称")
		page = page.Form("#node").Fill("name", "县复核").Fill("limit", "5").Send().Status(200).At("/admin/items/SG02004/process/step_1").Must("超过承诺办结时限")
		d := s.now(t, relief)
		way := d.Process.Nodes[0].Branches[1].Nodes
		if way[2].ID != "step_1" || way[2].Limit != 5 {
			t.Errorf("it stands elsewhere: %+v", way)
		}
		page.Form("#node").Fill("decision", "true").Send().Status(200)
		c.Get(itemURL(relief)+"/process").Must("流程还不能运行", "各分支要么都含审批决定环节")
		form := c.Get(itemURL(relief) + "/process").Form("#process")
		form.Values.Set("op", "remove:step_1")
		form.Send().Status(200).MustNot("流程还不能运行")
		c.Get(itemURL(relief)+"/process/-?kind=parallel&in=route.0").Form("#node").Fill("name", "联审").Send().Status(200)
		c.Get(itemURL(relief)+"/process").Must("并行分支至少要有一个环节", "这个分支没有环节")
	})
}

// TestAConditionIsChosen builds the condition of a branch from lists, and by
// an expression, and reads it in words.
func TestAConditionIsChosen(t *testing.T) {
	each(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.who = keeper("editor")
		const node = "/process/route"
		stored := func() string {
			d := s.now(t, relief)
			n, _ := findNode(d.Process.Nodes, "route")
			return n.Branches[0].When
		}
		before := stored()
		c.Get(itemURL(relief)+"/process").Must("“临时救助类型”是“急难型", "其余情形")
		page := c.Get(itemURL(relief)+node).Status(200).Must("什么时候走：", "其余情形", "用表达式写条件")
		page.One("select[name=branches.0.tests.0.name] option[value=relief_kind][selected]")
		if page = page.Form("#node").Send().Status(200); stored() != before {
			t.Errorf("saved as it was, it reads %s", stored())
		}
		// A second condition: half of it is an error, whole it is stored.
		page = page.Form("#node").Press("添加条件").Send().Status(200).Must("下面的条件", "还没填完")
		page.Form("#node").Send().Status(422).Must("请选择看哪一项")
		page = page.Form("#node").Fill("branches.0.tests.1.name", "household_size").Send().Status(422).Must("请填写数字")
		if stored() != before {
			t.Errorf("half a condition was stored: %s", stored())
		}
		page.Form("#node").Fill("branches.0.tests.1.op", "at_least").Fill("branches.0.tests.1.value", "很多").Send().Status(422).Must("请填写数字")
		page = page.Form("#node").Fill("branches.0.any", "true").Fill("branches.0.tests.1.op", "at_least").Fill("branches.0.tests.1.value", "5").Send().Status(200).
			Must("，或者“", "不小于5")
		if got := stored(); got != before+` || (household_size ?? 0) >= 5` {
			t.Errorf("stored is %s", got)
		}
		// Answers to questions count too.
		page = page.Form("#node").Fill("branches.0.tests.1.name", "answers.kind").Fill("branches.0.tests.1.op", "holds").Fill("branches.0.tests.1.value", "").Send().Status(422).Must("请选择")
		_ = page
		page = c.Get(itemURL(relief) + node)
		page = page.Form("#node").Fill("branches.0.when", "(household_size ??").Send().Status(422).Must("条件表达式在第18个字符附近写错了")
		if kept := page.Form("#node").Values.Get("branches.0.when"); kept != "(household_size ??" {
			t.Errorf("the expression typed now reads %q", kept)
		}
		page = page.Form("#node").Fill("branches.0.when", "len(relief_kind ?? '') > 3 and household_size == 2").Send().Status(200).Must("满足条件“len(")
		page.None("select[name=branches.0.tests.0.name]")
		page = page.Form("#node").Fill("branches.0.when", "not (household_size > 2 or relief_kind == nil) ").Send().Status(200).Must("不满足（")
		page = page.Form("#node").Fill("branches.0.when", "nobody == 2").Send().Status(200).Must("申请里没有这一项")
		c.Get(itemURL(relief) + "/process?v.household_size=2").Must("申请里没有这一项")
		page = page.Form("#node").Fill("branches.0.when", "household_size == 2").Send().Status(200)
		page.One("select[name=branches.0.tests.0.op] option[value=is][selected]")
		c.Get(itemURL(relief) + "/process?division=" + village + "&v.household_size=2").Must("环节时限合计2个工作日")
		c.Get(itemURL(relief) + "/compare").Must("家庭人口数”等于2时")
	})
}

// TestEachSideSeesItsOwn: at the window the applicant is asked for and paper is
// taken in; at home neither.
func TestEachSideSeesItsOwn(t *testing.T) {
	each(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.who = keeper("editor")
		c.Get(itemURL(relief) + "/form").Must("从账号带入").None("#preview [name=applicant.id_no]")
		c.Get(itemURL(relief) + "/form?as=window").Must("同一页登记申请人").One("#preview [name=applicant.id_no]")
		const answers = "a.kind=expense&a.cause=other&a.who=self&a.authority=yes"
		c.Get(itemURL(relief)+"/try?"+answers).Must("上传材料").MustNot("当场收取纸质材料", "证件类型")
		page := c.Get(itemURL(relief)+"/try?as=window&"+answers).Must("收取材料", "当场收取纸质材料", "证件类型")
		page.Click("群众看到的样子").Must("上传材料")
		page.Click("重答").One("input[name=as][value=window]")
		c.Get(itemURL(relief)+"/edit/places").Form("#section").Fill("channels", "web").Send().Status(200)
		c.Get(itemURL(relief) + "/form?as=window").Must("窗口不能受理")
		c.Get(itemURL(relief) + "/form").MustNot("不能在网上申请")
		// An untouched item says what there is to do, a draft what is next.
		c.Get(itemURL(relief)).Must("改好后在这里提交审核").MustNot("没有未提交的改动", "没有您可以执行的操作")
		c.Get("/admin/items/SG02001").Must("没有未提交的改动", "就开始起草第2版").MustNot("没有您可以执行的操作", "提交审核、放弃草稿")
	})
}

func TestReview(t *testing.T) {
	each(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.who = keeper("editor")
		c.Get(itemURL(relief)+"/materials/id_card").Form("#material").Fill("materials."+index(s.now(t, relief), "id_card")+".copies", "7").Send().Status(200).Must("已存为第2版")
		c.Get(itemURL(relief)).Form("#act").Press("提交审核").Send().Status(200).Must("待审核")
		s.who = reviewer()
		page := c.Get(itemURL(relief)+"/compare").Status(200).Must("材料“居民身份证” · 复印件份数", "1处不同", "对这一项写意见")
		page.Form(".dz-change form").Send().Status(422).Must("请填写意见")
		page.Form(".dz-change form").Fill("remark", "一份就够").Send().Status(200).Must("一份就够")
		c.Get(itemURL(relief)).Form("#act").Press("驳回").Send().Status(422).Must("请填写理由")
		c.Get(itemURL(relief)).Form("#act").Fill("opinion", "材料过多").Press("驳回").Send().Status(200).Must("审核驳回")
		s.who = keeper("editor")
		c.Get(itemURL(relief)+"/materials/id_card").Must("一份就够", "现行版：")
		page = c.Get(itemURL(relief)).Must("驳回：材料过多", "一份就够")
		page.Form("#remarks form").Press("已处理").Send().Status(200).MustNot("一份就够")
		at := "materials." + index(s.now(t, relief), "id_card")
		c.Get(itemURL(relief)+"/materials/id_card").Form("#material").Fill(at+".copies", "3").Send().Status(200)
		c.Get(itemURL(relief)).Form("#act").Press("提交审核").Send().Status(200)
		s.who = reviewer()
		page = c.Get(itemURL(relief)).Form("#act").Press("审核通过").Send().Status(200).Must("已审定")
		page.Form("#act").Press("定时发布").Send().Status(422).Must("生效时间应在现在之后")
		page.Form("#act").Fill("effective_at", "2026-11-25T08:00").Press("定时发布").Send().Status(200).Must("2026年11月25日 08:00自动发布")
		page = c.Get(itemURL(relief)).Form("#act").Press("取消定时").Send().Status(200)
		page.Form("#act").Press("发布").Send().Status(200).Must("第2版（已发布）")
		c.Get("/items/" + relief).Status(200).Must("复印件3份")
		c.Get(itemURL(relief) + "/compare?from=1&to=2").Status(200).Must("复印件份数").MustNot("对这一项写意见")
		c.Get(itemURL(relief) + "/compare?from=1&to=9").Status(404)
	})
}

func index(d catalogue.Definition, material string) string {
	return itoa(slices.IndexFunc(d.Materials, func(m catalogue.Material) bool { return m.ID == material }))
}

func TestANewItem(t *testing.T) {
	each(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.who = keeper("editor")
		page := c.Get(listPath + "/new").Status(200)
		page.Form("#new").Send().Status(422).Must("事项编号的格式应如", "请填写事项名称")
		d := welfare(t)
		page.Form("#new").Fill("code", "SG02099").Fill("base_code", "442011099000").Fill("name", "邻里互助登记").Fill("type", "20").Fill("dept", d.Dept).Fill("domain", "社会救助").
			Fill("levels", "6").Fill("decided_at", "6").Fill("audience", "person").Send().Status(200).At("/admin/items/SG02099/edit/basic").Must("还没有发布过", "个问题")
		c.Get("/items/SG02099").Status(404)
		raw := jsonOf(t, d)
		page.Form("#new-json").Fill("definition", `{"code":`).Send().Status(422).Must("定义不是有效的 JSON")
		page.Form("#new-json").Fill("definition", raw).Send().Status(409)
		page = c.Get(itemURL(relief) + "/json").Status(200)
		page.Form("#editor").Fill("definition", strings.Replace(raw, relief, "SG02098", 1)).Send().Status(422).Must("编号不能修改")
		page.Form("#editor").Fill("definition", strings.Replace(raw, `"name":"临时救助对象认定及给付"`, `"name":"临时救助"`, 1)).Send().Status(200).Must("临时救助")
		if got := s.now(t, relief).Name; got != "临时救助" {
			t.Errorf("the name is %s", got)
		}
	})
}

func TestPreviewOfAnApplication(t *testing.T) {
	each(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.who = keeper("editor")
		page := c.Get(itemURL(relief)+"/try").Status(200).Must("不会提交", "困难是不是突然发生").MustNot("上传材料：")
		d := s.now(t, relief)
		v := url.Values{}
		for _, q := range d.Situations {
			v.Set("a."+q.ID, q.Options[0].ID)
		}
		c.Get(itemURL(relief)+"/try?"+v.Encode()).Status(200).Must("填写表单", "上传材料", "居民身份证", "重答")
		c.Get(itemURL(relief) + "/try?a.kind=nonsense").Status(200).Must("困难是不是突然发生")
		c.Get(itemURL(relief)+"/preview").Status(200).Must("预览", "群众还看不到")
		_ = page
	})
}

func TestExportAndImport(t *testing.T) {
	each(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.who = keeper("editor")
		book := c.Get(listPath + "/export").Status(200)
		if !strings.Contains(book.Header().Get("Content-Disposition"), "20261120.xlsx") || !bytes.HasPrefix([]byte(book.Body), []byte("PK")) {
			t.Errorf("export: %v", book.Header())
		}
		form := c.Get(listPath + "/import").Form("#import")
		form.Send().Status(422).Must("请选择要导入的 xlsx 表格")
		form.Attach("workbook", "a.xlsx", []byte("not a workbook")).Send().Status(422).Must("文件不是可读取的 xlsx 表格")
		c.Get(listPath+"/presence").Status(200).Must("进驻率", "%")
		c.Get(listPath + "?tag=" + url.QueryEscape("镇村") + "&level=6").Status(200).Must(relief)
		c.Get(listPath + "?q=没有的").Status(200).Must("没有符合条件的事项")
	})
}
