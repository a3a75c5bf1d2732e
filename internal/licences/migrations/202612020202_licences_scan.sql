-- +goose Up
-- Scans of the paper that a licence of the stock came with; file is of the file
-- store.
CREATE TABLE licences_scan (
    licence TEXT   NOT NULL REFERENCES licences_licence (id),
    no      BIGINT NOT NULL,  -- from 1
    file    TEXT   NOT NULL,
    PRIMARY KEY (licence, no)
);
