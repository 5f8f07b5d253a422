-- When the store first said that a customer does not exist, by its own clock (by this machine's, where a store tells no time).
-- Only when it says so again after a while is the customer gone; until then people see it as before.
ALTER TABLE mirror ADD COLUMN missed_at INTEGER;

CREATE INDEX mirror_missed ON mirror (missed_at) WHERE missed_at IS NOT NULL;
