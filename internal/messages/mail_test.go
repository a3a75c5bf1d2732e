package messages

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"mime"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
)

// smtpServer is a small SMTP server: it takes mail, but for those who are
// refused.
type smtpServer struct {
	net.Listener
	refuse map[string]string // address → answer to RCPT
	mu     sync.Mutex
	got    []string // mails, whole
	to     []string
}

func newSMTPServer(t *testing.T) *smtpServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &smtpServer{Listener: l, refuse: map[string]string{}}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go s.talk(c)
		}
	}()
	t.Cleanup(func() { _ = l.Close() })
	return s
}

func (s *smtpServer) talk(c net.Conn) {
	defer func() { _ = c.Close() }()
	in := bufio.NewReader(c)
	say := func(line string) { _, _ = fmt.Fprint(c, line+"\r\n") }
	say("220 test ESMTP")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch verb := strings.ToUpper(strings.TrimSpace(line)); {
		case strings.HasPrefix(verb, "EHLO"):
			say("250-test")
			say("250 8BITMIME")
		case strings.HasPrefix(verb, "RCPT"):
			address := strings.Trim(line[strings.Index(line, "<"):], "<>\r\n ")
			if answer := s.refuse[address]; answer != "" {
				say(answer)
				continue
			}
			s.mu.Lock()
			s.to = append(s.to, address)
			s.mu.Unlock()
			say("250 ok")
		case verb == "DATA":
			say("354 go on")
			var b strings.Builder
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				b.WriteString(line)
			}
			s.mu.Lock()
			s.got = append(s.got, b.String())
			s.mu.Unlock()
			say("250 queued as 7")
		case verb == "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func TestMailToARealServer(t *testing.T) {
	server := newSMTPServer(t)
	s, err := NewSMTP(MailSettings{Host: "127.0.0.1", Port: server.Addr().(*net.TCPAddr).Port, TLS: "none", From: "一门政务服务 <service@yimen.test>"})
	if err != nil {
		t.Fatal(err)
	}
	o := Outgoing{ID: "id-1", To: "lan@example.com", Subject: "已受理：林木采伐许可证核发", Text: "您的申请已受理。\n\n查看：https://yimen.test/my"}
	receipt, err := s.Send(context.Background(), o)
	if err != nil || receipt != "id-1@127.0.0.1" {
		t.Fatalf("%q, %v", receipt, err)
	}
	server.mu.Lock()
	defer server.mu.Unlock()
	if len(server.got) != 1 || server.to[0] != "lan@example.com" {
		t.Fatalf("the server has %d mails for %v", len(server.got), server.to)
	}
	m, err := mail.ReadMessage(strings.NewReader(server.got[0]))
	if err != nil {
		t.Fatal(err)
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil || subject != o.Subject {
		t.Errorf("subject %q, %v", subject, err)
	}
	if m.Header.Get("Message-Id") != "<id-1@127.0.0.1>" || m.Header.Get("Auto-Submitted") != "auto-generated" {
		t.Errorf("header %v", m.Header)
	}
	text, err := io.ReadAll(quotedprintable.NewReader(m.Body))
	if err != nil || !strings.Contains(strings.ReplaceAll(string(text), "\r\n", "\n"), o.Text) {
		t.Errorf("text %q, %v", text, err)
	}
}

func TestMailThatIsRefused(t *testing.T) {
	server := newSMTPServer(t)
	server.refuse["gone@example.com"] = "550 5.1.1 no such mailbox"
	server.refuse["busy@example.com"] = "451 4.3.0 try later"
	s, err := NewSMTP(MailSettings{Host: "127.0.0.1", Port: server.Addr().(*net.TCPAddr).Port, TLS: "none", From: "service@yimen.test"})
	if err != nil {
		t.Fatal(err)
	}
	for to, forever := range map[string]bool{"gone@example.com": true, "busy@example.com": false, "no address": true} {
		_, err := s.Send(context.Background(), Outgoing{ID: "id", To: to, Subject: "s", Text: "t"})
		if err == nil || permanent(err) != forever {
			t.Errorf("%s: %v", to, err)
		}
	}
	_ = server.Close()
	if _, err := s.Send(context.Background(), Outgoing{ID: "id", To: "lan@example.com"}); err == nil || permanent(err) {
		t.Errorf("nobody answers: %v", err)
	}
}

func TestMailSettingsThatCannotBe(t *testing.T) {
	for _, s := range []MailSettings{{Host: "mail.test", From: "nobody"}, {Host: "mail.test", From: "a@b.cn", TLS: "perhaps"}, {From: "a@b.cn"}} {
		if _, err := NewSMTP(s); err == nil {
			t.Errorf("%+v was taken", s)
		}
	}
	for _, tls := range []string{"", "starttls", "direct"} {
		if _, err := NewSMTP(MailSettings{Host: "mail.test", From: "a@b.cn", User: "u", Password: "p", TLS: tls}); err != nil {
			t.Errorf("%q: %v", tls, err)
		}
	}
}
