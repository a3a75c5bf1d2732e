// Package cityorg is the organisation of the sample city, Shaoguan (韶关):
// divisions and departments from CSV files, and from them, by rule, agencies,
// outlets, counters, staff and the people who apply. README.md says what is
// sourced and what is made up; rows made up carry trust "suggested".
//
//	rows, err := cityorg.Rows()      // org.Rows, for org.Module.LoadCity
//	people, err := cityorg.People()  // identity.NewAccount, for identity.Module.LoadDemo
//
// Everything is a function of the code it belongs to: two builds give the same
// city, and a town keeps its telephone number when another is added.
package cityorg
