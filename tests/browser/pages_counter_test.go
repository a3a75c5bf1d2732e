package browser_test

import "yimen/internal/counter"

// counterPages are samples of the counter's pages.
func counterPages(x things) map[string][]sample {
	pages := map[string][]sample{
		"/counter":                {{villageClerk, "/counter"}, {villageClerk, "/counter?tab=correcting"}, {villageClerk, "/counter?tab=closed"}},
		"/counter/new":            {{villageClerk, "/counter/new?q=sh"}, {villageClerk, "/counter/new?q=qqqq"}},
		"/counter/done/{number}":  {{villageClerk, "/counter/done/" + x.received.Number}},
		"/counter/person/{visit}": {{villageClerk, counter.PersonURL(x.visit)}},
		"/counter/person/{visit}/{number}/{verb}": {{villageClerk, counter.PersonURL(x.visit) + "/" + x.received.Number + "/request-correction"},
			{villageClerk, counter.PersonURL(x.visit) + "/" + x.received.Number + "/withdraw"}},
		"/counter/person/{visit}/code":     {{villageClerk, counter.CodeURL(x.visit, x.windowDraft)}},
		"/counter/person/{visit}/sms":      {{villageClerk, counter.SMSURL(x.visit, x.windowDraft)}},
		"/counter/person/{visit}/identity": {{villageClerk, counter.IdentityURL(x.visit)}},
		"/counter/mandates":                {{villageClerk, "/counter/mandates"}},
		"/counter/start":                   {{villageClerk, "/counter/start?item=SG02004&at=" + theCounty}},
		"/counter/intake/{draft}":          {{villageClerk, counter.IntakeURL(x.windowDraft, x.visit)}},
		"/counter/keys":                    {{villageClerk, "/counter/keys"}},
		"/counter/settings":                {{villageClerk, "/counter/settings"}},
		"/counter/apply/new":               {{villageClerk, "/counter/apply/new?item=SG02004&at=" + theVillage}},
	}
	for _, step := range []string{"people", "questions", "form", "materials", "review", "discard"} {
		pages["/counter/apply/{draft}/"+step] = []sample{{villageClerk, "/counter/apply/" + x.windowDraft + "/" + step}}
	}
	return pages
}
