// Package department (不动产登记系统，演示) is a connected system as a department
// would build it, for the sample city alone: it shows the unified sign-in from
// the outside. It knows the provider by its address only and speaks with it over
// HTTP, by golang.org/x/oauth2 and coreos/go-oidc: discovery, code with PKCE, ID
// token, userinfo, refresh, sign-out.
//
//	/demo/client ─▶ /demo/client/login ─▶ /oauth/authorize ─▶ /demo/client/back ─▶ /demo/client
//
// Its visitors are remembered in memory and by a cookie of its own, as they would
// be elsewhere; nothing of it is stored but its registration as a client.
package department
