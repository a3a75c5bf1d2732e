package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"yimen/internal/kit/config"
)

type cli struct {
	Config   string        `help:"file"`
	Addr     string        `default:"127.0.0.1:1"`
	Database config.Secret `default:"sqlite:x"`
	Workers  int           `default:"2"`
}

func parse(t *testing.T, file string, args ...string) (cli, *kong.Kong, error) {
	t.Helper()
	path := ""
	if file != "" {
		path = filepath.Join(t.TempDir(), "yimen.toml")
		if err := os.WriteFile(path, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	opt, err := config.File(path)
	if err != nil {
		return cli{}, nil, err
	}
	var c cli
	k, err := kong.New(&c, opt, kong.DefaultEnvars(config.Prefix))
	if err != nil {
		t.Fatal(err)
	}
	_, err = k.Parse(args)
	return c, k, err
}

func TestFlagBeatsEnvironmentBeatsFile(t *testing.T) {
	c, _, err := parse(t, "addr = \"f:1\"\nworkers = 7\n")
	if err != nil || c.Addr != "f:1" || c.Workers != 7 {
		t.Fatalf("file: %+v %v", c, err)
	}
	t.Setenv("YIMEN_ADDR", "e:1")
	if c, _, err = parse(t, "addr = \"f:1\"\n"); err != nil || c.Addr != "e:1" {
		t.Fatalf("environment: %+v %v", c, err)
	}
	if c, _, err = parse(t, "addr = \"f:1\"\n", "--addr=a:1"); err != nil || c.Addr != "a:1" {
		t.Fatalf("flag: %+v %v", c, err)
	}
}

func TestUnknownKeysAreRefused(t *testing.T) {
	if _, _, err := parse(t, "adr = \"f:1\"\n"); err == nil || !strings.Contains(err.Error(), "unknown key adr") {
		t.Fatalf("got %v", err)
	}
	if _, _, err := parse(t, "[server]\naddr = \"f:1\"\n"); err == nil || !strings.Contains(err.Error(), "no sections") {
		t.Fatalf("got %v", err)
	}
	_, k, err := parse(t, "")
	if err != nil {
		t.Fatal(err)
	}
	got := config.Unknown(k.Model, []string{"YIMEN_ADDR=1", "YIMEN_ADR=1", "PATH=x", "YIMEN_TEST_POSTGRES=y"})
	if len(got) != 1 || got[0] != "YIMEN_ADR" {
		t.Fatalf("got %v", got)
	}
}

func TestSecretIsReadFromItsFileAndNotPrinted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "dsn")
	if err := os.WriteFile(path, []byte("postgres://u:p@h/d\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, _, err := parse(t, "", "--database=@"+path)
	if err != nil || c.Database.Value() != "postgres://u:p@h/d" || c.Database.String() != "(secret)" {
		t.Fatalf("%q %v", c.Database.Value(), err)
	}
	if _, _, err := parse(t, "", "--database=@"+path+".missing"); err == nil {
		t.Fatal("a missing secret file must be an error")
	}
}
