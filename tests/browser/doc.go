// Package browser is the city as people meet it: real Chromium against
// the real program, its jobs running, over the sample city.
//
// Stories are told once each, by people who click and type: a villager's
// application from the village window to its closing (village_test.go), an
// application from a phone that is corrected and denied (correction_test.go),
// other ends and two people at one case (ends_test.go), everything without
// scripts (noscript_test.go) and without a mouse (keyboard_test.go).
// pages_test.go opens every page the router knows, at every size, and asks axe;
// a page that is not in its list fails the test. screenshots_test.go takes the
// pictures of docs/screenshots when YIMEN_SCREENSHOTS names that folder.
//
// What people do is done at three sizes, a phone, a tablet and a desk
// (sizes_test.go), what they see fits a wall as well, and pictures of it are kept.
//
// The city is shared by all stories, so each works on cases of its own.
package browser
