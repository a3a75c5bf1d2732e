// Package draw walks a page of an OFD document and tells a [Sink] what to paint, in order and in millimetres of the page. It
// settles what all pictures of a page must agree on: the order of layers, templates, annotations and stamps, the space of each
// object, which glyph stands for which character, and which face stands in for one the file does not bring along.
package draw
