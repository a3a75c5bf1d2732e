// Package counter is the window's side of the counter (窗口): what has come in
// at this outlet, what waits to be handed out, and the intake of an application
// from the first two letters of its name to the printed receipt.
//
// Any window takes any item that its level offers; who decides follows from
// the item and the division of the matter (internal/cases).
package counter
