package app

import (
	"context"
	"fmt"
)

// troubles are what the administrators have to look at although requests are
// answered, one sentence each: shown at /admin and by /readyz.
func (a *App) troubles(ctx context.Context) []string {
	var list []string
	if t := a.clockTrouble(); t != "" {
		list = append(list, t)
	}
	if n, err := a.Queue.GivenUp(ctx); err == nil && n > 0 {
		list = append(list, fmt.Sprintf("有%d个后台任务多次失败、已停止重试，请到“后台任务”查明原因，重试或者搁置。", n))
	}
	return list
}
