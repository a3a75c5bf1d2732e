package help

// Shortcut is a key and what it does.
type Shortcut struct {
	Keys string // Alt+S
	Does string
}

// Shortcuts are grouped by where they hold.
type Shortcuts struct {
	Where string
	Keys  []Shortcut
}

// shortcuts are the keys that mean the same wherever they are. What else a
// page offers stands on its buttons (data-key); the panel that "?" opens reads
// them from the page itself, so the list cannot be out of date.
var shortcuts = []Shortcuts{
	{"每一页", []Shortcut{
		{"?", "打开快捷键表（光标不在输入框里时）"},
		{"Tab", "到下一个输入框或按钮；按住 Shift 到上一个"},
		{"Enter", "按下所在的按钮；在单行输入框里提交"},
		{"空格", "勾选、取消；展开菜单"},
		{"Esc", "关闭菜单、帮助、对话框"},
	}},
	{"窗口、办公、管理", []Shortcut{
		{"Alt+S", "提交、保存这一页"},
		{"Alt+F", "到查找框"},
		{"Alt+字母", "按钮上标着的：按住 Alt 再按那个字母"},
	}},
	{"待办列表", []Shortcut{
		{"J K", "下一件、上一件"},
		{"X", "选中或取消这一件"},
		{"O", "打开这一件"},
		{"E C", "批量同意、批量签收选中的"},
	}},
	{"办件页", []Shortcut{
		{"[ ]", "换一份材料文件"},
		{"+ -", "放大、缩小；R 旋转"},
		{"N", "下一件"},
		{"Alt+1…9", "写意见时填入第几条常用意见"},
	}},
}
