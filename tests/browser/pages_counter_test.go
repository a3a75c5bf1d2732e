package browser_test

// counterPages are samples of the counter's pages.
func counterPages(x things) map[string][]sample {
	pages := map[string][]sample{
		"/counter":               {{villageClerk, "/counter"}, {villageClerk, "/counter?tab=correcting"}, {villageClerk, "/counter?tab=closed"}},
		"/counter/new":           {{villageClerk, "/counter/new?q=sh"}, {villageClerk, "/counter/new?q=qqqq"}},
		"/counter/done/{number}": {{villageClerk, "/counter/done/" + x.received.Number}},
		"/counter/apply/new":     {{villageClerk, "/counter/apply/new?item=SG02004&at=" + theVillage}},
	}
	for _, step := range []string{"people", "questions", "form", "materials", "review", "discard"} {
		pages["/counter/apply/{draft}/"+step] = []sample{{villageClerk, "/counter/apply/" + x.windowDraft + "/" + step}}
	}
	return pages
}
