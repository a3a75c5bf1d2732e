// Package ofdjs asks a program of other people, ofd.js 0.2.6 (Apache-2.0), what it makes of our OFD files: it reads them in
// Chromium, and every character must stand where we put it. Of the later ofd.js the reading part wants a licence key, so the
// last free one is asked. scripts/setup fetches it into bin.
package ofdjs
