-- Rises with every change to what a visitor may do or is told: users, their grants and limits, schools, integrations.
-- What a node remembers of a visitor counts for as long as the number that it was read under.
CREATE TABLE access_epoch (
  id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
  epoch BIGINT NOT NULL
);

INSERT INTO access_epoch (id, epoch) VALUES (1, 1);

CREATE FUNCTION raise_access_epoch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE access_epoch SET epoch = epoch + 1;
  RETURN NULL;
END $$;

-- Deferred to the commit: the one row is locked for a moment only, and after every other lock, so nobody waits in a circle.
CREATE CONSTRAINT TRIGGER access_epoch_users AFTER INSERT OR UPDATE OR DELETE ON users
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION raise_access_epoch();
CREATE CONSTRAINT TRIGGER access_epoch_grants AFTER INSERT OR UPDATE OR DELETE ON grants
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION raise_access_epoch();
CREATE CONSTRAINT TRIGGER access_epoch_user_limits AFTER INSERT OR UPDATE OR DELETE ON user_limits
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION raise_access_epoch();
CREATE CONSTRAINT TRIGGER access_epoch_schools AFTER INSERT OR DELETE ON schools
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION raise_access_epoch();
-- Transactions also lock a school by writing its row as it is.
CREATE CONSTRAINT TRIGGER access_epoch_schools_update AFTER UPDATE ON schools
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
  WHEN (OLD.name <> NEW.name OR OLD.time_zone <> NEW.time_zone) EXECUTE FUNCTION raise_access_epoch();
CREATE CONSTRAINT TRIGGER access_epoch_school_integrations AFTER INSERT OR UPDATE OR DELETE ON school_integrations
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION raise_access_epoch();
CREATE CONSTRAINT TRIGGER access_epoch_integrations AFTER INSERT OR UPDATE OR DELETE ON integrations
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION raise_access_epoch();
CREATE CONSTRAINT TRIGGER access_epoch_ready_dismissals AFTER INSERT OR UPDATE OR DELETE ON ready_dismissals
  DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION raise_access_epoch();
