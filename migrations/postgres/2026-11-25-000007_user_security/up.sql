-- Two administrators who edit one user: a change says which version it was made on.
ALTER TABLE users ADD COLUMN lock_version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE users ADD COLUMN changed_at TIMESTAMP;
ALTER TABLE users ADD COLUMN changed_by TEXT;
-- The filters that the list of people starts with, as they stand in its address.
ALTER TABLE users ADD COLUMN start_query TEXT NOT NULL DEFAULT '';

-- What the User Security wizard holds between its pages. The content is JSON: what was seen and what was answered.
CREATE TABLE wizard_drafts (
  school_id BIGINT NOT NULL REFERENCES schools (id),
  id TEXT NOT NULL,
  editor_id BIGINT NOT NULL REFERENCES users (id),
  subject_id BIGINT REFERENCES users (id),
  turn INTEGER NOT NULL,
  content TEXT NOT NULL,
  touched_at TIMESTAMP NOT NULL,
  outcome TEXT,
  PRIMARY KEY (school_id, id)
);
CREATE INDEX wizard_drafts_by_time ON wizard_drafts (school_id, touched_at);
