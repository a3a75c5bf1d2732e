package ui_test

import (
	"strings"
	"testing"

	"yimen/internal/kit/web/ui"
	"yimen/internal/kit/webtest"
)

// Each status has a picture, advice, the number to read out, and ways out that
// fit the visitor.
func TestErrorPages(t *testing.T) {
	staff := &ui.User{Name: "赵敏", Staff: true, HomeURL: "/counter"}
	citizen := &ui.User{Name: "盘小妹"}
	for _, k := range []struct {
		status int
		user   *ui.User
		must   []string
		not    []string
	}{
		{401, nil, []string{"去登录"}, []string{"工作台"}},
		{403, nil, []string{"去登录", "12345"}, nil},
		{403, staff, []string{"回到工作台", "向本单位管理员申请权限"}, []string{"12345", "去登录"}},
		{403, citizen, []string{"换账号登录", "回到首页"}, []string{"工作台", "去登录"}},
		{404, nil, []string{"从首页、搜索重新查找"}, nil},
		{409, citizen, []string{"刷新后看看现在的状态"}, nil},
		{413, citizen, []string{"较小的尺寸"}, nil},
		{422, staff, []string{"按提示修改"}, nil},
		{429, nil, []string{"不要反复点击"}, nil},
		{500, staff, []string{"报给工作人员"}, nil},
		{503, nil, []string{"过几分钟再试", "12345"}, nil},
	} {
		f := site
		f.User = k.user
		face := ui.Citizen
		if k.user != nil && k.user.Staff {
			face = ui.Staff
		}
		root, _ := render(t, ui.With(t.Context(), f), ui.ErrorPage(ui.ErrorOpts{Face: face, Status: k.status, Title: "出错了", Message: "一句话。",
			Code: "some_code", RequestID: "1234-5678-9012", BackURL: "/before"}))
		text := webtest.TextOf(one(t, root, "main"))
		for _, want := range append(k.must, "1234-5678-9012", "some_code", "请把编号报给工作人员", "返回上一页", "您可以这样做") {
			if !strings.Contains(text, want) {
				t.Errorf("%d does not say %q: %s", k.status, want, text)
			}
		}
		for _, not := range k.not {
			if strings.Contains(text, not) {
				t.Errorf("%d says %q", k.status, not)
			}
		}
		one(t, root, "main svg.ym-drawing")
	}
}

// A message kept for the next page is not used up by an error page twice.
func TestErrorPageKeepsOneFlash(t *testing.T) {
	f := site
	calls := 0
	f.Flashes = func() []ui.Flash { calls++; return nil }
	render(t, ui.With(t.Context(), f), ui.ErrorPage(ui.ErrorOpts{Status: 404}))
	if calls != 1 {
		t.Errorf("messages were taken %d times", calls)
	}
}
