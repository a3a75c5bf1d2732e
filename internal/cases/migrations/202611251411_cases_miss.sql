-- +goose Up
CREATE TABLE cases_miss (
    number TEXT      PRIMARY KEY,  -- of a case, whether there is one or not
    since  TIMESTAMP NOT NULL,     -- first wrong query code of those counted
    n      BIGINT    NOT NULL      -- wrong query codes since then
);
CREATE INDEX cases_miss_since ON cases_miss (since);
