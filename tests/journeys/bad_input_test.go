package journeys

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/url"
	"strings"
	"testing"

	"yimen/gb"
)

// A bad application, by what is wrong with it: what is changed in a right one,
// and the field that has to be named.
type badApplication struct {
	name    string
	changes []any
	field   string
}

// longText has 201 characters, long for a name, and some of them need four bytes.
var longText = strings.Repeat("𠮷", 201)

var badApplications = []badApplication{
	{"check digit of the identity number", []any{"applicant.id_no", "440232196402089039"}, "applicant.id_no"},
	{"seventeen digits", []any{"applicant.id_no", "44023219640208903"}, "applicant.id_no"},
	{"born on the 31st of February", []any{"applicant.id_no", "440232196402310007"}, "applicant.id_no"},
	{"born tomorrow", []any{"applicant.id_no", "440232299902089033"}, "applicant.id_no"},
	{"an enterprise's number for a person", []any{"applicant.id_type", "001", "applicant.id_no", "91440232MA4X00011N"}, "applicant.id_type"},
	{"unknown kind of document", []any{"applicant.id_type", "000"}, "applicant.id_type"},
	{"name of 201 characters", []any{"applicant.name", longText}, "applicant.name"},
	{"name with a control character", []any{"applicant.name", "李\u0007立伟"}, "applicant.name"},
	{"no name", []any{"applicant.name", "  "}, "applicant.name"},
	{"phone", []any{"applicant.phone", "1380000"}, "applicant.phone"},
	{"wrong kind of applicant", []any{"applicant.type", "enterprise", "applicant.id_type", "001", "applicant.id_no", "91440232MA4X00011N"}, "applicant.type"},
	{"no such kind of applicant", []any{"applicant.type", "ghost"}, "applicant.type"},
	{"unknown division", []any{"division", "440232999999"}, "division"},
	{"division that is no code", []any{"division", "大寮坑村"}, "division"},
	{"no division", []any{"division", ""}, "division"},
	{"unknown item", []any{"item", "SG99999"}, "item"},
	{"unknown outlet", []any{"outlet", "440232999999"}, "outlet"},
	{"somebody else's outlet", []any{"outlet", theCity}, "outlet"},
	{"unknown channel", []any{"channel", "pigeon"}, "channel"},
	{"channel of the other side", []any{"channel", "web"}, "channel"},
	{"answer that is none", []any{"answers", j{"who": []string{"nobody"}}}, "answers.who"},
	{"no answers", []any{"answers", j{}}, "answers."},
	{"no materials", []any{"materials", []j{}}, "materials."},
	{"material not on the list", []any{"materials", []j{{"id": "golden_spoon", "paper": true}}}, "materials.0.id"},
	{"material in no way", []any{"materials", []j{{"id": "id_card"}}}, "materials.0.file"},
	{"material in two ways", []any{"materials", []j{{"id": "id_card", "paper": true, "file": "x"}}}, "materials.0.file"},
	{"file that was never uploaded", []any{"materials", []j{{"id": "id_card", "file": "nothing"}}}, "materials.0.file"},
	{"licence while none can be read", []any{"materials", []j{{"id": "id_card", "licence": "1.2.156"}}}, "materials.0.licence"},
	{"promise where none is enough", []any{"materials", []j{{"id": "id_card", "promise": true}}}, "materials.0.promise"},
	{"later where now is asked", []any{"materials", []j{{"id": "id_card", "later": true}}}, "materials.0.later"},
	{"form without a required field", []any{"form.applicant_name", gone}, "form.applicant_name"},
	{"form with a field it does not have", []any{"form.shoe_size", 43}, "form.shoe_size"},
	{"form with a number for a text", []any{"form.phone", 7}, "form.phone"},
	{"form with a wrong identity number", []any{"form.id_number", "440232196402089039"}, "form.id_number"},
	{"form with a choice that is none", []any{"form.sex", "9"}, "form.sex"},
	{"form that is no object", []any{"form", "text"}, "form"},
	{"delivery by pigeon", []any{"deliver", "pigeon"}, "deliver"},
	{"post without an address", []any{"deliver", "post"}, "deliver_to"},
	{"agent without authority", []any{"agent", j{"name": "盘志强", "id_no": "44023219640208903X", "phone": "13800138000", "authority": ""}}, "agent.authority"},
	{"day that is none", []any{"defer_until", "2026-02-30"}, "defer_until"},
	{"older version of the item", []any{"version", 999}, "version"},
}

// Whatever is wrong is told in one answer, by its path, in Chinese, and
// leaves nothing behind.
func TestBadApplications(t *testing.T) {
	each(t, func(t *testing.T, e engine) {
		s := sampleCity(t, e).serve(t, "demo")
		clerk := s.as(t, "clerk-"+theVillage)
		right := func() j { return clerk.apply("SG02008", theVillage, "window", "citizen-1") }
		before := s.rows(t)
		for _, bad := range badApplications {
			r, err := clerk.send("POST", "/api/v1/cases", change(right(), bad.changes...))
			must(t, err)
			if r.status != 422 {
				t.Errorf("%s: %s", bad.name, r)
				continue
			}
			if err := r.notAProblem(); err != nil {
				t.Errorf("%s: %v: %s", bad.name, err, r)
			}
			if !names(r.fields(), bad.field) {
				t.Errorf("%s: %s is not named: %s", bad.name, bad.field, r)
			}
		}
		// Everything at once, not the first mistake alone.
		all := change(right(), "applicant.id_no", "1", "applicant.phone", "1", "form.applicant_name", gone, "materials", []j{})
		clerk.refused("POST", "/api/v1/cases", all, 422, "invalid_input", "applicant.id_no", "applicant.phone", "form.applicant_name", "materials.id_card")
		// Not offered at that level: an item of towns and villages, asked of the county.
		clerk.refused("POST", "/api/v1/cases", change(clerk.apply("SG05002", theVillage, "window", "citizen-1"), "division", theCounty), 422,
			"invalid_input", "division")

		for raw, status := range map[string]int{"": 400, "{": 400, `"text"`: 422, "[]": 422, `{"item": 7}`: 422,
			`{"item":"SG02008","surprise":1}`: 422, `{"applicant":null}`: 422} {
			r, err := clerk.send("POST", "/api/v1/cases", []byte(raw))
			must(t, err)
			if r.status != status || r.notAProblem() != nil {
				t.Errorf("body %q: %v: %s", raw, r.notAProblem(), r)
			}
		}
		if after := s.rows(t); after != before {
			t.Errorf("something was stored:\n%s\nbefore:\n%s", after, before)
		}
		clerk.do("POST", "/api/v1/cases", right(), 201) // and the right one is right
	})
}

// names tells whether a field is named; one that ends in a dot names those below it.
func names(fields []string, want string) bool {
	for _, f := range fields {
		if f == want || strings.HasSuffix(want, ".") && strings.HasPrefix(f, want) {
			return true
		}
	}
	return false
}

// multipartFile is the body of an upload, made as it is read: 51 MB need no memory.
func multipartFile(name string, content io.Reader) (io.Reader, string) {
	r, w := io.Pipe()
	m := multipart.NewWriter(w)
	go func() {
		part, err := m.CreateFormFile("file", name)
		if err == nil {
			_, err = io.Copy(part, content)
		}
		if err == nil {
			err = m.Close()
		}
		w.CloseWithError(err)
	}()
	return r, m.FormDataContentType()
}

func TestBadFiles(t *testing.T) {
	each(t, func(t *testing.T, e engine) {
		s := sampleCity(t, e).serve(t, "demo")
		citizen := s.as(t, "citizen-1")
		before := s.rows(t)
		zeros := func(n int64) io.Reader { return io.LimitReader(zero{}, n) }
		for _, f := range []struct {
			name    string
			content io.Reader
			status  int
			code    string
		}{
			{"合同.pdf", io.MultiReader(bytes.NewReader(pdf), zeros(50<<20)), 413, "file_too_large"},
			{"合同.pdf", io.MultiReader(bytes.NewReader(pdf), zeros(51<<20)), 413, "body_too_large"},
			{"照片.jpg", bytes.NewReader(pdf), 422, "file_type_mismatch"},
			{"照片.pdf", strings.NewReader("\x89PNG\r\n\x1a\n0000"), 422, "file_type_mismatch"},
			{"程序.exe", strings.NewReader("MZ"), 422, "file_type_refused"},
			{"没有扩展名", bytes.NewReader(pdf), 422, "file_type_refused"},
			{"空.pdf", strings.NewReader(""), 422, "file_empty"},
		} {
			body, kind := multipartFile(f.name, f.content)
			r, err := citizen.send("POST", "/api/v1/files", body, kind)
			must(t, err)
			r.refused(t, f.status, f.code)
		}
		r, err := citizen.send("POST", "/api/v1/files", strings.NewReader("not multipart"), "multipart/form-data; boundary=x")
		must(t, err)
		if r.status != 422 || r.notAProblem() != nil {
			t.Errorf("%v: %s", r.notAProblem(), r)
		}
		if after := s.rows(t); after != before {
			t.Errorf("something was stored:\n%s\nbefore:\n%s", after, before)
		}
		// Fifty megabytes to the byte are welcome.
		body, kind := multipartFile("合同.pdf", io.MultiReader(bytes.NewReader(pdf), zeros(50<<20-int64(len(pdf)))))
		big, err := citizen.send("POST", "/api/v1/files", body, kind)
		must(t, err)
		big.want(t, 201).says(t, "size", "52428800").says(t, "media_type", "application/pdf")

		// A file is no ticket: another account cannot hand it in.
		other := s.as(t, "citizen-2")
		application := other.apply("SG02008", theVillage, "web", "citizen-2", "materials", []j{{"id": "id_card", "file": big.text("id")}})
		other.refused("POST", "/api/v1/cases", application, 422, "invalid_input", "materials.0.file")
	})
}

type zero struct{}

func (zero) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// Lists, verbs and cases asked for in a way that cannot be answered.
func TestBadRequests(t *testing.T) {
	each(t, func(t *testing.T, e engine) {
		s := sharedServer(t, e)
		clerk, nobody := s.as(t, "clerk-"+theVillage), s.as(t, "")
		number := clerk.submit("SG02008", theVillage, "window", "citizen-1").text("number")
		at := "/api/v1/cases/" + number

		for _, list := range []string{"/api/v1/cases?", "/api/v1/items?", "/api/v1/tasks?", "/api/v1/divisions?", "/api/v1/outlets?division=" + theVillage + "&",
			"/api/v1/agencies?division=" + theVillage + "&"} {
			for _, limit := range []string{"201", "0", "-1", "many"} {
				clerk.refused("GET", list+"limit="+limit, nil, 422, "invalid_input", "limit")
			}
			clerk.get(list + "limit=200")
			clerk.refused("GET", list+"after=nonsense", nil, 422, "cursor_unreadable")
			clerk.refused("GET", list+"after="+url.QueryEscape("WzEsMl0"), nil, 422, "cursor_unreadable")
		}
		clerk.refused("GET", "/api/v1/cases?state=flying", nil, 422, "invalid_input", "state")
		clerk.refused("GET", "/api/v1/cases?from=2026-02-30", nil, 422, "invalid_input", "from")
		clerk.refused("GET", "/api/v1/cases?light=purple", nil, 422, "invalid_input", "light")
		nobody.refused("GET", "/api/v1/clock?from=2026-02-30&working_days=5", nil, 422, "invalid_input", "from")
		nobody.refused("GET", "/api/v1/clock?from=2026-02-03&working_days=-5", nil, 422, "clock_working_days", "working_days")
		nobody.refused("GET", "/api/v1/divisions?parent=999999999999", nil, 404, "org_division_unknown")
		nobody.refused("GET", "/api/v1/items/SG99999", nil, 404, "item_unknown")
		nobody.refused("GET", "/api/v1/nothing", nil, 404, "page_not_found")
		nobody.refused("GET", at, nil, 401, "sign_in_required")
		(&caller{t: t, api: api{base: s.URL, token: "ym_wrong"}}).refused("GET", at, nil, 401, "token_invalid")

		// Verbs that the state does not allow name those that it does.
		for _, verb := range []string{"deliver", "correct"} {
			r := clerk.refused("POST", at+"/"+verb, j{"receiver": "本人"}, 409, "case_verb_not_allowed")
			if !strings.Contains(r.text("allowed"), "accept") {
				t.Errorf("does not say what is allowed: %s", r)
			}
		}
		clerk.refused("POST", at+"/fly", j{}, 404, "page_not_found")
		clerk.act(number, "accept", j{"revision": 1})
		stale := clerk.refused("POST", at+"/withdraw", j{"revision": 1, "opinion": "不办了"}, 409, "case_changed_since", "changes.0")
		if !strings.Contains(stale.text("errors"), "受理") {
			t.Errorf("does not say what changed: %s", stale)
		}
		// Another outlet's case is not there.
		elsewhere := s.as(t, "clerk-440222000000")
		elsewhere.refused("GET", at, nil, 404, "case_unknown")
		elsewhere.refused("GET", at+"/history", nil, 404, "case_unknown")
		elsewhere.refused("POST", at+"/withdraw", j{}, 404, "case_unknown")
		clerk.get(at).says(t, "state", "reviewing").says(t, "revision", "2")
	})
}

// Names are as long and as rare as the law allows, and come back as written.
func TestRareNames(t *testing.T) {
	each(t, func(t *testing.T, e engine) {
		s := sharedServer(t, e)
		clerk := s.as(t, "clerk-"+theVillage)
		for _, name := range []string{"𠮷𡈽", "阿卜杜热合曼·买买提", strings.Repeat("𬭎", gb.MaxNameLength)} {
			body := clerk.apply("SG02008", theVillage, "window", "citizen-3", "applicant.name", name)
			made := clerk.do("POST", "/api/v1/cases", body, 201)
			clerk.get("/api/v1/cases/"+made.text("number")).says(t, "applicant.name", name)
			list := clerk.get("/api/v1/cases?q=" + url.QueryEscape(name))
			if !strings.Contains(list.text("items"), made.text("number")) {
				t.Errorf("%s is not found by name", name)
			}
			progress := s.as(t, "").get("/api/v1/progress?number=" + made.text("number") + "&query_code=" + made.text("query_code"))
			if strings.Contains(string(progress.body), name) || !json.Valid(progress.body) {
				t.Errorf("%s", progress)
			}
		}
	})
}
