-- A run can be in the making, held by the guard, or released by a second person. SQLite changes a CHECK only by making
-- the table anew; foreign keys are off while migrations run, and checked after.
CREATE TABLE runs_new (
  id INTEGER NOT NULL PRIMARY KEY,
  school_id BIGINT NOT NULL REFERENCES schools (id),
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('planning', 'planned', 'held', 'applying', 'applied', 'abandoned')),
  actor_user_id BIGINT,
  actor_name TEXT NOT NULL,
  planned_at TIMESTAMP NOT NULL,
  applied_at TIMESTAMP,
  source_name TEXT,
  source_hash TEXT,
  source_notes TEXT,
  rows_read INTEGER NOT NULL,
  created INTEGER NOT NULL,
  updated INTEGER NOT NULL,
  unchanged INTEGER NOT NULL,
  refused INTEGER NOT NULL,
  kept INTEGER NOT NULL,
  reason TEXT,
  undoes_run_id BIGINT,
  undone_by_run_id BIGINT,
  -- The integration whose IDs the run gives, where it gives any.
  integration_id BIGINT REFERENCES integrations (id),
  reactivated INTEGER NOT NULL DEFAULT 0,
  absent INTEGER NOT NULL DEFAULT 0,
  deactivated INTEGER NOT NULL DEFAULT 0,
  excluded INTEGER NOT NULL DEFAULT 0,
  -- JSON: what the planner counted for the preview and the guard.
  figures TEXT,
  applied_by_user_id BIGINT,
  applied_by TEXT,
  -- Files, settings, specifications and roster generation that the plan was made from.
  fingerprint TEXT,
  -- The school's roster generation that applying it made: the order in which runs were applied.
  generation BIGINT,
  UNIQUE (school_id, id),
  FOREIGN KEY (school_id, undoes_run_id) REFERENCES runs_new (school_id, id)
);
INSERT INTO runs_new (id, school_id, kind, state, actor_user_id, actor_name, planned_at, applied_at, source_name, source_hash,
  source_notes, rows_read, created, updated, unchanged, refused, kept, reason, undoes_run_id, undone_by_run_id)
SELECT id, school_id, kind, state, actor_user_id, actor_name, planned_at, applied_at, source_name, source_hash,
  source_notes, rows_read, created, updated, unchanged, refused, kept, reason, undoes_run_id, undone_by_run_id FROM runs;
DROP TABLE runs;
ALTER TABLE runs_new RENAME TO runs;
CREATE UNIQUE INDEX runs_one_applies ON runs (school_id) WHERE state = 'applying';
CREATE INDEX runs_by_time ON runs (school_id, planned_at, id);

UPDATE runs SET generation = id WHERE state = 'applied';
INSERT INTO counters (school_id, name, next_value)
SELECT id, 'roster_generation', (SELECT coalesce(max(runs.id), 0) + 1 FROM runs WHERE runs.school_id = schools.id) FROM schools;

-- One change of a person carries fields, an ID, memberships and relationships. outcome: only where it differs from the run's.
ALTER TABLE changes ADD COLUMN memberships TEXT;
ALTER TABLE changes ADD COLUMN relations TEXT;
ALTER TABLE changes ADD COLUMN row_hash BIGINT;
ALTER TABLE changes ADD COLUMN spec_version INTEGER;
ALTER TABLE changes ADD COLUMN outcome TEXT CHECK (outcome IN ('excluded'));
ALTER TABLE changes ADD COLUMN outcome_by TEXT;
-- A change that makes a person knows them only once it is applied; until then it is in no index.
DROP INDEX changes_by_person;
CREATE INDEX changes_by_person ON changes (school_id, person_id, id) WHERE person_id IS NOT NULL;

-- Why the guard holds a run (JSON), and who let it go on.
CREATE TABLE run_holds (
  school_id BIGINT NOT NULL,
  run_id BIGINT NOT NULL,
  held_for TEXT NOT NULL,
  released_by_user_id BIGINT,
  released_by TEXT,
  released_at TIMESTAMP,
  reason TEXT,
  PRIMARY KEY (school_id, run_id),
  FOREIGN KEY (school_id, run_id) REFERENCES runs (school_id, id)
);

-- What a plan read, so that blocked rows can be given back with their own columns.
CREATE TABLE run_files (
  school_id BIGINT NOT NULL,
  run_id BIGINT NOT NULL,
  slot TEXT NOT NULL,
  name TEXT NOT NULL,
  hash TEXT NOT NULL,
  length BIGINT NOT NULL,
  rows_read BIGINT NOT NULL,
  header TEXT NOT NULL,
  shape TEXT NOT NULL,
  notes TEXT NOT NULL,
  holds_ids BOOLEAN NOT NULL,
  PRIMARY KEY (school_id, run_id, slot),
  FOREIGN KEY (school_id, run_id) REFERENCES runs (school_id, id)
);

-- slot: which file; cells: the row as it came (JSON), for the download.
ALTER TABLE run_problems ADD COLUMN slot TEXT;
ALTER TABLE run_problems ADD COLUMN cause TEXT;
ALTER TABLE run_problems ADD COLUMN cells TEXT;
