-- The record of what was changed: about which person, how it is asked for, and its seals.
ALTER TABLE audit_entries ADD COLUMN person_id BIGINT;
CREATE INDEX audit_entries_by_person ON audit_entries (school_id, person_id, at, id);
CREATE INDEX audit_entries_by_action ON audit_entries (school_id, action, at, id);

-- The place of an entry in the chain of its school, and its seal (src/audit/seal.rs). A number is given once:
-- of two nodes that seal at the same time, one fails here and does nothing.
ALTER TABLE audit_entries ADD COLUMN seal_number BIGINT;
ALTER TABLE audit_entries ADD COLUMN seal_mac TEXT;
CREATE UNIQUE INDEX audit_entries_by_seal ON audit_entries (school_id, seal_number);
-- NULLs never clash in a unique index: the entries of no school have one of their own.
CREATE UNIQUE INDEX audit_entries_by_seal_of_no_school ON audit_entries (seal_number) WHERE school_id IS NULL;
CREATE INDEX audit_entries_unsealed ON audit_entries (school_id, id) WHERE seal_number IS NULL;
