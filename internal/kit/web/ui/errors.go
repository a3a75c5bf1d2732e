package ui

import (
	"fmt"

	"yimen/internal/kit/errs"
)

// ErrorOpts describe an error page.
type ErrorOpts struct {
	Face      Face
	Status    int
	Title     string
	Message   string
	Code      string
	Fields    []errs.Field
	RequestID string
	BackURL   string // the page before; "" when unknown
	Again     *Again // the form that was not answered; nil: none, or not to be sent again
}

// drawing is the picture of a status.
func (o ErrorOpts) drawing() string {
	switch o.Status {
	case 401, 403:
		return "denied"
	case 404, 405, 406:
		return "search"
	case 409, 413, 415, 422, 400:
		return "paper"
	case 429:
		return "queue"
	case 503:
		return "wait"
	}
	return "broken"
}

// advice says what the visitor can do now, most helpful first.
func (o ErrorOpts) advice(f Frame) []string {
	switch o.Status {
	case 401, 403:
		return o.adviceOfRights(f)
	case 404, 405, 406:
		return []string{"检查网址是否输全，或从首页、搜索重新查找。", "从旧的收藏或打印件上来的，内容可能已经换了地址。"}
	case 409:
		return []string{"返回上一页，刷新后看看现在的状态。", "别人可能刚刚办理过，不必重复提交。"}
	case 413, 415:
		return []string{"照片请改用较小的尺寸再拍一次，文件较多的请分几次上传。", "支持图片、PDF、Word 和 Excel 文件。"}
	case 400, 422:
		return []string{"返回上一页，按提示修改后再提交，已经填写的内容一般还在。"}
	case 429:
		return []string{"请稍等一会儿再试，不要反复点击。", "同一个网络里人多时也会这样，可以换手机网络再试。"}
	case 503:
		return []string{"请过几分钟再试，已经提交成功的内容不会丢失。", fmt.Sprintf("急事请拨打%s，或直接到就近的办事大厅办理。", f.Site.Hotline)}
	}
	return []string{"请稍后再试一次；刚才的提交没有生效时，不会重复受理。", "再次出现时，请把下面的编号报给工作人员，我们据此查找原因。"}
}

func (o ErrorOpts) adviceOfRights(f Frame) []string {
	switch {
	case f.User == nil:
		return []string{"登录后再试一次。", "替别人办事的，请先取得对方的授权。"}
	case f.User.Staff:
		return []string{"确需办理的，请向本单位管理员申请权限，并报上下面的编号。", "账号登错了的，退出后换账号登录。"}
	}
	return []string{"确认登录的是本人账号；替别人办事的，请先取得对方的授权。", "账号登错了的，退出后换账号登录。"}
}

// ways are the links out, the best first.
func (o ErrorOpts) ways(f Frame) []Link {
	var list []Link
	if f.User == nil && (o.Status == 401 || o.Status == 403) {
		list = append(list, Link{Label: "去登录", URL: "/login", Icon: "login"})
	}
	if o.BackURL != "" {
		list = append(list, Link{Label: "返回上一页", URL: o.BackURL, Icon: "arrow-left"})
	}
	if f.User != nil && f.User.Staff {
		return append(list, Link{Label: "回到工作台", URL: orElse(f.User.HomeURL, "/"), Icon: "home"})
	}
	return append(list, Link{Label: "回到首页", URL: f.Site.HomeURL, Icon: "home"},
		Link{Label: "拨打" + f.Site.Hotline, URL: "tel:" + f.Site.Hotline, Icon: "phone"})
}
