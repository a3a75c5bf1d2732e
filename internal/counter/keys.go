package counter

import (
	"net/http"

	"yimen/internal/kit/web"
)

// keyLine is one shortcut, as the list shows it.
type keyLine struct{ Keys, What string }

type keyGroup struct {
	Title string
	Lines []keyLine
}

// keyList is every shortcut of the counter; the pages carry the same letters.
var keyList = []keyGroup{
	{"到处都能用", []keyLine{{"Alt+N", "回到输入框"}, {"?", "看这一页的快捷键（不在输入框里时）"}, {"Esc", "关掉弹出的窗口"}}},
	{"窗口", []keyLine{
		{"Alt+C", "叫下一位"}, {"Alt+R", "重呼"}, {"Alt+M", "过号"}, {"Alt+H", "挂起"}, {"Alt+D", "人已到窗口"},
		{"Alt+G", "回到正在接待的人"}, {"Alt+F", "在列表中查找"}, {"↓ ↑", "在查到的结果里上下选"}, {"Enter", "打开选中的"},
	}},
	{"办事人", []keyLine{{"Alt+1 … Alt+9", "办第几件：交付、补正、受理"}, {"Alt+V", "读过卡的：记为当面核验"}, {"Alt+N", "办新的事项"}, {"Alt+E", "办完了，下一位"}}},
	{"收件", []keyLine{
		{"Enter", "跳到下一个还缺的地方"}, {"1 … 9", "选第几个选项，并跳到下一处"}, {"Alt+1 … Alt+9", "跳到右边列出的第几处"},
		{"Alt+S", "提交，出收件凭证"}, {"Alt+A", "提交并当场受理"},
	}},
	{"收件完成", []keyLine{{"Enter 或 Alt+P", "打印凭证"}, {"Alt+A", "当场受理"}, {"Alt+G", "这个人还要办"}, {"Alt+E", "办完了，下一位"}}},
}

// keys shows the shortcuts.
func (m *Module) keys(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, keysView())
}
