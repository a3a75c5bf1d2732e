package arch

import (
	"go/ast"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// sentTwice are the forms without an idempotency key: sending them a second
// time does what the first did.
var sentTwice = map[string]string{
	"/login/scan/state": "asks how far a sign-in has come, every two seconds; only the first yes signs in",
	"/login":            "a session is made anew",
	"/logout":           "ends the session, which may have ended",
	"/demo/login":       "a session is made anew",
	"/account/password": "a wrong old password counts each time, outside a transaction; the new one is set or already is",
	"/region":           "the same place is kept again",
	"/help/tour":        "goes to the same step again",
	"/office/batch":     "shows what would happen and changes nothing",
	"/counter/mandates": "looks a child up by its number; the answer must not be stored",

	"/licences/check":     "looks at a file and keeps nothing",
	"/counter/reader":     "a card laid on the reader twice is greeted twice; the desk goes to the newer",
	"/admin/audit/verify": "looks and changes nothing",
}

// TestPostsGoThroughTheRouter: Router.Post and web.Op look at idempotency
// keys, Router.Handle does not; so a POST by Handle needs a reason.
func TestPostsGoThroughTheRouter(t *testing.T) {
	found := 0
	for _, s := range tree(t) {
		if module(s.dir) == "" || strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "Handle" && sel.Sel.Name != "HandleFunc" {
				return true
			}
			lit, ok := call.Args[0].(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			pattern, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			method, path, cut := strings.Cut(pattern, " ")
			if !cut {
				t.Errorf("%s: %s takes any method; name it", fileset.Position(lit.Pos()), pattern)
			} else if method == "POST" {
				found++
				if sentTwice[path] == "" {
					t.Errorf("%s: POST %s does not look at idempotency keys; use Post, or give a reason in sentTwice", fileset.Position(lit.Pos()), path)
				}
			}
			return true
		})
	}
	if found == 0 {
		t.Error("no POST by Handle found: the search is wrong")
	}
}

// carriesKey: the common key; or a key or the revision of the case, that the
// page looks at itself because files must be stored before a transaction
// begins; or nothing but uploads, which are stored by their content; or the
// fields of a form that had one, to be sent again.
func carriesKey(form string) bool {
	for _, sign := range []string{"ui.IdempotencyKey()", "name={ onceField }", "@stamp(p.c.Revision", `s.url("materials")`, "range a.Fields"} {
		if strings.Contains(form, sign) {
			return true
		}
	}
	return false
}

var (
	formTag    = regexp.MustCompile(`(?s)<form\b.*?</form>`)
	formAction = regexp.MustCompile(`action="([^"]*)"`)
)

// TestEveryFormCarriesItsKey: slow village lines send twice, so whatever a
// page posts carries a key.
func TestEveryFormCarriesItsKey(t *testing.T) {
	root, found := filepath.Join("..", ".."), 0
	err := filepath.WalkDir(filepath.Join(root, "internal"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".templ") || strings.Contains(filepath.ToSlash(path), "/ui/sample/") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, at := range formTag.FindAllStringIndex(string(raw), -1) {
			form := string(raw[at[0]:at[1]])
			if !strings.Contains(form, `method="post"`) {
				continue
			}
			found++
			action := formAction.FindStringSubmatch(form)
			if action != nil && sentTwice[action[1]] != "" || strings.Contains(form, "logoutURL()") { // sentTwice: /logout
				continue
			}
			if !carriesKey(form) {
				t.Errorf("%s:%d: a form without ui.IdempotencyKey", path, 1+strings.Count(string(raw[:at[0]]), "\n"))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if found < 10 {
		t.Errorf("only %d forms found: the search is wrong", found)
	}
}
