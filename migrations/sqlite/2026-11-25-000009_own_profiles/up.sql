-- A school's own profiles: the first Tasks of a new user, under a name of the school's. A retired one gives nobody
-- anything any more, and stays the profile of those who have it.
CREATE TABLE own_profiles (
  id INTEGER NOT NULL PRIMARY KEY,
  school_id BIGINT NOT NULL REFERENCES schools (id),
  name TEXT NOT NULL,
  name_key TEXT NOT NULL,
  tasks TEXT NOT NULL,
  lock_version INTEGER NOT NULL DEFAULT 1,
  retired_at TIMESTAMP,
  UNIQUE (school_id, id)
);
CREATE UNIQUE INDEX own_profiles_by_name ON own_profiles (school_id, name_key) WHERE retired_at IS NULL;
ALTER TABLE users ADD COLUMN own_profile_id BIGINT;
