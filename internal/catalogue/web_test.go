package catalogue

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/web"
	"yimen/internal/kit/webtest"
	"yimen/internal/org"
)

var webSources = append([]db.Source{web.Migrations}, sources...)

// site is the module behind a router; who is signed in is who says.
type site struct {
	*world
	rt  *web.Router
	who context.Context
}

func newSite(t *testing.T, d *db.DB) *site {
	t.Helper()
	s := &site{world: newWorld(t, d), who: context.Background()}
	s.rt = web.NewRouter(web.Options{DB: d, Clock: s.clock, Log: slog.New(slog.DiscardHandler), Subject: func(r *http.Request) string { return identity.FromContext(r.Context()).Account }})
	s.rt.Use(func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			next.ServeHTTP(w, r.WithContext(identity.With(r.Context(), identity.FromContext(s.who))))
		})
	})
	s.Routes(s.rt)
	s.API(web.NewAPI(s.rt, "test", "1"))
	return s
}

func eachSite(t *testing.T, fn func(t *testing.T, s *site, c *webtest.Client)) {
	t.Helper()
	dbtest.Each(t, webSources, func(t *testing.T, d *db.DB) {
		s := newSite(t, d)
		fn(t, s, webtest.New(t, s.rt))
	})
}

func TestGuidePage(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.someItems(t)
		page := c.Get("/items/SG11001?division="+village).Status(200).
			Must("林木采伐许可证核发", "乳源瑶族自治县林业局", "8个工作日", "一次也不用跑", "居民身份证", "您有电子证照的，本人同意后不用带", "授权委托书", "大寮坑村党群服务中心",
				"受理", "送达", "中华人民共和国森林法", "第1版", "不收费").
			MustNot("还没有选择地区", "editor", "草稿", "undefined", "%!")
		page.One(".ym-qr")
		page.One("[data-print]")
		if !strings.Contains(page.Body, "/apply/SG11001?division="+village) {
			t.Error("nothing leads to the application")
		}
		c.Get("/items/SG11001").Status(200).Must("还没有选择地区")
		c.Get("/items/SG12002?division="+ruyuan).Status(200).Must("请把地区选到镇（街道）", "高龄津贴申领")
		c.Get("/items/SG99999").Status(404).Must("没有找到这个事项").MustNot("sql")
		c.Get("/items/SG11001?division=999").Status(404)
	})
}

func TestLocalPage(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.someItems(t)
		from, to := org.Only(town)
		clerk := identity.Actor{Account: "t", Kind: identity.KindStaff, Agency: town, Grants: []identity.Grant{{Verb: RightEdit, From: from, To: to}}}
		s.who = identity.With(context.Background(), clerk)
		page := c.Get("/admin/items/SG11001/local").Status(200).Must("游溪镇人民政府", "林木采伐许可证核发")
		page.Form("#local").Fill("phone", "叫人").Send().Status(422).Must("咨询电话无法识别")
		saved := page.Form("#local").Fill("place", "林业站二楼").Fill("phone", "").Send().Status(200).Form("#local")
		if saved.Values.Get("place") != "林业站二楼" {
			t.Errorf("the form shows %v", saved.Values)
		}
		c.Get("/items/SG11001?division="+village).Must("林业站二楼", "大寮坑村党群服务中心一楼")
		clerk.Agency = ruyuan // somebody else's place
		s.who = identity.With(context.Background(), clerk)
		c.Get("/admin/items/SG11001/local").Form("#local").Fill("place", "x").Send().Status(403)
		clerk.Agency = ""
		s.who = identity.With(context.Background(), clerk)
		c.Get("/admin/items/SG11001/local").Status(403).Must("没有所属单位")
	})
}

func TestPublicAPI(t *testing.T) {
	eachSite(t, func(t *testing.T, s *site, c *webtest.Client) {
		s.someItems(t)
		var list struct {
			Items []map[string]any
			Next  string
		}
		c.Get("/api/v1/items?division=" + village + "&audience=person&limit=1").Status(200).Decode(&list)
		if len(list.Items) != 1 || list.Next == "" {
			t.Fatalf("list %+v", list)
		}
		it := list.Items[0]
		if it["code"] != "SG11001" || it["agency"] != "乳源瑶族自治县林业局" || it["kind"] != "promised" || it["promised_days"] != 8.0 {
			t.Errorf("item %v", it)
		}
		c.Get("/api/v1/items?division=" + village + "&audience=person&limit=1&after=" + url.QueryEscape(list.Next)).Status(200).Decode(&list)
		if len(list.Items) != 1 || list.Items[0]["code"] != "SG12002" || list.Next != "" {
			t.Errorf("second page %+v", list)
		}
		c.Get("/api/v1/items?q=" + url.QueryEscape("飞机")).Status(200).Decode(&list)
		if len(list.Items) != 0 || list.Items == nil {
			t.Errorf("nothing found: %+v", list)
		}

		var guide map[string]any
		c.Get("/api/v1/items/SG11001?division=" + village).Status(200).Decode(&guide)
		for _, key := range []string{"basis", "conditions", "materials", "steps", "limits", "fee", "places", "version", "form_schema"} {
			if guide[key] == nil {
				t.Errorf("the guide has no %s", key)
			}
		}
		c.Get("/api/v1/items/" + guide["handling_code"].(string)).Status(200).Must("SG11001")
		if p := c.Get("/api/v1/items/SG99999").Status(404).Problem(); p.Code != "item_unknown" {
			t.Errorf("problem %+v", p)
		}

		check := func(body map[string]any) *webtest.Page {
			return c.JSON("POST", "/api/v1/items/SG11001/checklist", body)
		}
		var got struct {
			Version   int
			Questions []questionJSON
			Open      []string
			Materials []struct {
				ID          string
				Required    bool
				Source      string
				SatisfiedBy []string `json:"satisfied_by"`
			}
			FormSchema map[string]any `json:"form_schema"`
			Complete   bool
		}
		check(map[string]any{"division": village, "answers": map[string]any{"who": "agent", "agent_near": []string{"yes"}, "extras": []string{}}, "applicant": map[string]any{"type": "person"}}).
			Status(200).Decode(&got)
		if !got.Complete || got.Version != 1 || len(got.Questions) != 3 || len(got.Materials) != 3 || got.Materials[1].SatisfiedBy[1] != "licence" || got.FormSchema["type"] != "object" {
			t.Errorf("checklist %+v", got)
		}
		check(map[string]any{}).Status(200).Decode(&got)
		if got.Complete || len(got.Open) != 2 {
			t.Errorf("nothing answered: %+v", got)
		}
		if p := check(map[string]any{"answers": map[string]any{"who": "king"}}).Status(422).Problem(); p.Field("answers.who") == "" {
			t.Errorf("unknown option: %+v", p)
		}
		if p := check(map[string]any{"answers": map[string]any{"who": 7}}).Status(422).Problem(); p.Field("answers.who") == "" {
			t.Errorf("a number for an answer: %+v", p)
		}
		if p := c.JSON("POST", "/api/v1/items/SG12002/checklist", map[string]any{"applicant": map[string]any{"type": "enterprise"}}).Status(422).Problem(); p.Field("applicant.type") == "" {
			t.Errorf("an enterprise for an item of persons: %+v", p)
		}
		if p := c.JSON("POST", "/api/v1/items/SG12002/checklist", map[string]any{"division": city}).Status(422).Problem(); p.Code != "item_not_offered_here" {
			t.Errorf("at the city: %+v", p)
		}
	})
}

// TestPagesWithABrokenDatabase: a calm page and a number, nothing of ours.
func TestPagesWithABrokenDatabase(t *testing.T) {
	d := dbtest.Open(t, webSources)
	s := newSite(t, d)
	s.someItems(t)
	s.who = s.editor()
	c := webtest.New(t, s.rt)
	must(t, d.Close())
	for _, p := range []string{"/items/SG11001", "/admin/items/SG11001/preview", "/api/v1/items", "/api/v1/items/SG11001"} {
		page := c.Get(p).MustNot("sql", "goroutine", "catalogue_")
		if page.Code != 503 && page.Code != 500 {
			t.Errorf("%s answers %d", p, page.Code)
		}
	}
}
