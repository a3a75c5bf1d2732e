package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// up starts all parts, lowest first.
func (c *cluster) up() error {
	for _, part := range []struct {
		what string
		do   func() error
	}{{"etcd", c.etcd}, {"object store", c.objectStore}, {"PostgreSQL", c.postgres}, {"balancer", c.balancer},
		{"database", c.database}, {"pooler", c.pooler}, {"yimen", c.yimen}} {
		begin := time.Now()
		if err := part.do(); err != nil {
			return fmt.Errorf("%s: %w", part.what, err)
		}
		say("%-14s up after %4.1f s", part.what, time.Since(begin).Seconds())
	}
	return nil
}

func (c *cluster) etcd() error {
	data, err := c.folder("etcd")
	if err != nil {
		return err
	}
	conf, err := c.fill("etcd.yml", "etcd.yml", map[string]string{"NODE": "etcd1", "ETCD_DATA": filepath.Join(data, "data")})
	if err != nil {
		return err
	}
	if _, err := c.start("etcd", true, nil, "etcd", "--config-file", conf); err != nil {
		return err
	}
	return c.until("etcd", 30*time.Second, func() error { return answers("http://" + c.vars["ETCD"] + "/health") })
}

func (c *cluster) objectStore() error {
	env := []string{"MINIO_ROOT_USER=yimen", "MINIO_ROOT_PASSWORD=" + c.vars["S3_PASSWORD"], "MINIO_BROWSER=off", "MINIO_UPDATE=off"}
	address := net.JoinHostPort(host, c.vars["S3_PORT"])
	if _, err := c.start("s3", false, env, filepath.Join(c.bin, "s3"), "server", "--quiet", "--address", address, filepath.Join(c.dir, "s3")); err != nil {
		return err
	}
	_, err := c.run(env, filepath.Join(c.bin, "s3"), "make-bucket", address, "yimen-files")
	return err
}

// postgresBin is the newest installation, as scripts/with-postgres finds it.
func postgresBin() (string, error) {
	if dir := os.Getenv("PGBIN"); dir != "" {
		return dir, nil
	}
	list, err := filepath.Glob("/usr/lib/postgresql/*/bin")
	if err != nil || len(list) == 0 {
		return "", errors.New("PostgreSQL is not installed")
	}
	slices.Sort(list)
	return list[len(list)-1], nil
}

func (c *cluster) postgres() error {
	bin, err := postgresBin()
	if err != nil {
		return err
	}
	for i, n := range c.nodes {
		if err := n.start(bin); err != nil {
			return err
		}
		role := "primary"
		if i > 0 {
			role = "sync"
		}
		if err := c.until(n.name+" as "+role, 90*time.Second, func() error { return n.is(role) }); err != nil {
			return fmt.Errorf("%w\n%s", err, n.keeper.tail(15))
		}
	}
	return nil
}

func (c *cluster) balancer() error {
	conf, err := c.fill("haproxy.cfg", "haproxy.cfg", nil)
	if err != nil {
		return err
	}
	if _, err := c.start("haproxy", true, nil, "haproxy", "-db", "-f", conf); err != nil {
		return err
	}
	// Until it has asked, the balancer takes both for the primary, in turn.
	return c.until("the door to the primary", 15*time.Second, func() error {
		for range 4 {
			if n, err := c.sql("SELECT count(*) FROM (SELECT 1 WHERE pg_is_in_recovery()) x"); err != nil || n > 0 {
				return fmt.Errorf("it leads to the standby (%w)", err)
			}
		}
		return nil
	})
}

// address is the database as somebody reaches it at a port.
func (c *cluster) address(user, password, port, name, options string) string {
	return fmt.Sprintf("postgres://%s:%s@%s:%s/%s?%s", user, password, host, port, name, options)
}

// sql runs statements as the superuser, on the primary.
func (c *cluster) sql(statements ...string) (last int64, err error) {
	return c.sqlIn("postgres", statements...)
}

// sqlIn gives the number that the last of the statements gives, if it gives one.
func (c *cluster) sqlIn(database string, statements ...string) (last int64, err error) {
	ctx, cancel := context.WithTimeout(c.ctx, 30*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.address("postgres", c.vars["SUPERUSER_PASSWORD"], c.vars["PRIMARY_PORT"], database, "connect_timeout=3"))
	if err != nil {
		return 0, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for _, s := range statements {
		if !strings.HasPrefix(s, "SELECT") {
			if _, err := conn.Exec(ctx, s); err != nil {
				return 0, err
			}
			continue
		}
		if err := conn.QueryRow(ctx, s).Scan(&last); err != nil {
			return 0, err
		}
	}
	return last, nil
}

// database makes role and database, and the files with their addresses.
func (c *cluster) database() error {
	password := c.vars["YIMEN_PASSWORD"]
	if _, err := c.sql("CREATE ROLE yimen LOGIN PASSWORD '"+password+"'",
		"CREATE DATABASE yimen OWNER yimen ENCODING 'UTF8' TEMPLATE template0"); err != nil {
		return err
	}
	for name, text := range map[string]string{
		"database":        c.address("yimen", password, c.vars["POOL_PORT"], "yimen", "default_query_exec_mode=cache_describe&connect_timeout=5"),
		"database-direct": c.address("yimen", password, c.vars["PRIMARY_PORT"], "yimen", "connect_timeout=5"),
		"database-read":   c.address("yimen", password, c.vars["STANDBY_PORT"], "yimen", "connect_timeout=5"),
		"userlist.txt":    fmt.Sprintf("%q %q\n", "yimen", password),
		"files.key":       strings.Repeat("5a", 16) + "\n",
	} {
		if _, err := c.secret(name, text); err != nil {
			return err
		}
	}
	return nil
}

func (c *cluster) pooler() error {
	conf, err := c.fill("pgbouncer.ini", "pgbouncer.ini", nil)
	if err != nil {
		return err
	}
	if _, err := c.start("pgbouncer", true, nil, "pgbouncer", conf); err != nil {
		return err
	}
	return c.until("the pooler", 15*time.Second, func() error {
		ctx, cancel := context.WithTimeout(c.ctx, 3*time.Second)
		defer cancel()
		conn, err := pgx.Connect(ctx, c.address("yimen", c.vars["YIMEN_PASSWORD"], c.vars["POOL_PORT"], "yimen", "default_query_exec_mode=cache_describe"))
		if err != nil {
			return err
		}
		return conn.Close(ctx)
	})
}

func (c *cluster) s3Env() []string {
	return []string{"AWS_ACCESS_KEY_ID=yimen", "AWS_SECRET_ACCESS_KEY=" + c.vars["S3_PASSWORD"]}
}

// yimen starts the worker, which makes the sample city, and then the others.
func (c *cluster) yimen() error {
	if _, err := c.fill("yimen.toml", "yimen.toml", nil); err != nil {
		return err
	}
	if err := c.program("yimen-worker", "worker", c.vars["WORKER_PORT"], 3*time.Minute, nil); err != nil {
		return err
	}
	for _, w := range c.webs {
		if err := c.startWeb(w); err != nil {
			return err
		}
	}
	return c.until("the site", 20*time.Second, func() error { return answers(c.vars["SITE"] + "/") })
}

func (c *cluster) startWeb(w *web) error {
	return c.program("yimen-"+w.name, "web", w.port, 30*time.Second, &w.process)
}

func (c *cluster) program(name, role, port string, patience time.Duration, into **process) error {
	address := net.JoinHostPort(host, port)
	p, err := c.start(name, false, c.s3Env(), filepath.Join(c.bin, "yimen"), "--config", filepath.Join(c.dir, "yimen.toml"), "--log", "warn",
		"demo", "--role", role, "--addr", address, "--cases", "60")
	if err != nil {
		return err
	}
	if into != nil {
		*into = p
	}
	err = c.until(name, patience, func() error {
		select {
		case <-p.ended:
			return fmt.Errorf("it has ended: %v\n%s", p.err, p.tail(10))
		default:
			return answers("http://" + address + "/readyz")
		}
	})
	if err != nil {
		err = fmt.Errorf("%w\n%s", err, p.tail(10))
	}
	return err
}
