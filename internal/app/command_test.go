package app

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"yimen/face/samples"
	"yimen/internal/identity"
)

// yimen runs the command line on the data folder of a test.
func yimen(t *testing.T, args ...string) (exit int, stdout, stderr string) {
	t.Helper()
	var out, errOut bytes.Buffer
	exit = Main(context.Background(), args, &out, &errOut)
	return exit, out.String(), errOut.String()
}

// newCity is a migrated database with its key, as a new installation has.
func newCity(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "files.key"), []byte(strings.Repeat("0f", 16)+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if exit, out, errOut := yimen(t, "migrate", "--data", dir); exit != 0 || !strings.HasPrefix(out, "schema ") {
		t.Fatalf("migrate: exit %d, %s%s", exit, out, errOut)
	}
	return dir
}

func TestServeRefusesWhatItCannotRunOn(t *testing.T) {
	t.Run("no key", func(t *testing.T) {
		exit, _, errOut := yimen(t, "serve", "--data", t.TempDir(), "--addr", "127.0.0.1:0")
		if exit != 1 || !strings.Contains(errOut, "openssl rand -hex 16") {
			t.Errorf("exit %d, %s", exit, errOut)
		}
	})
	t.Run("not migrated", func(t *testing.T) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "files.key"), []byte(strings.Repeat("0f", 16)), 0o600); err != nil {
			t.Fatal(err)
		}
		exit, _, errOut := yimen(t, "serve", "--data", dir, "--addr", "127.0.0.1:0")
		if exit != 1 || !strings.Contains(errOut, "yimen migrate") {
			t.Errorf("exit %d, %s", exit, errOut)
		}
	})
	t.Run("several processes on the embedded database", func(t *testing.T) {
		for _, role := range []string{"web", "worker"} {
			exit, _, errOut := yimen(t, "serve", "--data", newCity(t), "--addr", "127.0.0.1:0", "--role", role)
			if exit != 1 || !strings.Contains(errOut, "PostgreSQL") {
				t.Errorf("role %s: exit %d, %s", role, exit, errOut)
			}
		}
		if exit, _, _ := yimen(t, "serve", "--data", t.TempDir(), "--role", "king"); exit != 2 {
			t.Errorf("a role that is none: exit %d", exit)
		}
	})
	t.Run("rules of signing in laxer than the law", func(t *testing.T) {
		exit, _, errOut := yimen(t, "serve", "--data", newCity(t), "--addr", "127.0.0.1:0", "--password-length", "6", "--staff-idle", "2h")
		if exit != 1 || !strings.Contains(errOut, "设置 password-length（工作人员密码长度）为6") || !strings.Contains(errOut, "设置 staff-idle") {
			t.Errorf("exit %d, %s", exit, errOut)
		}
	})
	t.Run("newer database", func(t *testing.T) {
		a := openApp(t, false)
		if _, err := a.DB.Conn(context.Background()).Exec(context.Background(),
			`INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, TRUE)`, int64(99991231000001)); err != nil {
			t.Fatal(err)
		}
		if err := checkSchema(context.Background(), a.DB); err == nil || !strings.Contains(err.Error(), "newer") {
			t.Errorf("a newer database is taken: %v", err)
		}
	})
}

func TestMigrateTwiceIsOnce(t *testing.T) {
	dir := newCity(t)
	_, first, _ := yimen(t, "migrate", "--data", dir)
	exit, second, errOut := yimen(t, "migrate", "--data", dir)
	if exit != 0 || first != second {
		t.Errorf("exit %d, %q then %q%s", exit, first, second, errOut)
	}
}

func TestANewCityGetsItsAdministrators(t *testing.T) {
	dir := newCity(t)
	password := filepath.Join(dir, "password")
	if err := os.WriteFile(password, []byte("Wuling-Shan-2026"), 0o600); err != nil {
		t.Fatal(err)
	}
	create := func(name, role, password string) (int, string, string) {
		return yimen(t, "account", "--data", dir, "--name", name, "--role", role, "--password", password)
	}
	if exit, _, errOut := create("zhang-system", "system_admin", "@"+password); exit != 0 {
		t.Fatalf("exit %d: %s", exit, errOut)
	}
	maySignIn(t, dir, "zhang-system", "Wuling-Shan-2026")
	if exit, _, errOut := create("zhang-system", "audit_admin", "Wuling-Shan-2026"); exit != 1 || !strings.Contains(errOut, "account_taken") {
		t.Errorf("the name is given twice: exit %d: %s", exit, errOut)
	}
	if exit, _, errOut := create("li-audit", "audit_admin", "short"); exit != 1 || !strings.Contains(errOut, "密码至少") {
		t.Errorf("a weak password is taken: exit %d: %s", exit, errOut)
	}
	if exit, _, errOut := create("li-audit", "everything", "Wuling-Shan-2026"); exit != 1 || !strings.Contains(errOut, "role_unknown") {
		t.Errorf("an unknown role is given: exit %d: %s", exit, errOut)
	}
	exit, token, errOut := yimen(t, "token", "--data", dir, "--account", "zhang-system", "--ttl", "5m")
	if exit != 0 || !regexp.MustCompile(`^\S{40,}\n$`).MatchString(token) {
		t.Errorf("token: exit %d, %q%s", exit, token, errOut)
	}
	if exit, _, errOut := yimen(t, "token", "--data", dir, "--account", "nobody"); exit != 1 || !strings.Contains(errOut, "account_unknown") {
		t.Errorf("token of nobody: exit %d: %s", exit, errOut)
	}
	if exit, out, errOut := yimen(t, "verify", "audit", "--data", dir); exit != 0 || !strings.Contains(out, "0 findings") {
		t.Errorf("verify audit: exit %d: %s%s", exit, out, errOut)
	}
}

func TestAnAccountIsRotatedAndStopped(t *testing.T) {
	dir := newCity(t)
	run := func(args ...string) {
		t.Helper()
		if exit, _, errOut := yimen(t, append(args, "--data", dir)...); exit != 0 {
			t.Fatalf("%v: exit %d: %s", args, exit, errOut)
		}
	}
	run("account", "--name", "wang-system", "--role", "system_admin", "--password", "Wuling-Shan-2026")
	if exit, _, errOut := yimen(t, "lock", "--data", dir, "--account", "wang-system"); exit != 1 || !strings.Contains(errOut, "最后一位") {
		t.Errorf("the last administrator is stopped: exit %d, %s", exit, errOut)
	}
	run("account", "--name", "li-system", "--role", "system_admin", "--password", "Nanling-Shan-2026")
	_, token, _ := yimen(t, "token", "--data", dir, "--account", "wang-system")
	run("password", "--account", "wang-system", "--password", "Danxia-Shan-2026")
	maySignIn(t, dir, "wang-system", "Danxia-Shan-2026")
	mayNotSignIn(t, dir, "wang-system", "Wuling-Shan-2026")
	err := withApp(context.Background(), storage{Data: dir}, slog.New(slog.DiscardHandler), func(a *App) error {
		_, err := a.Identity.ByToken(context.Background(), strings.TrimSpace(token))
		return err
	})
	if !errors.Is(err, identity.ErrToken) {
		t.Errorf("the token outlives the password: %v", err)
	}
	run("lock", "--account", "wang-system")
	mayNotSignIn(t, dir, "wang-system", "Danxia-Shan-2026")
	run("lock", "--account", "wang-system", "--undo")
	maySignIn(t, dir, "wang-system", "Danxia-Shan-2026")
}

func maySignIn(t *testing.T, dir, name, password string) {
	t.Helper()
	if err := signIn(dir, name, password); err != nil {
		t.Errorf("%s cannot sign in: %v", name, err)
	}
}

func mayNotSignIn(t *testing.T, dir, name, password string) {
	t.Helper()
	if err := signIn(dir, name, password); !errors.Is(err, identity.ErrLogin) {
		t.Errorf("%s signs in: %v", name, err)
	}
}

func signIn(dir, name, password string) error {
	return withApp(context.Background(), storage{Data: dir}, slog.New(slog.DiscardHandler), func(a *App) error {
		_, err := a.Identity.Login(context.Background(), name, password, "127.0.0.1")
		return err
	})
}

func TestImportNamesEveryWrongLine(t *testing.T) {
	dir := newCity(t)
	file := filepath.Join(dir, "divisions.csv")
	if err := os.WriteFile(file, []byte("code,name\n440232000000,乳源瑶族自治县\n12,错的\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	exit, out, errOut := yimen(t, "import", "divisions", file, "--data", dir)
	if exit != 1 || !strings.Contains(out+errOut, "12") && !strings.Contains(out, "line ") {
		t.Errorf("exit %d: %s%s", exit, out, errOut)
	}
}

func TestImportTakesOverLicences(t *testing.T) {
	dir := newCity(t)
	file := filepath.Join(dir, "stock.zip")
	write := func(sheet string) {
		t.Helper()
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for name, content := range map[string][]byte{"stock.csv": []byte("证照类型,证照编号,持证主体,持证主体代码,颁发日期,可信等级,颁发机构,扫描件\n" + sheet), "1.jpg": samples.Portrait("a")} {
			w, err := z.Create(name)
			if err == nil {
				_, err = w.Write(content)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(z.Close(), os.WriteFile(file, b.Bytes(), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	line := "劳务派遣经营许可证,乳劳2019-7,李立伟,440232197005120032,2019-05-06,C,440232-d11,"
	write(line + "2.jpg\n")
	if exit, out, _ := yimen(t, "import", "licences", file, "--data", dir); exit != 1 || !strings.Contains(out, "第2行“扫描件”：压缩包里没有“2.jpg”") {
		t.Errorf("exit %d: %s", exit, out)
	}
	write(line + "1.jpg\n")
	if exit, out, _ := yimen(t, "import", "licences", file, "--data", dir); exit != 1 || !strings.Contains(out, "第2行“颁发机构”：没有这个颁发机构") || !strings.Contains(out, "1 rows, 0 loaded") {
		t.Errorf("exit %d: %s", exit, out)
	}
	if exit, _, errOut := yimen(t, "import", "licences", file, "--partial", "--data", dir); exit != 1 || !strings.Contains(errOut, "all or none") {
		t.Errorf("exit %d: %s", exit, errOut)
	}
}

func TestSettingsAreSpelledRight(t *testing.T) {
	t.Setenv("YIMEN_ADRR", "127.0.0.1:0")
	if exit, _, errOut := yimen(t, "version"); exit != 2 || !strings.Contains(errOut, "YIMEN_ADRR") {
		t.Errorf("a misspelt variable is passed over: exit %d: %s", exit, errOut)
	}
}

func TestSettingsComeFromFlagsEnvironmentAndFile(t *testing.T) {
	dir := newCity(t)
	file := filepath.Join(t.TempDir(), "yimen.toml")
	if err := os.WriteFile(file, []byte("data = \""+filepath.ToSlash(dir)+"\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if exit, _, errOut := yimen(t, "verify", "audit", "--config", file); exit != 0 {
		t.Errorf("file: exit %d: %s", exit, errOut)
	}
	t.Setenv("YIMEN_DATA", dir)
	if exit, _, errOut := yimen(t, "verify", "audit"); exit != 0 {
		t.Errorf("environment: exit %d: %s", exit, errOut)
	}
	if exit, _, _ := yimen(t, "verify", "audit", "--data", t.TempDir()); exit != 1 {
		t.Errorf("a flag does not go before the environment: exit %d", exit)
	}
}

// A city that was played on is kept with its data folder, and played on again;
// without its key nobody plays on it.
func TestLoadGoesOnInAnEarlierCity(t *testing.T) {
	dir := t.TempDir()
	play := []string{"load", "--profile", "year", "--cases", "2", "--clients", "2", "--sample", "4", "--database", "sqlite:" + filepath.Join(dir, "city.db")}
	for range 2 {
		if exit, stdout, stderr := yimen(t, append(play, "--data", dir)...); exit != 0 || !strings.Contains(stdout, " 0 differences") {
			t.Fatalf("exit %d\n%s\n%s", exit, stdout, stderr)
		}
	}
	if exit, _, stderr := yimen(t, play...); exit == 0 || !strings.Contains(stderr, "give --data the folder of the city") {
		t.Fatalf("without its key: exit %d, %s", exit, stderr)
	}
}
