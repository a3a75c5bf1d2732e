package browser_test

// officePages are samples of the approvers' pages.
func officePages(x things) map[string][]sample {
	office := "/office/cases/" + x.received.Number
	reviewing := "/office/cases/" + x.owing.Number
	task := "/office/tasks/" + x.task + "/"
	return map[string][]sample{
		"/office":                           {{approver, "/office"}, {"approver-440232-d11", "/office?box=done"}, {approver, "/office?q=0000"}},
		"/office/cases":                     {{cityManager, "/office/cases"}, {cityManager, "/office/cases?state=closed"}, {approver, "/office/cases?from=2026-13-01"}},
		"/office/cases/{number}":            {{villageClerk, office}, {approver, reviewing}, {countyApprover, "/office/cases/" + x.pension.Number}, {cityManager, "/office/cases/" + x.ready.Number}},
		"/office/cases/{number}/{verb}":     {{villageClerk, office + "/request-correction"}, {villageClerk, office + "/refuse-acceptance"}, {villageClerk, office + "/accept"}, {villageClerk, office + "/withdraw"}, {clerkOf(x.ready), "/office/cases/" + x.ready.Number + "/deliver"}},
		"/office/cases/{number}/correct":    {{villageClerk, "/office/cases/" + x.correcting.Number + "/correct"}},
		"/office/cases/{number}/supplement": {{villageClerk, reviewing + "/supplement"}},
		"/office/tasks/{task}/{act}":        {{approver, task + "approve"}, {approver, task + "refuse"}, {approver, task + "add-approver"}},
	}
}
