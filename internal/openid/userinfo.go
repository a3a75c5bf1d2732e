package openid

import (
	"context"
	"net/http"
	"slices"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"

	"yimen/internal/identity"
	"yimen/internal/kit/audit"
)

// userinfo gives what the scopes of an access token allow to know.
func (m *Module) userinfo(ctx context.Context, raw string) (map[string]any, error) {
	bad := op.NewStatusError(oidc.ErrInvalidRequest().WithDescription("the access token is not good"), http.StatusUnauthorized)
	t, err := m.find(ctx, kindAccess, raw)
	if err != nil {
		return nil, err
	}
	if t == nil || t.UsedAt != nil || !slices.Contains(words(t.Own), scopeOpenID) {
		return nil, bad
	}
	a, err := m.holder(ctx, t)
	if err != nil {
		return nil, err
	}
	if a == nil {
		return nil, bad
	}
	c, err := m.client(ctx, t.Client)
	if err != nil {
		return nil, err
	}
	return m.claims(ctx, c, *a, t.Subject, words(t.Own), t.Family)
}

// claims are what a client may know of an account, and nothing else.
func (m *Module) claims(ctx context.Context, c Client, a identity.Actor, subject string, scopes []string, why string) (map[string]any, error) {
	claims := map[string]any{"sub": subject}
	has := func(s string) bool { return slices.Contains(scopes, s) }
	if has(scopeProfile) {
		claims["name"], claims["account_kind"] = a.Name, string(a.Kind)
		if a.IsStaff() {
			claims["staff_id"], claims["agency"], claims["outlet"], claims["division"] = a.Staff, a.Agency, a.Outlet, a.Division
		}
	}
	if has(scopeLevel) {
		claims["level"], claims["acr"] = int(a.Level), acrOf(a.Level)
	}
	if has(scopeEnterprise) {
		list, err := m.actingFor(ctx, a)
		if err != nil {
			return nil, err
		}
		claims["acting_for"] = list
	}
	if a.IsApplicant() && (has(scopePhone) || has(scopeIdentity)) {
		p, err := m.Identity.Person(ctx, a.Account)
		if err != nil {
			return nil, err
		}
		if has(scopePhone) && p.Phone != "" {
			claims["phone_number"] = p.Phone
		}
		if has(scopeIdentity) {
			claims["id_type"], claims["id_number"] = p.IDType, p.IDNo
			if err := m.note(ctx, audit.Entry{Actor: "client:" + c.ID, ActorName: c.Name, Action: "person.see_full", Object: "account", ObjectID: a.Account,
				Purpose: c.Definition.FullReason, Result: "ok", Detail: "openid grant=" + why}); err != nil {
				return nil, err
			}
		}
	}
	return claims, nil
}

// actingFor lists the bodies that somebody may act for today.
func (m *Module) actingFor(ctx context.Context, a identity.Actor) ([]map[string]string, error) {
	list := []map[string]string{}
	for _, x := range a.Mandates {
		if x.Kind != identity.MandateEnterprise {
			continue
		}
		p, err := m.Identity.Person(ctx, x.Principal)
		if err != nil {
			return nil, err
		}
		list = append(list, map[string]string{"name": p.Name, "uscc": p.IDNo, "until": x.To.String()})
	}
	return list, nil
}
