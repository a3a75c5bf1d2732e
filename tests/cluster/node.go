package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// node is a database machine: PostgreSQL with its keeper.
type node struct {
	c                *cluster
	name, port, rest string
	keeper           *process
}

func (n *node) data() string { return filepath.Join(n.c.dir, n.name, "data") }

// start runs Patroni, which makes PostgreSQL's cluster or copies the primary's.
func (n *node) start(bin string) error {
	if _, err := n.c.folder(n.name); err != nil {
		return err
	}
	conf, err := n.c.fill("patroni.yml", n.name+".yml", map[string]string{"NODE": n.name, "PG_PORT": n.port, "REST_PORT": n.rest,
		"PG_DATA": n.data(), "PG_BIN": bin, "PG_RUN": filepath.Join(n.c.dir, n.name)})
	if err != nil {
		return err
	}
	n.keeper, err = n.c.start("patroni-"+n.name, true, nil, "patroni", conf)
	return err
}

// is asks the keeper whether the node has a role: primary, replica, sync.
func (n *node) is(role string) error { return answers("http://" + host + ":" + n.rest + "/" + role) }

// crash ends keeper and PostgreSQL at once, as a power cut does.
func (n *node) crash() {
	n.keeper.kill()
	n.killPostgres()
}

// killPostgres ends PostgreSQL, which is no child of ours, if it runs.
func (n *node) killPostgres() {
	f, err := os.Open(filepath.Join(n.data(), "postmaster.pid"))
	if err != nil {
		return // it has ended well, or never began
	}
	defer f.Close()
	line := bufio.NewScanner(f)
	if !line.Scan() {
		return
	}
	pid, err := strconv.Atoi(line.Text())
	if err != nil || pid <= 1 {
		return
	}
	// Its processes end with it: they see that their parent is gone.
	_ = syscall.Kill(pid, syscall.SIGKILL)
	for range 100 {
		if syscall.Kill(pid, 0) != nil {
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// roles finds who is what.
func (c *cluster) roles() (primary, standby *node, err error) {
	for _, n := range c.nodes {
		switch {
		case n.is("primary") == nil:
			primary = n
		case n.is("replica") == nil:
			standby = n
		}
	}
	if primary == nil {
		return nil, nil, errors.New("no node is the primary")
	}
	return primary, standby, nil
}

// switchOver asks the primary's keeper to make the standby the primary, as
// `patronictl switchover` does.
func (c *cluster) switchOver(from, to *node) error {
	body, err := json.Marshal(map[string]string{"leader": from.name, "candidate": to.name})
	if err != nil {
		return err
	}
	client := &http.Client{Timeout: time.Minute}
	res, err := client.Post("http://"+host+":"+from.rest+"/switchover", "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer res.Body.Close()
	said, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("switch over: %s: %s", res.Status, said)
	}
	return err
}
