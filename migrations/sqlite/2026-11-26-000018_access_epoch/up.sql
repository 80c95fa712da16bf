-- Rises with every change to what a visitor may do or is told: users, their grants and limits, schools, integrations.
-- What a node remembers of a visitor counts for as long as the number that it was read under.
CREATE TABLE access_epoch (
  id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
  epoch BIGINT NOT NULL
);

INSERT INTO access_epoch (id, epoch) VALUES (1, 1);

-- A migration that makes one of these tables anew has to make its triggers anew.
CREATE TRIGGER access_epoch_users_insert AFTER INSERT ON users BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
CREATE TRIGGER access_epoch_users_update AFTER UPDATE ON users BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
CREATE TRIGGER access_epoch_users_delete AFTER DELETE ON users BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
CREATE TRIGGER access_epoch_grants_insert AFTER INSERT ON grants BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
CREATE TRIGGER access_epoch_grants_update AFTER UPDATE ON grants BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
CREATE TRIGGER access_epoch_grants_delete AFTER DELETE ON grants BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
CREATE TRIGGER access_epoch_user_limits_insert AFTER INSERT ON user_limits BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
CREATE TRIGGER access_epoch_user_limits_update AFTER UPDATE ON user_limits BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
CREATE TRIGGER access_epoch_user_limits_delete AFTER DELETE ON user_limits BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
CREATE TRIGGER access_epoch_schools_insert AFTER INSERT ON schools BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
-- Transactions also lock a school by writing its row as it is.
CREATE TRIGGER access_epoch_schools_update AFTER UPDATE ON schools
  WHEN OLD.name <> NEW.name OR OLD.time_zone <> NEW.time_zone BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
CREATE TRIGGER access_epoch_schools_delete AFTER DELETE ON schools BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
CREATE TRIGGER access_epoch_school_integrations_insert AFTER INSERT ON school_integrations BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
CREATE TRIGGER access_epoch_school_integrations_update AFTER UPDATE ON school_integrations BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
CREATE TRIGGER access_epoch_school_integrations_delete AFTER DELETE ON school_integrations BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
CREATE TRIGGER access_epoch_integrations_insert AFTER INSERT ON integrations BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
CREATE TRIGGER access_epoch_integrations_update AFTER UPDATE ON integrations BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
CREATE TRIGGER access_epoch_integrations_delete AFTER DELETE ON integrations BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
CREATE TRIGGER access_epoch_ready_dismissals_insert AFTER INSERT ON ready_dismissals BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
CREATE TRIGGER access_epoch_ready_dismissals_update AFTER UPDATE ON ready_dismissals BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
CREATE TRIGGER access_epoch_ready_dismissals_delete AFTER DELETE ON ready_dismissals BEGIN UPDATE access_epoch SET epoch = epoch + 1; END;
