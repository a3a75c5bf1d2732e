//go:build !unix

package db

import "context"

// lockFile does nothing where files cannot be locked: SQLite itself still lets
// one process write at a time.
func lockFile(context.Context, string) (release func(), err error) { return func() {}, nil }
