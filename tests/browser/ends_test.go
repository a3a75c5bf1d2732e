package browser_test

import (
	"strings"
	"testing"

	"yimen/internal/cases"
	"yimen/internal/kit/webtest/browser"
	"yimen/internal/workflow"
)

func TestWithdrawal(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, v *visitor) {
		number := c.handed(t, unemployment("other")).Number
		v.As(villager).Open("/my/cases/" + number).Click("撤回申请").Keep("asked")
		v.Click("确定撤回").Says("处需要修改") // a reason is asked for
		v.Fill("opinion", "找到工作了，不办了。").Click("确定撤回").Says("已撤回", "可以重新申请").Keep("withdrawn")
		if v.Has(`a[href$="/withdraw"]`) > 0 {
			t.Error("a withdrawn case can be withdrawn again")
		}

		clerk := v.beside().As(villageClerk)
		clerk.Open("/office/cases/"+number).Says("已撤回", "找到工作了").SaysNot("可以办理")
		clerk.Calm(t)
	})
}

func TestRefusalOfAcceptance(t *testing.T) {
	c := theCity()
	number := c.handed(t, unemployment("other")).Number
	clerk := visit(t, c).As(villageClerk)
	clerk.Open("/office/cases/" + number).Click("不予受理")
	clerk.Click("不予受理").Says("处需要修改")
	reason := "申请人已过法定退休年龄，依法不办理失业登记。"
	clerk.Fill("grounds", cases.GroundsNotEligible).Fill("opinion", reason).Click("不予受理").Says("不予受理")

	phone := clerk.beside()
	phone.Resize(360, 740)
	phone.As(villager).Open("/my/cases/" + number).Says("没有受理").Click("不予受理决定书")
	phone.Says(reason, number)
	clerk.Calm(t)
	phone.Calm(t)
}

// The decider sends a case back; whoever reviewed it has it again.
func TestReturnToAnEarlierStep(t *testing.T) {
	c := theCity()
	number := c.handed(t, unemployment("other")).Number
	clerk := visit(t, c).As(villageClerk)
	clerk.Open("/office/cases/" + number).Click("受理").Says("已受理")

	review := clerk.waitsFor(number)
	reviewer := clerk.beside().takeUp(review)
	reviewer.Fill("opinion", "材料齐全，情况属实。").Click("同意").Says("已")

	decision := clerk.waitsFor(number)
	decider := clerk.beside().takeUp(decision).Says("材料齐全，情况属实。")
	decider.Click("退回")
	decider.Fill("to", review.Node).Click("退回").Says("处需要修改")
	decider.Fill("opinion", "请核实就业状态后重报。").Click("退回").Says("已退回")

	again := clerk.waitsFor(number)
	if again.Node != review.Node || again.Round <= review.Round {
		t.Fatalf("after the return the task is %s, round %d; want %s in a later round", again.Node, again.Round, review.Node)
	}
	reviewer.Open("/office").Fill("q", number).Click("查询").Click(number).Says("请核实就业状态后重报。")
	for _, v := range []*visitor{clerk, reviewer, decider} {
		v.Calm(t)
	}
}

// waitsFor is the one task of a case that is open.
func (v *visitor) waitsFor(number string) workflow.Task {
	v.t.Helper()
	tasks := v.city.opens(v.t, number)
	if len(tasks) != 1 {
		v.t.Fatalf("%s has %d open tasks, want 1", number, len(tasks))
	}
	return tasks[0]
}

// Two people have the same case open. The second is told what the first did,
// and their words are not lost.
func TestTwoAtOneCase(t *testing.T) {
	c := theCity()
	number := c.handed(t, unemployment("other")).Number
	first := visit(t, c).As(villageClerk)
	second := first.beside().As(approver)
	first.Open("/office/cases/" + number)
	second.Open("/office/cases/" + number).Click("告知补正")
	second.Fill("deficiencies.0.material", "id_or_card").
		Fill("deficiencies.0.problem", "身份证已经过期。").Fill("deficiencies.0.cure", "请换领后提交。")

	first.Click("受理").Says("已受理")
	second.Click("告知补正")
	if got := second.Status(); got != 409 {
		t.Errorf("the second is answered with %d, want 409", got)
	}
	second.Says("受理", first.nameOf(villageClerk))
	words := browser.Eval[string](second.Browser, `Array.from(document.querySelectorAll("main input, main textarea")).map(e => e.value).join("\n")`)
	for _, kept := range []string{"身份证已经过期。", "请换领后提交。"} {
		if !strings.Contains(words, kept) {
			t.Errorf("the words %q are lost; the page holds %q", kept, words)
		}
	}
	second.Axe(t)
	first.Calm(t)
	second.Calm(t)
}
