// Package portal is the citizen's face of the city: find an item, see where it
// is handled, apply, follow one's own cases. It has no table and decides
// nothing: what it shows comes from catalogue, org and cases under the rights of
// whoever looks, and what it does are the verbs of cases.
//
//	/                    search, themes, what can be done where one lives
//	/search              items            /region     where one lives, and the outlets near
//	/apply/{code} ─► apply.Wizard ─► /my/cases/{number}
//	/my                  own cases and drafts, those that wait for the applicant first
//	/my/cases/{number}/correct | supplement | withdraw
//	/progress            number and query code, without signing in
//	/demo                (sample city only) who one may be
//
// Every page works without JavaScript and on 360 px. The region is kept in the
// session and never asked for twice; an applicant's is their place of
// residence until they choose another.
package portal
