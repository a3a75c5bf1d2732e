-- +goose Up

-- Keys of sealed values, wrapped: without the key file (or key service) that
-- wrapped them they open nothing. kind: data, index.
CREATE TABLE sealed_key (
    kind     TEXT NOT NULL,
    version  BIGINT NOT NULL,
    wrapped  TEXT NOT NULL,
    root     TEXT NOT NULL, -- mark of what wrapped it
    made_at  TIMESTAMP NOT NULL,
    PRIMARY KEY (kind, version)
);

-- How far the sealing anew of each table is. A table is done for a version when
-- a pass from its beginning to its end found nothing to do.
CREATE TABLE sealed_pass (
    name        TEXT PRIMARY KEY,
    version     BIGINT NOT NULL,
    after       TEXT NOT NULL,   -- the last row looked at in this pass
    looked      BIGINT NOT NULL, -- rows, in this pass
    renewed     BIGINT NOT NULL, -- in this pass
    clean       BOOLEAN NOT NULL,
    changed_at  TIMESTAMP NOT NULL
);
