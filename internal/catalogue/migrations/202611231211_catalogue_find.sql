-- +goose Up

-- What processes keep in memory (published items by their words, synonyms,
-- zones) is read anew when this number has moved.
CREATE TABLE catalogue_mark (
    name TEXT NOT NULL PRIMARY KEY,
    n BIGINT NOT NULL
);
INSERT INTO catalogue_mark (name, n) VALUES ('shelf', 1);

-- What people say: for an item, or for a word that stands in the names of items.
CREATE TABLE catalogue_synonym (
    id TEXT NOT NULL PRIMARY KEY,
    word TEXT NOT NULL,
    item TEXT NOT NULL,              -- code, or ''
    phrase TEXT NOT NULL,            -- the written word, or ''
    changed_at TIMESTAMP NOT NULL,
    changed_by TEXT NOT NULL,
    UNIQUE (word, item, phrase)
);
CREATE INDEX catalogue_synonym_item ON catalogue_synonym (item, word);

-- Searches that found nothing: words only, never who typed them.
CREATE TABLE catalogue_miss (
    word TEXT NOT NULL PRIMARY KEY,
    times BIGINT NOT NULL,
    first_at TIMESTAMP NOT NULL,
    last_at TIMESTAMP NOT NULL,
    ignored BOOLEAN NOT NULL
);
CREATE INDEX catalogue_miss_times ON catalogue_miss (ignored, times, word);

-- How often items were applied for of late, by county of the outlet; '' is the
-- whole city. Counted aside, for the order of lists.
CREATE TABLE catalogue_popular (
    item TEXT NOT NULL,
    county TEXT NOT NULL,
    n BIGINT NOT NULL,
    PRIMARY KEY (item, county)
);
