// Package fonts holds the typefaces documents are set in, and what setting needs: advances, missing characters, subsets,
// outlines and the breaking of Chinese lines.
//
// Four faces are compiled in: [Serif], [SerifBold], [Sans] and [SansBold], the Noto faces for simplified Chinese. They are
// unpacked when first used (about 0.1 s and 15 MB a face) and then kept; all their methods may be called at the same time.
// [FangSong], which official documents are set in, comes from a file that stands beside the program: see [UseFangSong].
// [Parse] reads the fonts other people's files bring along, TrueType and OpenType with either kind of outlines.
//
// A character that a face lacks is told by its name, never set as an empty box: [Face.Missing] names them, [Split] takes each
// character from the first face that has it, and [Face.Subset] refuses a text it cannot show.
//
//	runs, missing := fonts.Split("韶关市人民政府", fonts.FangSong, fonts.Serif)
//
// Lengths are in em: times the size of the text they are millimetres, or whatever the size is in. Outlines have y upwards
// from the base line.
package fonts
