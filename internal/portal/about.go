package portal

import (
	"context"
	"net/http"

	"yimen/internal/catalogue"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/licences"
)

// sitemap lists the pages a citizen may want, under what they are for.
func (m *Module) sitemap(w http.ResponseWriter, r *http.Request) error {
	parts, err := m.mapParts(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, sitemapView(parts))
}

func (m *Module) accessibility(w http.ResponseWriter, r *http.Request) error {
	return web.Render(w, r, http.StatusOK, accessibilityView())
}

type mapPart struct {
	title string
	links []ui.Link
}

func (m *Module) mapParts(ctx context.Context) ([]mapPart, error) {
	parts := []mapPart{
		{"办事", []ui.Link{{Label: "首页", URL: HomeURL()}, {Label: "搜索事项", URL: Search{}.URL()}, {Label: "选择地区和办事网点", URL: RegionURL("", "")},
			{Label: "专区和主题", URL: "/zones"}, {Label: "按部门找", URL: "/departments"},
			{Label: "证明事项清单", URL: "/proofs"}, {Label: "验证电子证照", URL: licences.CheckURL}}},
		{"我的", []ui.Link{{Label: "我的办件", URL: MyURL("", "")}, {Label: "草稿", URL: MyURL("drafts", "")}, {Label: "我的证照", URL: LicencesURL}, {Label: "凭查询码查进度", URL: ProgressURL("")}, {Label: "登录", URL: "/login"}}},
		{"帮助", []ui.Link{{Label: "网站找错", URL: catalogue.ReportURL("", "")}, {Label: "无障碍声明", URL: "/accessibility"}, {Label: "长辈版", URL: "/elder?next=%2F"}, {Label: "接口文档", URL: "/docs"}}},
	}
	if m.Demo {
		parts[2].links = append(parts[2].links, ui.Link{Label: "样例城市：选一个身份", URL: DemoURL()})
	}
	for _, x := range []struct{ title, kind, audience string }{
		{"专区", catalogue.KindZone, ""}, {"个人的大事", catalogue.KindEvent, "person"}, {"企业的阶段", catalogue.KindEvent, "enterprise"},
		{"个人办事主题", catalogue.KindTheme, "person"}, {"企业办事主题", catalogue.KindTheme, "enterprise"},
	} {
		zones, err := m.Catalogue.Zones(ctx, catalogue.ZoneQuery{Kind: x.kind, Audience: x.audience})
		if err != nil {
			return nil, err
		}
		part := mapPart{title: x.title}
		for _, z := range zones {
			part.links = append(part.links, ui.Link{Label: z.Name, URL: ZoneURL(z.Kind, z.ID)})
		}
		parts = append(parts, part)
	}
	found, err := m.Catalogue.Find(ctx, catalogue.Query{}, pageOf(1))
	if err != nil {
		return nil, err
	}
	part := mapPart{title: "部门"}
	for _, d := range found.Depts {
		part.links = append(part.links, ui.Link{Label: d.Label, URL: DepartmentURL(d.Key)})
	}
	return append(parts, part), nil
}
