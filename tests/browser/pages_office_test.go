package browser_test

// officePages are samples of the approvers' pages.
func officePages(x things) map[string][]sample {
	office := "/office/cases/" + x.received.Number
	reviewing := "/office/cases/" + x.owing.Number
	task := "/office/tasks/" + x.task + "/"
	return map[string][]sample{
		"/office":                             {{countyApprover, "/office?box="}, {countyApprover, "/office?by=item"}, {countyApprover, "/office?box=done"}, {approver, "/office?q=0000"}},
		"/office/next":                        {{countyApprover, "/office/next?in=item%3DSG00000"}},
		"/office/phrases":                     {{countyApprover, "/office/phrases"}, {"chief-440232-d11", "/office/phrases"}},
		"/office/team":                        {{"chief-440232-d11", "/office/team"}},
		"/office/board":                       {{"chief-440232-d11", "/office/board"}},
		"/office/absence":                     {{countyApprover, "/office/absence"}, {"chief-440232-d11", "/office/absence"}},
		"/office/corrections":                 {{villageClerk, "/office/corrections"}},
		"/office/corrections/{id}":            {{cityManager, x.correction}},
		"/office/delegations":                 {{countyApprover, "/office/delegations"}, {"admin-security", "/office/delegations"}},
		"/office/digest":                      {{countyApprover, "/office/digest"}, {approver, "/office/digest"}},
		"/office/cases/{number}/full":         {{villageClerk, office + "/full"}},
		"/office/cases/{number}/similar":      {{countyApprover, "/office/cases/" + x.pension.Number + "/similar"}},
		"/office/cases":                       {{cityManager, "/office/cases"}, {cityManager, "/office/cases?state=closed"}, {approver, "/office/cases?from=2026-13-01"}},
		"/office/cases/{number}":              {{villageClerk, office}, {approver, reviewing}, {countyApprover, "/office/cases/" + x.pension.Number}, {cityManager, "/office/cases/" + x.ready.Number}},
		"/office/cases/{number}/{verb}":       {{villageClerk, office + "/request-correction"}, {villageClerk, office + "/refuse-acceptance"}, {villageClerk, office + "/accept"}, {villageClerk, office + "/withdraw"}, {clerkOf(x.ready), "/office/cases/" + x.ready.Number + "/deliver"}},
		"/office/cases/{number}/correct":      {{villageClerk, "/office/cases/" + x.correcting.Number + "/correct"}},
		"/office/cases/{number}/supplement":   {{villageClerk, reviewing + "/supplement"}},
		"/office/licences":                    {{"approver-440232-d07", "/office/licences"}, {"approver-440232-d07", "/office/licences?q=nobody"}},
		"/office/licences/{identifier}":       {{"approver-440232-d07", "/office/licences/" + x.licence}},
		"/office/licences/import":             {{"approver-440232-d07", "/office/licences/import"}},
		"/office/licence-types":               {{"approver-440232-d07", "/office/licence-types"}},
		"/office/licence-types/{id}":          {{"approver-440232-d07", "/office/licence-types/ZZ047"}},
		"/office/commitments":                 {{"approver-440232-d18", "/office/commitments"}, {cityManager, "/office/commitments?part=done"}},
		"/office/commitments/{id}":            {{"approver-440232-d18", "/office/commitments/" + x.promised}},
		"/office/proofs":                      {{"approver-440232-d08", "/office/proofs"}, {villageClerk, "/office/proofs"}, {"approver-440232-d08", "/office/proofs?part=done"}},
		"/office/proofs/{id}":                 {{"approver-440232-d08", "/office/proofs/" + x.wished.ID}},
		"/office/supervision":                 {{cityManager, "/office/supervision"}, {cityManager, "/office/supervision?state=closed"}},
		"/office/supervision/{id}":            {{cityManager, "/office/supervision/" + x.reported.ID}},
		"/office/licence-types/new":           {{"reviewer-440200", "/office/licence-types/new"}},
		"/office/licence-types/import":        {{"reviewer-440200", "/office/licence-types/import"}},
		"/office/licence-types/{id}/edit":     {{"reviewer-440200", "/office/licence-types/ZZ047/edit"}},
		"/office/training":                    {{cityManager, "/office/training"}},
		"/office/training/mine":               {{villageClerk, "/office/training/mine"}, {"clerk-440224000000", "/office/training/mine"}},
		"/office/training/courses/new":        {{cityManager, "/office/training/courses/new"}},
		"/office/training/courses/{id}":       {{cityManager, "/office/training/courses/" + x.course}},
		"/office/training/sessions/{id}":      {{cityManager, "/office/training/sessions/" + x.training}},
		"/office/training/certificates":       {{cityManager, "/office/training/certificates?state=due"}, {cityManager, "/office/training/certificates?q=nobody"}},
		"/office/tasks/{task}/{act}":          {{approver, task + "approve"}, {approver, task + "refuse"}, {approver, task + "add-approver"}},
		"/office/licence-types/{id}/template": {{"editor-440200", "/office/licence-types/ZZ047/template"}, {"editor-440200", "/office/licence-types/ZZ100/template"}},
		"/office/licence-orders":              {{"approver-440232-d11", "/office/licence-orders"}},
		"/office/licence-orders/{case}":       {{"approver-440232-d11", "/office/licence-orders/" + x.order}},
		"/office/licences/issue":              {{"approver-440232-d07", "/office/licences/issue"}, {"approver-440232-d07", "/office/licences/issue?type=ZZ011"}},
	}
}
