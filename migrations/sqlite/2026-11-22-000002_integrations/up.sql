CREATE TABLE integrations (
  id INTEGER NOT NULL PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL UNIQUE,
  vendor TEXT NOT NULL,
  purpose TEXT NOT NULL,
  pattern TEXT,
  example TEXT NOT NULL,
  max_length INTEGER NOT NULL,
  case_rule TEXT NOT NULL CHECK (case_rule IN ('exact', 'ignore')),
  many_per_person BOOLEAN NOT NULL,
  retired_at TIMESTAMP
);

CREATE TABLE school_integrations (
  school_id BIGINT NOT NULL REFERENCES schools (id),
  integration_id BIGINT NOT NULL REFERENCES integrations (id),
  stage TEXT NOT NULL CHECK (stage IN ('requested', 'testing', 'ready', 'live', 'off')),
  moved_by TEXT NOT NULL,
  moved_at TIMESTAMP NOT NULL,
  PRIMARY KEY (school_id, integration_id)
);
