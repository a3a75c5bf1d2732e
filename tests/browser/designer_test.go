package browser_test

import (
	"testing"

	"yimen/internal/kit/webtest/browser"
)

// TestAnItemIsChanged is the administrator who changes an item once a month: a
// material and a question are changed, compared, reviewed and published, and a
// citizen sees it.
func TestAnItemIsChanged(t *testing.T) {
	each(t, func(t *testing.T, c *city) {
		const item = "/admin/items/SG02001"
		v := visit(t, c).As("editor-440200")
		def, err := c.Catalogue.Current(c.System, "SG02001")
		must(t, err)
		first := def.Definition.Materials[0]
		question := def.Definition.Situations[0]

		// A material: saved by itself, no button pressed.
		v.Open(item+"/materials/"+first.ID).Fill("materials.0.notes", "用黑色墨水填写")
		browser.Eval[bool](v.Browser, `document.querySelector("[name='materials.0.notes']").dispatchEvent(new Event("change", {bubbles: true}))`)
		v.comes("已存为第2版草稿")

		// A question, and what a citizen would be asked by it.
		v.Open(item+"/situations/"+question.ID).Fill("situations.0.text", "这次由谁来办？").Click("保存").Says("已存为第2版草稿")
		v.Open(item+"/situations").Says("这次由谁来办？", "群众会被问到什么")
		browser.Eval[bool](v.Browser, `(document.querySelector("#try .dz-answers a").click(), true)`)
		v.comes("重答")
		v.Open(item).Click("提交审核").Says("待审核")
		v.Calm(t)

		r := v.beside().As("reviewer-440200")
		r.Open(item).Click("先看这一版改了什么").Says("填报须知", "用黑色墨水填写", "这次由谁来办？")
		r.Open(item).Click("审核通过").Says("已审定").Click("发布").Says("第2版（已发布）")
		r.Calm(t)

		citizen := v.beside()
		citizen.Open("/items/SG02001").Says("第2版")
		list, err := c.Catalogue.Checklist(c.System, "SG02001", "", 0, nil)
		must(t, err)
		if list.Version != 2 || list.Questions[0].Text != "这次由谁来办？" || list.Materials[0].Notes != "用黑色墨水填写" {
			t.Errorf("a citizen is asked %q of version %d", list.Questions[0].Text, list.Version)
		}
	})
}
