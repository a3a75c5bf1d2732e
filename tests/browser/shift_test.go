package browser_test

import (
	"strconv"
	"testing"

	"yimen/internal/queue"
)

// A clerk ends the shift with a number held and a note; the next one counts,
// finds one paper less, must say where it is, and takes over.
func TestAShiftIsHandedOver(t *testing.T) {
	everySize(t, func(t *testing.T, c *city, clerk *visitor) {
		first, second := c.as(t, townClerk), c.as(t, townClerk2)
		must(t, c.Hall.Sit(first, townWindow))
		held, err := c.Hall.Take(first, queue.Take{Outlet: theTown})
		must(t, err)
		_, err = c.Hall.Call(first, townWindow)
		must(t, err)

		clerk.As(townClerk).Open("/counter/shift").Fill("note", held.No+"去复印户口簿，回来接着办。").Click("交班并离开窗口")
		clerk.Says("还没有办完，请先办完、挂起或转走").Keep("busy")
		_, err = c.Hall.Hold(first, held.ID)
		must(t, err)
		clerk.Open("/counter/shift").Says("挂起的号 "+held.No).Fill("note", held.No+"去复印户口簿，回来接着办。").Keep("own").Click("交班并离开窗口")
		clerk.Says("交接班单", "去复印户口簿", "等待接班人员").SaysNot("确认接班").Keep("sheet").Axe(t)
		sheet, err := c.Hall.Shift(first, clerk.Last())
		must(t, err)

		next := clerk.beside().As(townClerk2).Open("/counter/shift").Says("待确认").Keep("list")
		next.press(`document.querySelector('a[href="/counter/shift/`+sheet.ID+`"]')`, "the sheet")
		next.Says("接班", "现在一致").Click("确认接班").Says("请清点后填写份数")
		next.Fill("papers", strconv.Itoa(sheet.Papers+1)).Click("确认接班").Says("请写明差在哪里").Keep("count").Axe(t)
		next.Fill("difference", "多出一份申请表，没有登记。").Click("确认接班")
		next.Says("已确认接班", "接班时有对不上的地方", "多出一份申请表", next.nameOf(townClerk2)).Keep("confirmed")
		next.fitsPaper("交接班单", 210, 297)
		clerk.Open("/counter/shift").Says("有差异", "您现在没有坐在窗口上")

		must(t, c.Hall.Sit(second, townWindow)) // and the held one is served by whoever took over
		_, err = c.Hall.Unhold(second, held.ID)
		must(t, err)
		must(t, c.Hall.Finish(second, held.ID))
		must(t, c.Hall.Leave(second))
		next.Calm(t)
	})
}
