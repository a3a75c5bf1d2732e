package browser_test

import (
	"maps"
	"net/url"

	"yimen/internal/cases"
)

// citizenPages are samples of the citizens' pages.
func citizenPages(x things) map[string][]sample {
	mine := "/my/cases/"
	pages := map[string][]sample{
		"/":                             {{"", "/"}, {villager, "/"}, {"enterprise-1", "/?for=enterprise"}},
		"/zones":                        {{"", "/zones"}},
		"/zones/{id}":                   {{"", "/zones/yueshengshi"}, {villager, "/zones/quanshi"}},
		"/events/{id}":                  {{villager, "/events/birth"}},
		"/themes/{id}":                  {{"", "/themes/t-shehui"}},
		"/departments":                  {{"", "/departments"}},
		"/departments/{code}":           {{villager, "/departments/D08"}},
		"/outlets/{code}":               {{"", "/outlets/" + theVillage}, {villager, "/outlets/" + theCounty}},
		"/report":                       {{"", "/report?page=%2Fitems%2FSG01010&title=" + url.QueryEscape("失业登记")}},
		"/items/{code}/sheet":           {{"", "/items/SG02004/sheet?division=" + theVillage}},
		"/items/{code}/poster":          {{"", "/items/SG02004/poster?division=" + theVillage}},
		"/search":                       {{"", "/search?q=" + url.QueryEscape("养老")}, {"", "/search?q=qqqqqq"}, {villager, "/search?near=1"}, {"", "/search?q=" + url.QueryEscape("准生正")}},
		"/proofs":                       {{"", "/proofs"}, {"", "/proofs?q=zzzz"}, {"", "/proofs?state=kept"}},
		"/proofs/report":                {{"", "/proofs/report?item=SG01010"}, {villager, "/proofs/report?outlet=" + theVillage}},
		"/proofs/reports/{code}":        {{"", "/proofs/reports/" + x.reported.Code}},
		"/my/proofs":                    {{villager, "/my/proofs"}, {"citizen-3", "/my/proofs"}},
		"/my/proofs/new":                {{villager, "/my/proofs/new?proof=60"}, {villager, "/my/proofs/new"}, {villager, "/my/proofs/new?proof=68"}},
		"/my/proofs/{id}":               {{villager, "/my/proofs/" + x.wished.ID}},
		"/my/proof-reports":             {{villager, "/my/proof-reports"}, {"enterprise-1", "/my/proof-reports"}},
		"/proofs/{number}":              {{"", "/proofs/60"}, {"", "/proofs/1"}},
		"/region":                       {{"", "/region"}, {"", "/region?at=" + theTown}, {villager, "/region?q=" + url.QueryEscape("大寮")}},
		"/progress":                     {{"", "/progress"}, {"", "/progress?number=" + x.received.Number + "&query_code=" + x.received.QueryCode}, {"", "/progress?number=1"}},
		"/sitemap":                      {{"", "/sitemap"}},
		"/accessibility":                {{"", "/accessibility"}},
		"/assist":                       {{"", "/assist"}, {villager, "/assist"}},
		"/demo":                         {{"", "/demo"}},
		"/docs":                         {{"", "/docs"}},
		"/login":                        {{"", "/login"}},
		"/verify/face":                  {{"citizen-3", "/verify/face?next=/my"}, {"enterprise-1", "/verify/face"}},
		"/verify/face/try/{id}":         {{"citizen-3", "/verify/face/try/gone"}},
		"/login/sms":                    {{"", "/login/sms?next=/my"}},
		"/login/passkey":                {{"", "/login/passkey"}},
		"/login/scan":                   {{"", "/login/scan"}},
		"/register":                     {{"", "/register"}},
		"/verify":                       {{"citizen-3", "/verify?level=2&next=/my"}, {"enterprise-1", "/verify?level=4"}},
		"/verify/phone":                 {{"citizen-3", "/verify/phone?level=1&next=/my"}},
		"/verify/register":              {{"citizen-3", "/verify/register?level=2&next=/my"}},
		"/my/security":                  {{villager, "/my/security"}, {"citizen-3", "/my/security"}},
		"/account/security":             {{"approver-440232-d11", "/account/security"}},
		"/account/security/totp":        {{villager, "/account/security/totp"}},
		"/account/password":             {{villager, "/account/password"}},
		"/account/logins":               {{villager, "/account/logins"}, {"approver-440232-d11", "/account/logins"}},
		"/items/{code}":                 {{"", "/items/SG02004?division=" + theVillage}, {"", "/items/SG01010"}},
		"/apply/new":                    {{villager, "/apply/new?item=SG01010&at=" + theCounty}, {villager, "/apply/new?item=SG01010"}},
		"/my":                           {{villager, "/my"}, {villager, "/my?show=drafts"}, {"enterprise-1", "/my"}},
		"/my/cases/{number}":            {{villager, mine + x.received.Number}, {villager, mine + x.correcting.Number}, {villager, mine + x.owing.Number}},
		"/my/cases/{number}/correct":    {{villager, mine + x.correcting.Number + "/correct"}},
		"/my/cases/{number}/supplement": {{villager, mine + x.owing.Number + "/supplement"}},
		"/my/cases/{number}/withdraw":   {{villager, mine + x.received.Number + "/withdraw"}},
		"/cases/{number}/notices/{id}": {{villager, cases.NoticeURL(x.correcting.Number, x.correcting.Content.Notices[0].ID)},
			{villager, cases.NoticeURL(x.correcting.Number, x.correcting.Content.Notices[len(x.correcting.Content.Notices)-1].ID)}},
	}
	draft := "/apply/" + x.draft
	for _, step := range []string{"phone", "deliver", "defer", "review", "preview", "discard"} {
		pages["/apply/{draft}/"+step] = []sample{{villager, draft + "/" + step}}
	}
	pages["/apply/{draft}/questions/{id}"] = []sample{{villager, draft + "/questions/why"}, {villager, draft + "/questions/why?from=review"}}
	pages["/apply/{draft}/form/{id}"] = []sample{{villager, draft + "/form"}}
	pages["/apply/{draft}/materials/{id}"] = []sample{{villager, draft + "/materials/id_or_card"}}
	pages["/apply/{draft}/people"] = []sample{{villager, draft + "/people"}}
	pages["/my/licences"] = []sample{{villager, "/my/licences"}, {"citizen-60", "/my/licences"}}
	pages["/office/cases/{number}/licences/{use}"] = []sample{{villageClerk, x.spared}}
	pages["/my/licences/{identifier}"] = []sample{{villager, "/my/licences/" + x.licence}}
	pages["/my/licences/{identifier}/copies"] = []sample{{villager, "/my/licences/" + x.licence + "/copies"}}
	pages["/my/licences/{identifier}/show"] = []sample{{villager, "/my/licences/" + x.licence + "/show"}}
	pages["/my/licences/{identifier}/show/{id}"] = []sample{{villager, "/my/licences/" + x.licence + "/show/" + x.showing}}
	pages["/licences/shown/{code}"] = []sample{{"", "/licences/shown/nobodys"}}
	pages["/licences/check"] = []sample{{"", "/licences/check"}, {"", "/licences/check?id=" + x.licence}}
	pages["/my/documents"] = []sample{{villager, "/my/documents"}, {"citizen-60", "/my/documents"}}
	pages["/my/company"] = []sample{{villager, "/my/company"}, {"citizen-30", "/my/company"}}
	pages["/my/company/bind"] = []sample{{"citizen-30", "/my/company/bind"}}
	pages["/my/company/{id}"] = []sample{{villager, "/my/company/" + x.company}, {"enterprise-1", "/my/company/" + x.enterprise}}
	pages["/my/mandates"] = []sample{{villager, "/my/mandates"}}
	pages["/my/mandates/new"] = []sample{{villager, "/my/mandates/new"}, {villager, "/my/mandates/new?item=SG01010"}, {"enterprise-1", "/my/mandates/new"}}
	pages["/my/consents"] = []sample{{villager, "/my/consents"}}
	pages["/consents/{kind}"] = []sample{{"", "/consents/face"}}
	pages["/my/data/correct"] = []sample{{villager, "/my/data/correct"}, {misspelt, "/my/data/correct"}}
	pages["/my/data/close"] = []sample{{villager, "/my/data/close"}}
	pages["/my/data"] = []sample{{villager, "/my/data"}}
	pages["/my/profile"] = []sample{{villager, "/my/profile"}}
	pages["/my/cases/{number}/submitted"] = []sample{{villager, mine + x.received.Number + "/submitted"}}
	pages["/my/cases/{number}/form"] = []sample{{villager, mine + x.received.Number + "/form"}}
	maps.Copy(pages, sitePages())
	return pages
}
