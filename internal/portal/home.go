package portal

import (
	"net/http"

	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/web"
	"yimen/internal/org"
)

// homePage is the front page.
type homePage struct {
	demo   bool
	region org.Division
	total  int // items in the city
	near   int // of them in the region itself
	common []catalogue.Item
	person []theme
	firm   []theme
}

// How many items the home page names, and how many themes it shows of each
// audience before one has to ask for the rest.
const (
	commonItems = 9
	themesShown = 12
)

func (m *Module) home(w http.ResponseWriter, r *http.Request) error {
	s, err := m.onShelf(r.Context())
	if err != nil {
		return err
	}
	p := homePage{demo: m.Demo && !identity.FromContext(r.Context()).SignedIn(), total: len(s.items), person: s.person, firm: s.enterprise}
	if p.region, err = m.region(r); err != nil {
		return err
	}
	p.near, p.common = s.at(p.region), s.common(p.region, commonItems)
	return web.Render(w, r, http.StatusOK, homeView(p))
}

// commonTitle says why these items are named.
func (p homePage) commonTitle() string {
	if p.region.Code == "" {
		return "全市任何一个窗口都能办"
	}
	return "在" + p.region.ShortName + "就能办"
}

func (p homePage) commonURL() string {
	if p.region.Code == "" {
		return Search{Tag: everywhere}.URL()
	}
	return Search{Near: true}.URL()
}

// themeIcons are the pictures of the domains; the others get a folder.
var themeIcons = map[string]string{
	"社会保险": "shield", "户政管理": "id", "卫生许可": "stamp", "农业农村": "home", "林业服务": "map-pin", "食品药品": "shield",
	"民族宗教": "flag", "劳动关系": "briefcase", "生育健康": "heart", "企业开办": "building", "教育服务": "school", "司法行政": "scale",
	"医疗保障": "heart", "就业创业": "briefcase", "社会救助": "gift", "婚姻登记": "users", "城市管理": "building", "自然资源": "map-pin",
	"税务服务": "coin", "退役军人": "star", "养老服务": "users", "不动产登记": "certificate", "治安管理": "shield", "住房保障": "home",
	"交通运输": "truck", "投资项目": "chart", "文化旅游": "book", "残疾人福利": "heart", "残疾人服务": "heart", "社会组织": "users",
	"出入境": "id", "交通管理": "car", "工程建设": "tool", "水利水务": "cloud", "生态环境": "cloud", "应急管理": "alert", "政策兑现": "coin",
	"市政公用": "tool", "质量安全": "circle-check", "殡葬管理": "file",
}

func themeIcon(name string) string {
	if icon := themeIcons[name]; icon != "" {
		return icon
	}
	return "folder"
}
