// Package files keeps what people hand in: encrypted in a folder or an object
// store, with one row per file in the database.
//
//	f, err := store.Save(ctx, header.Filename, declared, part, account)
//	r, f, err := store.Open(ctx, f.ID)     // the plain content; closed by the caller
//
// A file is what its content is, not what its name or the browser says; one
// whose content is not its extension is refused. The content is never on disk
// in the clear: it is cut into 64 KiB chunks, each sealed with SM4-GCM under a
// key of the file's own, so that a changed, moved or missing chunk is found
// when it is read. Whoever loses the key file loses the files: it belongs into
// the backup, apart from them.
//
// The blob is written, and on a folder synced, before the row: never a row
// without a blob. A blob without a row (the transaction was undone, the
// process died) is removed by Sweep a day later.
//
// Save talks to the store; with an object store it should not be called
// inside a transaction.
package files
