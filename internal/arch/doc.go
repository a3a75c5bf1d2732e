// Package arch holds tests about the tree itself: who may import whom, whose
// tables are whose, that every package says what it is, that migrations stand
// in one order. It has no production code.
package arch
