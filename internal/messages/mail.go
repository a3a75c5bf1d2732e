package messages

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"time"

	gomail "github.com/wneessen/go-mail"
)

// MailSettings describe the SMTP server that takes our mail.
type MailSettings struct {
	Host     string
	Port     int    // 0: 587, or 465 with TLS "direct"
	User     string // "": no sign-in
	Password string
	From     string // address, or "name <address>"
	TLS      string // starttls (default), direct, none: only to a server on the same machine
	Roots    *tls.Config
}

// SMTP sends mail.
type SMTP struct {
	set    MailSettings
	client *gomail.Client
}

// NewSMTP reads the settings; nothing is connected yet.
func NewSMTP(s MailSettings) (*SMTP, error) {
	if err := gomail.NewMsg().From(s.From); err != nil {
		return nil, errors.New("mail-from must be a mail address")
	}
	o := []gomail.Option{gomail.WithTimeout(20 * time.Second)}
	switch s.TLS {
	case "", "starttls":
		o = append(o, gomail.WithTLSPolicy(gomail.TLSMandatory))
		s.Port = orPort(s.Port, 587)
	case "direct":
		o = append(o, gomail.WithSSL())
		s.Port = orPort(s.Port, 465)
	case "none":
		o = append(o, gomail.WithTLSPolicy(gomail.NoTLS))
		s.Port = orPort(s.Port, 25)
	default:
		return nil, errors.New("mail-tls must be starttls, direct or none")
	}
	o = append(o, gomail.WithPort(s.Port))
	if s.Roots != nil {
		o = append(o, gomail.WithTLSConfig(s.Roots))
	}
	if s.User != "" {
		o = append(o, gomail.WithSMTPAuth(gomail.SMTPAuthAutoDiscover), gomail.WithUsername(s.User), gomail.WithPassword(s.Password))
	}
	c, err := gomail.NewClient(s.Host, o...)
	if err != nil {
		return nil, fmt.Errorf("mail-host: %w", err)
	}
	return &SMTP{set: s, client: c}, nil
}

func orPort(port, fallback int) int {
	if port == 0 {
		return fallback
	}
	return port
}

// Send hands a mail to the server. Its Message-ID is made from the delivery,
// so that a mail tried twice is one mail to whoever sorts it. An answer of 5xx
// to the address or the mail is permanent.
func (s *SMTP) Send(ctx context.Context, o Outgoing) (string, error) {
	m := gomail.NewMsg()
	if err := m.From(s.set.From); err != nil {
		return "", Permanent(errors.New("发件人地址有误"))
	}
	if err := m.To(o.To); err != nil {
		return "", Permanent(errors.New("收件人地址有误"))
	}
	id := o.ID + "@" + s.set.Host
	m.SetMessageIDWithValue(id)
	m.Subject(o.Subject)
	m.SetDate()
	m.SetGenHeader("Auto-Submitted", "auto-generated") // no replies of absence
	m.SetBodyString(gomail.TypeTextPlain, o.Text)
	err := s.client.DialAndSendWithContext(ctx, m)
	if err == nil {
		return id, nil
	}
	var refused *gomail.SendError
	if errors.As(err, &refused) && !refused.IsTemp() && refused.ErrorCode() >= 500 {
		return "", Permanent(fmt.Errorf("邮件服务器拒收：%w", err))
	}
	return "", fmt.Errorf("邮件服务器出错：%w", err)
}
