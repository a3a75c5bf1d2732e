package cases

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"yimen/internal/identity"
	"yimen/internal/kit/db"
	"yimen/internal/kit/dbtest"
	"yimen/internal/kit/web"
	"yimen/internal/kit/webtest"
	"yimen/internal/workflow"
)

// eachSite serves the module as the program does, with people who sign in by a
// header instead of a password.
func eachSite(t *testing.T, fn func(t *testing.T, w *world, as func(account string) *webtest.Client)) {
	t.Helper()
	dbtest.Each(t, append(slices.Clone(sources), web.Migrations), func(t *testing.T, d *db.DB) {
		w := newWorld(t, d)
		rt := web.NewRouter(web.Options{
			DB: d, Clock: w.clock, Log: slog.New(slog.DiscardHandler),
			Subject: func(r *http.Request) string { return identity.FromContext(r.Context()).Account },
		})
		rt.Use(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				next.ServeHTTP(rw, r.WithContext(identity.With(r.Context(), w.have[r.Header.Get("X-Account")])))
			})
		})
		w.Module.Routes(rt)
		w.Module.API(web.NewAPI(rt, "test", "1"))
		fn(t, w, func(account string) *webtest.Client { return webtest.New(t, rt).With("X-Account", account) })
	})
}

type j = map[string]any

// body is a complete application over the API.
func body(files ...string) j {
	return j{
		"item": felling, "division": village, "channel": "web",
		"applicant": j{"type": "person", "name": "张建国", "id_type": "111", "id_no": idOf("zhang"), "phone": "13800001111"},
		"answers":   j{"who": []string{"self"}}, "form": j{"name": "大寮坑", "area": 3.5},
		"materials": []j{{"id": "form", "file": files[0]}, {"id": "id_card", "file": files[1]}},
	}
}

func TestAPI(t *testing.T) {
	eachSite(t, func(t *testing.T, w *world, as func(string) *webtest.Client) {
		zhang := as("zhang")
		var up struct {
			ID        string `json:"id"`
			Name      string `json:"name"`
			Size      int    `json:"size"`
			MediaType string `json:"media_type"`
		}
		pdf := []byte("%PDF-1.4\nform\n%%EOF\n")
		zhang.PostMultipart("/api/v1/files", url.Values{}, webtest.Upload{Field: "file", Name: "申请表.pdf", Content: pdf}).Status(201).Decode(&up)
		if up.ID == "" || up.Name != "申请表.pdf" || up.Size != len(pdf) || up.MediaType != "application/pdf" {
			t.Fatalf("%+v", up)
		}
		zhang.PostMultipart("/api/v1/files", url.Values{}, webtest.Upload{Field: "file", Name: "a.exe", Content: []byte("MZ")}).Status(422)
		as("").PostMultipart("/api/v1/files", url.Values{}, webtest.Upload{Field: "file", Name: "a.pdf", Content: pdf}).Status(401)

		in := body(up.ID, w.upload("zhang", "身份证.pdf"))
		as("").JSON("POST", "/api/v1/cases", in).Status(401)
		var made caseJSON
		zhang.With("Idempotency-Key", "once").JSON("POST", "/api/v1/cases", in).Status(201).Decode(&made)
		if made.State != StateSubmitted || len(made.QueryCode) != 6 || made.Competent != forestry || made.DueOn == nil {
			t.Fatalf("%+v", made)
		}
		var again caseJSON
		zhang.With("Idempotency-Key", "once").JSON("POST", "/api/v1/cases", in).Status(201).Decode(&again)
		if again.Number != made.Number {
			t.Errorf("sent twice: %s and %s", made.Number, again.Number)
		}
		at := "/api/v1/cases/" + made.Number
		p := zhang.JSON("POST", at+"/accept", j{}).Status(403).Problem()
		if p.Code != ErrVerbDenied.Code {
			t.Errorf("%+v", p)
		}
		as("li").Get(at).Status(404)
		as("li").JSON("POST", at+"/withdraw", j{}).Status(404)
		as("").Get(at).Status(401)
		as("clerk").Get(at + "/history").Status(404)
		as("approver").JSON("POST", at+"/accept", nil).Status(200).Decode(&made)
		if made.State != StateReviewing || made.Revision != 2 {
			t.Errorf("%s revision %d", made.State, made.Revision)
		}
		p = as("approver").JSON("POST", at+"/accept", j{}).Status(409).Problem()
		if p.Code != ErrVerbNotAllowed.Code || !slices.Equal(p.Allowed, []string{"pause", "extend", "decide"}) {
			t.Errorf("%+v", p)
		}
		p = as("approver").JSON("POST", at+"/decide", j{"outcome": "granted"}).Status(409).Problem()
		if p.Code != ErrStepsOpen.Code {
			t.Errorf("%+v", p)
		}
		w.pass("approver", made.Number, "review")
		as("approver").JSON("POST", at+"/decide", j{"outcome": "granted", "opinion": "同意"}).Status(200).Decode(&made)
		if made.State != StateDelivering {
			t.Errorf("%s", made.State)
		}
		as("approver").JSON("POST", at+"/fly", j{}).Status(404)
		var history struct{ Items []caseEntryJSON }
		zhang.Get(at + "/history").Status(200).Decode(&history)
		if len(history.Items) != 6 || history.Items[3].Verb != VerbDecide || history.Items[3].Opinion != "同意" {
			t.Errorf("%+v", history)
		}
		var whole caseJSON
		zhang.Get(at).Status(200).Decode(&whole)
		if whole.Checklist == nil || len(whole.Materials) != 2 || len(whole.Notices) != 2 || len(whole.Ledger) != 2 || string(whole.Form) == "" {
			t.Errorf("%+v", whole)
		}
		w.lists(t, as, made)
		w.totals(t, as)
		w.tasks(t, as, made)
		w.sheets(t, as, whole)
	})
}

// Totals count what the list lists, state by state.
func (w *world) totals(t *testing.T, as func(string) *webtest.Client) {
	var got struct {
		States map[State]int
		Total  int
	}
	for query, want := range map[string]int{"": 1, "?sample=false": 1, "?sample=true": 0, "?item=" + felling: 1, "?item=SG99999": 0, "?state=received": 0} {
		for _, account := range []string{"zhang", "approver"} {
			got.States, got.Total = nil, 0
			as(account).Get("/api/v1/cases/totals" + query).Status(200).Decode(&got)
			if got.Total != want || got.States[StateDelivering] != want || len(got.States) != want {
				t.Errorf("%s, %s: %+v, want %d", account, query, got, want)
			}
		}
	}
	as("li").Get("/api/v1/cases/totals").Status(200).Decode(&got)
	if got.Total != 0 {
		t.Errorf("a stranger counts %d", got.Total)
	}
	as("").Get("/api/v1/cases/totals").Status(401)
	as("zhang").Get("/api/v1/cases/totals?state=flying").Status(422)
	as("zhang").Get("/api/v1/cases/totals?sample=perhaps").Status(422)
}

// The steps of a case are shown to staff who may see the case, and to nobody else.
func (w *world) tasks(t *testing.T, as func(string) *webtest.Client, c caseJSON) {
	var got struct {
		State string
		Items []workflow.APIStep
	}
	at := "/api/v1/cases/" + c.Number + "/tasks"
	as("approver").Get(at).Status(200).Decode(&got)
	if got.State != "finished" || len(got.Items) != 2 {
		t.Fatalf("%+v", got)
	}
	for i, node := range []string{"review", "decide"} {
		x := got.Items[i]
		if x.State != workflow.Done || x.Agency != forestry || x.Node != node || x.Decision != (node == "decide") || x.DoneAt == nil || x.ID == "" {
			t.Errorf("%+v", x)
		}
	}
	as("clerk").Get(at).Status(404)
	as("zhang").Get(at).Status(403)
	as("").Get(at).Status(401)
}

func (w *world) lists(t *testing.T, as func(string) *webtest.Client, c caseJSON) {
	var list struct {
		Items []caseJSON
		Next  string
		Total *int
	}
	for path, want := range map[string]int{
		"": 1, "?state=delivering": 1, "?state=decided": 0, "?state=received": 0, "?mine=true": 1, "?q=" + url.QueryEscape("张建"): 1, "?q=" + c.Number[:8]: 1, "?q=李": 0,
		"?from=2026-09-16&to=2026-09-16": 1, "?light=normal": 1, "?light=overdue": 0, "?state=draft": 0,
	} {
		list.Total = nil
		as("zhang").Get("/api/v1/cases" + path).Status(200).Decode(&list)
		if len(list.Items) != want || path != "?state=draft" && (list.Total == nil || *list.Total != want) {
			t.Errorf("%s: %d of %v, want %d", path, len(list.Items), list.Total, want)
		}
	}
	as("zhang").Get("/api/v1/cases?state=flying").Status(422)
	as("zhang").Get("/api/v1/cases?from=yesterday").Status(422)
	as("").Get("/api/v1/cases").Status(401)

	var p caseProgressJSON
	page := as("").Get(fmt.Sprintf("/api/v1/progress?number=%s&query_code=%s", c.Number, c.QueryCode)).Status(200)
	page.Decode(&p)
	page.MustNot("张建国", idOf("zhang"), "13800001111", "同意")
	if p.Applicant != "张*国" || p.State != StateDelivering {
		t.Errorf("%+v", p)
	}
	wrong := as("").Get("/api/v1/progress?number=" + c.Number + "&query_code=AAAAAA").Status(404).Problem()
	if unknown := as("").Get("/api/v1/progress?number=2609160000000000&query_code=AAAAAA").Status(404).Problem(); unknown.Code != wrong.Code {
		t.Errorf("%s and %s", wrong.Code, unknown.Code)
	}
}

// sheets looks at the notices on paper and the files handed in.
func (w *world) sheets(t *testing.T, as func(string) *webtest.Client, c caseJSON) {
	for _, n := range c.Notices {
		at := NoticeURL(c.Number, n.ID)
		as("zhang").Get(at).Status(200).Must(n.Title, n.DocNo, "乳源瑶族自治县林业局", "林木采伐许可证核发", c.Number, "森林法", "2026年9月16日", "扫码核验")
		as("li").Get(at).Status(404).MustNot(n.DocNo)
	}
	as("zhang").Get(NoticeURL(c.Number, "x")).Status(404)
	as("").NoRedirect().Get(NoticeURL(c.Number, c.Notices[0].ID)).Status(303)
	file := FileURL(c.Number, c.Materials[0].File)
	page := as("approver").Get(file).Status(200)
	if page.Header().Get("Content-Type") != "application/pdf" || !strings.HasPrefix(page.Header().Get("Content-Disposition"), "inline") {
		t.Errorf("%v", page.Header())
	}
	if policy := page.Header().Get("Content-Security-Policy"); !strings.Contains(policy, "frame-ancestors 'self'") || !strings.Contains(policy, "default-src 'none'") {
		t.Errorf("a file beside its form: policy %q", policy)
	}
	as("li").Get(file).Status(404)
}

// A database that is gone is told as such, on pages and in the API.
func TestBrokenDatabase(t *testing.T) {
	eachSite(t, func(t *testing.T, w *world, as func(string) *webtest.Client) {
		c := w.received()
		in := body("a", "b")
		w.must(w.db.Close())
		for _, path := range []string{"/api/v1/cases", "/api/v1/cases/" + c.Number, "/api/v1/cases/" + c.Number + "/history",
			"/api/v1/progress?number=" + c.Number + "&query_code=" + c.QueryCode} {
			as("clerk").Get(path).Status(503)
		}
		as("zhang").JSON("POST", "/api/v1/cases", in).Status(503)
		as("clerk").JSON("POST", "/api/v1/cases/"+c.Number+"/accept", j{}).Status(503)
		as("clerk").Get(NoticeURL(c.Number, "x")).Status(503)
		as("clerk").Get(FileURL(c.Number, "x")).Status(503)
	})
}
