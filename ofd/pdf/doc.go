// Package pdf writes the pages of an OFD document as PDF 1.7: the same page, for people whose programs know no OFD.
//
//	file, report, err := pdf.Write(doc, pdf.Options{})
//
// Text stays text. Every font is embedded as a subset of the glyphs that are used, and each glyph knows the characters it stands for, so that
// what is copied or searched is what was written — also where one glyph serves two characters, as 人 and the radical ⼈ do. The same
// document gives the same bytes.
//
// What is not carried over: attachments, custom tags and the outline; colours that run in repeats are shown once; the transparency of
// single stops of a run of colours is left out.
package pdf
