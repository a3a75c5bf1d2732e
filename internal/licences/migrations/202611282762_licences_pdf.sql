-- +goose Up
-- A PDF carries no signature: it is known by its SM3, hexadecimal.
ALTER TABLE licences_paper ADD COLUMN pdf_hash TEXT NOT NULL DEFAULT '';
CREATE INDEX licences_paper_pdf ON licences_paper (pdf_hash);
