-- The fingerprint of the row and the settings that were last compared with the person and came to nothing. Only a short cut:
-- whatever changes the person clears it.
ALTER TABLE source_links ADD COLUMN row_hash BIGINT;

-- With the status, so that the active people of a type are counted without reading them.
DROP INDEX people_by_type;
CREATE INDEX people_by_type ON people (school_id, member_type, sort_name, id, status);

-- How new IDs of an integration are made, per member type. A version is never changed; the highest counts.
CREATE TABLE id_specs (
  id INTEGER NOT NULL PRIMARY KEY,
  school_id BIGINT NOT NULL REFERENCES schools (id),
  integration_id BIGINT NOT NULL REFERENCES integrations (id),
  member_type TEXT NOT NULL CHECK (member_type IN ('student', 'staff', 'parent')),
  version INTEGER NOT NULL,
  template TEXT NOT NULL,
  made_by TEXT NOT NULL,
  made_at TIMESTAMP NOT NULL,
  UNIQUE (school_id, id),
  UNIQUE (school_id, integration_id, member_type, version)
);
ALTER TABLE integration_ids ADD COLUMN spec_version INTEGER;

-- What a school has decided about its sync: limits, groups, absentees, how long things are kept. A missing one is the default.
CREATE TABLE school_settings (
  school_id BIGINT NOT NULL REFERENCES schools (id),
  name TEXT NOT NULL,
  value TEXT NOT NULL,
  set_by TEXT NOT NULL,
  set_at TIMESTAMP NOT NULL,
  PRIMARY KEY (school_id, name)
);

-- Titles that the program does not know, mapped once by hand.
CREATE TABLE header_maps (
  school_id BIGINT NOT NULL REFERENCES schools (id),
  slot TEXT NOT NULL,
  title_key TEXT NOT NULL,
  title TEXT NOT NULL,
  means TEXT NOT NULL,
  mapped_by TEXT NOT NULL,
  mapped_at TIMESTAMP NOT NULL,
  PRIMARY KEY (school_id, slot, title_key)
);

-- Files as they came, in pieces of a megabyte, until their time is over.
CREATE TABLE uploads (
  id INTEGER NOT NULL PRIMARY KEY,
  school_id BIGINT NOT NULL REFERENCES schools (id),
  slot TEXT NOT NULL,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  length BIGINT NOT NULL,
  uploaded_by TEXT NOT NULL,
  uploaded_at TIMESTAMP NOT NULL,
  UNIQUE (school_id, id)
);
CREATE TABLE upload_pieces (
  school_id BIGINT NOT NULL,
  upload_id BIGINT NOT NULL,
  place INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY (school_id, upload_id, place),
  FOREIGN KEY (school_id, upload_id) REFERENCES uploads (school_id, id)
);

-- Numbers that stand in two or three of the ID spaces, with the Host IDs that keep them apart.
CREATE TABLE run_overlaps (
  school_id BIGINT NOT NULL,
  run_id BIGINT NOT NULL,
  number BIGINT NOT NULL,
  student_id TEXT,
  staff_id TEXT,
  parent_id TEXT,
  PRIMARY KEY (school_id, run_id, number),
  FOREIGN KEY (school_id, run_id) REFERENCES runs (school_id, id)
);

-- What a run would do, or did, to each group. placeholder as in groups.
CREATE TABLE run_groups (
  school_id BIGINT NOT NULL,
  run_id BIGINT NOT NULL,
  placeholder TEXT NOT NULL,
  members INTEGER NOT NULL,
  joins INTEGER NOT NULL,
  leaves INTEGER NOT NULL,
  is_new BOOLEAN NOT NULL,
  PRIMARY KEY (school_id, run_id, placeholder),
  FOREIGN KEY (school_id, run_id) REFERENCES runs (school_id, id)
);

-- What SQLite should believe before there are real figures: a school has many people. Without any it takes a look-up by a
-- school's index for a dozen rows, and reads the whole school instead of the few that are asked for.
ANALYZE;
DELETE FROM sqlite_stat1 WHERE tbl IN ('people', 'source_links', 'integration_ids', 'changes', 'relationships', 'memberships', 'field_pins');
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
  ('people', 'sqlite_autoindex_people_1', '100000 100000 1'),
  ('people', 'sqlite_autoindex_people_2', '100000 100000 1'),
  ('people', 'people_by_name', '100000 100000 2 1'),
  ('people', 'people_by_type', '100000 100000 33000 2 1 1'),
  ('people', 'people_by_email', '100000 100000 2'),
  ('people', 'people_by_place', '100000 100000 30000 10000 5000 1000'),
  ('source_links', 'sqlite_autoindex_source_links_1', '100000 100000 33000 1'),
  ('source_links', 'source_links_by_person', '100000 100000 1'),
  ('integration_ids', 'sqlite_autoindex_integration_ids_1', '100000 100000 1'),
  ('integration_ids', 'integration_ids_live_value', '100000 100000 30000 1'),
  ('integration_ids', 'integration_ids_live_slot', '100000 100000 30000 1 1'),
  ('integration_ids', 'integration_ids_by_person', '100000 100000 2 1'),
  ('integration_ids', 'integration_ids_by_value', '100000 100000 1'),
  ('changes', 'sqlite_autoindex_changes_1', '100000 100000 1'),
  ('changes', 'changes_by_run', '100000 100000 1000 1'),
  ('changes', 'changes_by_person', '100000 100000 3 1'),
  ('relationships', 'sqlite_autoindex_relationships_1', '100000 100000 1'),
  ('relationships', 'sqlite_autoindex_relationships_2', '100000 100000 2 1'),
  ('relationships', 'relationships_by_guardian', '100000 100000 2'),
  ('memberships', 'sqlite_autoindex_memberships_1', '100000 100000 5000 1 1'),
  ('memberships', 'memberships_by_person', '100000 100000 2'),
  ('field_pins', 'sqlite_autoindex_field_pins_1', '100000 100000 3 1');
