package app

import (
	"bytes"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// description is /openapi.json as a client gets it.
func description(t *testing.T, a *App) map[string]any {
	t.Helper()
	w := httptest.NewRecorder()
	a.Router.ServeHTTP(w, httptest.NewRequest("GET", "/openapi.json", nil))
	if w.Code != 200 {
		t.Fatalf("/openapi.json: %d", w.Code)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(w.Body.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	return doc.(map[string]any)
}

// TestDescriptionIsOpenAPI31 holds /openapi.json against the schema that the
// OpenAPI Initiative publishes for its documents.
func TestDescriptionIsOpenAPI31(t *testing.T) {
	f, err := os.Open("testdata/openapi-3.1.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	schema, err := jsonschema.UnmarshalJSON(f)
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("openapi.json", schema); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	doc := description(t, openApp(t, false))
	if err := s.Validate(doc); err != nil {
		t.Errorf("%#v", err)
	}
	delete(doc, "info")
	if s.Validate(doc) == nil {
		t.Error("a document without info passes: the schema is not looked at")
	}
}

// TestEveryOperationIsDescribed: whoever reads only /docs learns what an
// operation does, who may call it, and what its answers are.
func TestEveryOperationIsDescribed(t *testing.T) {
	a := openApp(t, false)
	doc := description(t, a)
	described := map[string]bool{}
	ids := map[string]string{}
	for path, item := range doc["paths"].(map[string]any) {
		for method, o := range item.(map[string]any) {
			op, at := o.(map[string]any), strings.ToUpper(method)+" "+path
			described[at] = true
			if summary, _ := op["summary"].(string); !han(summary) {
				t.Errorf("%s has no Chinese summary", at)
			}
			if tags, _ := op["tags"].([]any); len(tags) == 0 {
				t.Errorf("%s is in no group", at)
			}
			if id, _ := op["operationId"].(string); id == "" || ids[id] != "" {
				t.Errorf("%s: operation id %q is empty or that of %s", at, id, ids[id])
			} else {
				ids[id] = at
			}
			guard, _ := op["x-guard"].(string)
			_, secured := op["security"]
			if guard == "" || open(guard) == secured {
				t.Errorf("%s: guard %q, but security described: %v", at, guard, secured)
			}
			if responses, _ := op["responses"].(map[string]any); responses["default"] == nil && len(responses) < 2 {
				t.Errorf("%s does not say how errors look", at)
			}
		}
	}
	for _, r := range a.Router.Routes() {
		if strings.HasPrefix(r.Pattern, "/api/") && !described[r.Method+" "+r.Pattern] {
			t.Errorf("%s %s answers and is not described", r.Method, r.Pattern)
		}
	}
}

// TestDocsAreLight: the page of the description stays quick to open, because
// it writes out each shape once, and every link on it leads to one.
func TestDocsAreLight(t *testing.T) {
	const most = 150 << 10 // bytes of HTML
	a := openApp(t, false)
	w := httptest.NewRecorder()
	a.Router.ServeHTTP(w, httptest.NewRequest("GET", "/docs", nil))
	page := w.Body.String()
	if w.Code != 200 || len(page) > most {
		t.Errorf("/docs: %d, %d bytes of at most %d", w.Code, len(page), most)
	}
	links := regexp.MustCompile(`href="#(shape-[^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(links) == 0 {
		t.Error("no operation links to the shape of its body")
	}
	for _, l := range links {
		if n := strings.Count(page, `id="`+l[1]+`"`); n != 1 {
			t.Errorf("%s stands %d times on the page", l[1], n)
		}
	}
	t.Logf("/docs is %d bytes", len(page))
}
