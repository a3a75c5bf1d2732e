-- +goose Up
-- Proofs are sealed for proof:<type>, and no longer for licence:<type>. What could
-- seal them goes on: proof covers all types, as licence:* did.
INSERT INTO seals_purpose (seal, agency, purpose)
SELECT p.seal, p.agency, CASE WHEN p.purpose = 'licence:*' THEN 'proof' ELSE 'proof:' || SUBSTR(p.purpose, 9) END
FROM seals_purpose p
WHERE p.purpose LIKE 'licence:%' AND NOT EXISTS (SELECT 1 FROM seals_purpose q WHERE q.seal = p.seal AND q.purpose =
    CASE WHEN p.purpose = 'licence:*' THEN 'proof' ELSE 'proof:' || SUBSTR(p.purpose, 9) END);
