package openid

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"

	"yimen/internal/identity"
	"yimen/internal/kit/web"
)

func loginURL(next string) string { return "/login?next=" + url.QueryEscape(next) }

// leaving is a client's wish that the person be signed out.
type leaving struct {
	client  Client
	known   bool   // which client it is
	session string // of the ID token it showed
	to      string // registered address to go to; "": none
	state   string
}

// readLeaving checks a wish: where it leads to must be registered by the client
// that it names or whose ID token it shows. Anything else is ErrAsk.
func (m *Module) readLeaving(ctx context.Context, v url.Values) (leaving, error) {
	x := leaving{state: v.Get("state")}
	id := v.Get("client_id")
	if hint := v.Get("id_token_hint"); hint != "" {
		var claims idClaims // may be long over: it only says who and where
		if err := m.verified(ctx, hint, "JWT", &claims); err == nil && claims.Issuer == m.Issuer {
			if id != "" && id != claims.Audience {
				return x, ErrAsk.Because(errors.New("the ID token is of another client"))
			}
			id, x.session = claims.Audience, claims.Session
		}
	}
	if id != "" {
		c, err := m.client(ctx, id)
		if err != nil {
			return x, orAsk(err)
		}
		x.client, x.known = c, true
	}
	if to := v.Get("post_logout_redirect_uri"); to != "" {
		if !x.known || !slices.Contains(x.client.Definition.PostLogout, to) {
			return x, ErrAsk.Because(errors.New("post_logout_redirect_uri is not registered"))
		}
		x.to = to
	}
	return x, nil
}

func orAsk(err error) error {
	if errors.Is(err, ErrClientUnknown) {
		return ErrAsk.Because(err)
	}
	return err
}

// logoutPage signs out whoever comes from a client with the ID token of this
// very session; everybody else is asked first, for any site can link here.
func (m *Module) logoutPage(w http.ResponseWriter, r *http.Request) error {
	v := r.URL.Query()
	x, err := m.readLeaving(r.Context(), v)
	if err != nil {
		return err
	}
	if err := identity.Failure(r.Context()); err != nil {
		return err // who is still signed in must not read that they are not
	}
	actor := identity.FromContext(r.Context())
	switch {
	case !actor.SignedIn():
		return m.left(w, r, x, true)
	case x.session != "" && x.session == actor.Session:
		if err := m.Identity.SignOut(r); err != nil {
			return err
		}
		return m.left(w, r, x, true)
	}
	return web.Render(w, r, http.StatusOK, leaveView(x, v))
}

// confirmLogout signs out after the question.
func (m *Module) confirmLogout(w http.ResponseWriter, r *http.Request) error {
	form, err := web.ReadForm(r)
	if err != nil {
		return err
	}
	x, err := m.readLeaving(r.Context(), form.Raw())
	if err != nil {
		return err
	}
	if err := m.Identity.SignOut(r); err != nil {
		return err
	}
	return m.left(w, r, x, false)
}

// left leads to where the client wants people after they have left.
func (m *Module) left(w http.ResponseWriter, r *http.Request, x leaving, straight bool) error {
	if x.to == "" {
		return web.Redirect(w, r, "/")
	}
	add := url.Values{}
	to := x.to
	if x.state != "" {
		add.Set("state", x.state)
		to = withQuery(to, add)
	}
	if straight {
		http.Redirect(w, r, to, http.StatusFound)
		return nil
	}
	return m.backPage(w, r, x.client.Name, to)
}
