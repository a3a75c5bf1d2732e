// Package browser opens pages in headless Chromium, to try what only a
// browser shows: that nothing breaks the content policy, that pages fit a
// phone, that keys and screen readers find their way.
//
//	b := browser.New(t)
//	b.Go(server.URL + "/counter")
//	b.Axe(t)
//	b.Screenshot(t, "counter", 360, 800)
//	b.Calm(t) // nothing was reported to the console
//
// It fails, and does not skip, when Chromium is missing. axe.min.js is
// axe-core 4.14.1 (npm, MPL-2.0, unchanged); it is used by tests only and is
// no part of the program.
package browser
