// Package openid (统一身份认证服务) tells connected systems of departments who
// somebody is: an OpenID Connect provider over the city's accounts.
//
//	client ─► /oauth/authorize ─► signed in? right realm? level? consent? ─► code
//	       ─► /oauth/token     ─► access token ≤ 30 min, refresh token ≤ 8 h, ID token
//	       ─► /oauth/userinfo, /oauth/introspect, /oauth/revoke, /oauth/logout
//
// The library github.com/zitadel/oidc parses requests, knows the protocol's
// shapes and writes its errors; who may what is decided here, over our own
// tables, in our own transactions (see server.go).
//
// A client is what a system is called here. The system administrator asks for
// one and the security administrator authorises it (change.go); addresses to
// come back to are compared whole. It serves one realm: people, or those who
// work here. Every client proves who it is by a secret or a signed assertion,
// except those that can keep none (kiosks), and PKCE with S256 is asked of all.
//
// One authorisation is a grant. Tokens of people are random and known only by
// their hash: whoever wants to know must ask, so what was ended is void at
// once, everywhere. A used code or refresh token that comes again ends the
// grant with all its tokens. Signing out, another password and a stopped
// account end them too, and the clients are told (backchannel.go). Tokens of
// machines (client credentials) are signed and stored nowhere.
//
// A person has another name (sub) before each sector, and sees under 已授权的应用
// what was given to whom, and takes it back (apps.go).
package openid
