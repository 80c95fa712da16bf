-- What was last seen of the folder from which a school's extracts are taken, on whichever node.
-- stopped: why nothing is taken just now. due_done: the set time that has been seen to. note: why what was taken waits.
-- told: what was last written about. taken: the files that were seen to and are still there.
CREATE TABLE watch_states (
  school_id BIGINT NOT NULL PRIMARY KEY,
  looked_at TIMESTAMP,
  stopped TEXT,
  due_done TIMESTAMP,
  run_id BIGINT,
  note TEXT,
  note_run_id BIGINT,
  told TEXT,
  taken TEXT
);
