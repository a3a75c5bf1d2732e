package openid

import (
	"context"
	"slices"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"yimen/internal/kit/audit"
	"yimen/internal/kit/db"
	"yimen/internal/messages"
)

// badGrant is what a client hears of a code or refresh token that is not good,
// whatever the reason.
func badGrant() error {
	return oidc.ErrInvalidGrant().WithDescription("invalid, expired or used before")
}

// redeem gives the tokens of a code. A code is good once, for a minute, for the
// client and address it was made for, and with the verifier of its challenge;
// whoever comes with it otherwise ends what it was for.
func (m *Module) redeem(ctx context.Context, c Client, code, redirect, verifier string) (*oidc.AccessTokenResponse, error) {
	t, err := m.find(ctx, kindCode, code)
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, badGrant()
	}
	if t.UsedAt != nil {
		return nil, m.misused(ctx, t, c, "code used again")
	}
	switch {
	case t.Client != c.ID:
		return nil, m.misused(ctx, t, c, "code of another client")
	case t.Redirect != redirect:
		return nil, m.misused(ctx, t, c, "code for another address")
	case !validVerifier(verifier) || !oidc.VerifyCodeChallenge(&oidc.CodeChallenge{Challenge: t.Challenge, Method: oidc.CodeChallengeMethodS256}, verifier):
		return nil, m.misused(ctx, t, c, "code without its verifier")
	}
	if a, err := m.holder(ctx, t); err != nil || a == nil {
		return nil, orBad(err)
	}
	var resp *oidc.AccessTokenResponse
	again := false
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		first, err := m.use(ctx, t)
		if err != nil {
			return err
		}
		if again = !first; again {
			return nil
		}
		resp, err = m.tokensOf(ctx, c, t.grant, words(t.grant.Scopes), t.Nonce)
		return err
	})
	if err == nil && again {
		err = m.misused(ctx, t, c, "code used again")
	}
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// orBad is err, or badGrant where nothing went wrong but the grant is not good.
func orBad(err error) error {
	if err != nil {
		return err
	}
	return badGrant()
}

// validVerifier: 43 to 128 characters (RFC 7636, 4.1).
func validVerifier(v string) bool {
	return len(v) >= 43 && len(v) <= 128 && !slices.ContainsFunc([]byte(v), func(b byte) bool {
		return !(b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b == '-' || b == '.' || b == '_' || b == '~')
	})
}

// refresh gives new tokens for a refresh token, which is used up by it. One that
// comes a second time has been copied: whose copy it is cannot be told, so all
// tokens of the authorisation end, and the person is told.
func (m *Module) refresh(ctx context.Context, c Client, secret string, scopes []string) (*oidc.AccessTokenResponse, error) {
	t, err := m.find(ctx, kindRefresh, secret)
	if err != nil {
		return nil, err
	}
	if t == nil {
		return nil, badGrant()
	}
	if t.Client != c.ID {
		return nil, m.misused(ctx, t, c, "refresh token of another client")
	}
	if t.UsedAt != nil {
		return nil, m.misused(ctx, t, c, "refresh token used again")
	}
	if a, err := m.holder(ctx, t); err != nil || a == nil {
		return nil, orBad(err)
	}
	if len(scopes) == 0 {
		scopes = words(t.grant.Scopes)
	} else if !allIn(scopes, words(t.grant.Scopes)) {
		return nil, oidc.ErrInvalidScope().WithDescription("more than was granted")
	}
	var resp *oidc.AccessTokenResponse
	again := false
	err = m.DB.InTx(ctx, func(ctx context.Context) error {
		first, err := m.use(ctx, t)
		if err != nil {
			return err
		}
		if again = !first; again {
			return nil
		}
		resp, err = m.tokensOf(ctx, c, t.grant, scopes, "")
		return err
	})
	if err == nil && again {
		err = m.misused(ctx, t, c, "refresh token used again")
	}
	if err != nil {
		return nil, err
	}
	return resp, nil
}

// misused ends the authorisation of a code or refresh token that came where it
// must not, in a transaction of its own: the refusal that follows must not undo
// it. It gives that refusal.
func (m *Module) misused(ctx context.Context, t *token, by Client, why string) error {
	err := m.DB.InTx(ctx, func(ctx context.Context) error {
		if t.EndedAt == nil {
			if err := m.endFamily(ctx, t.Family, why); err != nil {
				return err
			}
		}
		if err := m.note(ctx, audit.Entry{Actor: "client:" + by.ID, ActorName: by.Name, Action: "client.misuse", Object: "account", ObjectID: t.Account,
			Result: "denied", Detail: why + " client=" + t.Client + " grant=" + t.GrantID}); err != nil {
			return err
		}
		if t.EndedAt != nil { // it was told the first time
			return nil
		}
		return m.alarm(ctx, t)
	})
	if err != nil {
		return err
	}
	return badGrant()
}

// alarm has the person see that tokens in their name were copied.
func (m *Module) alarm(ctx context.Context, t *token) error {
	_, err := m.DB.Conn(ctx).Exec(ctx, `UPDATE openid_consent SET alarm_at = $3 WHERE account = $1 AND client = $2`, t.Account, t.Client, m.now(ctx))
	if err != nil || m.Messages == nil {
		return err
	}
	c, err := m.client(ctx, t.Client)
	if err != nil {
		return err
	}
	return m.Messages.Send(ctx, messages.Notice{To: t.Account, Template: noticeMisuse.Key, Link: appsPath, Key: "openid.misuse:" + t.Family + ":" + db.NewID(),
		Vars: map[string]string{"app": c.Name}})
}

// noticeMisuse tells a person that the login of an application was ended for
// their safety.
var noticeMisuse = messages.Define(messages.Template{Key: "openid.misuse", Name: "应用登录被收回", Audience: messages.Citizens, Urgent: true,
	Vars: []messages.Var{{Name: "app", Label: "应用名称", Sample: "不动产登记系统", Must: true, Cut: true}},
	Words: messages.Words{Title: "已为您收回“{app}”的登录",
		Text: "“{app}”的登录凭证被重复使用，可能已泄露。系统已收回该应用以您名义取得的全部凭证，请重新登录该应用；不是您本人在用的，请在“已授权的应用”里取消授权，并修改密码。",
		SMS:  "“{app}”的登录凭证可能泄露，已为您收回。不是本人在用的，请登录取消授权并改密码。", SMSOn: true,
		Subject: "已为您收回“{app}”的登录", MailOn: true}})
