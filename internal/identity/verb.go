package identity

import (
	"fmt"
	"slices"
	"sort"
	"sync"
)

// Verb is something that may be done: "case.accept". The module that does it
// defines it.
type Verb string

// On says which place of an object a grant is about.
type On string

// The places.
const (
	Competent On = "competent" // the agency that decides
	Receiving On = "receiving" // the outlet that took the application in
	Any       On = "any"       // either
)

// Admin names one of the three administrators (三员); "" for other roles.
type Admin string

// The three administrators.
const (
	SystemAdmin   Admin = "system"
	SecurityAdmin Admin = "security"
	AuditAdmin    Admin = "audit"
)

// Role is a named set of verbs.
type Role struct {
	Name  string
	Title string // Chinese
	On    On     // which place its grants are about unless the grant says otherwise
	Admin Admin
	Verbs []Verb
}

// registry holds what the modules define while the program starts.
var registry = struct {
	sync.RWMutex
	verbs map[Verb]string
	roles map[string]*Role
}{verbs: map[Verb]string{}, roles: map[string]*Role{}}

// DefineVerb makes a verb known, with its Chinese name, and gives it back:
//
//	var VerbAccept = identity.DefineVerb("case.accept", "受理办件")
//
// It panics on a verb defined twice with different names.
func DefineVerb(v Verb, title string) Verb {
	registry.Lock()
	defer registry.Unlock()
	if old, ok := registry.verbs[v]; ok && old != title {
		panic(fmt.Sprintf("identity: verb %s defined twice: %s, %s", v, old, title))
	}
	registry.verbs[v] = title
	return v
}

// DefineRole makes a role known; its grants are about the competent agency.
// The verbs may be defined later, by the modules that do them. It panics on a
// name used twice.
func DefineRole(name, title string, verbs ...Verb) {
	define(Role{Name: name, Title: title, Verbs: verbs})
}

func define(r Role) {
	registry.Lock()
	defer registry.Unlock()
	if _, ok := registry.roles[r.Name]; ok {
		panic("identity: role defined twice: " + r.Name)
	}
	if r.On == "" {
		r.On = Competent
	}
	registry.roles[r.Name] = &r
}

// Extend adds verbs to a role: a module that brings a new verb says in one
// line which common roles get it. It panics on an unknown role.
func Extend(role string, verbs ...Verb) {
	registry.Lock()
	defer registry.Unlock()
	r, ok := registry.roles[role]
	if !ok {
		panic("identity: no such role: " + role)
	}
	for _, v := range verbs {
		if !slices.Contains(r.Verbs, v) {
			r.Verbs = append(slices.Clip(r.Verbs), v)
		}
	}
}

// RoleNamed gives a role.
func RoleNamed(name string) (Role, bool) {
	registry.RLock()
	defer registry.RUnlock()
	r, ok := registry.roles[name]
	if !ok {
		return Role{}, false
	}
	return *r, true
}

// Roles lists every role by name.
func Roles() []Role {
	registry.RLock()
	defer registry.RUnlock()
	list := make([]Role, 0, len(registry.roles))
	for _, r := range registry.roles {
		list = append(list, *r)
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Name < list[j].Name })
	return list
}

// VerbTitle is the Chinese name of a verb; "" if nobody defined it.
func VerbTitle(v Verb) string {
	registry.RLock()
	defer registry.RUnlock()
	return registry.verbs[v]
}

// Undefined lists the verbs that a role names and no module defines, as
// "role verb": a misspelt right that nobody would ever have. The program's
// tests and start check that it is empty.
func Undefined() []string {
	var missing []string
	for _, r := range Roles() {
		for _, v := range r.Verbs {
			if VerbTitle(v) == "" {
				missing = append(missing, r.Name+" "+string(v))
			}
		}
	}
	return missing
}
