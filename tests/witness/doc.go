// Package witness asks programs of other people what they make of our files: ofd.js 0.2.6 (Apache-2.0) in Chromium, OpenSSL 3,
// sm-crypto in node, qpdf and poppler, which verifies the signatures of PDF files. Every character and every seal must stand where we put it, and every signature must be good
// to those who did not make it: of a page made for the purpose, and of licences and notices that the program issued itself. Of the
// later ofd.js the reading part wants a licence key, so the last free one is asked. scripts/setup fetches what Debian has not.
package witness
