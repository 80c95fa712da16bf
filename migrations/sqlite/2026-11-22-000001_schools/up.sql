CREATE TABLE instance (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  kind TEXT NOT NULL CHECK (kind IN ('real', 'demo')),
  cookie_key TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL
);

CREATE TABLE schools (
  id INTEGER NOT NULL PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  time_zone TEXT NOT NULL,
  letters TEXT NOT NULL UNIQUE,
  created_at TIMESTAMP NOT NULL
);

-- The next number of each of a school's own series (SONIS IDs first).
CREATE TABLE counters (
  school_id BIGINT NOT NULL REFERENCES schools (id),
  name TEXT NOT NULL,
  next_value BIGINT NOT NULL,
  PRIMARY KEY (school_id, name)
);
