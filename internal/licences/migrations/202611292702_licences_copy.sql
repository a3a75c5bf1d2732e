-- +goose Up
-- A copy of a licence for one purpose (加注件), with its purpose across the page.
-- purpose and recipient are sealed.
CREATE TABLE licences_copy (
    id          TEXT      PRIMARY KEY,
    licence     TEXT      NOT NULL REFERENCES licences_licence (id),
    purpose     TEXT      NOT NULL,
    recipient   TEXT      NOT NULL,
    account     TEXT      NOT NULL,  -- who asked for it
    by_name     TEXT      NOT NULL,
    agency_name TEXT      NOT NULL,  -- of staff; '' the holder
    made_at     TIMESTAMP NOT NULL,
    ends_on     TEXT      NOT NULL,  -- the last day
    ofd         TEXT      NOT NULL,  -- ids in the file store
    pdf         TEXT      NOT NULL,
    hash        TEXT      NOT NULL,  -- SM3, hexadecimal, of the OFD and the PDF file
    pdf_hash    TEXT      NOT NULL,
    use_id      TEXT      NOT NULL   -- of the seal
);
CREATE INDEX licences_copy_licence ON licences_copy (licence, id);
CREATE INDEX licences_copy_hash ON licences_copy (hash);
CREATE INDEX licences_copy_pdf ON licences_copy (pdf_hash);
