CREATE TABLE people (
  id INTEGER NOT NULL PRIMARY KEY,
  school_id BIGINT NOT NULL REFERENCES schools (id),
  sonis_id TEXT NOT NULL,
  member_type TEXT NOT NULL CHECK (member_type IN ('student', 'staff', 'parent')),
  status TEXT NOT NULL CHECK (status IN ('active', 'applicant', 'inactive', 'withdrawn', 'merged')),
  status_since TIMESTAMP NOT NULL,
  last_name TEXT NOT NULL,
  first_name TEXT NOT NULL,
  middle_name TEXT,
  preferred_name TEXT,
  native_name TEXT,
  birth_date DATE,
  gender TEXT,
  email TEXT,
  phone TEXT,
  address TEXT,
  campus TEXT,
  division TEXT,
  department TEXT,
  level TEXT,
  grade_level INTEGER,
  grad_year INTEGER,
  other_pid TEXT,
  -- Folded forms, made by people::fold from the columns above and never shown.
  sort_name TEXT NOT NULL,
  search_name TEXT NOT NULL,
  email_key TEXT,
  lock_version INTEGER NOT NULL,
  created_at TIMESTAMP NOT NULL,
  updated_at TIMESTAMP NOT NULL,
  UNIQUE (school_id, id),
  UNIQUE (school_id, sonis_id)
);
CREATE INDEX people_by_name ON people (school_id, sort_name, id);
CREATE INDEX people_by_type ON people (school_id, member_type, sort_name, id);
CREATE INDEX people_by_email ON people (school_id, email_key);
-- What the filters of the list offer, read without touching the rows.
CREATE INDEX people_by_place ON people (school_id, campus, division, level, grade_level);

-- Part of a name, from three letters on. The index keeps no copy of the names.
CREATE VIRTUAL TABLE people_search USING fts5 (search_name, content = 'people', content_rowid = 'id', tokenize = 'trigram', columnsize = 0);
CREATE TRIGGER people_search_insert AFTER INSERT ON people BEGIN
  INSERT INTO people_search (rowid, search_name) VALUES (new.id, new.search_name);
END;
CREATE TRIGGER people_search_update AFTER UPDATE OF search_name ON people WHEN old.search_name <> new.search_name BEGIN
  INSERT INTO people_search (people_search, rowid, search_name) VALUES ('delete', old.id, old.search_name);
  INSERT INTO people_search (rowid, search_name) VALUES (new.id, new.search_name);
END;

-- Fields that a person set by hand: an import keeps them and says so.
CREATE TABLE field_pins (
  school_id BIGINT NOT NULL,
  person_id BIGINT NOT NULL,
  field TEXT NOT NULL,
  pinned_by TEXT NOT NULL,
  pinned_at TIMESTAMP NOT NULL,
  PRIMARY KEY (school_id, person_id, field),
  FOREIGN KEY (school_id, person_id) REFERENCES people (school_id, id)
);

CREATE TABLE relationships (
  id INTEGER NOT NULL PRIMARY KEY,
  school_id BIGINT NOT NULL,
  student_id BIGINT NOT NULL,
  guardian_id BIGINT NOT NULL,
  kind TEXT NOT NULL,
  UNIQUE (school_id, id),
  UNIQUE (school_id, student_id, guardian_id),
  FOREIGN KEY (school_id, student_id) REFERENCES people (school_id, id),
  FOREIGN KEY (school_id, guardian_id) REFERENCES people (school_id, id)
);
CREATE INDEX relationships_by_guardian ON relationships (school_id, guardian_id);

-- A source's own key of a person. key_norm is what matches, key_given what is shown.
CREATE TABLE source_links (
  school_id BIGINT NOT NULL,
  source TEXT NOT NULL,
  key_norm TEXT NOT NULL,
  key_given TEXT NOT NULL,
  person_id BIGINT NOT NULL,
  PRIMARY KEY (school_id, source, key_norm),
  FOREIGN KEY (school_id, person_id) REFERENCES people (school_id, id)
);
CREATE INDEX source_links_by_person ON source_links (school_id, person_id);
