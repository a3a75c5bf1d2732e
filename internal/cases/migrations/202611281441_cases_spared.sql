-- +goose Up
-- Papers that nobody had to bring because an electronic licence stood in (免提交),
-- counted as applications come in.
CREATE TABLE cases_spared (
    month     TEXT   NOT NULL,  -- 2026-11
    agency    TEXT   NOT NULL,  -- that decides
    receiving TEXT   NOT NULL,  -- division of the outlet
    division  TEXT   NOT NULL,  -- of the agency
    dept      TEXT   NOT NULL,
    materials BIGINT NOT NULL,
    cases     BIGINT NOT NULL,
    PRIMARY KEY (month, agency, receiving)
);
