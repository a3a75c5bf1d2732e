package browser_test

// framePages are samples of what belongs to no module: the page for a line
// that broke.
func framePages() map[string][]sample {
	return map[string][]sample{"/offline": {{"", "/offline"}}}
}

func init() {
	notPages["/sw.js"] = "machines"
	notPages["/theme"] = "changes the colours and goes back"
}
