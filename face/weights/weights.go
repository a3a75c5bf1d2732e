// Package weights holds the trained weights that package face runs: 7 MB, one byte a number. They come from the npm
// package @vladmandic/face-api 1.7.15 (MIT, see LICENSE; SOURCE.md says what was taken and its checksums). It is a package
// of its own so that only a program that wants faces carries them.
package weights

import "embed"

// FS holds, for each of the three nets, NAME_model.bin and NAME_model-weights_manifest.json.
//
//go:embed *.bin *.json
var FS embed.FS
