-- +goose Up
CREATE TABLE notices_document (
	notice TEXT PRIMARY KEY,
	number TEXT NOT NULL,
	kind TEXT NOT NULL,
	title TEXT NOT NULL,
	doc_no TEXT NOT NULL,
	agency TEXT NOT NULL,
	division TEXT NOT NULL,
	dept TEXT NOT NULL,
	made_by TEXT NOT NULL,
	state TEXT NOT NULL,
	tries BIGINT NOT NULL,
	again_at TIMESTAMP NOT NULL,
	reason TEXT NOT NULL,
	file TEXT NOT NULL,
	hash TEXT NOT NULL,
	sealed_at TIMESTAMP,
	made_at TIMESTAMP NOT NULL
);
CREATE INDEX notices_document_due ON notices_document (state, again_at);
CREATE INDEX notices_document_failed ON notices_document (state, notice);
