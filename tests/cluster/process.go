package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a part that runs, in a process group of its own.
type process struct {
	name  string
	cmd   *exec.Cmd
	log   string
	ended chan struct{}
	err   error
}

// start runs a program whose output goes to NAME.log. As root, parts that
// refuse to be root (asOther) run as the user of PostgreSQL.
func (c *cluster) start(name string, asOther bool, env []string, command string, args ...string) (*process, error) {
	p := &process{name: name, log: filepath.Join(c.dir, name+".log"), ended: make(chan struct{})}
	out, err := os.OpenFile(p.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer out.Close()
	p.cmd = exec.Command(command, args...)
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = c.dir, out, out
	p.cmd.Env = append(os.Environ(), env...)
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if asOther && c.other != nil {
		p.cmd.SysProcAttr.Credential = c.other
		p.cmd.Env = append(p.cmd.Env, "HOME="+c.dir)
	}
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	go func() {
		p.err = p.cmd.Wait()
		close(p.ended)
	}()
	c.mu.Lock()
	c.running = append(c.running, p)
	c.mu.Unlock()
	return p, nil
}

// kill ends the process and all of its group, as a power cut does.
func (p *process) kill() {
	_ = syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	<-p.ended
}

// stop asks it to end, and does not ask twice.
func (p *process) stop(patience time.Duration) {
	_ = syscall.Kill(p.cmd.Process.Pid, syscall.SIGTERM)
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.kill()
	}
}

// stopAll ends what still runs, what was started last first. The databases are
// not asked politely: their data is thrown away.
func (c *cluster) stopAll() {
	c.mu.Lock()
	list := c.running
	c.running = nil
	c.mu.Unlock()
	var group sync.WaitGroup
	for i := len(list) - 1; i >= 0; i-- {
		p := list[i]
		if strings.HasPrefix(p.name, "yimen") {
			group.Go(func() { p.stop(10 * time.Second) })
			continue
		}
		group.Wait() // before what they stand on
		if strings.HasPrefix(p.name, "patroni") {
			p.kill()
			continue
		}
		p.stop(3 * time.Second)
	}
	group.Wait()
	for _, n := range c.nodes {
		n.killPostgres()
	}
}

// tail is the end of a log, for the report of a failure.
func (p *process) tail(lines int) string {
	raw, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimSpace(string(raw)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}

// run is a command to its end.
func (c *cluster) run(env []string, command string, args ...string) (string, error) {
	cmd := exec.CommandContext(c.ctx, command, args...)
	cmd.Dir, cmd.Env = c.dir, append(os.Environ(), env...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%s %s: %w\n%s%s", filepath.Base(command), strings.Join(args, " "), err, out, &said)
	}
	return string(out), err
}

// otherUser is who runs what refuses to be root; nil for those who are not.
func otherUser() (*syscall.Credential, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, errors.New("running as root, and there is no user postgres to run PostgreSQL")
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

// folder makes a folder that the other user may write to.
func (c *cluster) folder(name string) (string, error) {
	dir := filepath.Join(c.dir, name)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	if c.other != nil {
		return dir, os.Chown(dir, int(c.other.Uid), int(c.other.Gid))
	}
	return dir, nil
}
