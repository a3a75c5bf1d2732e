package counter_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"yimen/internal/cases"
	"yimen/internal/kit/webtest"
)

// begun starts an item for the person whose page it is.
func begun(t *testing.T, b *webtest.Client, person *webtest.Page, item string) *webtest.Page {
	t.Helper()
	visit := strings.TrimPrefix(person.URL.Path, "/counter/person/")
	return b.PostForm("/counter/start", url.Values{"pick": {item}, "visit": {visit}}).Status(200)
}

// What somebody handed in before need not be typed again: the same item whole,
// another what belongs to the person. Declarations are made anew.
func TestPrefilledFromEarlierCases(t *testing.T) {
	s := newSite(t)
	c, err := s.Cases.Find(s.System(), s.Submit(clerk, item, village, nil).Number)
	if err != nil {
		t.Fatal(err)
	}
	b := s.As(clerk)
	person := greet(t, b, c.Applicant.IDNo)
	page := begun(t, b, person, item).Must("已按", "带出", "请与本人核对")
	form := page.Form("#in-sheet")
	for id, chosen := range c.Content.Answers {
		if len(chosen) > 0 && form.Values.Get("answers."+id) != chosen[0] && form.Values["answers."+id][len(form.Values["answers."+id])-1] != chosen[0] {
			t.Errorf("question %s is answered %q, was %q", id, form.Values["answers."+id], chosen)
		}
	}
	if form.Values.Get("form.applicant_name") != "李立伟" {
		t.Errorf("the name is %q", form.Values.Get("form.applicant_name"))
	}
	for _, n := range page.Find("[name=form.declaration_true]") {
		for _, a := range n.Attr {
			if a.Key == "checked" {
				t.Error("the declaration is made for the applicant")
			}
		}
	}
	// No material was seen yet, whatever came in before.
	for _, h := range s.Submission(item, village).Materials {
		if way := form.Values.Get("way." + h.ID); way == "paper" {
			t.Errorf("material %s is ticked before it was seen", h.ID)
		}
	}
	other := begun(t, b, person, "SG18002").Must("已按").Form("#in-sheet")
	if other.Values.Get("form.phone") == "" {
		t.Error("the telephone is asked for again")
	}
	// Somebody else has nothing to take over.
	begun(t, b, greet(t, b, "440232197005120032"), item).MustNot("已按")
}

// Typing is kept at once; what is missing shrinks; another tab is noticed.
func TestSheetKeptWhileTyping(t *testing.T) {
	s := newSite(t)
	b := s.As(clerk).With("HX-Request", "true")
	page := s.As(clerk).PostForm("/counter/start", url.Values{"pick": {item}}).Status(200)
	form := page.Form("#in-sheet")
	form.Values.Set("applicant.name", "盘大山")
	kept := b.PostForm(page.URL.Path+"/save", form.Values).Status(200).Must("还缺").MustNot("姓名或名称")
	if len(kept.Find("#in-questions")) != 0 {
		t.Error("the questions are sent again though nothing changed there")
	}
	s.Clock.Advance(time.Second)
	form.Values.Set("applicant.phone", "13800138000")
	b.PostForm(page.URL.Path+"/save", form.Values).Status(200)
	b.PostForm(page.URL.Path+"/save", form.Values).Status(409).Must("另一个页面")
	form.Values.Set("force", "1")
	b.PostForm(page.URL.Path+"/save", form.Values).Status(200).MustNot("联系电话")
	sub := s.Submission(item, village)
	for id, chosen := range sub.Answers {
		if len(chosen) > 0 && len(page.Find(`[name=answers.`+id+`]`)) > 0 {
			form.Values["answers."+id] = chosen
			break
		}
	}
	kept = b.PostForm(page.URL.Path+"/save", form.Values).Status(200)
	kept.One("#in-questions")
	kept.One("#in-materials")
	if again := s.As(clerk).Get(page.URL.Path).Status(200).Form("#in-sheet"); again.Values.Get("applicant.name") != "盘大山" {
		t.Error("what was typed is gone")
	}
	s.As("clerk-440232112206").Get(page.URL.Path).Status(404)
	s.As("clerk-440232112206").PostForm(page.URL.Path+"/save", form.Values).Status(404)
}

// Several files make up one material; each can be looked at and taken off.
func TestFilesOfAMaterial(t *testing.T) {
	s := newSite(t)
	b := s.As(clerk).With("HX-Request", "true")
	page := s.As(clerk).PostForm("/counter/start", url.Values{"pick": {item}}).Status(200)
	full := s.Submission(item, village)
	full.Draft, full.Materials = strings.TrimPrefix(page.URL.Path, "/counter/intake/"), nil
	if _, err := s.Cases.SaveDraft(s.Ctx(clerk), full); err != nil {
		t.Fatal(err)
	}
	need := s.Submission(item, village).Materials[0].ID
	png := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), make([]byte, 200)...)
	two := []webtest.Upload{{Field: "file", Name: "第1页.png", Content: png}, {Field: "file", Name: "第2页.png", Content: png}}
	parts := b.PostMultipart(page.URL.Path+"/files", url.Values{"material": {need}}, two...).Status(200).Must("第1页.png", "第2页.png")
	b.PostMultipart(page.URL.Path+"/files", url.Values{"material": {need}}, webtest.Upload{Field: "file", Name: "坏.exe", Content: []byte("MZ")}).Status(422).Must("坏.exe")
	b.PostMultipart(page.URL.Path+"/files", url.Values{"material": {"nothing"}}, two[0]).Status(422)
	d, err := s.Cases.Draft(s.Ctx(clerk), full.Draft)
	if err != nil || len(d.Submission.Materials) != 2 {
		t.Fatalf("the draft has %d files, %v", len(d.Submission.Materials), err)
	}
	file := d.Submission.Materials[0].File
	_ = parts
	s.As(clerk).Get(page.URL.Path + "/files/" + file).Status(200)
	s.As("clerk-440232112206").Get(page.URL.Path + "/files/" + file).Status(404)
	s.As(clerk).Get(page.URL.Path + "/files/nothing").Status(404)
	b.PostForm(page.URL.Path+"/files/"+file+"/remove", nil).Status(200).Must("第2页.png").MustNot("第1页.png")
	for _, h := range s.Submission(item, village).Materials[1:] {
		full.Materials = append(full.Materials, cases.Handed{ID: h.ID, Paper: true})
	}
	done := s.As(clerk).Get(page.URL.Path).Status(200).Form("#in-sheet")
	for _, h := range full.Materials {
		done.Fill("way."+h.ID, "paper")
	}
	for name, list := range valuesOf(t, s, full) {
		if done.Values.Has("form."+name) && list[0] != "" {
			done.Fill("form."+name, list...)
		}
	}
	done.Fill("deliver", "window").Press("提交并当场受理").Send().Status(200).Must("收件完成", "受理通知书")
}
