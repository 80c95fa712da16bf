-- Whether user_limits has rows of the user, so that most requests need not look.
ALTER TABLE users ADD COLUMN is_limited BOOLEAN NOT NULL DEFAULT FALSE;

-- Limiting Access: the user sees people whose field has one of the values, in every field that is limited.
CREATE TABLE user_limits (
  user_id BIGINT NOT NULL REFERENCES users (id),
  field TEXT NOT NULL CHECK (field IN ('campus', 'department', 'division', 'level', 'member_type')),
  value TEXT NOT NULL,
  PRIMARY KEY (user_id, field, value)
);
