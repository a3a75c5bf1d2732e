// Package help explains the program to whoever is using it (帮助). The guides in
// docs/guides are the one source: the pages here are made from the same files
// that the repository shows.
//
//	/help                 the guides, one's own first; /help?q= looks into them
//	/help/{guide}#section one guide
//	/help/page?at=/office what the page one came from is about: the "?" of every
//	                      header, as a panel beside the page, or without script
//	                      as a way to the section
//	/help/shortcuts       the keys
//	/help/tour            the first day of a clerk or an approver, on the real pages
//
// topics.go says which section a page belongs to, markdown.go reads exactly the
// Markdown that the guides use, tour.go keeps how far somebody has come.
package help
