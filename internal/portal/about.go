package portal

import (
	"net/http"

	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// sitemap lists the pages a citizen may want, under what they are for.
func (m *Module) sitemap(w http.ResponseWriter, r *http.Request) error {
	s, err := m.onShelf(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, sitemapView(m.Demo, s))
}

func (m *Module) accessibility(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, accessibilityView())
}

type mapPart struct {
	title string
	links []ui.Link
}

func mapParts(demo bool, s shelf) []mapPart {
	parts := []mapPart{
		{"办事", []ui.Link{{Label: "首页", URL: HomeURL()}, {Label: "搜索事项", URL: Search{}.URL()}, {Label: "选择地区和办事网点", URL: RegionURL("", "")},
			{Label: "全市通办事项", URL: Search{Tag: everywhere}.URL()}}},
		{"我的", []ui.Link{{Label: "我的办件", URL: MyURL("", "")}, {Label: "草稿", URL: MyURL("drafts", "")}, {Label: "凭查询码查进度", URL: ProgressURL("")}, {Label: "登录", URL: "/login"}}},
		{"帮助", []ui.Link{{Label: "无障碍声明", URL: "/accessibility"}, {Label: "长辈版", URL: "/elder?next=%2F"}, {Label: "接口文档", URL: "/docs"}}},
	}
	if demo {
		parts[2].links = append(parts[2].links, ui.Link{Label: "样例城市：选一个身份", URL: DemoURL()})
	}
	for _, x := range []struct {
		title, audience string
		themes          []theme
	}{{"个人办事主题", "person", s.person}, {"企业办事主题", "enterprise", s.enterprise}} {
		part := mapPart{title: x.title}
		for _, t := range x.themes {
			part.links = append(part.links, ui.Link{Label: t.Name, URL: Search{Audience: x.audience, Domain: t.Name}.URL()})
		}
		parts = append(parts, part)
	}
	return parts
}
