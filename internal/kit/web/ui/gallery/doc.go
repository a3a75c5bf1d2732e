// Package gallery is the living page of all page parts, /admin/parts: each part
// in each of its states, in every face and theme, with the templ call that made
// it. The calls shown are cut from examples.templ itself, so they are what ran.
package gallery
