// Package pdf writes the pages of an OFD document as PDF 1.7: the same page, for people whose programs know no OFD.
//
//	file, report, err := pdf.Write(doc, pdf.Options{})
//
// Text stays text. Every font is embedded as a subset of the glyphs that are used, and each glyph knows the characters it stands for, so that
// what is copied or searched is what was written — also where one glyph serves two characters, as 人 and the radical ⼈ do. The same
// document gives the same bytes, if it is not signed.
//
// With Options.Sign the file bears a signature (ISO 32000-1, 12.8) that covers all of it, allows no change and shows when a reader
// clicks on the seal; then its bytes differ each time. ses.VerifyPDF verifies such signatures, and those of others.
//
// What is not carried over: attachments, custom tags and the outline; colours that run in repeats are shown once; the transparency of
// single stops of a run of colours is left out.
package pdf
