-- +goose Up
-- PDF files that were given away: whoever is handed one can have it verified.
CREATE TABLE notices_copy (
	hash TEXT PRIMARY KEY,
	notice TEXT NOT NULL,
	given_at TIMESTAMP NOT NULL
);
CREATE INDEX notices_document_hash ON notices_document (hash);
