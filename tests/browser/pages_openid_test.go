package browser_test

import (
	"net/url"
	"testing"

	"yimen/internal/openid"
)

func init() {
	notPages["/.well-known/openid-configuration"] = "machines"
	notPages["/oauth/keys"] = "machines"
	notPages["/oauth/userinfo"] = "machines"
	notPages["/demo/client/login"] = "goes on to the provider"
	notPages["/demo/client/back"] = "leads back from the provider, once"
	notPages["/oauth/continue"] = "leads back to who asked, once"
}

// department registers a department's system, in force.
func (c *city) department(t testing.TB) (id, asks string) {
	t.Helper()
	d := openid.Definition{Name: "不动产登记", Agency: "韶关市自然资源局", Purpose: "查询和办理不动产登记", Contact: "登记中心 0751-8800000", Realm: openid.People,
		Auth: openid.AuthSecret, Redirects: []string{"https://dept.example/callback"}, Grants: []string{"authorization_code", "refresh_token"},
		Scopes: []string{"openid", "profile", "identity", "level"}, FullReason: "不动产登记暂行条例实施细则要求核对权利人证件号码"}
	id, err := c.OpenID.AskClient(c.System, "", d)
	must(t, err)
	must(t, c.OpenID.DecideLatest(c.System, id))
	v := url.Values{"client_id": {id}, "redirect_uri": d.Redirects, "response_type": {"code"}, "scope": {"openid profile identity level"}, "state": {"s"},
		"code_challenge": {"E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"}, "code_challenge_method": {"S256"}}
	return id, "/oauth/authorize?" + v.Encode()
}

// openidPages are samples of what people and administrators see of connected
// systems.
func openidPages(x things) map[string][]sample {
	at := "/admin/clients/" + x.client
	return map[string][]sample{
		"/oauth/authorize":             {{villager, x.asks}, {"admin-system", x.asks}},
		"/demo/client":                 {{"", "/demo/client"}},
		"/oauth/logout":                {{villager, "/oauth/logout"}},
		"/device":                      {{villager, "/device?code=BCDF-GHJK"}},
		"/my/apps":                     {{villager, "/my/apps"}},
		"/admin/clients":               {{"admin-system", "/admin/clients"}, {"admin-security", "/admin/clients"}},
		"/admin/clients/new":           {{"admin-system", "/admin/clients/new"}},
		"/admin/clients/keys":          {{"admin-system", "/admin/clients/keys"}},
		"/admin/clients/{client}":      {{"admin-system", at}, {"admin-security", at}},
		"/admin/clients/{client}/edit": {{"admin-system", at + "/edit"}},
	}
}
