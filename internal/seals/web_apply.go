package seals

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"yimen/internal/identity"
	"yimen/internal/kit/web"
	"yimen/internal/kit/web/ui"
	"yimen/internal/org"
	"yimen/internal/seals/picture"
)

type applyPage struct {
	form    *web.Form
	preview preview
}

// preview is how the seal would look.
type preview struct {
	URL  string // of the picture; "" there is none yet
	Name string
	Why  string // what is missing
}

func purposeOptions() []ui.Option {
	var list []ui.Option
	for _, p := range []string{AnyLicence, ForNotice, ForProof, ForDocument} {
		list = append(list, ui.Option{Value: p, Label: PurposeTitle(p)})
	}
	return list
}

// newSeal shows the application; with fields in the address, filled in and with
// a picture. That is also what a change of a field asks for.
func (m *Module) newSeal(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	if !f.Has("kind") {
		f.Set("kind", Official)
		today := m.today(r.Context())
		f.Set("from", today.String())
		f.Set("until", today.Add(5*365).String())
		f.Set("custodian", identity.FromContext(r.Context()).Login)
	}
	return m.showApply(w, r, f)
}

func (m *Module) showApply(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	p := applyPage{form: f}
	var err error
	if p.preview, err = m.preview(r.Context(), f); err != nil {
		return err
	}
	return web.RenderPart(w, r, f.Status(), applyView(p), previewView(p.preview))
}

// preview looks whether the picture can be drawn.
func (m *Module) preview(ctx context.Context, f *web.Form) (preview, error) {
	a, said, err := m.agencyNamed(ctx, f.Value("agency"))
	if err != nil || said != "" {
		return preview{Why: "选好单位后，这里显示章面。"}, err
	}
	x := applicationOf(f, a.Code)
	if x.Kind == Personal && strings.TrimSpace(x.Owner) == "" {
		return preview{Why: "写好姓名后，这里显示章面。"}, nil
	}
	if missing := picture.Missing(a.Name + x.Line + x.Owner); len(missing) > 0 {
		return preview{Why: "字库里没有“" + string(missing) + "”字，画不出章面。"}, nil
	}
	v := url.Values{"agency": {a.Code}, "kind": {x.Kind}, "line": {x.Line}, "owner": {x.Owner}}
	return preview{URL: listPath + "/preview.png?" + v.Encode(), Name: nameOfSeal(x, a.Name)}, nil
}

func (m *Module) previewPicture(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	a, err := m.Org.Agency(r.Context(), f.Value("agency"))
	if err != nil {
		return err
	}
	x := applicationOf(f, a.Code)
	if kindNames[x.Kind] == "" || len([]rune(x.Line)) > 12 || len([]rune(x.Owner)) > 4 {
		return ErrInvalid
	}
	raw, err := picture.Draw(designOf(Seal{Kind: x.Kind, AgencyName: a.Name, Line: x.Line}, x.Owner))
	var missing *picture.MissingError
	if errors.As(err, &missing) {
		return ErrInvalid.Because(err)
	}
	if err != nil {
		return wrap("draw seal", err)
	}
	return sendPNG(w, raw)
}

func applicationOf(f *web.Form, agency string) Application {
	a := Application{Kind: f.Value("kind"), Agency: agency, Owner: f.Value("owner"), Line: f.Value("line"), Purposes: append([]string(nil), f.Values("purposes")...),
		Custodian: f.Value("custodian")}
	for field, of := range map[string]string{"licences": ForLicence, "proofs": ForProofOf} {
		for _, code := range strings.FieldsFunc(f.Value(field), func(r rune) bool { return strings.ContainsRune(" ,，、;；", r) }) {
			a.Purposes = append(a.Purposes, of+code)
		}
	}
	slices.Sort(a.Purposes)
	if a.Kind == Personal {
		a.Line = ""
	} else {
		a.Owner = ""
	}
	return a
}

// manyNames is how many agencies are named when several fit.
const manyNames = 6

// agencyNamed finds an agency by its code, or by its name or part of it, among
// those the actor may apply for; said tells why not.
func (m *Module) agencyNamed(ctx context.Context, text string) (a org.Agency, said string, err error) {
	if text == "" {
		return a, "请写单位的名称或代码。", nil
	}
	list, err := m.Org.Agencies(ctx)
	if err != nil {
		return a, "", err
	}
	actor := identity.FromContext(ctx)
	var fit []org.Agency
	for _, x := range list {
		if !actor.Can(VerbApply, Seal{Agency: x.Code, Division: x.Division, Dept: x.Dept}.at()) {
			continue
		}
		if x.Code == text || x.Name == text {
			return x, "", nil
		}
		if strings.Contains(x.Name, text) {
			fit = append(fit, x)
		}
	}
	switch {
	case len(fit) == 1:
		return fit[0], "", nil
	case len(fit) == 0:
		return a, "没有这个单位，或者它的印章不归您申请，请核对名称。", nil
	}
	var names []string
	for _, x := range fit[:min(len(fit), manyNames)] {
		names = append(names, x.Name)
	}
	return a, "有多个单位名称相近，请写全称，例如：" + strings.Join(names, "、") + "。", nil
}

func (m *Module) saveSeal(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	a, said, err := m.agencyNamed(r.Context(), f.Value("agency"))
	if err != nil {
		return err
	}
	if said != "" {
		f.Error("agency", said)
		return m.showApply(w, r, f)
	}
	x := applicationOf(f, a.Code)
	x.From, x.Until = f.Date("from"), f.Date("until")
	if !f.OK() {
		return m.showApply(w, r, f)
	}
	s, err := m.Apply(r.Context(), x)
	if err := f.Merge(err); err != nil {
		return err
	}
	if !f.OK() {
		return m.showApply(w, r, f)
	}
	web.Flash(r, "success", "申请已提交，等审批员批准。")
	return web.Redirect(w, r, sealURL(s.ID))
}

type certificatesPage struct {
	form     *web.Form
	chain    []Certificate // roots and issuers
	makers   []Certificate
	pdf      []Certificate
	requests []Request
	stands   map[string]string
	demo     bool
	lists    bool // we publish revocation lists
}

func (m *Module) certificates(w http.ResponseWriter, r *http.Request) error {
	return m.showCertificates(w, r, nil)
}

func (m *Module) showCertificates(w http.ResponseWriter, r *http.Request, f *web.Form) error {
	ctx, p := r.Context(), certificatesPage{form: f, demo: m.Demo, stands: map[string]string{}}
	var err error
	if p.chain, err = m.Certificates(ctx, vouching...); err != nil {
		return err
	}
	if p.makers, err = m.Certificates(ctx, RoleMakers); err != nil {
		return err
	}
	if p.pdf, err = m.Certificates(ctx, RolePDF); err != nil {
		return err
	}
	if p.requests, err = m.Requests(ctx); err != nil {
		return err
	}
	now := m.now(ctx)
	for _, list := range [][]Certificate{p.chain, p.makers, p.pdf} {
		for _, c := range list {
			p.stands[c.ID] = c.Standing(now)
			p.lists = p.lists || c.Own && c.Role == RoleCA
		}
	}
	return web.Render(w, r, f.Status(), certificatesView(p))
}

func (m *Module) requestMaker(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	_, err = m.Ask(r.Context(), f.Value("role"), f.Value("subject"), f.Value("organisation"))
	if err := f.Merge(err); err != nil {
		return err
	}
	if !f.OK() {
		return m.showCertificates(w, r, f)
	}
	web.Flash(r, "success", "证书申请已生成，请下载后交给证书机构。")
	return web.Redirect(w, r, certsPath)
}

func (m *Module) sendRequest(w http.ResponseWriter, r *http.Request) error {
	raw, err := m.RequestPEM(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	web.Attach(w, "证书申请.csr")
	_, _ = w.Write(raw) // the reader has gone: nobody to tell
	return nil
}

func (m *Module) importFile(w http.ResponseWriter, r *http.Request) error {
	f, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	head := f.File("file")
	if head == nil {
		f.Error("file", "请选择证书文件。")
		return m.showCertificates(w, r, f)
	}
	body, err := head.Open()
	if err != nil {
		return err
	}
	defer body.Close()
	var raw bytes.Buffer
	if _, err := raw.ReadFrom(body); err != nil {
		return err
	}
	list, err := m.Import(r.Context(), raw.Bytes())
	if err := f.Merge(err); err != nil {
		return err
	}
	if !f.OK() {
		return m.showCertificates(w, r, f)
	}
	var names []string
	for _, c := range list {
		names = append(names, c.RoleName()+"“"+c.Subject+"”")
	}
	web.Flash(r, "success", "已导入"+strings.Join(names, "、")+"。")
	return web.Redirect(w, r, certsPath)
}

// sendList gives the published revocation list of our root or issuing authority.
func (m *Module) sendList(role string) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		der, err := m.StoredList(r.Context(), role)
		if err != nil {
			return err
		}
		w.Header().Set("Content-Type", "application/pkix-crl")
		_, _ = w.Write(der) // the reader has gone: nobody to tell
		return nil
	}
}

// sendRoots gives the roots and issuers we trust, for others' verifiers.
func (m *Module) sendRoots(w http.ResponseWriter, r *http.Request) error {
	raw, err := m.ChainPEM(r.Context())
	if err != nil {
		return err
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	web.Attach(w, "印章根证书.pem")
	_, _ = w.Write(raw) // the reader has gone: nobody to tell
	return nil
}
