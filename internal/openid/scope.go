package openid

import (
	"slices"
	"strings"
)

// Scope is one thing a client may ask for.
type Scope struct {
	Name  string
	Title string // what is given, in a few words
	Help  string // one sentence for who gives it
	Staff bool   // clients of the staff realm may have it
	Must  bool   // comes with every authorisation of a person
}

// Names of scopes.
const (
	scopeOpenID     = "openid"
	scopeProfile    = "profile"
	scopePhone      = "phone"
	scopeIdentity   = "identity"
	scopeLevel      = "level"
	scopeEnterprise = "enterprise"
	scopeRead       = "cases"
	scopeWrite      = "cases.write"
)

// Scopes are all there are, as the consent page lists them.
var Scopes = []Scope{
	{scopeOpenID, "知道是您", "只给一个编号，换一个应用就换一个编号。", true, true},
	{scopeProfile, "姓名", "您的姓名或单位名称。", true, false},
	{scopePhone, "手机号码", "完整的手机号码，供联系您。", false, false},
	{scopeIdentity, "证件号码", "完整的证件号码。每次提供都记入审计，您可以查到。", false, false},
	{scopeLevel, "实名等级", "您用什么方式核验过身份，不含证件内容。", true, false},
	{scopeEnterprise, "代办的单位", "您可以替哪些单位办事，单位名称和统一社会信用代码。", false, false},
	{scopeRead, "查看办件", "查看您能看到的办件和进度。", true, false},
	{scopeWrite, "办理业务", "以您的名义提交申请、办理业务。", true, false},
}

func scopeNamed(name string) (Scope, bool) {
	i := slices.IndexFunc(Scopes, func(s Scope) bool { return s.Name == name })
	if i < 0 {
		return Scope{}, false
	}
	return Scopes[i], true
}

// words splits a list separated by blanks; nil when there is nothing.
func words(s string) []string { return strings.Fields(s) }

// only keeps those of list that are also in allowed, each once, in the order of
// list.
func only(list, allowed []string) []string {
	var kept []string
	for _, s := range list {
		if slices.Contains(allowed, s) && !slices.Contains(kept, s) {
			kept = append(kept, s)
		}
	}
	return kept
}

// within says that every element of list is in allowed.
func allIn(list, allowed []string) bool {
	return !slices.ContainsFunc(list, func(s string) bool { return !slices.Contains(allowed, s) })
}
