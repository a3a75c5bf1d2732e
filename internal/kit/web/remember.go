package web

import "net/http"

// Remember keeps a reader's choice for a year in this browser, across signing
// in and out; "" forgets it. Choices only: it is not signed, and nothing may be
// allowed because of it.
func Remember(w http.ResponseWriter, r *http.Request, name, value string) {
	remember(w, r, name, value)
}

// Remembered is what Remember kept, "" when nothing.
func Remembered(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}
