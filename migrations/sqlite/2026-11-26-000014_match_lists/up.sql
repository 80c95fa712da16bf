-- Changes of one run that are kept or undone together: a swap, a chain. A number within the run; most changes have none.
ALTER TABLE changes ADD COLUMN unit BIGINT;
CREATE INDEX changes_by_unit ON changes (school_id, run_id, unit) WHERE unit IS NOT NULL;
ALTER TABLE integration_ids ADD COLUMN unit BIGINT;

-- A returning school whose IDs and extracts do not agree: somebody says "go on anyway", with a reason. digest: of what did not
-- agree, so that the same disagreement is not asked about twice.
CREATE TABLE go_ons (
  id INTEGER NOT NULL PRIMARY KEY,
  school_id BIGINT NOT NULL REFERENCES schools (id),
  integration_id BIGINT NOT NULL REFERENCES integrations (id),
  run_id BIGINT NOT NULL,
  digest TEXT NOT NULL,
  reason TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at TIMESTAMP NOT NULL,
  UNIQUE (school_id, id),
  FOREIGN KEY (school_id, run_id) REFERENCES runs (school_id, id)
);
CREATE INDEX go_ons_by_integration ON go_ons (school_id, integration_id);
