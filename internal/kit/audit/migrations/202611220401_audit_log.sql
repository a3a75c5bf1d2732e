-- +goose Up
CREATE TABLE audit_row (
	id TEXT PRIMARY KEY,
	at TIMESTAMP NOT NULL,
	actor TEXT NOT NULL,
	actor_name TEXT NOT NULL,
	address TEXT NOT NULL,
	action TEXT NOT NULL,
	object TEXT NOT NULL,
	object_id TEXT NOT NULL,
	purpose TEXT NOT NULL,
	result TEXT NOT NULL,
	detail TEXT NOT NULL,
	hash TEXT NOT NULL
);
CREATE INDEX audit_row_at ON audit_row (at, id);
CREATE INDEX audit_row_actor ON audit_row (actor, at, id);
CREATE INDEX audit_row_object ON audit_row (object_id, at, id);

-- What Seal has not seen yet. Commits come in any order, so no mark on the
-- rows' ids could say it.
CREATE TABLE audit_pending (
	row_id TEXT PRIMARY KEY
);

CREATE TABLE audit_leaf (
	row_id TEXT PRIMARY KEY,
	batch BIGINT NOT NULL,
	position BIGINT NOT NULL,
	hash TEXT NOT NULL,
	UNIQUE (batch, position)
);

CREATE TABLE audit_batch (
	seq BIGINT PRIMARY KEY,
	size BIGINT NOT NULL,
	root TEXT NOT NULL,
	prev TEXT NOT NULL,
	chain TEXT NOT NULL,
	sealed_at TIMESTAMP NOT NULL
);

-- One row: the newest batch. Its lock lets one process seal at a time.
CREATE TABLE audit_head (
	id BIGINT PRIMARY KEY,
	seq BIGINT NOT NULL,
	chain TEXT NOT NULL
);
INSERT INTO audit_head (id, seq, chain) VALUES (1, 0, '');
