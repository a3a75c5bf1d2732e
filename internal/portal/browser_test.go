package portal_test

import (
	"net/http/httptest"
	"net/url"
	"os"
	"testing"

	"yimen/internal/kit/webtest/browser"
)

// TestInTheBrowser walks through the citizen's pages in Chromium: nothing
// breaks the content policy, everything fits a phone, and no serious rule of
// accessibility is broken, in the elder version neither.
func TestInTheBrowser(t *testing.T) {
	w := theCity(t)
	site := httptest.NewServer(w.router)
	defer site.Close()
	public := w.asked(t, "citizen-41")
	b := browser.New(t)
	shots := os.Getenv("YIMEN_SCREENSHOTS") != ""
	look := func(name, path string) {
		t.Helper()
		if shots { // pictures to look at, not a test
			b.Resize(1366, 768)
			b.Go(site.URL + path)
			b.Screenshot(t, name, 1366, 768)
		}
		b.Resize(360, 740)
		b.Go(site.URL + path)
		b.Fits(t, 360)
		b.Axe(t)
		if shots {
			b.Screenshot(t, name, 360, 740)
		}
	}
	look("home", "/")
	look("demo", "/demo")
	look("search", "/search?q=证")
	look("search-empty", "/search?q=火星移民")
	look("region", "/region?at="+village)
	look("progress", "/progress")
	look("progress-found", "/progress?number="+public.Number+"&query_code="+public.QueryCode)
	look("accessibility", "/accessibility")
	look("sitemap", "/sitemap")

	asked := w.asked(t, "citizen-42").Number
	c := w.as(t, "citizen-42")
	review := w.apply(t, c, "citizen-42")
	draft := review.URL.Path[:len(review.URL.Path)-len("/review")]
	half := c.Get("/apply/" + pension).Form("").Send()
	half = half.Form("form.ap-form").Send()

	b.Go(site.URL + "/demo")
	b.Click(`form:has(input[value="citizen-1"]) button`)
	b.Wait(".ym-hero")
	look("home-village", "/")
	signIn(t, b, site.URL, "citizen-42")
	look("my", "/my")
	look("case", "/my/cases/"+asked)
	look("correct", "/my/cases/"+asked+"/correct")
	look("withdraw", "/my/cases/"+asked+"/withdraw")
	look("wizard-1-place", "/apply/"+pension)
	look("wizard-2-phone", draft+"/phone")
	look("wizard-3-question", half.URL.Path)
	look("wizard-4-form", draft+"/form")
	look("wizard-5-materials", draft+"/materials")
	look("wizard-6-review", draft+"/review")
	look("wizard-7-preview", draft+"/preview")

	b.Go(site.URL + "/elder?next=" + url.QueryEscape("/"))
	look("elder-home", "/")
	look("elder-question", half.URL.Path)
	look("elder-case", "/my/cases/"+asked)
	b.Calm(t)
}

func signIn(t *testing.T, b *browser.Browser, site, account string) {
	t.Helper()
	// The button of the demo's page, made to say somebody else's name.
	b.Go(site + "/demo")
	browser.Eval[string](b, `document.querySelector("form[action='/demo/login'] input[name=account]").value = "`+account+`"`)
	b.Click(`form[action='/demo/login'] button`)
	b.Wait(".ym-hero")
}
