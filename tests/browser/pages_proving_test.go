package browser_test

// Pages that exist only in the middle of proving who one is, for the browser
// that began: TestOneIdentity looks at each, internal/assurance tries them.
func init() {
	for _, page := range []string{"/login/second", "/login/sms/code", "/register/code", "/register/person", "/scan/{code}", "/verify/phone/code"} {
		notPages[page] = "in the middle of proving who one is"
	}
}
