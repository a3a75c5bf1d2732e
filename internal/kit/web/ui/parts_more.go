package ui

import "fmt"

// words says how far the work has come: 120 / 400（30%）.
func (o ProgressOpts) words() string {
	switch {
	case o.Total <= 0 && o.Done > 0:
		return fmt.Sprintf("已处理%d", o.Done)
	case o.Total <= 0:
		return "正在准备"
	}
	return fmt.Sprintf("%d / %d（%d%%）", o.Done, o.Total, 100*min(o.Done, o.Total)/o.Total)
}

func (n TreeNode) branches() bool { return len(n.Children) > 0 || n.MoreURL != "" }
