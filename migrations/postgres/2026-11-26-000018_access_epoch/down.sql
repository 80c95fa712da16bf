DROP TRIGGER access_epoch_users ON users;
DROP TRIGGER access_epoch_grants ON grants;
DROP TRIGGER access_epoch_user_limits ON user_limits;
DROP TRIGGER access_epoch_schools ON schools;
DROP TRIGGER access_epoch_school_integrations ON school_integrations;
DROP TRIGGER access_epoch_integrations ON integrations;
DROP TRIGGER access_epoch_ready_dismissals ON ready_dismissals;
DROP FUNCTION raise_access_epoch();
DROP TABLE access_epoch;
