CREATE TABLE users (
  id INTEGER NOT NULL PRIMARY KEY,
  school_id BIGINT REFERENCES schools (id),
  user_id TEXT NOT NULL,
  user_key TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  email TEXT,
  profile TEXT NOT NULL,
  password_hash TEXT NOT NULL,
  must_change BOOLEAN NOT NULL,
  theme TEXT NOT NULL CHECK (theme IN ('light', 'dark')),
  keys_on BOOLEAN NOT NULL,
  disabled_at TIMESTAMP,
  created_at TIMESTAMP NOT NULL,
  created_by TEXT NOT NULL
);

CREATE TABLE grants (
  id INTEGER NOT NULL PRIMARY KEY,
  user_id BIGINT NOT NULL REFERENCES users (id),
  school_id BIGINT REFERENCES schools (id),
  task TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('use', 'may_grant')),
  integration_id BIGINT REFERENCES integrations (id),
  granted_by TEXT NOT NULL,
  granted_at TIMESTAMP NOT NULL,
  ends_at TIMESTAMP,
  revoked_at TIMESTAMP
);
CREATE INDEX grants_by_user ON grants (user_id, school_id);

-- Who changed settings, users and grants: written with the change.
CREATE TABLE audit_entries (
  id INTEGER NOT NULL PRIMARY KEY,
  school_id BIGINT REFERENCES schools (id),
  at TIMESTAMP NOT NULL,
  actor_user_id BIGINT,
  actor_name TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  request_id TEXT
);
CREATE INDEX audit_entries_by_time ON audit_entries (school_id, at, id);
