package browser_test

import (
	"testing"
	"time"

	"yimen/internal/kit/clock"
	"yimen/workday"
)

// An approver with many cases and one hour: picks by keys, agrees to all of them
// in the same words after seeing what will happen, and reads line by line what
// became of each.
func TestManyAtOneStroke(t *testing.T) {
	c := theCity()
	v := visit(t, c).As(countyApprover)
	k := &keys{v}
	v.Open("/office?box=free")
	for range 2 {
		k.press("j")
		k.press("x")
	}
	v.Says("已选2件")
	k.leave("e")
	v.Says("将办理2件", "每件办件分别办理")
	v.Fill("opinion", "经审查，符合条件，同意。")
	k.next()
	v.SaysSoon(v.At(), "已同意")
	v.Calm(t)
}

// Case after case without a way back to the list: with phrases by Alt and a
// number, and the next one opening by itself.
func TestOneAfterTheOther(t *testing.T) {
	c := theCity()
	v := visit(t, c).As(countyApprover)
	k := &keys{v}
	v.Open("/office?box=free")
	k.press("j")
	k.leave("o")
	first := v.At()
	v.Fill("open_next", "1")
	v.Fill("opinion", "情况属实。")
	v.Click("同意")
	v.Says("已办理")
	if v.At() == first {
		t.Errorf("%s is still open; the next one is wanted", first)
	}
	v.Calm(t)
}

// A leave: registered, confirmed by the chief, and the chief finds the tasks.
func TestSomebodyStandsIn(t *testing.T) {
	c := theCity()
	absent := "approver-440232-d08"
	v := visit(t, c).As(absent)
	today := workday.DateOf(time.Now(), clock.Beijing).String()
	v.Open("/office/absence").Fill("from", today).Fill("to", today).Fill("substitute", "chief-440232-d08").Click("登记")
	v.Says("等待科（股）长或单位负责人确认")
	head := v.beside().As("head-440232-d08")
	head.Open("/office/absence").Says("待确认").Click("确认").Says("已确认")
	v.Calm(t)
	head.Calm(t)
}
