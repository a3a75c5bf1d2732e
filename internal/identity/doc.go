// Package identity (统一身份认证) knows who is asking and what they may do.
//
//	account ──holds──► grants: role × territory, agency, line
//	   │                         └ role = named set of verbs
//	   └ session (pages) or bearer token (JSON API) ──► Actor in the context
//
// An [Actor] answers one question in two forms that are the same rule:
// [Actor.Can] about one object, [Scope.Where] inside the query of a list. So a
// list shows exactly what may be opened.
//
// An object stands at a [Place]: the division of the outlet that received it,
// and the division, agency and department that are competent for it. A grant
// says which of the two divisions it is about: a window clerk's right follows
// what their outlet received, an approver's what their agency decides.
//
// Citizens and enterprises hold no grants; their own cases are found by
// Actor.Person, which is the account's id.
//
// Three administrators (三员分立, GB/T 22239 level 3): system, security and audit.
// No account holds two of them, nobody grants to themselves, and there is no
// account that may do everything: [System] is for the program's own work and
// cannot be signed in.
//
// Modules define their verbs ([DefineVerb]) and may add them to roles
// ([Extend]); the common roles are in roles.go.
package identity
