package browser_test

import (
	"testing"

	"yimen/internal/kit/webtest/browser"
	"yimen/internal/workflow"
)

const approver = "approver-" + theTown

// A villager applies on the phone, is told once of everything that is wrong,
// mends it with a new photo, is accepted and denied, and reads why.
func TestCorrectionAndDenial(t *testing.T) { everySize(t, correctedAndDenied) }

func correctedAndDenied(t *testing.T, _ *city, phone *visitor) {
	phone.As(villager)
	a := unemployment("dismissed")
	number := phone.applyOnline(a)
	phone.Says("申请已提交", number).Keep("submitted")

	office := phone.beside().As(approver)
	office.Open("/office/cases/" + number).panel().Click("告知补正")
	office.Fill("deficiencies.0.material", "id_or_card").
		Fill("deficiencies.0.problem", "照片模糊，看不清号码。").Fill("deficiencies.0.cure", "重新拍照，四角入镜。").
		Fill("deficiencies.1.material", "termination_paper").
		Fill("deficiencies.1.problem", "没有单位印章。").Fill("deficiencies.1.cure", "请单位盖章后重新拍照。")
	office.Click("告知补正").Says("待补正", "照片模糊", "没有单位印章").Keep("told")

	phone.Open("/my").Says("等您处理").Click("去补正材料").Says("照片模糊", "重新拍照", "没有单位印章")
	phone.Keep("to-correct")
	phone.Click("提交补正材料").Says("处需要修改").Keep("nothing-brought") // nothing is sent
	phone.way("id_or_card", "file")
	phone.Attach("file.id_or_card", photo(t, "重拍的身份证"))
	phone.uploaded()
	phone.line(false)
	phone.way("termination_paper", "file")
	phone.Attach("file.termination_paper", photo(t, "盖了章的通知书"))
	phone.comes("稍后自动再试")
	phone.tick(seeing+`("提交补正材料")`, "the button").comes("传完后自动继续").Keep("goes-on-by-itself")
	phone.line(true)
	phone.until(`document.readyState === "complete" && document.body.innerText.includes("已被补正的材料替换")`)
	phone.Says("已收件", "已被补正的材料替换").SaysNot("去补正材料").Keep("corrected")

	office.Open("/office/cases/"+number).Says("重拍的身份证.png", "已被替换").panel().Click("受理").Says("已受理")
	denial := "查询到申请人仍在参加职工养老保险，不属于失业人员。"
	phone.approveAll(number, workflow.Denied, denial, nil)

	phone.SaysSoon("/my/cases/"+number, "不予")
	notice := browser.Eval[string](phone.Browser, `Array.from(document.querySelectorAll("#notices a")).find(a => /决定/.test(a.innerText) && !/受理/.test(a.innerText)).getAttribute("href")`)
	phone.Open(notice).Says(number, denial, "复议", a.who.Name)
	phone.Keep("denied").Axe(t)
	office.Calm(t)
}

// unemployment is the registration of the unemployed (失业登记), for a reason.
func unemployment(why string) *application {
	return &application{item: "SG01010", division: theVillage, account: villager, upload: "*",
		answers: map[string][]string{"why": {why}}}
}

// applyOnline goes from the search for an item through its guide to the case.
func (v *visitor) applyOnline(a *application) string {
	v.t.Helper()
	a.ready(v.t, v.city)
	v.Open("/").Fill("q", a.def.Name).press(`document.querySelector("#home-search button")`, "the search button")
	v.Click(a.def.Name).Says("谁可以办", "要带什么").Click("开始办理")
	return v.apply(a)
}
