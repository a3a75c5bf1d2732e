package department

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

// page is what pageView shows.
type page struct {
	visit visit
	said  string
	here  bool // the provider may send people back to this address
	name  string
	until time.Time
	rows  []claim
}

// claim is one thing that the system now knows.
type claim struct{ name, title, value string }

func (m *Module) page(w http.ResponseWriter, r *http.Request) error {
	x := m.visits.of(r, m.now())
	p := page{visit: x, said: x.said, here: mayReturn(m.Issuer)}
	if x.said != "" { // once
		x.said = ""
		m.visits.keep(w, r, x, m.now(), false)
	}
	if x.token != nil {
		p.name, _ = x.info["name"].(string)
		p.until, p.rows = x.token.Expiry, claimsOf(x)
	}
	return web.Render(w, r, http.StatusOK, pageView(p))
}

// mayReturn says whether people can be sent back to an address: https, or this
// machine (openid refuses to register any other).
func mayReturn(base string) bool {
	u, err := url.Parse(base)
	return err == nil && (u.Scheme == "https" || u.Hostname() == "localhost" || strings.HasPrefix(u.Hostname(), "127."))
}

// meanings are the claims in the order they are shown.
var meanings = []struct{ name, title string }{
	{"iss", "由谁签发"}, {"aud", "签发给哪个应用"}, {"sub", "您在本系统的编号，换一个系统就换一个"}, {"name", "姓名或单位名称"},
	{"account_kind", "账号类型"}, {"phone_number", "手机号码"}, {"acting_for", "可以替哪些单位办事"}, {"level", "实名等级（0到4）"},
	{"acr", "实名等级的标识"}, {"amr", "这次怎样登录"}, {"auth_time", "什么时候登录"}, {"iat", "什么时候签发"}, {"exp", "身份令牌有效到"},
	{"sid", "这次登录的编号，退出时用"}, {"nonce", "本系统出的一次性随机数"}, {"at_hash", "访问令牌的指纹"}, {"azp", "使用令牌的应用"},
}

// claimsOf are the claims of ID token and userinfo together, those nobody has
// named last.
func claimsOf(x visit) []claim {
	all := maps.Clone(x.claims)
	maps.Copy(all, x.info)
	var rows []claim
	for _, m := range meanings {
		if v, ok := all[m.name]; ok {
			rows = append(rows, claim{m.name, m.title, valueOf(m.name, v)})
			delete(all, m.name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		rows = append(rows, claim{name, "其他", valueOf(name, all[name])})
	}
	return rows
}

func valueOf(name string, v any) string {
	n, number := v.(float64)
	switch s, text := v.(string); {
	case text:
		return s
	case number && (name == "exp" || name == "iat" || name == "auth_time"):
		return ui.DateTime(time.Unix(int64(n), 0))
	case number:
		return fmt.Sprint(int64(n))
	}
	if list, ok := v.([]any); ok && len(list) == 0 {
		return "没有"
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}
