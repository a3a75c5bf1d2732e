package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// Drawing shows one of our own illustrations, for pages on which there is
// nothing else to see: inbox, search, offline, denied, broken, done, paper,
// queue, wait. It says nothing to screen readers: a sentence stands beside it.
// An unknown name draws nothing.
func Drawing(name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		shapes, ok := drawings[name]
		if !ok {
			return nil
		}
		_, err := io.WriteString(w, `<svg class="ym-drawing" viewBox="0 0 200 140" aria-hidden="true" focusable="false" `+
			`stroke-width="2.5" stroke-linecap="round" stroke-linejoin="round">`+shapes+`</svg>`)
		return err
	})
}

// Classes: s soft ground, l line, p paper, w the one warm spot. All stand on the
// same hill, with the gate of our mark where a house is needed.
const hill = `<ellipse class="s" cx="100" cy="122" rx="84" ry="11"/>`

var drawings = map[string]string{
	"inbox": hill + `<path class="p" d="M48 62l16-30h72l16 30v44a6 6 0 0 1-6 6h-92a6 6 0 0 1-6-6z"/><path class="s" d="M50 64h30c2 12 8 18 20 18s18-6 20-18h30v40a6 6 0 0 1-6 6h-88a6 6 0 0 1-6-6z"/>` +
		`<path class="l" d="M48 62h32c2 13 8 20 20 20s18-7 20-20h32M76 46h48M71 54h58"/><circle class="w" cx="100" cy="18" r="5"/><path class="l" d="M84 20l-6-4M116 20l6-4"/>`,
	"search": hill + `<rect class="p" x="40" y="24" width="78" height="92" rx="6"/><path class="l" d="M54 44h44M54 58h30M54 72h22M54 86h18"/>` +
		`<circle class="s" cx="118" cy="76" r="27"/><circle class="l" cx="118" cy="76" r="27"/><path class="l" d="M138 96l20 20M109 68c1-6 5-9 10-9s9 4 9 8c0 6-8 7-8 13"/><circle class="w" cx="120" cy="90" r="3"/>`,
	"offline": hill + `<path class="s" d="M58 96a22 22 0 0 1 4-43 34 34 0 0 1 66-6 25 25 0 0 1 12 49z"/><path class="l" d="M58 96a22 22 0 0 1 4-43 34 34 0 0 1 66-6 25 25 0 0 1 12 49"/>` +
		`<path class="l" d="M58 96h18M140 96h-18M78 66l44 44M122 66l-44 44"/><circle class="w" cx="156" cy="32" r="6"/>`,
	"denied": hill + `<path class="p" d="M52 116V58l48-32 48 32v58z"/><path class="s" d="M80 116V74a20 20 0 0 1 40 0v42z"/><path class="l" d="M52 116V58l48-32 48 32v58zM80 116V74a20 20 0 0 1 40 0v42"/>` +
		`<rect class="w" x="87" y="86" width="26" height="20" rx="4"/><path class="l" d="M92 86v-6a8 8 0 0 1 16 0v6M100 94v5"/>`,
	"broken": hill + `<path class="p" d="M52 116V58l48-32 48 32v58z"/><path class="l" d="M80 116V74a20 20 0 0 1 40 0v42"/><path class="l" d="M100 26l-8 16 12 8-10 14"/>` +
		`<circle class="w" cx="146" cy="96" r="15"/><path class="l" d="M146 88v9M146 103v.5M30 116l12-26 12 26zM35 106h14"/>`,
	"done":  hill + `<rect class="p" x="56" y="20" width="76" height="96" rx="6"/><path class="l" d="M70 40h48M70 54h48M70 68h28"/><circle class="w" cx="128" cy="88" r="22"/><path class="l" d="M118 88l8 8 13-15M40 46l-8-4M38 66h-9M158 38l8-5M162 58h9"/>`,
	"paper": hill + `<path class="s" d="M76 28h60a5 5 0 0 1 5 5v72a5 5 0 0 1-5 5H76z"/><path class="p" d="M62 20h50l20 20v70a6 6 0 0 1-6 6H62a6 6 0 0 1-6-6V26a6 6 0 0 1 6-6z"/><path class="l" d="M112 20v20h20M70 56h46M70 70h46M70 84h28"/><circle class="w" cx="112" cy="96" r="10"/>`,
	"queue": hill + `<path class="p" d="M30 58h44v58H30z"/><path class="l" d="M24 58h56l-6-16H30zM40 78h24v16H40z"/><circle class="w" cx="104" cy="66" r="9"/><path class="p" d="M90 116V96a14 14 0 0 1 28 0v20z"/>` +
		`<circle class="p" cx="138" cy="70" r="8"/><path class="s" d="M126 116V97a12 12 0 0 1 24 0v19z"/><path class="l" d="M126 116V97a12 12 0 0 1 24 0v19"/><circle class="l" cx="168" cy="74" r="7"/><path class="l" d="M158 116V99a10 10 0 0 1 20 0v17"/>`,
	"wait": hill + `<path class="p" d="M66 22h68M66 114h68"/><path class="p" d="M74 22v16c0 16 20 20 20 30s-20 14-20 30v16h52V98c0-16-20-20-20-30s20-14 20-30V22z"/><path class="s" d="M82 40h36c-3 8-12 12-18 20-6-8-15-12-18-20z"/><path class="w" d="M82 112c2-12 12-14 18-22 6 8 16 10 18 22z"/>`,
}
