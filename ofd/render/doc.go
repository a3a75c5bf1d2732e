// Package render makes pictures of the pages of OFD documents: [SVG] for pages of the web, [PNG] and [Image] for everything
// else. What a page shows and in which order is settled once for both; the same page written as PDF comes from package pdf.
//
//	doc, err := ofd.ReadFile(file, size)
//	picture, report, err := render.PNG(doc, 0, render.Options{DPI: 150})
//
// Text is drawn by the outlines of the fonts in the file. For a font the file does not bring along one of package fonts stands in, and
// the report says which; a character that no face has is named there and its place left empty, never filled with a box.
//
// Files come from anybody. Sizes, numbers of objects and time are bounded: what goes beyond ends with [ErrTooMuch]. A picture that
// cannot be decoded is left out and named in the report.
package render
