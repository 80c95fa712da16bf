-- The Group Directory. placeholder: the key of a group that the sync keeps (grade:3, grad:2031, faculty); NULL for a custom one.
CREATE TABLE groups (
  id INTEGER NOT NULL PRIMARY KEY,
  school_id BIGINT NOT NULL REFERENCES schools (id),
  category TEXT NOT NULL,
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  placeholder TEXT,
  hidden_at TIMESTAMP,
  lock_version INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  UNIQUE (school_id, id),
  UNIQUE (school_id, category, name_key),
  UNIQUE (school_id, placeholder)
);

-- why: by the sync, by a Group Membership list, or by hand. What one put there, another does not take away.
CREATE TABLE memberships (
  school_id BIGINT NOT NULL,
  group_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  why TEXT NOT NULL CHECK (why IN ('sync', 'list', 'hand')),
  run_id BIGINT NOT NULL,
  PRIMARY KEY (school_id, group_id, person_id, why),
  FOREIGN KEY (school_id, group_id) REFERENCES groups (school_id, id),
  FOREIGN KEY (school_id, person_id) REFERENCES people (school_id, id),
  FOREIGN KEY (school_id, run_id) REFERENCES runs (school_id, id)
);
CREATE INDEX memberships_by_person ON memberships (school_id, person_id);
