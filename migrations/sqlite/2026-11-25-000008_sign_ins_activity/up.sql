-- When each user last signed in, for the list of User Security.
CREATE INDEX activity_entries_sign_ins ON activity_entries (actor_user_id, at) WHERE action = 'signed_in';
