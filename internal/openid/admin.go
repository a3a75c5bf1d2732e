package openid

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
)

const clientsPath = "/admin/clients"

func (m *Module) adminRoutes(rt *web.Router) {
	either, ask, authorise := identity.HasAny(VerbAsk, VerbAuthorise), identity.Has(VerbAsk), identity.Has(VerbAuthorise)
	rt.Get(clientsPath, either, m.clientsPage)
	rt.Get(clientsPath+"/new", ask, m.newClient)
	rt.Post(clientsPath+"/new", ask, m.saveClient)
	rt.Get(clientsPath+"/keys", either, m.keysPage)
	rt.Post(clientsPath+"/keys/rotate", ask, m.rotatePage)
	rt.Get(clientsPath+"/{client}", either, m.clientPage)
	rt.Get(clientsPath+"/{client}/edit", ask, m.editClient)
	rt.Post(clientsPath+"/{client}/edit", ask, m.saveClient)
	rt.Post(clientsPath+"/{client}/decide", authorise, m.decidePage)
	rt.PostEach(clientsPath+"/{client}/secret", ask, m.secretPage)
	rt.Post(clientsPath+"/{client}/disable", either, m.disablePage)
	rt.Post(clientsPath+"/{client}/enable", authorise, m.enablePage)
}

func clientURL(id string) string { return clientsPath + "/" + url.PathEscape(id) }

type clientsList struct {
	list  []Client
	waits map[string]bool
	next  string
	asks  bool
}

func (m *Module) clientsPage(w http.ResponseWriter, r *http.Request) error {
	p := clientsList{asks: identity.FromContext(r.Context()).Has(VerbAsk)}
	var next string
	var err error
	p.list, p.waits, next, err = m.Clients(r.Context(), db.Page{Limit: 50, After: r.URL.Query().Get("after")})
	if err != nil {
		return err
	}
	if next != "" {
		p.next = clientsPath + "?after=" + url.QueryEscape(next)
	}
	return web.Render(w, r, http.StatusOK, clientsView(p))
}

type clientOne struct {
	client          Client
	waits           *Change
	history         []Change
	asks, authorise bool
	own             bool // the change that waits is the viewer's own
	secret          string
	issuer          string
	form            *web.Form
}

func (m *Module) oneClient(r *http.Request) (clientOne, error) {
	actor := identity.FromContext(r.Context())
	p := clientOne{asks: actor.Has(VerbAsk), authorise: actor.Has(VerbAuthorise), issuer: m.Issuer, form: web.NewForm(nil)}
	var err error
	if p.client, err = m.client(r.Context(), r.PathValue("client")); err != nil {
		return p, err
	}
	if p.waits, err = m.waiting(r.Context(), p.client.ID); err != nil {
		return p, err
	}
	p.own = p.waits != nil && p.waits.AskedBy == actor.Account
	p.history, err = m.history(r.Context(), p.client.ID)
	return p, err
}

func (m *Module) clientPage(w http.ResponseWriter, r *http.Request) error {
	p, err := m.oneClient(r)
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, clientView(p))
}

type clientForm struct {
	id   string // "": a new one
	form *web.Form
}

func (m *Module) newClient(w http.ResponseWriter, r *http.Request) error {
	form := web.NewForm(url.Values{"realm": {People}, "auth": {AuthSecret}, "grants": {string(oidc.GrantTypeCode)}, "scopes": {scopeOpenID, scopeProfile}})
	return web.Render(w, r, http.StatusOK, clientFormView(clientForm{form: form}))
}

func (m *Module) editClient(w http.ResponseWriter, r *http.Request) error {
	p, err := m.oneClient(r)
	if err != nil {
		return err
	}
	d := p.client.Definition
	if p.waits != nil {
		d = p.waits.Definition
	}
	v := url.Values{"name": {d.Name}, "agency": {d.Agency}, "purpose": {d.Purpose}, "contact": {d.Contact}, "realm": {d.Realm}, "auth": {d.Auth},
		"keys": {d.Keys}, "redirects": {strings.Join(d.Redirects, "\n")}, "post_logout": {strings.Join(d.PostLogout, "\n")},
		"backchannel": {d.Backchannel}, "grants": d.Grants, "scopes": d.Scopes, "full_reason": {d.FullReason}, "sector": {d.Sector}}
	if d.PublicSub {
		v.Set("public_sub", "1")
	}
	return web.Render(w, r, http.StatusOK, clientFormView(clientForm{id: p.client.ID, form: web.NewForm(v)}))
}

// saveClient asks for a new client or a change of one.
func (m *Module) saveClient(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	d := Definition{Name: form.Value("name"), Agency: form.Value("agency"), Purpose: form.Value("purpose"), Contact: form.Value("contact"),
		Realm: form.Value("realm"), Auth: form.Value("auth"), Keys: form.Value("keys"), Redirects: lines(form.Value("redirects")),
		PostLogout: lines(form.Value("post_logout")), Backchannel: form.Value("backchannel"), Grants: form.Values("grants"),
		Scopes: form.Values("scopes"), FullReason: form.Value("full_reason"), Sector: form.Value("sector"), PublicSub: form.Value("public_sub") == "1"}
	id, err := m.AskClient(r.Context(), r.PathValue("client"), d)
	if err := form.Merge(err); err != nil {
		return err
	}
	if !form.OK() {
		return web.Render(w, r, http.StatusUnprocessableEntity, clientFormView(clientForm{id: r.PathValue("client"), form: form}))
	}
	web.Flash(r, "success", "已提交，请安全管理员审批后生效。")
	return web.Redirect(w, r, clientURL(id))
}

// lines are the addresses of a field, one a line.
func lines(text string) []string { return strings.Fields(text) }

func (m *Module) decidePage(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	yes := form.Value("decision") == "authorise"
	err = form.Merge(m.Decide(r.Context(), r.PathValue("client"), form.Value("change"), yes, form.Value("reason")))
	if err != nil {
		return err
	}
	if !form.OK() {
		p, err := m.oneClient(r)
		if err != nil {
			return err
		}
		p.form = form
		return web.Render(w, r, http.StatusUnprocessableEntity, clientView(p))
	}
	text := "已退回，没有生效。"
	if yes {
		text = "已批准，现在生效。"
	}
	web.Flash(r, "success", text)
	return web.Redirect(w, r, clientURL(r.PathValue("client")))
}

// secretPage makes a secret and shows it this once. The answer of a keyed form
// is kept so that it can be sent again; a secret must not be, so here the key is
// not looked at: a second press makes another secret.
func (m *Module) secretPage(w http.ResponseWriter, r *http.Request) error {
	secret, err := m.NewSecret(r.Context(), r.PathValue("client"))
	if err != nil {
		return err
	}
	p, err := m.oneClient(r)
	if err != nil {
		return err
	}
	p.secret = secret
	return web.Render(w, r, http.StatusOK, clientView(p))
}

func (m *Module) disablePage(w http.ResponseWriter, r *http.Request) error {
	if err := m.Disable(r.Context(), r.PathValue("client")); err != nil {
		return err
	}
	web.Flash(r, "success", "已停用，它取得的登录凭证全部作废。")
	return web.Redirect(w, r, clientURL(r.PathValue("client")))
}

func (m *Module) enablePage(w http.ResponseWriter, r *http.Request) error {
	if err := m.Enable(r.Context(), r.PathValue("client")); err != nil {
		return err
	}
	web.Flash(r, "success", "已恢复使用。")
	return web.Redirect(w, r, clientURL(r.PathValue("client")))
}

type keysList struct {
	list []*signingKey
	now  string // id of the key that signs
	asks bool
}

func (m *Module) keysPage(w http.ResponseWriter, r *http.Request) error {
	signs, err := m.signing(r.Context())
	if err != nil {
		return err
	}
	list, err := m.published(r.Context())
	if err != nil {
		return err
	}
	return web.Render(w, r, http.StatusOK, keysView(keysList{list, signs.ID, identity.FromContext(r.Context()).Has(VerbAsk)}))
}

func (m *Module) rotatePage(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	atOnce := form.Value("when") == "now"
	if err := m.RotateKey(r.Context(), atOnce); err != nil {
		return err
	}
	text := "新密钥已公布，一天后开始使用。"
	if atOnce {
		text = "已换用新密钥，旧密钥作废。"
	}
	web.Flash(r, "success", text)
	return web.Redirect(w, r, clientsPath+"/keys")
}

// Words of the pages.
var (
	grantTitles = map[string]string{string(oidc.GrantTypeCode): "网页登录（授权码）", string(oidc.GrantTypeRefreshToken): "保持登录（刷新令牌，最长8小时）",
		string(oidc.GrantTypeClientCredentials): "以系统身份调用（客户端凭证）", string(oidc.GrantTypeDeviceCode): "自助机、电视登录（设备码）",
		string(oidc.GrantTypeTokenExchange): "代群众办理（令牌交换）"}
	authTitles  = map[string]string{AuthSecret: "应用密钥", AuthKey: "签名（私钥在应用方）", AuthNone: "没有密钥（自助机、本机程序）"}
	stateTitles = map[string]string{StateAsked: "待审批", StateActive: "使用中", StateDisabled: "已停用"}
	stateTones  = map[string]string{StateAsked: "warning", StateActive: "success", StateDisabled: "muted"}
	changeNames = map[string]string{changeAsked: "待审批", changeAuthorised: "已批准", changeDeclined: "已退回"}
)

func grantOptions() []ui.Option {
	var list []ui.Option
	for _, g := range grantNames {
		list = append(list, ui.Option{Value: string(g), Label: grantTitles[string(g)]})
	}
	return list
}

func scopeOptions() []ui.Option {
	var list []ui.Option
	for _, s := range Scopes {
		label := s.Title
		if !s.Staff {
			label += "（只限群众应用）"
		}
		list = append(list, ui.Option{Value: s.Name, Label: label, Help: s.Help})
	}
	return list
}

func titlesOf(names []string, titles map[string]string) string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = titles[n]
	}
	return strings.Join(list, "、")
}

// rowsOf shows a definition.
func rowsOf(d Definition) []ui.Row {
	rows := []ui.Row{{Label: "名称", Value: d.Name}, {Label: "管理单位", Value: d.Agency}, {Label: "用途", Value: d.Purpose}, {Label: "联系人", Value: d.Contact},
		{Label: "服务对象", Value: realmTitle(d.Realm)}, {Label: "证明身份", Value: authTitles[d.Auth]}, {Label: "接入方式", Value: titlesOf(d.Grants, grantTitles)},
		{Label: "可以得到", Value: scopeTitles(d.Scopes)}, {Label: "登录后返回", Value: strings.Join(d.Redirects, "；")},
		{Label: "退出后返回", Value: strings.Join(d.PostLogout, "；")}, {Label: "退出通知", Value: d.Backchannel}}
	if d.FullReason != "" {
		rows = append(rows, ui.Row{Label: "取完整证件号的理由", Value: d.FullReason})
	}
	who := "每个应用一个编号"
	if d.Sector != "" {
		who = "系统群“" + d.Sector + "”内相同"
	}
	if d.PublicSub {
		who = "各应用相同（账号编号）"
	}
	return append(rows, ui.Row{Label: "群众的编号", Value: who})
}
