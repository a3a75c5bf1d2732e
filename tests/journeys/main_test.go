package journeys

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// program is the program under test, built once; workshop holds it and the
// cities that are copied from.
var program, workshop string

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	// The program takes every YIMEN_ variable for a setting; only the one for
	// tests may come from outside.
	for _, name := range []string{"YIMEN_DATA", "YIMEN_DATABASE", "YIMEN_ADDR", "YIMEN_CONFIG"} {
		os.Unsetenv(name)
	}
	var err error
	if workshop, err = os.MkdirTemp("", "yimen-journeys-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(workshop)
	defer dropDatabases()
	program = filepath.Join(workshop, "bin", "yimen")
	build := exec.Command("go", "build", "-o", program, "yimen/cmd/yimen")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build yimen: %v\n%s", err, out)
		return 1
	}
	code := m.Run()
	if err := stopShared(); err != nil {
		fmt.Fprintln(os.Stderr, "stop yimen:", err)
		return 1
	}
	return code
}
