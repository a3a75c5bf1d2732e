// Package ofd reads and writes OFD files (GB/T 33190-2016), the national format of fixed pages, in Go alone.
//
// A [Package] is the container: a zip archive of files by path. A [Document] is the page model: pages with layers of texts,
// paths and images, templates, fonts, annotations, attachments, metadata and tags. Lengths are millimetres throughout, sizes
// of type too ([Points] turns points into them).
//
// What others wrote is read leniently; what was forgiven stands in [Document.Warnings]. Whatever a file claims, memory is
// bounded ([Limits]). What is written keeps strictly to the standard's order of elements, and equal documents give equal
// bytes. docs/standards/ofd.md goes through the standard clause by clause.
//
// Package ofd/fonts has typefaces and their subsets, ofd/render draws pages, ofd/ses seals files and verifies them.
package ofd

// Points turns points, in which typographers tell sizes, into millimetres.
func Points(pt float64) float64 { return pt * 25.4 / 72 }
