-- Whose a shared e-mail is to be. given_to names somebody by a source's key or by the SONIS ID, so that they need not be imported yet.
CREATE TABLE email_decisions (
  school_id BIGINT NOT NULL REFERENCES schools (id),
  email_key TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('give', 'without', 'block')),
  given_to TEXT,
  given_name TEXT,
  decided_by TEXT NOT NULL,
  decided_at TIMESTAMP NOT NULL,
  PRIMARY KEY (school_id, email_key)
);

-- Whether a record of staff and one of a parent are one human. Both are named as in email_decisions.
CREATE TABLE person_links (
  school_id BIGINT NOT NULL REFERENCES schools (id),
  staff TEXT NOT NULL,
  parent TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('same', 'not_same')),
  staff_name TEXT NOT NULL,
  parent_name TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at TIMESTAMP NOT NULL,
  PRIMARY KEY (school_id, staff, parent)
);
CREATE INDEX person_links_by_parent ON person_links (school_id, parent);

-- Whether a newcomer of an extract is somebody the school has already.
CREATE TABLE match_decisions (
  school_id BIGINT NOT NULL REFERENCES schools (id),
  newcomer TEXT NOT NULL,
  held TEXT NOT NULL,
  verdict TEXT NOT NULL CHECK (verdict IN ('same', 'not_same')),
  newcomer_name TEXT NOT NULL,
  held_name TEXT NOT NULL,
  decided_by TEXT NOT NULL,
  decided_at TIMESTAMP NOT NULL,
  PRIMARY KEY (school_id, newcomer, held)
);

-- What the newest plan could not tell by itself: a row for each of the people of a case.
CREATE TABLE sync_cases (
  school_id BIGINT NOT NULL,
  number INTEGER NOT NULL,
  place INTEGER NOT NULL,
  run_id BIGINT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('email', 'twin', 'match')),
  email_key TEXT,
  whom TEXT NOT NULL,
  sonis_id TEXT,
  name TEXT NOT NULL,
  member_type TEXT NOT NULL CHECK (member_type IN ('student', 'staff', 'parent')),
  slot TEXT,
  source_row BIGINT,
  fields TEXT NOT NULL,
  children TEXT NOT NULL,
  fate TEXT NOT NULL,
  PRIMARY KEY (school_id, number, place),
  FOREIGN KEY (school_id, run_id) REFERENCES runs (school_id, id)
);
CREATE INDEX sync_cases_by_email ON sync_cases (school_id, email_key);

-- Of which plan the cases are; a plan that finds the same ones does not write them again.
CREATE TABLE sync_case_sets (
  school_id BIGINT NOT NULL,
  run_id BIGINT NOT NULL,
  fingerprint TEXT NOT NULL,
  PRIMARY KEY (school_id, run_id),
  FOREIGN KEY (school_id, run_id) REFERENCES runs (school_id, id)
);
