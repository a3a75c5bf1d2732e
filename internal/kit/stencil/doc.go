// Package stencil repeats something that happened on another day, for somebody
// else: the sample city's cases, a million times.
//
//	days := stencil.NewDays(calendar, first, last)
//	move := days.Move(monday, wednesday)   // dates keep their distance in working days
//	text := stencil.Cut(letter, []string{"张三", "2611020000000018"}, move.Near)
//	letter2 := text.Fill([]string{"李四", "2406120000000013"}, move)
//
// What is cut once is filled in fast: nothing is searched for any more.
package stencil
