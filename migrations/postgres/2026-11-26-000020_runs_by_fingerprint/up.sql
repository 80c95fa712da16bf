-- A plan of the same files begins by looking for the last one.
CREATE INDEX runs_by_fingerprint ON runs (school_id, fingerprint) WHERE fingerprint IS NOT NULL;
