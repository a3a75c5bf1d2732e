// Package backup writes everything a city has into a folder while the program
// serves, and restores it into an empty database of either engine: a city that
// began on SQLite moves to PostgreSQL by a backup and a restore.
//
// A folder holds any number of backups, which share their files:
//
//	DIR/files/xx/ID                      stored files, sealed as they are; copied once
//	DIR/20261122T080000Z/manifest.json   what the backup holds, with counts and hashes
//	DIR/20261122T080000Z/TABLE.jsonl.zst the rows of a table, a JSON array a line
//	DIR/20261122T080000Z/jobs.jsonl.zst  the jobs not yet done
//
// All rows are of one moment (db.Snapshot). The manifest is written last, by a
// rename: a folder without one is the rest of a backup that was cut. The key of
// the stored files is not in it; the manifest only knows which it was.
//
// Restore makes the schema the backup was made with, loads all tables in one
// transaction, compares every table with its sum, brings back files and jobs,
// and only then migrates to the schema of the running release.
package backup
