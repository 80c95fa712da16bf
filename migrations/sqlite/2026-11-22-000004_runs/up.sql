CREATE TABLE runs (
  id INTEGER NOT NULL PRIMARY KEY,
  school_id BIGINT NOT NULL REFERENCES schools (id),
  kind TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('planned', 'applying', 'applied', 'abandoned')),
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
  UNIQUE (school_id, id),
  FOREIGN KEY (school_id, undoes_run_id) REFERENCES runs (school_id, id)
);
CREATE UNIQUE INDEX runs_one_applies ON runs (school_id) WHERE state = 'applying';
CREATE INDEX runs_by_time ON runs (school_id, planned_at, id);

-- A stored change is the history: who and when stand on its run, before and after stand here.
CREATE TABLE changes (
  id INTEGER NOT NULL PRIMARY KEY,
  school_id BIGINT NOT NULL,
  run_id BIGINT NOT NULL,
  person_id BIGINT,
  verb TEXT NOT NULL,
  fields TEXT,
  integration_id BIGINT REFERENCES integrations (id),
  id_before TEXT,
  id_after TEXT,
  source TEXT,
  source_key TEXT,
  source_row BIGINT,
  UNIQUE (school_id, id),
  FOREIGN KEY (school_id, run_id) REFERENCES runs (school_id, id),
  FOREIGN KEY (school_id, person_id) REFERENCES people (school_id, id)
);
CREATE INDEX changes_by_run ON changes (school_id, run_id, id);
CREATE INDEX changes_by_person ON changes (school_id, person_id, id);

-- Rows of a source that could not be taken, in a clerk's words.
CREATE TABLE run_problems (
  id INTEGER NOT NULL PRIMARY KEY,
  school_id BIGINT NOT NULL,
  run_id BIGINT NOT NULL,
  source_row BIGINT NOT NULL,
  source_column TEXT,
  found TEXT NOT NULL,
  reason TEXT NOT NULL,
  UNIQUE (school_id, id),
  FOREIGN KEY (school_id, run_id) REFERENCES runs (school_id, id)
);
CREATE INDEX run_problems_by_run ON run_problems (school_id, run_id, id);
