-- +goose Up

-- How far an account has come in the first-day tour: the furthest step, from 1.
CREATE TABLE help_tour (
    account    TEXT PRIMARY KEY,
    tour       TEXT NOT NULL,
    step       BIGINT NOT NULL,
    done       BOOLEAN NOT NULL,
    updated_at TIMESTAMP NOT NULL
);
