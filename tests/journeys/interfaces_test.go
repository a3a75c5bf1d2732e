package journeys

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// shape expects every path of an answer to hold something of its kind:
// text, number, bool, list, date, time, null, or several joined by "|".
func (r reply) shape(t testing.TB, want map[string]string) reply {
	t.Helper()
	for path, kinds := range want {
		v, ok := r.find(path)
		if !ok {
			t.Errorf("%s is not in %s", path, r)
			continue
		}
		if !slices.ContainsFunc(strings.Split(kinds, "|"), func(k string) bool { return is(v, k) }) {
			t.Errorf("%s is %v, want %s: %s", path, v, kinds, r.what)
		}
	}
	return r
}

var patterns = map[string]*regexp.Regexp{
	"date":   regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}$`),
	"time":   regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z$`),
	"number": regexp.MustCompile(`^-?[0-9.]+$`),
}

func is(v any, kind string) bool {
	switch v := v.(type) {
	case nil:
		return kind == "null"
	case bool:
		return kind == "bool"
	case []any:
		return kind == "list"
	case map[string]any:
		return kind == "object"
	case string:
		p := patterns[kind]
		return kind == "text" || kind != "number" && p != nil && p.MatchString(v)
	default:
		return kind == "number"
	}
}

// The interfaces that stay, as the design names them: addresses, names and
// kinds of fields, status codes. Whoever changes one breaks other people's
// programs.
func TestInterfacesThatStay(t *testing.T) {
	each(t, func(t *testing.T, e engine) {
		s := sharedServer(t, e)
		nobody, citizen, clerk := s.as(t, ""), s.as(t, "citizen-1"), s.as(t, "clerk-"+theVillage)

		t.Run("public", func(t *testing.T) {
			divisions := nobody.get("/api/v1/divisions?parent=" + theCounty)
			divisions.shape(t, map[string]string{"items": "list", "items.0.code": "text", "items.0.name": "text", "items.0.level": "number", "next": "text"})
			items := nobody.get("/api/v1/items?q=" + "%E6%9E%97%E6%9C%A8" + "&division=" + theCounty + "&audience=person&limit=1")
			items.shape(t, map[string]string{"items.0.code": "text", "items.0.name": "text", "items.0.agency": "text", "items.0.kind": "text",
				"items.0.promised_days": "number", "next": "text"})
			items.says(t, "items.len", "1")
			nobody.get("/api/v1/items?q=%E6%9E%97%E6%9C%A8&limit=1&after="+items.text("next")).says(t, "items.len", "1")
			guide := map[string]string{"version": "number", "fee": "object", "limits": "object", "limits.promised": "object", "limits.statutory": "object"}
			for _, list := range []string{"basis", "conditions", "materials", "steps", "places"} {
				guide[list] = "list"
			}
			nobody.get("/api/v1/items/SG02008?division="+theVillage).shape(t, guide)
			checklist := nobody.post("/api/v1/items/SG02008/checklist", j{"division": theVillage, "answers": j{}, "applicant": j{"type": "person"}})
			checklist.shape(t, map[string]string{"questions.0.id": "text", "questions.0.text": "text", "questions.0.options": "list", "materials": "list", "form_schema": "object"})
			checklist.says(t, "form_schema.$schema", "https://json-schema.org/draft/2020-12/schema")
			nobody.get("/api/v1/items/SG02008?division="+theVillage).shape(t, map[string]string{"materials.0.id": "text", "materials.0.name": "text",
				"materials.0.required": "bool", "materials.0.source": "text", "materials.0.satisfied_by": "list"})
			nobody.get("/api/v1/clock?from=2026-09-30&working_days=5&division="+theVillage).says(t, "due_on", "2026-10-13")
			nobody.get("/api/v1/clock?from=2026-02-13&working_days=20").says(t, "due_on", "2026-03-19")
		})

		t.Run("files", func(t *testing.T) {
			r, err := citizen.upload("申请表.pdf", pdf)
			must(t, err)
			r.want(t, 201).says(t, "name", "申请表.pdf").says(t, "size", fmt.Sprint(len(pdf))).says(t, "media_type", "application/pdf")
			r.shape(t, map[string]string{"id": "text"})
			r, err = nobody.upload("申请表.pdf", pdf)
			must(t, err)
			r.refused(t, 401, "sign_in_required")
		})

		t.Run("cases", func(t *testing.T) {
			made := citizen.submit("SG02008", theVillage, "web", "citizen-1")
			number := made.text("number")
			made.shape(t, map[string]string{"number": "text", "query_code": "text", "state": "text", "competent_agency": "text", "due_on": "date"})
			list := citizen.get("/api/v1/cases?state=submitted&mine=true&limit=1&q=" + number)
			list.says(t, "items.len", "1").says(t, "items.0.number", number).shape(t, map[string]string{"next": "text", "items.0.submitted_at": "time"})
			citizen.get("/api/v1/cases/"+number).shape(t, map[string]string{"state": "text", "materials": "list", "form": "object", "allowed": "list"})
			history := citizen.get("/api/v1/cases/" + number + "/history")
			history.shape(t, map[string]string{"items.0.at": "time", "items.0.verb": "text", "items.0.who": "text", "items.0.to": "text"})
			nobody.get("/api/v1/progress?number="+number+"&query_code="+made.text("query_code")).shape(t,
				map[string]string{"number": "text", "state": "text", "applicant": "text", "item_name": "text", "due_on": "date|null", "steps": "list"})

			clerk.act(clerk.submit("SG02008", theVillage, "window", "citizen-1").text("number"), "accept", j{"opinion": "齐全"}).says(t, "state", "reviewing")
		})

		t.Run("tasks", func(t *testing.T) {
			village := s.as(t, "approver-"+theVillage)
			tasks := village.get("/api/v1/tasks?limit=1")
			tasks.shape(t, map[string]string{"items.0.id": "text", "items.0.case": "text", "items.0.item_name": "text", "items.0.step": "text",
				"items.0.due_on": "date", "items.0.light": "text", "next": "text"})
			id := tasks.text("items.0.id")
			village.post("/api/v1/tasks/"+id+"/claim", j{}).says(t, "assignee", village.get("/api/v1/tasks/"+id).text("assignee"))
			nobody.refused("GET", "/api/v1/tasks", nil, 401, "sign_in_required")
			citizen.refused("GET", "/api/v1/tasks", nil, 403, "no_right")
		})

		t.Run("description", func(t *testing.T) { s.describes(t, nobody) })
		t.Run("operations", func(t *testing.T) {
			for path, want := range map[string]string{"/healthz": "ok", "/readyz": "ready", "/metrics": "# HELP", "/docs": "/api/v1/cases"} {
				if r := nobody.get(path); !strings.Contains(string(r.body), want) {
					t.Errorf("%s does not say %q", path, want)
				}
			}
		})
	})
}

// operations are those that the design fixes.
var operations = []string{
	"GET /api/v1/divisions", "GET /api/v1/items", "GET /api/v1/items/{code}", "POST /api/v1/items/{code}/checklist", "POST /api/v1/files",
	"POST /api/v1/cases", "GET /api/v1/cases", "GET /api/v1/cases/{number}", "GET /api/v1/cases/{number}/history", "GET /api/v1/progress",
	"GET /api/v1/tasks", "GET /api/v1/clock",
}

func (s *server) describes(t *testing.T, c *caller) {
	doc := c.get("/openapi.json")
	doc.says(t, "openapi", "3.1.0")
	found, _ := doc.find("paths")
	paths, _ := found.(map[string]any)
	want := slices.Clone(operations)
	for _, verb := range []string{"accept", "refuse-acceptance", "request-correction", "correct", "withdraw", "pause", "resume", "extend", "decide", "deliver"} {
		want = append(want, "POST /api/v1/cases/{number}/"+verb)
	}
	for _, act := range []string{"approve", "return", "refuse", "reassign", "delegate", "add-approver", "claim"} {
		want = append(want, "POST /api/v1/tasks/{id}/"+act)
	}
	for _, op := range want {
		method, path, _ := strings.Cut(op, " ")
		if _, ok := lookupIn(paths[path], strings.ToLower(method)); !ok {
			t.Errorf("the description has no %s", op)
		}
	}
	// What is described is there: whatever such a call is answered, it is not
	// that the address or the method is unknown.
	for path, methods := range paths {
		at := strings.NewReplacer("{code}", "SG02008", "{number}", "1", "{id}", "1").Replace(path)
		for method := range methods.(map[string]any) {
			r, err := c.send(strings.ToUpper(method), at, nil)
			must(t, err)
			if code := r.text("code"); r.status >= 500 || code == "page_not_found" || code == "method_not_allowed" {
				t.Errorf("described and not there: %s", r)
			}
		}
	}
}

func lookupIn(doc any, key string) (any, bool) {
	m, ok := doc.(map[string]any)
	if !ok {
		return nil, false
	}
	v, ok := m[key]
	return v, ok
}
