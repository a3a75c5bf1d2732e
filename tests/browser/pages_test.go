package browser_test

import (
	"cmp"
	"maps"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	cityorg "yimen/city/org"
	"yimen/internal/cases"
	"yimen/internal/catalogue"
	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/webtest"
	"yimen/internal/kit/webtest/browser"
	"yimen/internal/licences"
	"yimen/internal/proofs"
	"yimen/internal/training"
)

// sample is a page of a pattern, opened as somebody; "" is nobody.
type sample struct{ account, url string }

// localEditor keeps the places of their own agency.
const localEditor = "approver-440232-d08"

// notPages are what GET answers with something other than a page.
var notPages = map[string]string{
	"/healthz": "machines", "/readyz": "machines", "/metrics": "machines", "/openapi.json": "machines", "/openapi.yaml": "machines",
	"/favicon.ico": "picture", "/elder": "changes the face and goes back", "/items": "goes on to the search",
	"/admin/items/export": "workbook", "/cases/{number}/files/{id}": "upload of the applicant", "/office/supervision/{id}/photo": "upload of who reported", "/my/data.json": "a copy of what is stored about oneself", "/batches/{id}/report.csv": "table", "/admin/exchange/{file}": "table", "/admin/audit/export.csv": "table", "/office/training/certificates/export": "table", "/office/training/sessions/{id}/sheet": "workbook", "/office/licences/import/template.csv": "table", "/office/licence-types/export.csv": "table", "/office/licences/{identifier}/uses.csv": "table", "/office/training/courses/{id}/materials/{file}": "upload of the manager",
	"/apply/{code}": "goes on to the wizard", "/help/page": "goes on to the guide", "/apply/{draft}/next": "goes on to the first page that wants something",
	"/apply/{draft}/questions": "goes on to a question", "/apply/{draft}/form": "goes on to a part of the form",
	"/apply/{draft}/materials": "goes on to a material", "/apply/{draft}/uploads/{file}": "upload of the applicant",
	"/my/cases/{number}/uploads/{file}": "upload of the applicant",
	"/counter/reader/next":              "asked by a script", "/counter/intake/{draft}/files/{file}": "upload of the applicant",
}

// things are what the samples are about.
type things struct {
	company, enterprise                         string // accounts
	draft, windowDraft                          string
	received, correcting, owing, ready, pension cases.Case
	task, account                               string
	message, staffMessage                       string
	work                                        string         // page of a finished import
	client, asks                                string         // a connected system, and where it sends people
	visit                                       string         // of the person of received, at the village window
	wished                                      proofs.Request // an electronic proof that was asked for
	promised                                    string         // a commitment that waits to be checked
	reported                                    proofs.Order   // a supervision order
	proofChange                                 string         // page of a change to the list of proofs that waits
	licence                                     string         // identity card of the villager in the store
	showing                                     string         // of it, to others
	correction                                  string         // page of a name to be put right
	spared                                      string         // page of a licence that stands in for a material of a case
	course, training                            string         // a course that items demand, and a day on which it is held
	certificate                                 string         // page of one that somebody has earned
	seal, asked                                 string         // one in use, and one that somebody has applied for
	order, orderedBy                            string         // case whose licence waits, and who completes it
	batch                                       string         // page of a sheet that licences may be issued from
}

// gathered are the things of the city, made once: pages are only looked at, and
// by several tests at the same time, when the stories are told.
var gathered struct {
	sync.Mutex
	*things
}

func gather(t testing.TB, c *city) things {
	t.Helper()
	gathered.Lock()
	defer gathered.Unlock()
	if gathered.things != nil {
		return *gathered.things
	}
	c.furnished(t)
	x := things{draft: c.draft(t, villager, unemployment("dismissed")), windowDraft: c.draft(t, villageClerk, pension()),
		received: c.handed(t, unemployment("other")), correcting: c.correcting(t, unemployment("other")),
		owing: c.reviewing(t, villageRelief(), "household_register"), ready: c.delivering(t), pension: c.inCounty(t, pension())}
	flow, err := c.Workflow.Instance(c.System, x.owing.Number)
	must(t, err)
	x.task = flow.Tasks[len(flow.Tasks)-1].ID
	list, _, err := c.Identity.Accounts(c.as(t, "admin-security"), identity.AccountQuery{Q: villageClerk}, db.Page{Limit: 1})
	must(t, err)
	x.account = list[0].ID
	at := identity.Reach{Agency: "440232-d08"} // nobody of an agency keeps items in the sample: one is given the role
	must(t, c.Identity.GrantRole(c.System, localEditor, "item_editor", at))
	x.message, x.staffMessage = c.told(t, villager, "case.ready"), c.told(t, approver, "task.reminded")
	x.work, x.correction = c.imported(t), c.correction(t)
	x.client, x.asks = c.department(t)
	firm, err := cityorg.CompanyOf(1)
	must(t, err)
	bound, err := c.Identity.BindCompany(c.as(t, villager), identity.Binding{Name: firm.Name, USCC: firm.USCC, LegalName: firm.LegalName, LegalIDNo: firm.LegalIDNo})
	must(t, err)
	x.company = bound.Principal
	x.enterprise = identity.FromContext(c.as(t, "enterprise-1")).Account
	x.visit = c.greeted(t, x.received)
	x.course, x.training, x.certificate = c.trained(t)
	x.reported, err = c.Proofs.Report(c.as(t, villager), proofs.Ask{Proof: "居住证明", Outlet: theVillage, Item: "SG01010", Staff: "3号窗口", Detail: "说没有居住证明就不收件。"})
	must(t, err)
	x.wished, _, err = c.Proofs.Ask(c.as(t, villager), proofs.Wish{Proof: "61", Purpose: "申请助学金", Recipient: "乳源高级中学"})
	must(t, err)
	x.promised = c.promised(t)
	waiting, err := c.Proofs.Changes(c.as(t, "editor-440200"))
	must(t, err)
	x.proofChange = "/admin/proofs/changes/" + waiting[0].ID
	own, _, err := c.Licences.Mine(c.as(t, villager), db.Page{})
	must(t, err)
	x.licence = own[len(own)-1].Identifier
	_, err = c.Licences.CopyOwn(c.as(t, villager), x.licence, licences.CopyWish{Purpose: "办理入学登记", Recipient: "韶关市第一中学", Days: 30})
	must(t, err)
	x.order, x.orderedBy = c.ordered(t)
	x.batch = c.batch(t)
	x.seal, x.asked = c.seals(t)
	showing, err := c.Licences.Show(c.as(t, villager), x.licence, licences.Choice{Mode: licences.ShowLeast})
	must(t, err)
	x.showing = showing.ID
	x.spared = c.spared(t)
	gathered.things = &x
	return x
}

// ordered gives a granted case whose licence waits for staff to complete it, and
// who may: of any agency, since what was granted changes with the day on which
// the sample is made.
func (c *city) ordered(t testing.TB) (number, account string) {
	t.Helper()
	list, _, err := c.Cases.List(c.System, cases.Query{States: []cases.State{cases.StateClosed, cases.StateDelivering}}, db.Page{Limit: 200})
	must(t, err)
	for _, x := range list {
		account = "approver-" + x.Competent.Code
		if _, err := c.Identity.Actor(c.System, account); err != nil {
			continue
		}
		must(t, c.Licences.CaseGranted(c.System, x.Number))
		if o, err := c.Licences.OfCase(c.System, x.Number); err == nil && o.State == licences.OrderWaiting {
			return x.Number, account
		}
	}
	t.Fatal("no licence of a case waits")
	return "", ""
}

// promised is a commitment to the county's forestry that waits to be checked.
func (c *city) promised(t testing.TB) string {
	t.Helper()
	list, _, err := c.Cases.List(c.System, cases.Query{Agency: "440232-d11"}, db.Page{Limit: 1})
	must(t, err)
	must(t, c.Proofs.Commit(c.System, proofs.Given{Need: catalogue.Material{ID: "cut_plan_note", Name: "采伐地点、林种、树种、面积说明"}, Item: "SG05001", ItemName: "林木采伐许可证核发",
		Case: list[0].Number, Channel: cases.ChannelWeb, Name: "赵秀兰", IDNo: "440232199001010024", Agency: "440232-d18", AgencyName: "乳源瑶族自治县林业局", Dept: "D18",
		Division: "440232000000", Receiving: "440232000000"}))
	open, _, err := c.Proofs.Commitments(c.as(t, "approver-440232-d18"), proofs.CommitmentsOpen, db.Page{Limit: 1})
	must(t, err)
	return open[0].ID
}

// trained gives the course of the sample city that an item demands, and its day.
func (c *city) trained(t testing.TB) (course, session, certificate string) {
	t.Helper()
	coming, err := c.Training.Coming(c.as(t, cityManager), "440200000000")
	must(t, err)
	if len(coming) == 0 {
		t.Fatal("the sample city trains nobody")
	}
	held, _, err := c.Training.Certificates(c.as(t, cityManager), training.Find{}, db.Page{Limit: 1})
	must(t, err)
	if len(held) == 0 {
		t.Fatal("nobody in the sample city holds a certificate")
	}
	return coming[0].Course, coming[0].ID, "/office/training/certificates/" + held[0].ID
}

// delivering is a case of the sample city whose result waits at a window.
func (c *city) delivering(t testing.TB) cases.Case {
	t.Helper()
	list, _, err := c.Cases.List(c.as(t, cityManager), cases.Query{State: cases.StateDelivering}, db.Page{Limit: 50})
	must(t, err)
	i := slices.IndexFunc(list, func(x cases.Case) bool { return x.Deliver == cases.DeliverWindow })
	if i < 0 {
		t.Fatalf("none of %d cases waits to be fetched", len(list))
	}
	return c.found(t, list[i].Number)
}

// samplesOf are the pages to try, by the pattern of their route. Each face has
// a file of its own.
func samplesOf(x things) map[string][]sample {
	all := map[string][]sample{}
	faces := []map[string][]sample{
		citizenPages(x),
		counterPages(x),
		officePages(x),
		adminPages(x),
		designerPages(x),
		messagePages(x),
		openidPages(x),
		sealPages(x),
		helpPages(),
		framePages(),
		hallPages(theCity()),
	}
	for _, face := range faces {
		maps.Copy(all, face)
	}
	return all
}

func clerkOf(x cases.Case) string { return "clerk-" + x.DeliverTo.Code }

// picturesVar names the folder for the pictures of stories. Where pictures for
// the documents are taken as well (make screenshots), every page is kept there
// too, whole and in every size, which takes minutes.
const picturesVar = "YIMEN_TEST_PICTURES"

var notInNames = regexp.MustCompile(`[^A-Za-z0-9_-]+`)

// fileName is an address as the name of a file.
func fileName(at string) string {
	name := strings.Trim(notInNames.ReplaceAllString(at, "_"), "_")
	return cmp.Or(name[:min(len(name), 80)], "home")
}

// TestEveryPage opens every page there is, in the sample city, at every size.
func TestEveryPage(t *testing.T) {
	t.Parallel() // after the stories
	c := theCity()
	samples := samplesOf(gather(t, c))
	everyPageHasASample(t, c, samples)
	crowd := &crowd{first: visit(t, c), by: map[string]*visitor{}}
	for _, pattern := range slices.Sorted(maps.Keys(samples)) {
		for _, s := range samples[pattern] {
			t.Run(strings.TrimPrefix(s.url, "/"), func(t *testing.T) { crowd.as(s.account).inspect(t, s.url) })
		}
	}
}

// everyPageHasASample: a new page comes with a line above.
func everyPageHasASample(t *testing.T, c *city, samples map[string][]sample) {
	t.Helper()
	there := map[string]bool{}
	for _, r := range c.Router.Routes() {
		there[r.Pattern] = true
		if r.Method != "GET" || strings.HasPrefix(r.Pattern, "/api/") || notPages[r.Pattern] != "" {
			continue
		}
		if len(samples[r.Pattern]) == 0 {
			t.Errorf("no sample of the page %s: add one to samplesOf", r.Pattern)
		}
	}
	for pattern := range samples {
		if !there[pattern] {
			t.Errorf("there is no page %s any more: take it out of samplesOf", pattern)
		}
	}
}

// crowd is everybody whom the pages need, each signed in once.
type crowd struct {
	first *visitor
	by    map[string]*visitor
}

func (c *crowd) as(account string) *visitor {
	if v := c.by[account]; v != nil {
		return v
	}
	v := c.first.beside()
	if account != "" {
		v.As(account)
	}
	c.by[account] = v
	return v
}

// inspect opens a page and looks at it in every size.
func (v *visitor) inspect(t *testing.T, at string) {
	v = &visitor{Browser: v.Browser, t: t, city: v.city}
	v.Open(at)
	if got := v.Status(); got >= 400 && got != 422 {
		t.Fatalf("%s answers %d\n%s", at, got, v.Excerpt())
	}
	if v.At() == "/login" && !strings.HasPrefix(at, "/login") {
		t.Fatalf("%s asks to sign in", at)
	}
	v.head(t)
	if !staff(v.At()) {
		v.Resize(360, 740) // where citizens read; what is folded away there is not asked about
	}
	v.Axe(t)
	dir := os.Getenv(picturesVar)
	if os.Getenv("YIMEN_SCREENSHOTS") == "" {
		dir = ""
	}
	for _, size := range sizes {
		v.Fits(t, size[0])
		if dir != "" {
			v.Picture(t, dir, fileName(at), size[0], size[1])
		}
	}
	v.Resize(1366, 768)
	v.Calm(t)
}

// head checks what every page says about itself.
func (v *visitor) head(t testing.TB) {
	t.Helper()
	about := browser.Eval[struct {
		Lang, Title string
		Headings    int
	}](v.Browser, `({Lang: document.documentElement.lang, Title: document.title, Headings: document.querySelectorAll("h1").length})`)
	if about.Lang != "zh-CN" {
		t.Errorf("%s: lang is %q, want zh-CN", v.At(), about.Lang)
	}
	if about.Title == "" {
		t.Errorf("%s: the page has no title", v.At())
	}
	if about.Headings != 1 {
		t.Errorf("%s: %d first headings, want 1", v.At(), about.Headings)
	}
}

// TestElderPages: the elder version (长辈版) of the citizen's pages has the same
// functions, larger, and fits a phone as well.
func TestElderPages(t *testing.T) {
	t.Parallel() // after the stories
	c := theCity()
	samples := samplesOf(gather(t, c))
	v := visit(t, c).As(villager)
	v.Open("/elder?next=" + url.QueryEscape("/my"))
	for _, pattern := range slices.Sorted(maps.Keys(samples)) {
		for _, s := range samples[pattern] {
			if staff(pattern) || s.account != "" && s.account != villager || pattern == "/login" || pattern == "/docs" {
				continue
			}
			v := &visitor{Browser: v.Browser, t: t, city: c}
			v.Open(s.url)
			face := browser.Eval[bool](v.Browser, `document.querySelector(".ym-elder, .ym-print, .ym-sheet") !== null`)
			if !face {
				t.Errorf("%s has no elder version", s.url)
			}
			v.Resize(360, 740)
			v.Axe(t)
			v.Fits(t, 360)
		}
	}
	v.Calm(t)
}

func staff(pattern string) bool {
	for _, p := range []string{"/counter", "/office", "/admin"} {
		if pattern == p || strings.HasPrefix(pattern, p+"/") {
			return true
		}
	}
	return false
}

// TestPagesBehindGuards: a person without the right is told so, and nobody that
// there is a case of somebody else; the page that says it is as good as any.
// Who has not signed in is TestEveryPageWithoutSession's.
func TestPagesBehindGuards(t *testing.T) {
	t.Parallel() // after the stories
	c := theCity()
	samples := samplesOf(gather(t, c))
	who := &caller{c, map[string]*webtest.Client{}}
	for _, r := range c.Router.Routes() {
		if r.Method != "GET" || len(samples[r.Pattern]) == 0 || public(r.Guard) {
			continue
		}
		stranger, want := "citizen-2", []int{403}
		switch {
		case !staff(r.Pattern) && (strings.Contains(r.Pattern, "{number}") || strings.Contains(r.Pattern, "{draft}")):
			want = []int{404} // that it exists is nobody's business
		case strings.HasPrefix(r.Guard, "signed in"):
			want = []int{200} // everybody's own
		case r.Guard == "staff": // of whatever face: a citizen is the stranger
		case !staff(r.Pattern):
			stranger = villageClerk
		}
		at := samples[r.Pattern][0].url
		if page := who.follow(t, stranger).Get(at); !slices.Contains(want, page.Code) {
			t.Errorf("%s for %s answers %d, want %v\n%s", at, stranger, page.Code, want, short(page))
		}
	}
	citizen := visit(t, c).As("citizen-2")
	for _, page := range []string{"/counter", "/office", "/admin/items"} {
		citizen.Open(page)
		citizen.head(t)
		citizen.Axe(t)
		citizen.Fits(t, 360)
	}
	citizen.Calm(t)
}
