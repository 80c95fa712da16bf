-- The record of what was seen and tried: how it is asked for, and its seals.
DROP INDEX activity_entries_by_person;
CREATE INDEX activity_entries_by_person ON activity_entries (school_id, person_id, at, id);
CREATE INDEX activity_entries_by_action ON activity_entries (school_id, action, at, id);

-- The place of an entry in the chain of its school, and its seal (src/audit/seal.rs). A number is given once:
-- of two nodes that seal at the same time, one fails here and does nothing.
ALTER TABLE activity_entries ADD COLUMN seal_number BIGINT;
ALTER TABLE activity_entries ADD COLUMN seal_mac TEXT;
CREATE UNIQUE INDEX activity_entries_by_seal ON activity_entries (school_id, seal_number);
-- NULLs never clash in a unique index: the entries of no school have one of their own.
CREATE UNIQUE INDEX activity_entries_by_seal_of_no_school ON activity_entries (seal_number) WHERE school_id IS NULL;
CREATE INDEX activity_entries_unsealed ON activity_entries (school_id, id) WHERE seal_number IS NULL;
