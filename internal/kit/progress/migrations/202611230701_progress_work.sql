-- +goose Up
CREATE TABLE progress_work (
	id TEXT PRIMARY KEY,
	kind TEXT NOT NULL,
	title TEXT NOT NULL,
	owner TEXT NOT NULL,
	args TEXT NOT NULL,
	state TEXT NOT NULL,
	total BIGINT NOT NULL,
	done BIGINT NOT NULL,
	failed BIGINT NOT NULL,
	note TEXT NOT NULL,
	back TEXT NOT NULL,
	stuck_key TEXT NOT NULL,
	stuck_times BIGINT NOT NULL,
	started_at TIMESTAMP NOT NULL,
	updated_at TIMESTAMP NOT NULL,
	ended_at TIMESTAMP
);
CREATE INDEX progress_work_owner ON progress_work (owner, id);

-- One line per thing the work did, in the transaction that did it: after a
-- crash the work goes on behind the last line.
CREATE TABLE progress_line (
	work TEXT NOT NULL,
	key TEXT NOT NULL,
	no BIGINT NOT NULL,
	title TEXT NOT NULL,
	ok BOOLEAN NOT NULL,
	message TEXT NOT NULL,
	PRIMARY KEY (work, key)
);
CREATE INDEX progress_line_order ON progress_line (work, ok, no);
