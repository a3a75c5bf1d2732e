// A department's system written with openid-client: discovery, code with PKCE,
// userinfo, refresh, introspection, device code, revocation, logout. It prints the
// address to send a person to, reads where they came back to, and prints what it saw.
import * as c from 'openid-client'
import readline from 'node:readline'
const [issuer, id, back] = process.argv.slice(2)
const ins = {execute: [c.allowInsecureRequests]}
const conf = await c.discovery(new URL(issuer), id, undefined, c.ClientSecretBasic(id), ins)
const verifier = c.randomPKCECodeVerifier(), state = c.randomState(), nonce = c.randomNonce()
const url = c.buildAuthorizationUrl(conf, {redirect_uri: back, scope: 'openid profile', code_challenge: await c.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256', state, nonce})
console.log(url.href)
const line = (await readline.createInterface({input: process.stdin})[Symbol.asyncIterator]().next()).value
const t = await c.authorizationCodeGrant(conf, new URL(line), {pkceCodeVerifier: verifier, expectedState: state, expectedNonce: nonce, idTokenExpected: true})
const u = await c.fetchUserInfo(conf, t.access_token, t.claims().sub)
const r = await c.refreshTokenGrant(conf, t.refresh_token)
const i = await c.tokenIntrospection(conf, r.access_token)
const d = await c.initiateDeviceAuthorization(conf, {scope: 'openid'})
await c.tokenRevocation(conf, r.refresh_token)
const j = await c.tokenIntrospection(conf, r.access_token)
const out = c.buildEndSessionUrl(conf, {id_token_hint: t.id_token, post_logout_redirect_uri: 'https://dept.example/bye'})
console.log(JSON.stringify({name: u.name, active: i.active, after: j.active, device: d.user_code, out: out.href}))
process.exit(0)
