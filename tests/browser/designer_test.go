package browser_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"yimen/internal/catalogue"
	"yimen/internal/kit/db"
	"yimen/internal/kit/webtest/browser"
)

// Who keeps the items, and who reviews what they write.
const (
	itemEditor   = "editor-440200"
	itemReviewer = "reviewer-440200"
)

// spared counts the items that stories have taken, so that each has its own.
var spared int

// spare is an item in force that no other story is about: with questions of
// one answer each, a form with a choice, and a promise.
func (c *city) spare(t testing.TB) *catalogue.Definition {
	t.Helper()
	list, _, err := c.Catalogue.Desk(c.System, catalogue.DeskQuery{State: catalogue.Published}, db.Page{Limit: 200})
	must(t, err)
	found := 0
	for _, it := range list {
		if slices.Contains([]string{"SG01001", "SG01003", "SG01006", "SG01010", "SG02004", "SG04001"}, it.Code) {
			continue
		}
		sheet, err := c.Catalogue.Sheet(c.System, it.Code)
		must(t, err)
		d := &sheet.Newest.Definition
		if sheet.Newest.N == 1 && plainEnough(t, d) {
			if found++; found > spared {
				spared++
				return d
			}
		}
	}
	t.Fatalf("the city has no item left for a story of its own (%d were)", found)
	return nil
}

func plainEnough(t testing.TB, d *catalogue.Definition) bool {
	simple := len(d.Situations) > 0 && d.Statutory.Unit == catalogue.UnitWorkday && d.Statutory.N < 99 && d.Promised.Unit == catalogue.UnitWorkday && len(d.Process.Nodes) > 1
	for _, q := range d.Situations {
		simple = simple && !q.Multiple && !slices.ContainsFunc(q.Options, func(o catalogue.Option) bool { return o.Stop != "" })
	}
	return simple && choiceOf(t, d).Name != ""
}

// choiceOf is a field of the form with values to choose from.
func choiceOf(t testing.TB, d *catalogue.Definition) catalogue.FormField {
	t.Helper()
	fields, err := catalogue.FormFields(d.Form)
	must(t, err)
	for _, f := range fields {
		if len(f.Options) > 1 && !f.Multiple && f.Type == "string" && len(f.When) == 0 {
			return f
		}
	}
	return catalogue.FormField{}
}

// leave goes out of the field that was typed into, as the next key would: the
// editor saves.
func (v *visitor) leave() *visitor {
	v.t.Helper()
	browser.Eval[bool](v.Browser, `(document.activeElement.blur(), true)`)
	return v
}

// TestAnItemIsChanged is the administrator who changes an item once a month:
// what stands against publication shows beside the field while it is typed; a
// material and a question are changed, reviewed and published, and a citizen
// sees it.
func TestAnItemIsChanged(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		d := c.spare(t)
		item := "/admin/items/" + d.Code
		v.As(itemEditor).Open(item).Says("没有未提交的改动").Keep("untouched")
		v.Open(item+"/edit/time").Fill("promised.n", "99").comes("超过法定办结时限").Says("已存为第2版草稿")
		v.aim(`document.querySelector("#at-f-promised-n .is-finding")`, "what stands against it, beside the field")
		v.Keep("checks")
		v.Axe(t)
		v.Fill("promised.n", fmt.Sprint(d.Promised.N)).comes("检查全部通过")

		first, question := d.Materials[0], d.Situations[0]
		v.Open(item+"/materials/"+first.ID).Fill("materials.0.notes", "用黑色墨水填写").leave().comes("已存为第2版草稿")
		v.Open(item+"/situations/"+question.ID).Fill("situations.0.text", "这次由谁来办？").Click("保存").Says("已存为第2版草稿").Keep("question")
		v.Open(item).Says("这一版与现行版的不同").Keep("draft").Click("提交审核").Says("待审核")

		r := v.beside().As(itemReviewer)
		r.Open(item).Click("先看这一版改了什么").Says("填报须知", "用黑色墨水填写", "这次由谁来办？")
		r.Open(item).Click("审核通过").Says("已审定").Click("发布").Says("第2版（已发布）").Keep("published")
		r.Calm(t)
		list, err := c.Catalogue.Checklist(c.System, d.Code, "", 0, nil)
		must(t, err)
		if list.Version != 2 || list.Questions[0].Text != "这次由谁来办？" || list.Materials[0].Notes != "用黑色墨水填写" {
			t.Errorf("a citizen is asked %q of version %d", list.Questions[0].Text, list.Version)
		}
	})
}

// TestVersionsAreCompared: the reviewer reads in words what is different, and
// says to one line of it what is wrong; the editor finds that beside the field.
func TestVersionsAreCompared(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		d := c.spare(t)
		_, err := c.Catalogue.Change(c.as(t, itemEditor), catalogue.Revision{Item: d.Code, Seen: 1}, func(d *catalogue.Definition) error {
			d.Materials[0].Name += "（原件）"
			d.Conditions = append(d.Conditions, "申请人在本市居住满一年")
			d.Consult = "0751-8886666"
			return nil
		})
		must(t, err)
		sheet, err := c.Catalogue.Sheet(c.System, d.Code)
		must(t, err)
		_, err = c.Catalogue.Submit(c.as(t, itemEditor), catalogue.Act{Item: d.Code, Seen: sheet.Edit})
		must(t, err)
		v.As(itemReviewer).Open("/admin/items/" + d.Code).Click("逐项比较和打印")
		v.Says("第1版 → 第2版，", "申请人在本市居住满一年", "0751-8886666").Keep("compared")
		v.Axe(t)
		v.tick(`document.querySelector(".dz-change summary")`, "to say something to a change")
		v.Fill("remark", "请写明依据").Click("记下意见").Says("请写明依据").Keep("remark")
		v.Open("/admin/items/"+d.Code).Fill("opinion", "条件没有依据").Click("驳回").Says("审核驳回")
		e := v.beside().As(itemEditor)
		e.Open("/admin/items/"+d.Code).Says("驳回：条件没有依据", "请写明依据").Keep("sent-back")
		e.Calm(t)
	})
}

// TestAllVillagesAreChangedAtOnce: hours of every village of a town are set,
// foreseen and undone; and one telephone in several items.
func TestAllVillagesAreChangedAtOnce(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		d := c.spare(t)
		const everywhere = "SG02004" // handled in every village
		v.As(itemEditor).Open("/admin/items/areas").Fill("division", theTown).Fill("level", "6").Fill("hours", "赶集日全天").Click("预览")
		v.Says("个网点会变", "赶集日全天").Keep("foreseen")
		v.Axe(t)
		v.Click("确认设置").Says("撤销").Keep("set")
		place, err := c.Catalogue.Guide(c.System, everywhere, theVillage)
		must(t, err)
		if !slices.ContainsFunc(place.Places, func(p catalogue.GuidePlace) bool { return p.Hours == "赶集日全天" }) {
			t.Errorf("the guide of %s tells of %+v", everywhere, place.Places)
		}
		v.Click("撤销").Says("已撤销")

		v.Open("/admin/items/bulk?q="+d.Code).Says("批量修改", d.Name).Fill("kind", "set").Fill("field", "consult").Fill("value", "0751-8887777")
		v.Keep("bulk").Click("预览每个事项的变化").Says("咨询电话改为“0751-8887777”", "个网点受影响").Keep("bulk-foreseen")
		v.Click("确认修改").SaysSoon(v.At(), "完成").Keep("bulk-done")
		sheet, err := c.Catalogue.Sheet(c.System, d.Code)
		must(t, err)
		if got := sheet.Newest.Definition.Consult; got != "0751-8887777" {
			t.Errorf("the draft's telephone is %s", got)
		}
	})
}

// TestSituationsAreEdited: a question is added, and asked in the preview.
func TestSituationsAreEdited(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		d := c.spare(t)
		tree, n := "/admin/items/"+d.Code+"/situations", len(d.Situations)
		v.As(itemEditor).Open(tree).Says("群众会被问到什么", "种走法").Keep("tree")
		v.Axe(t)
		v.Click("在最后添加问题").Fill(fmt.Sprintf("situations.%d.text", n), "要不要加急？").Fill("options.0.label", "要").Fill("options.1.label", "不要").
			Fill("options.0.materials", d.Materials[0].ID).Keep("question").Click("保存").Says("已存为第2版草稿")
		v.Open(tree).Says("要不要加急？")
		for asked := 0; v.Has("#try .dz-answers a") > 0; asked++ {
			v.tick(`document.querySelector("#try .dz-answers a")`, "the first answer")
			v.until(fmt.Sprintf(`document.querySelectorAll("#try .dz-asked li").length > %d`, asked))
		}
		v.comes("问完了，要交这些材料").Says("要不要加急？").Keep("asked")
		v.Click("上移：要不要加急？").Says("已存为第2版草稿")
		sheet, err := c.Catalogue.Sheet(c.System, d.Code)
		must(t, err)
		if list := sheet.Newest.Definition.Situations; len(list) != n+1 || list[max(n-1, 0)].Text != "要不要加急？" {
			t.Errorf("the question stands elsewhere: %+v", list)
		}
	})
}

// TestAFormIsDesigned: a field is found in the city's dictionary and put into
// the form, one of one's own is made; both sides of the counter see it.
func TestAFormIsDesigned(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		d := c.spare(t)
		form := "/admin/items/" + d.Code + "/form"
		v.As(itemEditor).Open(form).Fill("q", "配偶姓名").comes("加入表单").Keep("dictionary")
		v.Axe(t)
		v.Click("加入表单：配偶姓名").Says("已存为第2版草稿")
		v.Click("添加自己的表单项").Fill("title", "联系时段").Fill("name", "call_time").Fill("widget", "text").Keep("field").Click("保存").Says("已存为第2版草稿")
		v.Open(form)
		v.aim(`Array.from(document.querySelectorAll("#preview label")).find(e => e.innerText.includes("联系时段"))`, "the new field in the preview")
		v.Keep("citizen")
		v.Click("窗口看到的样子").Says("登记申请人", "证件类型", "联系时段").Keep("window")
	})
}

// TestAProcessIsDrawn: a step is opened from the picture, a choice with a
// condition is drawn in, and the process is run once each way.
func TestAProcessIsDrawn(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		d := c.spare(t)
		process, choice := "/admin/items/"+d.Code+"/process", choiceOf(t, d)
		first := d.Process.Nodes[0]
		v.As(itemEditor).Open(process).Says("流程图", "试走一遍").Keep("picture")
		v.Axe(t)
		v.press(`document.querySelector(".workflow-picture a")`, "the first box of the picture")
		v.Says("在流程中的位置")
		v.Fill("name", first.Name+"（村）").leave().comes("已存为第2版草稿").Keep("step")

		v.Open(process+"/-?kind=choice&after="+first.ID).Fill("name", "要不要踏勘").Fill("branches.0.name", "踏勘").Click("保存").Says("其他分支都要填条件")
		v.Click("给分支1添加条件").Fill("branches.0.tests.0.name", choice.Name).comes("怎么比")
		v.Fill("branches.0.tests.0.value", choice.Options[0].Value).comes("”是“" + choice.Options[0].Label + "”时").Keep("condition")
		v.Axe(t)
		id := v.Last()
		v.Open(process+"/-?kind=step&in="+id+".0").Fill("name", "上门踏勘").Fill("limit", "0").Click("保存")
		v.Open(process).SaysNot("流程还不能运行").Says("上门踏勘", "”是“"+choice.Options[0].Label+"”时").Keep("drawn")
		run := func() string {
			return browser.Eval[string](v.Browser, `document.querySelector(".dz-run").innerText`)
		}
		if strings.Contains(run(), "上门踏勘") {
			t.Error("without the value the step is on the way")
		}
		v.Fill("v."+choice.Name, choice.Options[0].Value)
		v.until(`document.querySelector(".dz-run").innerText.includes("上门踏勘")`)
	})
}
