// Package archive puts years of tables that only grow into the file store, and
// reads them there.
//
//	report, err := a.Put(ctx, archive.Table{Yearly: db.Yearly{Table: "cases_history", Column: "case_id"}, Ready: …}, 2023, "admin-system")
//	rows, err := a.Find(ctx, "cases_history", id)      // nil: nothing of it was put away
//
// A year (db.Yearly) is written as zip files of JSON lines, twenty thousand
// rows each, cut between identifiers, sealed like every stored file, with the
// SM3 of their lines. Put reads each back before it removes anything; then, in
// one transaction, it counts the rows once more, notes the files and drops the
// partition (on SQLite: deletes the rows). Whatever fails before, nothing is
// gone; what was written then belongs to nothing and is deleted.
//
// Backups carry archives as they carry files. Reading opens one file of some
// hundred kilobytes; the last few stay open, since a file never changes.
package archive
