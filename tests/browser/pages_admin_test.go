package browser_test

import "net/url"

// adminPages are samples of the administrators' pages.
func adminPages(x things) map[string][]sample {
	return map[string][]sample{
		"/admin/parts": {{"admin-system", "/admin/parts?theme=light"}, {"admin-system", "/admin/parts?theme=dark"}, {"admin-system", "/admin/parts?theme=contrast"},
			{"admin-system", "/admin/parts?face=citizen"}, {"admin-system", "/admin/parts?face=elder"}, {"admin-system", "/admin/parts?face=elder&size=3&theme=contrast"},
			{"admin-system", "/admin/parts?face=print"}},
		"/batches":                          {{"admin-system", "/batches"}},
		"/batches/{id}":                     {{"admin-system", x.work}},
		"/admin":                            {{"admin-system", "/admin"}, {"admin-security", "/admin"}, {"admin-audit", "/admin"}},
		"/admin/jobs":                       {{"admin-system", "/admin/jobs"}},
		"/admin/audit":                      {{"admin-audit", "/admin/audit"}},
		"/admin/accounts":                   {{"admin-system", "/admin/accounts"}, {"admin-security", "/admin/accounts?q=clerk"}},
		"/admin/accounts/new":               {{"admin-system", "/admin/accounts/new"}},
		"/admin/changes":                    {{"admin-security", "/admin/changes?show=all"}, {"admin-system", "/admin/changes"}},
		"/admin/accounts/{id}/roles":        {{"admin-security", "/admin/accounts/" + x.account + "/roles"}},
		"/admin/org":                        {{"admin-system", "/admin/org"}, {"admin-system", "/admin/org?at=" + theVillage + "&q=" + url.QueryEscape("大寮坑")}},
		"/admin/staff":                      {{"admin-system", "/admin/staff"}, {"admin-system", "/admin/staff?q=zzzz"}},
		"/admin/registers/{register}/new":   {{"admin-system", "/admin/registers/agencies/new?division=" + theVillage}, {"admin-system", "/admin/registers/staff/new"}},
		"/admin/registers/{register}/{key}": {{"admin-system", "/admin/registers/divisions/" + theVillage}, {"admin-system", "/admin/registers/outlets/" + theVillage}},
		"/admin/exchange":                   {{"admin-system", "/admin/exchange"}},
		"/admin/roles":                      {{"admin-security", "/admin/roles"}},
		"/admin/consents":                   {{"admin-system", "/admin/consents"}},
		"/admin/calendar/notice":            {{"admin-system", "/admin/calendar/notice"}},
		"/admin/outlets":                    {{"admin-system", "/admin/outlets"}},
		"/admin/outlets/{code}":             {{"admin-system", "/admin/outlets/" + theVillage}},
		"/admin/calendar":                   {{"admin-system", "/admin/calendar"}, {"admin-system", "/admin/calendar?division=" + theCounty}},
		"/admin/proofs":                     {{"editor-440200", "/admin/proofs"}, {"reviewer-440200", "/admin/proofs?state=kept"}},
		"/admin/proofs/new":                 {{"editor-440200", "/admin/proofs/new"}},
		"/admin/proofs/{number}":            {{"editor-440200", "/admin/proofs/60"}, {"editor-440200", "/admin/proofs/66"}},
		"/admin/proofs/changes/{id}":        {{"reviewer-440200", x.proofChange}, {"editor-440200", x.proofChange}},
		"/admin/items":                      {{"editor-440200", "/admin/items"}},
		"/admin/items/new":                  {{"editor-440200", "/admin/items/new"}},
		"/admin/items/import":               {{"editor-440200", "/admin/items/import"}},
		"/admin/items/presence":             {{"editor-440200", "/admin/items/presence"}},
		"/admin/items/{code}":               {{"editor-440200", "/admin/items/SG02004"}, {"reviewer-440200", "/admin/items/SG02004"}},
		"/admin/items/{code}/versions/{n}":  {{"editor-440200", "/admin/items/SG02004/versions/1"}},
		"/admin/items/{code}/local":         {{localEditor, "/admin/items/SG02004/local"}},
	}
}
