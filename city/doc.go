// Package city is the sample city: its service items as data, and the
// compiler that makes complete [catalogue.Definition]s of them.
//
//	items.csv ──────────┐
//	items/SG01001.json ─┤ override
//	elements/*.json ────┤ fields         ──► Definitions()
//	materials.json ─────┤ what to bring
//	processes.json ─────┤ how it is decided
//	forms/*.json ───────┘ for rows without a file of their own
//
// A row alone gives a definition that can be published; an item file says what
// is particular. The format is described in README.md, for people who know the
// items and not the code. Trust, source and known defects of every row stay
// with its definition, so that an operator sees what has to be replaced by the
// official text (domain.md §2).
//
// The package is used once, when a sample city is loaded. It imports the
// catalogue; the catalogue and everything below it never import it.
package city
