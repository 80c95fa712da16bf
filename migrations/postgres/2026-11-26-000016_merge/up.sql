-- Two records that are one person: the one that was merged leads to the one that stays. Undo takes the row away again.
CREATE TABLE merges (
  school_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  into_id BIGINT NOT NULL,
  run_id BIGINT NOT NULL,
  PRIMARY KEY (school_id, person_id),
  FOREIGN KEY (school_id, person_id) REFERENCES people (school_id, id),
  FOREIGN KEY (school_id, into_id) REFERENCES people (school_id, id),
  FOREIGN KEY (school_id, run_id) REFERENCES runs (school_id, id)
);
CREATE INDEX merges_by_into ON merges (school_id, into_id);

-- A source's key that came with a merged record to a person who has a key of that source already: where both stand in a
-- file, the person's own row counts.
CREATE TABLE merged_keys (
  school_id BIGINT NOT NULL,
  source TEXT NOT NULL,
  key_norm TEXT NOT NULL,
  PRIMARY KEY (school_id, source, key_norm),
  FOREIGN KEY (school_id, source, key_norm) REFERENCES source_links (school_id, source, key_norm)
);

-- What went from one record to the other: the keys, memberships and relationships (JSON).
ALTER TABLE changes ADD COLUMN merge TEXT;
