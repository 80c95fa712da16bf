-- Data that needs a person. An item is known by its kind and key: it is closed when the data is right, and is the same one when the
-- data is wrong again. No integration ID stands here: the rows that hold one are named.
CREATE TABLE desk_items (
  id INTEGER NOT NULL PRIMARY KEY,
  school_id BIGINT NOT NULL REFERENCES schools (id),
  kind TEXT NOT NULL,
  item_key TEXT NOT NULL,
  person_id BIGINT,
  other_person_id BIGINT,
  integration_id BIGINT REFERENCES integrations (id),
  record_id BIGINT,
  other_record_id BIGINT,
  run_id BIGINT,
  problem_id BIGINT,
  owner TEXT NOT NULL CHECK (owner IN ('school', 'support', 'vendor')),
  state TEXT NOT NULL CHECK (state IN ('open', 'waiting', 'left')),
  reason TEXT,
  opened_at TIMESTAMP NOT NULL,
  closed_at TIMESTAMP,
  changed_by TEXT,
  changed_at TIMESTAMP,
  lock_version INTEGER NOT NULL,
  UNIQUE (school_id, id),
  UNIQUE (school_id, kind, item_key),
  FOREIGN KEY (school_id, person_id) REFERENCES people (school_id, id),
  FOREIGN KEY (school_id, other_person_id) REFERENCES people (school_id, id),
  FOREIGN KEY (school_id, run_id) REFERENCES runs (school_id, id)
);
CREATE INDEX desk_items_by_age ON desk_items (school_id, closed_at, opened_at);

-- What became of an item: changed by somebody, closed by itself, come back.
CREATE TABLE desk_moves (
  id INTEGER NOT NULL PRIMARY KEY,
  school_id BIGINT NOT NULL REFERENCES schools (id),
  item_id BIGINT NOT NULL,
  what TEXT NOT NULL CHECK (what IN ('changed', 'closed', 'came_back')),
  owner TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT,
  moved_by TEXT,
  moved_at TIMESTAMP NOT NULL,
  UNIQUE (school_id, id),
  FOREIGN KEY (school_id, item_id) REFERENCES desk_items (school_id, id)
);
CREATE INDEX desk_moves_by_item ON desk_moves (school_id, item_id);

-- How the data was when it was last looked at, for each of those who look: it is looked at again when it differs.
CREATE TABLE desk_looks (
  school_id BIGINT NOT NULL REFERENCES schools (id),
  finder TEXT NOT NULL,
  mark TEXT NOT NULL,
  looked_at TIMESTAMP NOT NULL,
  is_cut BOOLEAN NOT NULL,
  PRIMARY KEY (school_id, finder)
);
