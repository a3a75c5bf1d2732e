package app

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"yimen/internal/admin"
	"yimen/internal/identity"
	"yimen/internal/kit/errs"
)

func TestEveryRightOfARoleIsDefined(t *testing.T) {
	if missing := identity.Undefined(); len(missing) > 0 {
		t.Errorf("roles name verbs that no module defines: %s", strings.Join(missing, ", "))
	}
	for _, r := range identity.Roles() {
		if len(r.Verbs) == 0 || !han(r.Title) {
			t.Errorf("role %s: %d verbs, title %q", r.Name, len(r.Verbs), r.Title)
		}
	}
}

// remedy is what a message for people must hold somewhere: what to do, or
// whom to ask, or that nothing else can be done than what it says.
var remedy = regexp.MustCompile(`请|只能|不能|应|可|须|需`)

var codeShape = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)

// TestErrorsTellWhatToDo: errs.Define panics on a code used twice, so codes
// are unique; here is what else a code and its sentence must be.
func TestErrorsTellWhatToDo(t *testing.T) {
	codes := errs.Codes()
	if len(codes) < 80 {
		t.Fatalf("only %d error codes: the program is not whole", len(codes))
	}
	for _, c := range codes {
		e := errs.Lookup(c)
		if !codeShape.MatchString(c) {
			t.Errorf("%s: a code is snake_case", c)
		}
		if !han(e.Message) || !strings.HasSuffix(e.Message, "。") {
			t.Errorf("%s: %q is not a Chinese sentence", c, e.Message)
		}
		if !remedy.MatchString(e.Message) && e.Kind != errs.NotFound {
			t.Errorf("%s: %q does not say what to do", c, e.Message)
		}
		if e.Kind.Status() == 0 {
			t.Errorf("%s: kind %d has no status", c, e.Kind)
		}
	}
}

func han(s string) bool {
	return strings.IndexFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0
}

// TestEveryJobHasAWorker: what a module can put into the queue, some worker of
// the program takes out. A job without one would be tried for three weeks.
func TestEveryJobHasAWorker(t *testing.T) {
	a := openApp(t, false)
	kinds := a.Queue.Kinds()
	for _, s := range a.Bus.Subscriptions() {
		if kind := "event:" + s.Event + ":" + s.Subscriber; !s.Now && !slices.Contains(kinds, kind) {
			t.Errorf("%s waits for %s and has no worker", s.Subscriber, s.Event)
		}
	}
	declared := literals(t, "Kind")
	if len(declared) == 0 {
		t.Error("no job kinds found in the source: the search is wrong")
	}
	for kind, where := range declared {
		if !slices.Contains(kinds, kind) {
			t.Errorf("%s: job %s has no worker", where, kind)
		}
	}
}

// TestEveryJobHasAName: an administrator reads what failed in words.
func TestEveryJobHasAName(t *testing.T) {
	for _, kind := range openApp(t, false).Queue.Kinds() {
		if name := admin.JobName(kind); !han(name) {
			t.Errorf("job %s is called %q", kind, name)
		}
	}
}

// TestSubscribersHearEventsThatExist: a subscription to a name that nobody
// publishes is a misspelt or outlived one.
func TestSubscribersHearEventsThatExist(t *testing.T) {
	a := openApp(t, false)
	published := literals(t, "EventName")
	if len(published) < 10 {
		t.Errorf("only %d events found in the source: the search is wrong", len(published))
	}
	subscribed := a.Bus.Subscriptions()
	if len(subscribed) == 0 {
		t.Error("nobody hears of anything: a decided workflow would leave its case open")
	}
	for _, s := range subscribed {
		if published[s.Event] == "" {
			t.Errorf("%s hears of %s, which no module publishes", s.Subscriber, s.Event)
		}
	}
}

// literals finds the methods of that name in the modules which return one
// string literal, as literal → place.
func literals(t *testing.T, method string) map[string]string {
	t.Helper()
	found := map[string]string{}
	files := token.NewFileSet()
	err := filepath.WalkDir("..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "kit" || d.Name() == "testdata") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(files, path, nil, 0)
		if err != nil {
			return err
		}
		for _, decl := range f.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Recv == nil || fn.Name.Name != method || fn.Body == nil || len(fn.Body.List) != 1 {
				continue
			}
			ret, ok := fn.Body.List[0].(*ast.ReturnStmt)
			if !ok || len(ret.Results) != 1 {
				continue
			}
			if lit, ok := ret.Results[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				s, err := strconv.Unquote(lit.Value)
				if err != nil {
					return err
				}
				found[s] = files.Position(fn.Pos()).String()
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// TestMigrationsOnlyGrow: versions are unique over all modules, none that was
// released is renamed or taken away, and a new one is higher than all before
// it. Then a database that a newer release has migrated is always seen as
// newer, and every machine runs them in the same order.
func TestMigrationsOnlyGrow(t *testing.T) {
	type migration struct {
		version int64
		line    string
	}
	var all []migration
	owner := map[int64]string{}
	for _, s := range sources {
		names, err := fs.Glob(s.Files, "*.sql")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			v, rest, _ := strings.Cut(name, "_")
			version, err := strconv.ParseInt(v, 10, 64)
			if err != nil || !strings.HasPrefix(rest, s.Module+"_") {
				t.Errorf("%s of %s is not VERSION_%s_what.sql", name, s.Module, s.Module)
			}
			if other := owner[version]; other != "" {
				t.Errorf("version %d is in %s and in %s", version, other, s.Module)
			}
			owner[version] = s.Module
			all = append(all, migration{version, fmt.Sprintf("%d %s", version, name)})
		}
	}
	sort.Slice(all, func(i, j int) bool { return all[i].version < all[j].version })

	path := filepath.Join("testdata", "migrations.txt")
	if *update {
		var lines []string
		for _, m := range all {
			lines = append(lines, m.line)
		}
		compare(t, "migrations.txt", lines)
		return
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	released := map[string]bool{}
	var newest int64
	for _, l := range strings.Split(strings.TrimSpace(string(raw)), "\n") {
		released[l] = true
		v, _, _ := strings.Cut(l, " ")
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			t.Fatalf("%s: %q", path, l)
		}
		newest = max(newest, n)
	}
	for _, m := range all {
		if !released[m.line] {
			t.Errorf("%s is not in %s (go test ./internal/app -update)", m.line, path)
			if m.version <= newest {
				t.Errorf("%s: a new migration must be higher than %d", m.line, newest)
			}
		}
		delete(released, m.line)
	}
	for l := range released {
		t.Errorf("%s has gone; databases have run it", l)
	}
}
