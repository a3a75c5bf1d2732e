// Package load plays a city's day, hour or year on a running server, over
// HTTP and nothing else: citizens and clerks hand in applications, approvers
// decide them, clerks deliver, readers read. It measures how long each
// operation takes and then audits: what the server has must be what it told.
//
//	result, err := load.Run(ctx, load.Options{URL: url, Profile: "year", Cases: 20000, City: city})
//
// A run is one agenda. Each case is a story (story.go, story_office.go) whose steps are put on the
// agenda (agenda.go) with the time at which they are due; clients take the next
// step that is due, act in the name of whoever's turn it is, and put the step
// that follows back. So a clerk who thinks for two minutes keeps no client
// busy, and "flat out" is the same stories without the thinking.
//
// It imports none of the modules: what it knows of the server it learns from
// the server. Who lives in the city and how a form is filled in sensibly is
// handed in as a City.
package load
