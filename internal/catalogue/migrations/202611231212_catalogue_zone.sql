-- +goose Up

-- A zone (专区), life event (人生事件) or theme of the site: a name and the items
-- behind it, by code and by rule. Parts of a zone name it as their parent.
CREATE TABLE catalogue_zone (
    id TEXT NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,              -- zone event theme
    parent TEXT NOT NULL,            -- id, or ''
    name TEXT NOT NULL,
    lead TEXT NOT NULL,
    icon TEXT NOT NULL,
    audience TEXT NOT NULL,          -- person enterprise, or '' for everybody
    region TEXT NOT NULL,            -- division it is offered in first, or ''
    from_on TEXT NOT NULL,           -- civil dates, or ''
    to_on TEXT NOT NULL,
    codes TEXT NOT NULL,             -- JSON list of items, in the order shown
    tags TEXT NOT NULL,              -- JSON list: items with any of them follow
    domains TEXT NOT NULL,           -- JSON list: likewise
    place BIGINT NOT NULL,           -- order among its kind and parent
    hidden BOOLEAN NOT NULL,
    edit BIGINT NOT NULL,            -- grows with every change
    changed_at TIMESTAMP NOT NULL,
    changed_by TEXT NOT NULL
);

-- Mistakes that readers found on a page (网站找错), answered within three
-- working days. Who reports stays unknown unless they leave a way to be reached.
CREATE TABLE catalogue_report (
    id TEXT NOT NULL PRIMARY KEY,
    code TEXT NOT NULL UNIQUE,       -- what the reader writes down to see the answer
    page TEXT NOT NULL,              -- path on this site
    title TEXT NOT NULL,             -- of the page
    item TEXT NOT NULL,              -- of a guide, or ''
    kind TEXT NOT NULL,              -- wrong unclear broken missing other
    text TEXT NOT NULL,
    contact TEXT NOT NULL,
    state TEXT NOT NULL,             -- open answered
    due_on TEXT NOT NULL,
    answer TEXT NOT NULL,
    outcome TEXT NOT NULL,           -- fixed kept forwarded, or ''
    made_at TIMESTAMP NOT NULL,
    answered_at TIMESTAMP NULL,
    answered_by TEXT NOT NULL
);
CREATE INDEX catalogue_report_state ON catalogue_report (state, made_at, id);
CREATE INDEX catalogue_report_item ON catalogue_report (item, made_at);
