-- +goose Up
CREATE TABLE web_rate (
    id      TEXT      NOT NULL,  -- SHA-256 of the guard's name and whom it counts
    slot    BIGINT    NOT NULL,  -- Unix second in which the window begins
    n       BIGINT    NOT NULL,  -- requests of all processes, of those who asked often
    ends_at TIMESTAMP NOT NULL,  -- of no more use from here on
    PRIMARY KEY (id, slot)
);
CREATE INDEX web_rate_ends ON web_rate (ends_at);
