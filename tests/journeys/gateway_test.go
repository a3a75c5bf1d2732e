package journeys

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A gateway is nginx with deploy/nginx.conf, of which only addresses and the
// place of the certificate were changed.
type gateway struct {
	plain, secure string // addresses without and with TLS
	client        *http.Client
}

// behindGateway starts nginx before a running program.
func (s *server) behindGateway(t *testing.T) *gateway {
	t.Helper()
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o755))
	g := &gateway{plain: freeAddress(t), secure: freeAddress(t)}
	roots := certify(t, dir, "zwfw.example.gov.cn")
	conf, err := os.ReadFile("../../deploy/nginx.conf")
	must(t, err)
	text := string(conf)
	for _, change := range [][2]string{
		{"server 127.0.0.1:8080 ", "server " + strings.TrimPrefix(s.URL, "http://") + " "},
		{"listen 80;", "listen " + g.plain + ";"}, {"    listen [::]:80;\n", ""},
		{"listen 443 ssl http2;", "listen " + g.secure + " ssl http2;"}, {"    listen [::]:443 ssl http2;\n", ""},
		{"/etc/nginx/tls/", dir + "/"},
	} {
		if !strings.Contains(text, change[0]) {
			t.Fatalf("deploy/nginx.conf has no %q", change[0])
		}
		text = strings.ReplaceAll(text, change[0], change[1])
	}
	must(t, os.WriteFile(filepath.Join(dir, "yimen.conf"), []byte(text), 0o600))
	var temp strings.Builder
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&temp, "%s_temp_path %s;\n", kind, filepath.Join(dir, kind))
	}
	who := ""
	if os.Getuid() == 0 {
		who = "user root;" // the folder of a test is its owner's alone
	}
	main := filepath.Join(dir, "nginx.conf")
	must(t, os.WriteFile(main, []byte(fmt.Sprintf(`%s
daemon off;
worker_processes 1;
error_log stderr warn;
pid %s;
events { worker_connections 512; }
http {
access_log off;
%sinclude %s;
}`, who, filepath.Join(dir, "pid"), temp.String(), filepath.Join(dir, "yimen.conf"))), 0o600))

	bin, err := exec.LookPath("nginx")
	if err != nil {
		bin = "/usr/sbin/nginx"
	}
	out := &output{}
	cmd := exec.Command(bin, "-c", main, "-e", "stderr")
	cmd.Stdout, cmd.Stderr = out, out
	must(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		if err := cmd.Wait(); err != nil {
			t.Errorf("nginx: %v\n%s", err, out)
		}
	})
	jar, err := cookiejar.New(nil)
	must(t, err)
	g.client = &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{ForceAttemptHTTP2: true, TLSClientConfig: &tls.Config{RootCAs: roots},
			DialContext: func(ctx context.Context, network, address string) (net.Conn, error) { // the name leads to this machine
				if strings.HasSuffix(address, ":80") {
					return new(net.Dialer).DialContext(ctx, network, g.plain)
				}
				return new(net.Dialer).DialContext(ctx, network, g.secure)
			}}}
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		conn, err := net.Dial("tcp", g.secure)
		if err == nil {
			must(t, conn.Close())
			return g
		}
		if time.Now().After(end) {
			t.Fatalf("nginx does not start: %v\n%s", err, out)
		}
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer l.Close()
	return l.Addr().String()
}

// certify makes zwfw.pem and zwfw.key in dir, and gives who vouches for them.
func certify(t *testing.T, dir, name string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	about := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: []string{name}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true}
	raw, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	must(t, err)
	private, err := x509.MarshalPKCS8PrivateKey(key)
	must(t, err)
	must(t, os.WriteFile(filepath.Join(dir, "zwfw.pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: raw}), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "zwfw.key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
	roots := x509.NewCertPool()
	cert, err := x509.ParseCertificate(raw)
	must(t, err)
	roots.AddCert(cert)
	return roots
}

// ask sends a request through the gateway and gives the answer with its body.
func (g *gateway) ask(t *testing.T, method, address string, body io.Reader, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, address, body)
	must(t, err)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w, err := g.client.Do(r)
	must(t, err)
	defer w.Body.Close()
	text, err := io.ReadAll(w.Body)
	must(t, err)
	return w, string(text)
}

// The gateway's file as it is shipped: a real nginx takes it, and before the
// real program it does what its comments say.
func TestTheGatewaysFile(t *testing.T) {
	c := sampleCity(t, sqlite)
	s := c.serve(t, "demo", "--trust-proxy")
	g := s.behindGateway(t)
	const site = "https://zwfw.example.gov.cn"

	if w, _ := g.ask(t, "GET", "http://zwfw.example.gov.cn/items?x=1", nil); w.StatusCode != 301 || w.Header.Get("Location") != site+"/items?x=1" {
		t.Errorf("without TLS: %d to %q", w.StatusCode, w.Header.Get("Location"))
	}
	w, text := g.ask(t, "GET", site+"/", nil)
	if w.StatusCode != 200 || w.ProtoMajor != 2 || !strings.Contains(text, "</html>") || w.Header.Get("Strict-Transport-Security") == "" || !w.Uncompressed {
		t.Errorf("home: %s %d, compressed %t, %v", w.Proto, w.StatusCode, w.Uncompressed, w.Header)
	}

	// The program knows that the way is secure, and where the client really is.
	before := c.count(t, `SELECT COUNT(*) FROM audit_row WHERE address = '127.0.0.1'`)
	w, _ = g.ask(t, "POST", site+"/demo/login", strings.NewReader(url.Values{"account": {"citizen-1"}, "next": {"/my"}}.Encode()),
		"Content-Type", "application/x-www-form-urlencoded", "Origin", site, "X-Forwarded-For", "8.8.8.8", "X-Forwarded-Proto", "http")
	if w.StatusCode != 303 || len(w.Cookies()) == 0 {
		t.Fatalf("sign in: %d %v", w.StatusCode, w.Header)
	}
	for _, cookie := range w.Cookies() {
		if !cookie.Secure {
			t.Errorf("the cookie %s would go over a way that is not secure", cookie.Name)
		}
	}
	if forged, known := c.count(t, `SELECT COUNT(*) FROM audit_row WHERE address = '8.8.8.8'`), c.count(t, `SELECT COUNT(*) FROM audit_row WHERE address = '127.0.0.1'`); forged != 0 || known <= before {
		t.Errorf("%d rows by a forged address, %d by the real one", forged, known-before)
	}
	if w, text := g.ask(t, "GET", site+"/my", nil); w.StatusCode != 200 || !strings.Contains(text, "我的") {
		t.Errorf("my page: %d", w.StatusCode)
	}

	// The largest file goes through; one that is too large for the gateway is told so in words.
	token, err := s.token("citizen-1")
	must(t, err)
	pages := func(n int64) (io.Reader, string) {
		return multipartFile("合同.pdf", io.MultiReader(strings.NewReader(string(pdf)), io.LimitReader(zero{}, n-int64(len(pdf)))))
	}
	body, kind := pages(50 << 20)
	if w, text := g.ask(t, "POST", site+"/api/v1/files", body, "Content-Type", kind, "Authorization", "Bearer "+token, "Idempotency-Key", "gateway-1"); w.StatusCode != 201 {
		t.Errorf("50 MB: %d %s", w.StatusCode, text)
	}
	body, kind = pages(231 << 20)
	if w, text := g.ask(t, "POST", site+"/api/v1/files", body, "Content-Type", kind, "Authorization", "Bearer "+token); w.StatusCode != 413 || !strings.Contains(text, "一次传的太多了") {
		t.Errorf("231 MB: %d %s", w.StatusCode, text)
	}

	if w, _ := g.ask(t, "GET", site+"/metrics", nil); w.StatusCode != 403 {
		t.Errorf("metrics, from outside: %d", w.StatusCode)
	}
	if w, _ := g.ask(t, "GET", site+"/readyz", nil); w.StatusCode != 200 {
		t.Errorf("readyz from this machine: %d", w.StatusCode)
	}

	// While the program is away, people and programs are told so.
	s.kill()
	w, text = g.ask(t, "GET", site+"/my", nil)
	if w.StatusCode != 503 || !strings.Contains(text, "系统正忙，请稍候") || w.Header.Get("Retry-After") == "" || !strings.HasPrefix(w.Header.Get("Content-Type"), "text/html") {
		t.Errorf("a page while the program is away: %d %s", w.StatusCode, text)
	}
	w, text = g.ask(t, "POST", site+"/api/v1/cases", strings.NewReader("{}"))
	if w.StatusCode != 503 || !strings.Contains(text, `"code":"unavailable"`) || w.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("the API while the program is away: %d %v %s", w.StatusCode, w.Header, text)
	}
}
