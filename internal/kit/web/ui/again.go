package ui

// Again is a form that was not answered, to be sent once more from the page that
// says so: its words are carried along unseen, with the key by which it takes
// effect once. What cannot be carried is asked for: files, which a browser does
// not give back, and passwords, which are not written into a page.
type Again struct {
	URL     string
	Fields  []AgainField
	Files   []AgainFile
	Secrets []string // names of password fields
}

// AgainField is one name and value.
type AgainField struct{ Name, Value string }

// AgainFile is a file field for which files were chosen.
type AgainFile struct {
	Name   string
	Chosen []string // names of the files
}
