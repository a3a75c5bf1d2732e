package ui

import (
	"context"
	"fmt"
	"net/url"

	"github.com/a-h/templ"

	"yimen/internal/kit/web/static"
)

// Face is which of the program's faces a page wears.
type Face string

const (
	Citizen Face = "citizen" // roomy; header with search, footer of a government site
	Staff   Face = "staff"   // dense, full width
	Print   Face = "print"   // one sheet of paper
	Plain   Face = "plain"   // content only
)

// Site is what the whole site says of itself.
type Site struct {
	Name       string // in the title and beside the logo; "": 一门政务服务
	Organiser  string // 主办单位
	Undertake  string // 承办单位
	Code       string // 网站标识码, 10 digits
	ICP        string // ICP 备案号
	Police     string // 公安备案号
	Hotline    string // "": 12345
	SearchURL  string // target of the header's search, field q; "": /search
	SuggestURL string // answers q with a list of links while somebody types in the header's search; "": no suggestions
	ReportURL  string // where a mistake on a page is told of (网站找错), fields page and title; "" hides the link
	RegionURL  string // where the region is chosen; "" hides the switch
	MapURL     string // 网站地图; "": /sitemap
	AccessURL  string // 无障碍声明; "": /accessibility
	HomeURL    string // "": /
}

// Frame is what surrounds a page and comes from the request, not from the
// page. The router puts it into the context of web.Render.
type Frame struct {
	Site    Site
	Elder   bool
	Size    int    // of the elder version's letters: 1 (大), 2 (特大) or 3 (超大); 0 is 1
	Theme   string // what the reader chose: light, dark, contrast; "" follows the system
	Path    string // of the page, to come back to
	Region  string
	User    *User
	Nav     func(Face) []NavItem
	Space   *Space // the reader's own space, on its pages; nil elsewhere
	Flashes func() []Flash
	HelpURL string          // what explains this page; "": no help
	Under   templ.Component // a bar under the header, of the way somebody is on; nil: none
}

type frameKey struct{}

// With puts a frame into ctx.
func With(ctx context.Context, f Frame) context.Context {
	return context.WithValue(ctx, frameKey{}, f)
}

func frameOf(ctx context.Context) Frame {
	f, _ := ctx.Value(frameKey{}).(Frame)
	s := &f.Site
	for dest, fallback := range map[*string]string{&s.Name: "一门政务服务", &s.Hotline: "12345", &s.SearchURL: "/search",
		&s.MapURL: "/sitemap", &s.AccessURL: "/accessibility", &s.HomeURL: "/", &f.Path: "/"} {
		if *dest == "" {
			*dest = fallback
		}
	}
	return f
}

// User is who is signed in.
type User struct {
	Name      string
	Staff     bool   // works here: pages of the face Plain follow the theme too
	Role      string // post or kind, "窗口人员 · 韶关市政务服务中心"
	HomeURL   string // where work begins; "": /
	LogoutURL string // "": /logout; receives a POST
	Links     []Link // own pages: 我的办件, 账号安全
}

// NavItem is one entry of the header.
type NavItem struct {
	Label  string
	URL    string
	Active bool
	Badge  string // a count, "" for none
	Icon   string // name for Icon
	Also   string // how the paths of further pages begin that belong to it, "" for none
}

// Space is the way about somebody's own space: Main is always in sight, More is
// folded away where there is little room.
type Space struct{ Main, More []NavItem }

// current is the entry of More that the page is, "" when it is none of them.
func (s Space) current() string {
	for _, n := range s.More {
		if n.Active {
			return n.Label
		}
	}
	return ""
}

// Crumb is one step of the breadcrumb; the last has no URL.
type Crumb struct{ Label, URL string }

// Link is a labelled address.
type Link struct {
	Label string
	URL   string
	Icon  string
}

// Flash is a message kept from the page before.
type Flash struct {
	Kind string `json:"kind"` // success, info, warning, danger
	Text string `json:"text"`
}

// PageOpts describe a page. What is empty comes from the Frame.
type PageOpts struct {
	Title      string
	Face       Face // "": Citizen
	Heading    string
	Lead       string // a sentence under the heading
	NoHeading  bool   // the page brings its own h1
	Nav        []NavItem
	User       *User
	Elder      bool
	Size       int    // as Frame.Size
	Theme      string // as Frame.Theme
	Breadcrumb []Crumb
	Region     string
	Flashes    []Flash
	Actions    []Link   // beside the heading; the first is the main one
	Styles     []string // further static files, by name
	Scripts    []string
	Narrow     bool // text width: one question a page
}

// page is a PageOpts joined with its Frame.
type page struct {
	PageOpts
	Frame
	size    int
	chosen  string // theme
	nav     []NavItem
	user    *User
	region  string
	elder   bool
	flashes []Flash
}

func joinFrame(ctx context.Context, o PageOpts) page {
	f := frameOf(ctx)
	p := page{PageOpts: o, Frame: f, nav: o.Nav, user: o.User, region: o.Region, elder: o.Elder || f.Elder, flashes: o.Flashes}
	if p.Face == "" {
		p.Face = Citizen
	}
	if p.size = o.Size; p.size == 0 {
		p.size = max(f.Size, 1)
	}
	if p.chosen = o.Theme; p.chosen == "" {
		p.chosen = f.Theme
	}
	if p.nav == nil && f.Nav != nil {
		p.nav = f.Nav(p.Face)
	}
	if p.user == nil {
		p.user = f.User
	}
	if p.region == "" {
		p.region = f.Region
	}
	if f.Flashes != nil {
		p.flashes = append(p.flashes[:len(p.flashes):len(p.flashes)], f.Flashes()...)
	}
	return p
}

func (p page) title() string {
	if p.Title == "" {
		return p.Site.Name
	}
	return p.Title + " - " + p.Site.Name
}

func (p page) heading() string {
	if p.Heading != "" {
		return p.Heading
	}
	return p.Title
}

func (p page) bodyClass() string {
	c := "ym ym-" + string(p.Face)
	if p.isElder() {
		c += " ym-elder"
	}
	return c
}

// theme is the theme the page wears. Citizens' pages and paper are light, unless
// high contrast was asked for; staff pages follow the reader's choice, or the
// system.
func (p page) theme() string {
	staff := p.Face == Staff || p.Face == Plain && p.user != nil && p.user.Staff
	switch {
	case p.Face == Print:
		return "light"
	case p.chosen == "contrast", staff && (p.chosen == "light" || p.chosen == "dark"):
		return p.chosen
	case staff:
		return "auto"
	}
	return "light"
}

// colorScheme tells the browser before any stylesheet which ground to paint.
func (p page) colorScheme() string {
	switch p.theme() {
	case "light":
		return "light"
	case "auto":
		return "light dark"
	}
	return "dark"
}

// themeChoice is one entry of the switch in the user menu.
type themeChoice struct{ name, label, icon string }

var themeChoices = []themeChoice{{"", "跟随系统", "device"}, {"light", "浅色", "sun"}, {"dark", "深色", "moon"}, {"contrast", "高对比", "contrast"}}

func (p page) themeURL(name string) string {
	return "/theme?to=" + name + "&next=" + url.QueryEscape(p.Path)
}

func (p page) mainClass() string {
	if p.Narrow {
		return "ym-main ym-narrow"
	}
	return "ym-main"
}

// htmlClass names the theme, and the size of letters in the elder version.
func (p page) htmlClass() string {
	c := "ym-theme-" + p.theme()
	if p.isElder() && p.size > 1 {
		c += fmt.Sprintf(" ym-size-%d", min(p.size, 3))
	}
	return c
}

func (p page) isElder() bool { return p.elder && (p.Face == Citizen || p.Face == Plain) }

// sizes are the letters of the elder version: about 21, 25 and 30 px.
var sizes = []string{"大", "特大", "超大"}

func (p page) sizeURL(size int) string {
	return fmt.Sprintf("/elder?size=%d&next=%s", size, url.QueryEscape(p.Path))
}

// contrastURL turns high contrast on, or off again.
func (p page) contrastURL() string {
	if p.chosen == "contrast" {
		return p.themeURL("")
	}
	return p.themeURL("contrast")
}

func (p page) elderURL() string { return "/elder?next=" + url.QueryEscape(p.Path) }
func (p page) reportURL() string {
	return p.Site.ReportURL + "?" + url.Values{"page": {p.Path}, "title": {p.Title}}.Encode()
}

func (p page) regionURL() string { return p.Site.RegionURL + "?next=" + url.QueryEscape(p.Path) }

func (u *User) logoutURL() string {
	if u.LogoutURL == "" {
		return "/logout"
	}
	return u.LogoutURL
}

func asset(name string) string { return static.URL(name) }

// htmxConfig keeps htmx within the page policy: no eval, no styles of its own.
const htmxConfig = `{"includeIndicatorCSS":false,"defaultTimeout":60000}`
