-- +goose Up

-- One row an item: where its versions stand, and what lists show of the
-- published version (of the newest one while nothing is published).
CREATE TABLE catalogue_item (
    code TEXT NOT NULL PRIMARY KEY,
    published BIGINT NOT NULL,       -- n of the version in force, 0: none
    latest BIGINT NOT NULL,          -- n of the newest version
    edit BIGINT NOT NULL,            -- grows with every change: what an editor has seen
    state TEXT NOT NULL,             -- of the item: draft published suspended cancelled
    open_state TEXT NOT NULL,        -- of a version on its way: draft review approved rejected, or ''
    name TEXT NOT NULL,
    base_code TEXT NOT NULL,
    seq TEXT NOT NULL,
    item_type TEXT NOT NULL,
    domain TEXT NOT NULL,
    dept TEXT NOT NULL,
    dept_name TEXT NOT NULL,
    agency TEXT NOT NULL,            -- the department's agency in the home city: whose item it is
    division TEXT NOT NULL,          -- the home city
    kind TEXT NOT NULL,
    promised_days BIGINT NOT NULL,   -- working days, 0: 即办
    for_person BOOLEAN NOT NULL,
    for_enterprise BOOLEAN NOT NULL,
    at_city BOOLEAN NOT NULL,
    at_county BOOLEAN NOT NULL,
    at_town BOOLEAN NOT NULL,
    at_village BOOLEAN NOT NULL,
    decided_at BIGINT NOT NULL,
    depth BIGINT NOT NULL,
    visits BIGINT NOT NULL,
    hall BOOLEAN NOT NULL,
    hall_exempt BOOLEAN NOT NULL,
    by_window BOOLEAN NOT NULL,
    tags TEXT NOT NULL,              -- JSON list, for showing
    changed_at TIMESTAMP NOT NULL
);

CREATE UNIQUE INDEX catalogue_item_handling ON catalogue_item (base_code, seq);
CREATE INDEX catalogue_item_state ON catalogue_item (state, code);
CREATE INDEX catalogue_item_dept ON catalogue_item (dept, state, code);

CREATE TABLE catalogue_item_tag (
    tag TEXT NOT NULL,
    item TEXT NOT NULL REFERENCES catalogue_item (code),
    PRIMARY KEY (tag, item)
);
CREATE INDEX catalogue_item_tag_item ON catalogue_item_tag (item);

-- A version's definition is frozen with its publication.
CREATE TABLE catalogue_version (
    item TEXT NOT NULL REFERENCES catalogue_item (code),
    n BIGINT NOT NULL,
    state TEXT NOT NULL,
    definition TEXT NOT NULL,
    author TEXT NOT NULL,
    author_name TEXT NOT NULL,
    reviewer TEXT NOT NULL,
    reviewer_name TEXT NOT NULL,
    opinion TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    published_at TIMESTAMP NULL,
    ended_at TIMESTAMP NULL,
    PRIMARY KEY (item, n)
);

-- What was done to an item, by whom and why: appended, never changed.
CREATE TABLE catalogue_act (
    item TEXT NOT NULL REFERENCES catalogue_item (code),
    edit BIGINT NOT NULL,
    n BIGINT NOT NULL,
    verb TEXT NOT NULL,
    at TIMESTAMP NOT NULL,
    actor TEXT NOT NULL,
    actor_name TEXT NOT NULL,
    opinion TEXT NOT NULL,
    changed TEXT NOT NULL,           -- JSON list of the fields an edit changed
    PRIMARY KEY (item, edit)
);

-- What alone may differ from place to place (十统一): where, when, whom to call.
CREATE TABLE catalogue_local (
    item TEXT NOT NULL REFERENCES catalogue_item (code),
    agency TEXT NOT NULL,
    place TEXT NOT NULL,
    hours TEXT NOT NULL,
    phone TEXT NOT NULL,
    counters TEXT NOT NULL,
    changed_at TIMESTAMP NOT NULL,
    changed_by TEXT NOT NULL,
    PRIMARY KEY (item, agency)
);
