package browser_test

import (
	"testing"
	"time"

	"yimen/internal/kit/webtest/browser"
)

// A number from the machine, called by the clerk: the wall shows it by itself,
// without anybody touching it.
func TestANumberIsCalledOntoTheWall(t *testing.T) {
	c := theCity()
	const town = "440232112000"
	wall := visit(t, c)
	wall.Open("/hall/" + town)
	machine := wall.beside()
	machine.Open("/take/" + town)
	browser.Eval[bool](machine.Browser, `(document.querySelector(".qu-choices button").click(), true)`)
	machine.Wait(".qu-slip h1")
	no := browser.Eval[string](machine.Browser, `document.querySelector(".qu-slip h1").firstChild.textContent.trim()`)
	if no == "" {
		t.Fatal("the slip has no number")
	}
	clerk := wall.beside().As("clerk-" + town)
	clerk.Open("/counter/queue")
	browser.Eval[bool](clerk.Browser, `(() => { const f = document.querySelector("form[action='/counter/queue/seat']"); f.querySelector("select").value = "`+town+`-01"; f.requestSubmit(); return true; })()`)
	clerk.Wait(".qu-own")
	browser.Eval[bool](clerk.Browser, `(document.querySelector("form[action='/counter/queue/call']").requestSubmit(), true)`)
	clerk.Wait(".qu-own-no")
	for until := time.Now().Add(patience); ; time.Sleep(200 * time.Millisecond) {
		shown := browser.Eval[string](wall.Browser, `(document.querySelector(".qu-calls li.is-first") || {textContent: ""}).textContent.replace(/\s+/g, "")`)
		if shown != "" {
			if want := no + "→请到1号窗口"; len(shown) < len(want) || shown[:len(want)] != want {
				t.Errorf("the wall shows %q, want %q", shown, want)
			}
			break
		}
		if time.Now().After(until) {
			t.Fatalf("%s was called and the wall does not show it", no)
		}
	}
	wall.Calm(t)
	machine.Calm(t)
	clerk.Calm(t)
}
