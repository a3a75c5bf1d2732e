-- +goose Up

-- A new telephone number that waits for the code sent to it.
CREATE TABLE messages_phone (
    account   TEXT PRIMARY KEY,
    pending   TEXT NOT NULL,
    code      TEXT NOT NULL,   -- hash of it
    tries     BIGINT NOT NULL,
    asked_at  TIMESTAMP NOT NULL
);
