package db

const RoundSize = roundSize

// Waiting is how many transactions wait for SQLite's writer.
func (d *DB) Waiting() int { return d.writer.turn.length() }

// Queuing is how many wait for a connection.
func (d *DB) Queuing() int { return d.places.length() }

func (l *line) length() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.waiting)
}
