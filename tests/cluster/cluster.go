package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

const host = "127.0.0.1"

// cluster is all the parts, running on this machine.
type cluster struct {
	ctx   context.Context
	dir   string
	bin   string // yimen and s3
	conf  string // deploy/cluster
	other *syscall.Credential
	vars  map[string]string // of the files of deploy/cluster
	nodes []*node
	webs  []*web

	mu      sync.Mutex
	running []*process
}

// web is one yimen of role web.
type web struct {
	name, port string
	*process
}

func newCluster(ctx context.Context, root string) (*cluster, error) {
	c := &cluster{ctx: ctx, bin: filepath.Join(root, "bin"), conf: filepath.Join(root, "deploy", "cluster")}
	var err error
	if c.other, err = otherUser(); err != nil {
		return nil, err
	}
	if c.dir, err = os.MkdirTemp("", "yimen-cluster-"); err != nil {
		return nil, err
	}
	if err := os.Chmod(c.dir, 0o755); err != nil {
		return nil, err
	}
	c.vars = map[string]string{"HOST": host, "NETWORK": host + "/32", "SHARED_BUFFERS": "256MB", "SECRETS": c.dir,
		"SUPERUSER_PASSWORD": rand.Text(), "REPLICATION_PASSWORD": rand.Text(), "YIMEN_PASSWORD": rand.Text(), "S3_PASSWORD": rand.Text(),
		"USERLIST": filepath.Join(c.dir, "userlist.txt"), "YIMEN_DATA": filepath.Join(c.dir, "yimen")}
	ports, err := freePorts(16)
	if err != nil {
		return nil, err
	}
	for i, name := range []string{"ETCD_PORT", "ETCD_PEER_PORT", "PRIMARY_PORT", "STANDBY_PORT", "POOL_PORT", "SITE_PORT", "S3_PORT",
		"WORKER_PORT", "WEB1_PORT", "WEB2_PORT"} {
		c.vars[name] = ports[i]
	}
	c.vars["ETCD"] = net.JoinHostPort(host, c.vars["ETCD_PORT"])
	c.vars["ETCD_MEMBERS"] = "etcd1=http://" + net.JoinHostPort(host, c.vars["ETCD_PEER_PORT"])
	c.vars["SITE"] = "http://" + net.JoinHostPort(host, c.vars["SITE_PORT"])
	c.vars["S3"] = "http://" + net.JoinHostPort(host, c.vars["S3_PORT"])
	for i := range 2 {
		n := &node{c: c, name: fmt.Sprintf("db%d", i+1), port: ports[10+2*i], rest: ports[11+2*i]}
		c.nodes = append(c.nodes, n)
		c.vars[strings.ToUpper(n.name)] = net.JoinHostPort(host, n.port)
		c.vars[strings.ToUpper(n.name)+"_REST_PORT"] = n.rest
		w := &web{name: fmt.Sprintf("web%d", i+1)}
		w.port = c.vars[strings.ToUpper(w.name)+"_PORT"]
		c.webs = append(c.webs, w)
		c.vars[strings.ToUpper(w.name)] = net.JoinHostPort(host, w.port)
	}
	return c, nil
}

// freePorts gives ports that nobody has now.
func freePorts(n int) ([]string, error) {
	var ports []string
	for range n {
		l, err := net.Listen("tcp", host+":0")
		if err != nil {
			return nil, err
		}
		defer l.Close()
		ports = append(ports, strconv.Itoa(l.Addr().(*net.TCPAddr).Port))
	}
	return ports, nil
}

// fill writes a file of deploy/cluster with its ${NAMES} filled in.
func (c *cluster) fill(file, as string, own map[string]string) (string, error) {
	raw, err := os.ReadFile(filepath.Join(c.conf, file))
	if err != nil {
		return "", err
	}
	var unknown []string
	text := os.Expand(string(raw), func(name string) string {
		if v, ok := own[name]; ok {
			return v
		}
		v, ok := c.vars[name]
		if !ok {
			unknown = append(unknown, name)
		}
		return v
	})
	if len(unknown) > 0 {
		return "", fmt.Errorf("%s: nothing is known of %v", file, unknown)
	}
	return c.secret(as, text)
}

// secret writes a file that only those read who run the parts.
func (c *cluster) secret(name, text string) (string, error) {
	path := filepath.Join(c.dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return "", err
	}
	if c.other != nil {
		return path, os.Chown(path, int(c.other.Uid), int(c.other.Gid))
	}
	return path, nil
}

// until waits for ok, and says what it waited for when that takes too long.
func (c *cluster) until(what string, patience time.Duration, ok func() error) error {
	deadline := time.Now().Add(patience)
	for {
		err := ok()
		if err == nil {
			return nil
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("%s: not within %v: %w", what, patience, err)
		}
		select {
		case <-c.ctx.Done():
			return c.ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
}

var quick = &http.Client{Timeout: 3 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}

// answers asks for status 200.
func answers(url string) error {
	res, err := quick.Get(url)
	if err != nil {
		return err
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return errors.New(url + ": " + res.Status)
	}
	return nil
}
