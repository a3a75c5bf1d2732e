package app

import (
	"yimen/internal/kit/config"
	"yimen/internal/messages"
)

// Sending is how notices leave the building.
type Sending struct {
	SMS    messages.GatewaySettings // URL "": no text messages
	Mail   messages.MailSettings    // Host "": no mail
	Limits messages.Limits
}

// senders makes what the settings describe; the demo keeps everything instead.
func (s Sending) senders(demo bool) (sms, mail messages.Sender, err error) {
	if demo {
		return messages.Outbox{}, messages.Outbox{}, nil
	}
	if s.SMS.URL != "" {
		if sms, err = messages.NewGateway(s.SMS); err != nil {
			return nil, nil, err
		}
	}
	if s.Mail.Host != "" {
		if mail, err = messages.NewSMTP(s.Mail); err != nil {
			return nil, nil, err
		}
	}
	return sms, mail, nil
}

// sending are the settings of Sending on the command line.
type sending struct {
	SMSURL         string        `name:"sms-url" help:"Address of the gateway of text messages, asked by POST. Default: no text messages." placeholder:"URL"`
	SMSBody        string        `name:"sms-body" help:"Body of the request: a Go template over .Phone, .Text and .ID with the functions json and query. Default: a JSON object." placeholder:"TEMPLATE"`
	SMSContentType string        `name:"sms-content-type" help:"Content type of the body." default:"application/json; charset=utf-8"`
	SMSHeader      config.Secret `name:"sms-header" help:"Header with the gateway's secret; @FILE reads it from a file." placeholder:"NAME: VALUE"`
	SMSAccepted    string        `name:"sms-accepted" help:"Text that the gateway's answer must hold, for gateways that refuse with 200." placeholder:"TEXT"`
	SMSSignature   string        `name:"sms-signature" help:"Signature in front of every text message." default:"【一门政务】"`
	SMSPerHour     int           `name:"sms-per-hour" help:"Most text messages in an hour, all together." default:"3600"`
	SMSPerPerson   int           `name:"sms-per-person" help:"Most text messages to one number in a day, beside those the law requires." default:"10"`
	QuietFrom      int           `help:"Hour of the day from which only urgent text messages leave." default:"22"`
	QuietTo        int           `help:"Hour of the day at which text messages leave again." default:"7"`
	MailHost       string        `help:"SMTP server. Default: no mail." placeholder:"HOST"`
	MailPort       int           `help:"Its port. Default: 587, with TLS from the first byte 465." placeholder:"PORT"`
	MailUser       string        `help:"Account at the SMTP server; none signs in." placeholder:"NAME"`
	MailPassword   config.Secret `help:"Its password; @FILE reads it from a file." placeholder:"PASSWORD"`
	MailFrom       string        `help:"Sender of all mail." placeholder:"ADDRESS"`
	MailTLS        string        `name:"mail-tls" help:"starttls, direct (from the first byte), or none (a server on this machine only)." enum:"starttls,direct,none" default:"starttls"`
}

func (c sending) apply(s *Settings) {
	s.Sending = Sending{
		SMS: messages.GatewaySettings{URL: c.SMSURL, Body: c.SMSBody, ContentType: c.SMSContentType,
			Header: c.SMSHeader.Value(), Accepted: c.SMSAccepted},
		Mail: messages.MailSettings{Host: c.MailHost, Port: c.MailPort, User: c.MailUser, Password: c.MailPassword.Value(),
			From: c.MailFrom, TLS: c.MailTLS},
		Limits: messages.Limits{Signature: c.SMSSignature, PerHour: c.SMSPerHour, PerPerson: c.SMSPerPerson,
			QuietFrom: c.QuietFrom, QuietTo: c.QuietTo},
	}
}
