CREATE TABLE integration_ids (
  id INTEGER NOT NULL PRIMARY KEY,
  school_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  integration_id BIGINT NOT NULL REFERENCES integrations (id),
  value TEXT NOT NULL,
  value_key TEXT NOT NULL,
  -- 0 where a person may have one, NULL where many: NULLs never clash in a unique index.
  slot INTEGER,
  run_id BIGINT NOT NULL,
  added_at TIMESTAMP NOT NULL,
  added_by TEXT NOT NULL,
  removed_run_id BIGINT,
  removed_at TIMESTAMP,
  removed_by TEXT,
  removed_reason TEXT,
  UNIQUE (school_id, id),
  FOREIGN KEY (school_id, person_id) REFERENCES people (school_id, id),
  FOREIGN KEY (school_id, run_id) REFERENCES runs (school_id, id),
  FOREIGN KEY (school_id, removed_run_id) REFERENCES runs (school_id, id)
);
CREATE UNIQUE INDEX integration_ids_live_value ON integration_ids (school_id, integration_id, value_key) WHERE removed_at IS NULL;
CREATE UNIQUE INDEX integration_ids_live_slot ON integration_ids (school_id, integration_id, person_id, slot) WHERE removed_at IS NULL;
CREATE INDEX integration_ids_by_person ON integration_ids (school_id, person_id, id);
CREATE INDEX integration_ids_by_value ON integration_ids (school_id, value_key);
