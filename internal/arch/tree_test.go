package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// source is one Go file of the tree.
type source struct {
	path string // from the root, with slashes
	dir  string
	file *ast.File
}

var fileset = token.NewFileSet()

// tree parses every Go file of the project once.
func tree(t *testing.T) []source {
	t.Helper()
	root := filepath.Join("..", "..")
	var all []source
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(root, path)
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if d.Name() == "testdata" || d.Name() == "node_modules" || (strings.HasPrefix(d.Name(), ".") && rel != ".") || rel == "bin" || rel == "data" {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".go") {
			return nil
		}
		f, err := parser.ParseFile(fileset, path, nil, parser.ParseComments)
		if err != nil {
			return err
		}
		all = append(all, source{path: rel, dir: filepath.ToSlash(filepath.Dir(rel)), file: f})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 50 {
		t.Fatalf("only %d Go files found: the walk is wrong", len(all))
	}
	return all
}

// module names the domain module a folder belongs to ("" for kit, libraries, commands).
func module(dir string) string {
	rest, ok := strings.CutPrefix(dir, "internal/")
	if !ok {
		return ""
	}
	name, _, _ := strings.Cut(rest, "/")
	if name == "kit" || name == "arch" {
		return ""
	}
	return name
}

// storeys is the order of the house, lowest first: a module may import those
// on lower storeys, and in the same storey those named in beside.
var storeys = [][]string{
	{"org"},
	{"identity"},
	{"messages"},
	{"assurance"}, // how one proves who one is
	{"openid"},
	{"workflow"},
	{"sharing", "network", "cloud", "seals"},
	{"licences"},
	{"catalogue"},
	{"training", "proofs"},
	{"cases", "hotline", "oa"},
	{"joint", "policies", "notices"},
	{"apply", "queue"}, // pages' parts that several channels share; the hall
	{"help", "portal", "counter", "office", "kiosk", "oversight", "designer", "admin"},
	{"load"}, // a client over HTTP: it stands above all and imports none, see TestTheLoadIsAClient
	{"app"},
}

func storey(mod string) int {
	for i, names := range storeys {
		for _, n := range names {
			if n == mod {
				return i
			}
		}
	}
	return -1
}

func TestModulesImportDownwardsOnly(t *testing.T) {
	for _, s := range tree(t) {
		from := module(s.dir)
		if from != "" && storey(from) < 0 {
			t.Errorf("%s: module %s has no storey; give it one in storeys", s.path, from)
		}
		for _, imp := range s.file.Imports {
			path := strings.Trim(imp.Path.Value, `"`)
			local, ok := strings.CutPrefix(path, "yimen/")
			if !ok {
				continue
			}
			checkImport(t, s, from, local)
		}
	}
}

func checkImport(t *testing.T, s source, from, local string) {
	t.Helper()
	to := module(local)
	test := strings.HasSuffix(s.path, "_test.go")
	switch {
	case s.dir == "gb" || s.dir == "workday":
		if local != s.dir && local != "workday" {
			t.Errorf("%s imports %s: workday stands on the standard library alone, gb on workday", s.path, local)
		}
	case s.dir == "face" || strings.HasPrefix(s.dir, "face/"):
		if local != "face" && !strings.HasPrefix(local, "face/") {
			t.Errorf("%s imports %s: face stands on no part of this program", s.path, local)
		}
	case s.dir == "ofd" || strings.HasPrefix(s.dir, "ofd/"):
		if local != "ofd" && !strings.HasPrefix(local, "ofd/") {
			t.Errorf("%s imports %s: ofd stands on no part of this program", s.path, local)
		}
		if s.dir == "ofd" && local != "ofd" && !test {
			t.Errorf("%s imports %s: the page model stands below fonts, pictures and seals", s.path, local)
		}
	case strings.HasPrefix(s.dir, "internal/kit"):
		if to != "" || local == "city" || strings.HasPrefix(local, "city/") {
			t.Errorf("%s imports %s: kit knows no domain", s.path, local)
		}
	case from != "" && to != "" && from != to && !test:
		if storey(to) >= storey(from) {
			t.Errorf("%s imports %s: %s does not stand above %s", s.path, local, from, to)
		}
	case from != "" && from != "app" && strings.HasPrefix(local, "city") && !test:
		t.Errorf("%s imports %s: only app and commands know the sample city", s.path, local)
	}
}

// TestTheLoadIsAClient: what measures and audits the program knows no more of
// it than any other client.
func TestTheLoadIsAClient(t *testing.T) {
	for _, s := range tree(t) {
		if s.dir != "internal/load" || strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		for _, imp := range s.file.Imports {
			path := strings.TrimPrefix(strings.Trim(imp.Path.Value, `"`), "yimen/")
			if module(path) != "" || strings.HasPrefix(path, "city") {
				t.Errorf("%s imports %s: it asks over HTTP", s.path, path)
			}
		}
	}
}

func TestEveryPackageIsDocumented(t *testing.T) {
	documented := map[string]bool{}
	for _, s := range tree(t) {
		if strings.HasSuffix(s.path, "_test.go") || strings.HasSuffix(s.path, "_templ.go") {
			continue
		}
		has := s.file.Doc != nil && len(s.file.Doc.Text()) > 30
		documented[s.dir] = documented[s.dir] || has
	}
	for dir, ok := range documented {
		if !ok {
			t.Errorf("%s: no package comment", dir)
		}
	}
}

// TestTimeComesFromTheClock keeps time.Now out of the modules: deadlines are
// law, and tests and the sample city move the clock.
func TestTimeComesFromTheClock(t *testing.T) {
	for _, s := range tree(t) {
		mod := module(s.dir)
		if mod == "" || mod == "app" || mod == "load" || strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if ok && sel.Sel.Name == "Now" {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == "time" {
					t.Errorf("%s: time.Now in a domain module; take the clock", fileset.Position(n.Pos()))
				}
			}
			return true
		})
	}
}

func TestNoTestIsSkipped(t *testing.T) {
	for _, s := range tree(t) {
		if !strings.HasSuffix(s.path, "_test.go") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if ok && (sel.Sel.Name == "Skip" || sel.Sel.Name == "Skipf" || sel.Sel.Name == "SkipNow") {
				if x, ok := sel.X.(*ast.Ident); ok && (x.Name == "t" || x.Name == "b" || x.Name == "tb") {
					t.Errorf("%s: a test is skipped; let it fail and say what is missing", fileset.Position(n.Pos()))
				}
			}
			return true
		})
	}
}

func TestFilesAreOfReadableSize(t *testing.T) {
	const most = 600
	for _, s := range tree(t) {
		if strings.HasSuffix(s.path, "_templ.go") {
			continue
		}
		raw, err := os.ReadFile(filepath.Join("..", "..", filepath.FromSlash(s.path)))
		if err != nil {
			t.Fatal(err)
		}
		if n := strings.Count(string(raw), "\n"); n > most {
			t.Errorf("%s has %d lines; past %d there is a seam", s.path, n, most)
		}
	}
}
