-- The catalogue as Support edits it: the shortest ID, and which version an editor has seen.
ALTER TABLE integrations ADD COLUMN min_length INTEGER NOT NULL DEFAULT 1;
ALTER TABLE integrations ADD COLUMN lock_version INTEGER NOT NULL DEFAULT 1;

-- Who owns the next step, and what was said about it.
ALTER TABLE school_integrations ADD COLUMN next_step TEXT NOT NULL DEFAULT 'nobody' CHECK (next_step IN ('school', 'support', 'vendor', 'nobody'));
ALTER TABLE school_integrations ADD COLUMN note TEXT NOT NULL DEFAULT '';
ALTER TABLE school_integrations ADD COLUMN lock_version INTEGER NOT NULL DEFAULT 1;
UPDATE school_integrations SET next_step = 'support' WHERE stage IN ('requested', 'testing');
UPDATE school_integrations SET next_step = 'school' WHERE stage = 'ready';

-- Every step that an integration took at a school, written with the change.
CREATE TABLE stage_moves (
  id INTEGER NOT NULL PRIMARY KEY,
  school_id BIGINT NOT NULL REFERENCES schools (id),
  integration_id BIGINT NOT NULL REFERENCES integrations (id),
  -- NULL: the school did not have it before.
  stage_before TEXT CHECK (stage_before IN ('requested', 'testing', 'ready', 'live', 'off')),
  stage_after TEXT NOT NULL CHECK (stage_after IN ('requested', 'testing', 'ready', 'live', 'off')),
  next_step TEXT NOT NULL CHECK (next_step IN ('school', 'support', 'vendor', 'nobody')),
  note TEXT NOT NULL,
  moved_by TEXT NOT NULL,
  moved_at TIMESTAMP NOT NULL,
  UNIQUE (school_id, id)
);
CREATE INDEX stage_moves_by_integration ON stage_moves (school_id, integration_id, id);
INSERT INTO stage_moves (school_id, integration_id, stage_before, stage_after, next_step, note, moved_by, moved_at)
  SELECT school_id, integration_id, NULL, stage, next_step, '', moved_by, moved_at FROM school_integrations ORDER BY school_id, moved_at, integration_id;

-- A notice that an integration is Ready lasts until a user dismisses it; when it becomes Ready again, there is a new one.
CREATE TABLE ready_dismissals (
  school_id BIGINT NOT NULL REFERENCES schools (id),
  integration_id BIGINT NOT NULL REFERENCES integrations (id),
  user_id BIGINT NOT NULL REFERENCES users (id),
  dismissed_at TIMESTAMP NOT NULL,
  PRIMARY KEY (school_id, integration_id, user_id)
);
