package journeys

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	_ "modernc.org/sqlite"
)

// An engine is one of the databases the program runs on.
type engine string

const (
	sqlite   engine = "sqlite"
	postgres engine = "postgres"
)

// serverVar names the PostgreSQL server that tests may use.
const serverVar = "YIMEN_TEST_POSTGRES"

func engines() []engine {
	if os.Getenv(serverVar) == "" {
		return []engine{sqlite}
	}
	return []engine{sqlite, postgres}
}

// each runs fn as one subtest per database.
func each(t *testing.T, fn func(t *testing.T, e engine)) {
	t.Helper()
	for _, e := range engines() {
		t.Run(string(e), func(t *testing.T) { fn(t, e) })
	}
}

// A city is where one program keeps everything: its data folder and database.
type city struct {
	engine   engine
	dir      string
	database string // address, as --database takes it
	through  string // another way to the same database, if the program is to take it
	binary   string // another build of the program
}

// args are the flags that make a command work on this city.
func (c *city) args() []string {
	return []string{"--data", c.dir, "--database", cmp.Or(c.through, c.database)}
}

// sampleCases is how many cases the copied city begins with: enough that
// lists have pages.
const sampleCases = 40

// templates are the cities that tests copy, made by the program's own first
// start on an empty folder.
var templates = map[engine]func() (*city, error){
	sqlite:   sync.OnceValues(func() (*city, error) { return makeTemplate(sqlite) }),
	postgres: sync.OnceValues(func() (*city, error) { return makeTemplate(postgres) }),
}

func makeTemplate(e engine) (*city, error) {
	c, err := emptyCity(e, filepath.Join(workshop, "template-"+string(e)))
	if err != nil {
		return nil, err
	}
	s, err := c.start("demo", "--few-seals", "--cases", fmt.Sprint(sampleCases))
	if err != nil {
		return nil, err
	}
	return c, errors.Join(c.furnished(), s.stop())
}

// furnished waits until the sample's seals are made, which goes on after the
// start: the stories are not about it.
func (c *city) furnished() error {
	d, err := c.open()
	if err != nil {
		return err
	}
	defer d.Close()
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		var left int
		if err := d.QueryRow(`SELECT COUNT(*) FROM river_job WHERE kind = 'seals.furnish' AND finalized_at IS NULL`).Scan(&left); err != nil {
			return err
		}
		if left == 0 {
			return nil
		}
	}
	return errors.New("the sample's seals were not made within two minutes")
}

// emptyCity is a folder, and on PostgreSQL a database, with nothing in them.
func emptyCity(e engine, dir string) (*city, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	c := &city{engine: e, dir: dir, database: "sqlite:" + filepath.Join(dir, "yimen.db")}
	if e == sqlite {
		return c, nil
	}
	var err error
	c.database, err = createDatabase("")
	return c, err
}

// copyCity gives a sample city of one's own in dir.
func copyCity(e engine, dir string) (*city, error) {
	from, err := templates[e]()
	if err != nil {
		return nil, fmt.Errorf("make the sample city: %w", err)
	}
	if err := os.CopyFS(dir, os.DirFS(from.dir)); err != nil {
		return nil, err
	}
	if err := os.Chmod(filepath.Join(dir, "files.key"), 0o600); err != nil {
		return nil, err
	}
	c := &city{engine: e, dir: dir, database: "sqlite:" + filepath.Join(dir, "yimen.db")}
	if e == postgres {
		c.database, err = createDatabase("TEMPLATE " + databaseName(from.database))
	}
	return c, err
}

func sampleCity(t testing.TB, e engine) *city {
	t.Helper()
	c, err := copyCity(e, filepath.Join(t.TempDir(), "data"))
	must(t, err)
	return c
}

var databases struct {
	sync.Mutex
	names []string
}

// createDatabase makes a database on the test server, with options of CREATE
// DATABASE such as a template.
func createDatabase(options string) (string, error) {
	u, err := url.Parse(os.Getenv(serverVar))
	if err != nil {
		return "", fmt.Errorf("%s cannot be read", serverVar)
	}
	random := make([]byte, 8)
	rand.Read(random)
	name := "yimen_journey_" + hex.EncodeToString(random)
	databases.Lock()
	defer databases.Unlock() // two copies of one template at a time are refused
	if err := onServer("CREATE DATABASE " + name + " " + options); err != nil {
		return "", err
	}
	databases.names = append(databases.names, name)
	u.Path = "/" + name
	return u.String(), nil
}

func onServer(statement string) error {
	d, err := sql.Open("pgx", os.Getenv(serverVar))
	if err != nil {
		return err
	}
	defer d.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	_, err = d.ExecContext(ctx, statement)
	return err
}

func dropDatabases() {
	for _, name := range databases.names {
		if err := onServer("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)"); err != nil {
			fmt.Fprintln(os.Stderr, "drop test database:", err)
		}
	}
}

func databaseName(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(u.Path, "/")
}

// open connects to the database behind the program's back, to look at rows
// and to tamper with them.
func (c *city) open() (*sql.DB, error) {
	if c.engine == postgres {
		return sql.Open("pgx", c.database)
	}
	path := strings.TrimPrefix(c.database, "sqlite:")
	return sql.Open("sqlite", "file:"+path+"?_pragma=busy_timeout(10000)")
}

// count runs a query that answers one number.
func (c *city) count(t testing.TB, query string, args ...any) int {
	t.Helper()
	d, err := c.open()
	must(t, err)
	defer d.Close()
	var n int
	must(t, d.QueryRow(query, args...).Scan(&n))
	return n
}

// rows counts what an application leaves behind and no job of the sample
// city's own cases adds to.
func (c *city) rows(t testing.TB) string {
	t.Helper()
	var b bytes.Buffer
	people := "files_file WHERE owner NOT LIKE 'system:%'" // the rest are notices, sealed while the test runs
	for _, table := range []string{"cases_case", "cases_content", "cases_material", people, "web_idempotency"} {
		fmt.Fprintf(&b, "%s %d\n", table, c.count(t, "SELECT COUNT(*) FROM "+table))
	}
	return b.String()
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
