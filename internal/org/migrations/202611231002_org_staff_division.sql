-- +goose Up
-- Where somebody works, so that a list of staff is cut to the viewer's reach
-- inside its query. The agency's division, or else the outlet's.
ALTER TABLE org_staff ADD COLUMN division TEXT NOT NULL DEFAULT '';
UPDATE org_staff SET division = COALESCE(
	(SELECT a.division FROM org_agency a WHERE a.code = org_staff.agency),
	(SELECT o.division FROM org_outlet o WHERE o.code = org_staff.outlet), '');
CREATE INDEX org_staff_division ON org_staff (division, id);
