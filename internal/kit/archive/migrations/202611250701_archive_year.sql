-- +goose Up

-- A year of a table that was put away: its rows are in stored files.
CREATE TABLE archive_year (
	of_table     TEXT NOT NULL,
	year         BIGINT NOT NULL,
	lines        BIGINT NOT NULL,
	manifest     TEXT NOT NULL, -- file that names the parts, for whoever has only the files
	archived_at  TIMESTAMP NOT NULL,
	archived_by  TEXT NOT NULL,
	PRIMARY KEY (of_table, year)
);

-- One file of a year: the rows from one identifier to another, in order.
CREATE TABLE archive_part (
	of_table  TEXT NOT NULL,
	first_id  TEXT NOT NULL,
	last_id   TEXT NOT NULL,
	year      BIGINT NOT NULL,
	lines     BIGINT NOT NULL,
	sm3       TEXT NOT NULL, -- of the lines
	columns   TEXT NOT NULL, -- JSON
	file      TEXT NOT NULL,
	PRIMARY KEY (of_table, first_id)
);
