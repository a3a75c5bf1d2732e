-- +goose Up
-- The sealed document of a licence; both files are of the file store.
CREATE TABLE licences_paper (
    licence  TEXT      PRIMARY KEY REFERENCES licences_licence (id),
    ofd      TEXT      NOT NULL,
    pdf      TEXT      NOT NULL,
    hash     TEXT      NOT NULL,  -- SM3 of the OFD file, hexadecimal
    revision BIGINT    NOT NULL,  -- of the template; 0: the plain one
    use_id   TEXT      NOT NULL,  -- of the seal
    made_at  TIMESTAMP NOT NULL
);
CREATE INDEX licences_paper_hash ON licences_paper (hash);
