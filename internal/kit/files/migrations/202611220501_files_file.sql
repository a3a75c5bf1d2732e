-- +goose Up
CREATE TABLE files_file (
	id TEXT PRIMARY KEY,
	name TEXT NOT NULL,
	media_type TEXT NOT NULL,
	size BIGINT NOT NULL,
	sm3 TEXT NOT NULL,
	owner TEXT NOT NULL,
	created_at TIMESTAMP NOT NULL
);
CREATE INDEX files_file_owner ON files_file (owner, id);
