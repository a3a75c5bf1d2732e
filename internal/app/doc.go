// Package app is the only place where the modules meet: it builds them on one
// another (wire.go), says who hears of what (reactions.go), hangs their pages
// on one router (routes.go) and runs them as commands.
package app
