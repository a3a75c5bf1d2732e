-- +goose Up

-- Filters of the inbox that somebody keeps; agency '' is theirs alone, else
-- everybody of the agency has it.
CREATE TABLE office_filter (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL,
    agency     TEXT NOT NULL,
    name       TEXT NOT NULL,
    query      TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (account, name)
);
CREATE INDEX office_filter_agency ON office_filter (agency, name) WHERE agency <> '';

-- Opinions that are written often: of an account, or (account '') of an agency;
-- item '' is for all items, act '' for all acts.
CREATE TABLE office_phrase (
    id         TEXT PRIMARY KEY,
    account    TEXT NOT NULL,
    agency     TEXT NOT NULL,
    item       TEXT NOT NULL,
    act        TEXT NOT NULL,
    phrase     TEXT NOT NULL,
    used       BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    UNIQUE (account, agency, item, act, phrase)
);

-- Which materials somebody has looked through. A file that replaces another is
-- another file, and has not been.
CREATE TABLE office_check (
    case_number TEXT NOT NULL,
    material    TEXT NOT NULL,
    file        TEXT NOT NULL,
    account     TEXT NOT NULL,
    name        TEXT NOT NULL,
    checked_at  TIMESTAMP NOT NULL,
    PRIMARY KEY (case_number, material, file)
);

-- What a chief has set for an agency.
CREATE TABLE office_rule (
    agency        TEXT PRIMARY KEY,
    auto_assign   BOOLEAN NOT NULL,
    confirm_leave BOOLEAN NOT NULL,
    changed_by    TEXT NOT NULL,
    changed_at    TIMESTAMP NOT NULL
);

CREATE TABLE office_preference (
    account        TEXT PRIMARY KEY,
    open_next      BOOLEAN NOT NULL,
    digest         BOOLEAN NOT NULL,
    default_filter TEXT NOT NULL
);

-- Which daily digests have been sent.
CREATE TABLE office_digest (
    account TEXT NOT NULL,
    day     TEXT NOT NULL,
    sent_at TIMESTAMP NOT NULL,
    PRIMARY KEY (account, day)
);
