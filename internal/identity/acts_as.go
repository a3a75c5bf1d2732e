package identity

import (
	"context"
	"slices"
	"strings"

	"yimen/internal/kit/audit"
	"yimen/internal/kit/errs"
)

// lentMark stands behind a role that a colleague has lent: "approver*".
const lentMark = "*"

// ActsAs names the roles in which whoever is asking acts, for the audit: those
// held, by name, the lent ones marked with a star; of citizens and enterprises
// what they are. An actor that is none of the accounts (system:…, client:…) acts
// as what stands before the colon. "" for somebody else than who is asking.
func ActsAs(ctx context.Context, actor string) string {
	a := FromContext(ctx)
	switch before, _, named := strings.Cut(actor, ":"); {
	case named:
		return before
	case a.Account != actor || actor == "":
		return ""
	case a.IsApplicant():
		return string(a.Kind)
	default:
		return rolesIn(a.Grants)
	}
}

// RoleFor names the roles by which the actor may do v at p.
func (a Actor) RoleFor(v Verb, p Place) string {
	var by []Grant
	for _, g := range a.Grants {
		if g.Verb == v && g.covers(p) {
			by = append(by, g)
		}
	}
	return rolesIn(by)
}

func rolesIn(grants []Grant) string {
	var names []string
	for _, g := range grants {
		name := g.Role
		if g.Lender != "" {
			name += lentMark
		}
		if g.Role != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ",")
}

// RoleTitles gives what ActsAs and RoleFor named in Chinese.
func RoleTitles(names string) string {
	if names == "" {
		return ""
	}
	list := strings.Split(names, ",")
	for i, name := range list {
		bare, lent := strings.CutSuffix(name, lentMark)
		if r, ok := RoleNamed(bare); ok {
			bare = r.Title
		} else if title := kindsActing[bare]; title != "" {
			bare = title
		}
		if lent {
			bare += "（代）"
		}
		list[i] = bare
	}
	return strings.Join(list, "、")
}

// kindsActing are those who act in no role.
var kindsActing = map[string]string{
	string(KindPerson): "个人", string(KindEnterprise): "企业", "system": "系统", "client": "接入应用",
}

// NoteRefusal records that who is asking was refused, with the code of the
// error. Nothing is recorded of somebody who is not signed in.
func NoteRefusal(ctx context.Context, e audit.Entry, why error) {
	a := FromContext(ctx)
	if !a.SignedIn() {
		return
	}
	e.Actor, e.ActorName, e.Address, e.Result = a.Account, a.Name, a.Address, errs.From(why).Code
	audit.Refuse(ctx, e)
}
