-- What people who only read write all day: on SQLite this is a file of its own.
CREATE TABLE sessions (
  key_hash TEXT NOT NULL PRIMARY KEY,
  user_id BIGINT,
  state TEXT NOT NULL,
  browser TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  touched_at TIMESTAMP NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);

CREATE TABLE signin_counters (
  kind TEXT NOT NULL CHECK (kind IN ('address', 'user', 'browser')),
  subject_hash TEXT NOT NULL,
  day DATE NOT NULL,
  guesses INTEGER NOT NULL,
  next_at TIMESTAMP NOT NULL,
  PRIMARY KEY (kind, subject_hash, day)
);

CREATE TABLE known_browsers (
  token_hash TEXT NOT NULL PRIMARY KEY,
  user_id BIGINT NOT NULL,
  last_at TIMESTAMP NOT NULL
);
CREATE INDEX known_browsers_by_user ON known_browsers (user_id);

-- Sign-ins, refusals and views of integration IDs.
CREATE TABLE activity_entries (
  id INTEGER NOT NULL PRIMARY KEY,
  school_id BIGINT,
  at TIMESTAMP NOT NULL,
  actor_user_id BIGINT,
  actor_name TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  person_id BIGINT,
  request_id TEXT
);
CREATE INDEX activity_entries_by_time ON activity_entries (school_id, at, id);
CREATE INDEX activity_entries_by_person ON activity_entries (school_id, person_id, id);
