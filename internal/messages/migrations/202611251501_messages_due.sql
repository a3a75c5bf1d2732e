-- +goose Up

-- Deliveries are taken by when they are due. turn is the hour for which a text
-- message has been counted before it comes ("2026-11-18 15"), or ''.
ALTER TABLE messages_delivery ADD COLUMN turn TEXT NOT NULL DEFAULT '';
CREATE INDEX messages_delivery_due ON messages_delivery (due_at, id) WHERE state IN ('waiting', 'sending');
