package dbtest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"sync"
	"testing"

	"yimen/internal/kit/db"
)

// server is the connection to the maintenance database of the test server,
// and which templates this process has seen there.
var server struct {
	sync.Mutex
	admin *db.DB
	ready map[string]string
}

// HasPostgres tells whether tests may use a PostgreSQL server.
func HasPostgres() bool { return os.Getenv(serverVar) != "" }

// Copy gives the address of a PostgreSQL database of the test's own, like the
// one that fill has filled; it is filled once for each name.
func Copy(t testing.TB, name string, fill func(ctx context.Context, url string) error) (url string) {
	t.Helper()
	from, err := postgresTemplate(context.Background(), name, fill)
	if err != nil {
		t.Fatalf("PostgreSQL at %s: %v", db.Redact(os.Getenv(serverVar)), err)
	}
	return copyOf(t, from)
}

// Drop removes what Copy copies for a name, if this process has made it.
func Drop(name string) error {
	server.Lock()
	defer server.Unlock()
	made, ok := server.ready[name]
	if !ok {
		return nil
	}
	delete(server.ready, name)
	_, err := server.admin.SQL().Exec("DROP DATABASE " + made + " WITH (FORCE)")
	return err
}

func openPostgres(t testing.TB, sources []db.Source) *db.DB {
	t.Helper()
	k, err := key(db.Postgres, sources)
	if err != nil {
		t.Fatal(err)
	}
	d := open(t, Copy(t, k, func(ctx context.Context, url string) error {
		d, err := db.Open(ctx, url, options())
		if err != nil {
			return err
		}
		return errors.Join(migrate(ctx, d, sources), d.Close())
	}))
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close the test database: %v", err)
		}
	})
	return d
}

func copyOf(t testing.TB, from string) (url string) {
	t.Helper()
	ctx := context.Background()
	name := "yimen_test_" + randomName()
	if _, err := server.admin.SQL().ExecContext(ctx, "CREATE DATABASE "+name+" TEMPLATE "+from); err != nil {
		t.Fatalf("create database from %s: %v", from, err)
	}
	t.Cleanup(func() {
		if _, err := server.admin.SQL().ExecContext(ctx, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop test database: %v", err)
		}
	})
	return databaseURL(name)
}

// postgresTemplate names the filled template database, making it if no other test
// process of this server has yet.
func postgresTemplate(ctx context.Context, k string, fill func(ctx context.Context, url string) error) (string, error) {
	server.Lock()
	defer server.Unlock()
	if name, ok := server.ready[k]; ok {
		return name, nil
	}
	if server.admin == nil {
		o := options()
		o.MaxConns = 2
		var err error
		if server.admin, err = db.Open(ctx, os.Getenv(serverVar), o); err != nil {
			return "", err
		}
		server.ready = map[string]string{}
	}
	name := "yimen_template_" + k
	if err := buildOnce(ctx, name, fill); err != nil {
		return "", err
	}
	server.ready[k] = name
	return name, nil
}

// buildOnce fills a database under another name and renames it when it is
// whole, so that a killed test run leaves no half template. The lock keeps
// other test processes from building the same one.
func buildOnce(ctx context.Context, name string, fill func(ctx context.Context, url string) error) error {
	conn, err := server.admin.SQL().Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(hashtext($1))", name); err != nil {
		return err
	}
	defer conn.ExecContext(ctx, "SELECT pg_advisory_unlock(hashtext($1))", name)

	var there bool
	const exists = "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)"
	if err := conn.QueryRowContext(ctx, exists, name).Scan(&there); err != nil || there {
		return err
	}
	draft := name + "_draft"
	if err := run(ctx, conn, "DROP DATABASE IF EXISTS "+draft+" WITH (FORCE)", "CREATE DATABASE "+draft); err != nil {
		return err
	}
	if err := fill(ctx, databaseURL(draft)); err != nil {
		return err
	}
	return run(ctx, conn, "ALTER DATABASE "+draft+" RENAME TO "+name)
}

func run(ctx context.Context, conn *sql.Conn, statements ...string) error {
	for _, s := range statements {
		if _, err := conn.ExecContext(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}

// databaseURL is the server's address with another database name.
func databaseURL(name string) string {
	u, err := url.Parse(os.Getenv(serverVar))
	if err != nil {
		// db.Open has already read this address.
		panic("dbtest: " + serverVar + " cannot be read")
	}
	u.Path = "/" + name
	return u.String()
}

func randomName() string {
	b := make([]byte, 8)
	rand.Read(b)
	return hex.EncodeToString(b)
}
