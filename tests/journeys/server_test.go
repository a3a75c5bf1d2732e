package journeys

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// A server is the program, running.
type server struct {
	*city
	URL    string
	cmd    *exec.Cmd
	out    *output
	exited chan error
	tokens sync.Map // account → token
}

// output keeps what a program prints while others look at it.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

var address = regexp.MustCompile(`http://(127\.0\.0\.1:[0-9]+)`)

// start runs `yimen COMMAND` on the city and waits until it is ready.
func (c *city) start(command string, args ...string) (*server, error) {
	s := &server{city: c, out: &output{}, exited: make(chan error, 1)}
	s.cmd = exec.Command(cmp.Or(c.binary, program), append(append([]string{command, "--addr", "127.0.0.1:0", "--log", "warn"}, c.args()...), args...)...)
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.out
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { s.exited <- s.cmd.Wait() }()
	deadline := time.After(2 * time.Minute)
	for {
		if m := address.FindStringSubmatch(s.out.String()); m != nil {
			s.URL = "http://" + m[1]
			if status, _ := s.ready(); status == http.StatusOK {
				return s, nil
			}
		}
		select {
		case err := <-s.exited:
			return nil, fmt.Errorf("yimen %s ended: %v\n%s", command, err, s.out)
		case <-deadline:
			s.kill()
			return nil, fmt.Errorf("yimen %s is not ready after two minutes\n%s", command, s.out)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// serve starts the program and stops it when the test ends.
func (c *city) serve(t testing.TB, command string, args ...string) *server {
	t.Helper()
	s, err := c.start(command, args...)
	must(t, err)
	t.Cleanup(func() {
		if err := s.stop(); err != nil {
			t.Errorf("stop yimen: %v\n%s", err, s.out)
		}
	})
	return s
}

func (s *server) ready() (int, error) {
	r, err := http.Get(s.URL + "/readyz")
	if err != nil {
		return 0, err
	}
	return r.StatusCode, r.Body.Close()
}

// stop asks the program to end, as systemd does, and waits; a program that
// ended before is no error.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return nil // gone already
	}
	select {
	case err := <-s.exited:
		s.exited <- err
		return err
	case <-time.After(40 * time.Second):
		s.kill()
		return errors.New("did not stop within 40 s of SIGTERM")
	}
}

// kill ends the program as a power cut does.
func (s *server) kill() {
	_ = s.cmd.Process.Kill()
	err := <-s.exited
	s.exited <- err
}

// token gives a bearer token of an account, made by the command line.
func (s *server) token(account string) (string, error) {
	if account == "" {
		return "", nil
	}
	if v, ok := s.tokens.Load(account); ok {
		return v.(string), nil
	}
	out, err := s.yimen("token", "--account", account)
	if err != nil {
		return "", fmt.Errorf("token of %s: %w\n%s", account, err, out)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	token := lines[len(lines)-1]
	s.tokens.Store(account, token)
	return token, nil
}

// yimen runs a command on the city to its end.
func (c *city) yimen(command string, args ...string) (string, error) {
	out, err := exec.Command(cmp.Or(c.binary, program), append(append([]string{command}, args...), c.args()...)...).CombinedOutput()
	return string(out), err
}

// as gives a caller of the API in the name of an account, "" for nobody.
func (s *server) as(t testing.TB, account string) *caller {
	t.Helper()
	token, err := s.token(account)
	must(t, err)
	return &caller{t: t, api: api{base: s.URL, token: token}}
}

// shared are the servers of the stories that touch only their own cases.
var shared = map[engine]func() (*server, error){
	sqlite:   sync.OnceValues(func() (*server, error) { return startShared(sqlite) }),
	postgres: sync.OnceValues(func() (*server, error) { return startShared(postgres) }),
}

func startShared(e engine) (*server, error) {
	c, err := copyCity(e, workshop+"/shared-"+string(e))
	if err != nil {
		return nil, err
	}
	s, err := c.start("demo")
	if err == nil {
		running.Lock()
		defer running.Unlock()
		running.list = append(running.list, s)
	}
	return s, err
}

var running struct {
	sync.Mutex
	list []*server
}

// stopShared ends the shared servers; an unclean end fails the whole run.
func stopShared() error {
	var failed error
	for _, s := range running.list {
		if err := s.stop(); err != nil {
			failed = errors.Join(failed, fmt.Errorf("%w\n%s", err, s.out))
		}
	}
	return failed
}

func sharedServer(t testing.TB, e engine) *server {
	t.Helper()
	s, err := shared[e]()
	must(t, err)
	return s
}
