// Package webtest drives a handler the way a browser or an API client does,
// and looks at what comes back.
//
//	c := webtest.New(t, router)
//	page := c.Get("/counter")                     // follows redirects
//	page.Status(200).Must("收件").MustNot("编辑")
//	page = page.Form("#submit-case").Fill("phone", "138…").Send()
//	p := c.JSON("POST", "/api/v1/cases", body).Status(422).Problem()
//
// It speaks to the handler directly: no port, no goroutine. Pages in a real
// browser are in webtest/browser.
package webtest
