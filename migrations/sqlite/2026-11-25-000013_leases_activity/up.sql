-- Who is working on a run, and how far. fence rises with every taker: what an earlier one still writes is refused.
CREATE TABLE run_leases (
  school_id BIGINT NOT NULL,
  run_id BIGINT NOT NULL,
  holder TEXT NOT NULL,
  fence BIGINT NOT NULL,
  until TIMESTAMP NOT NULL,
  done BIGINT NOT NULL,
  total BIGINT NOT NULL,
  started_at TIMESTAMP NOT NULL,
  cancel_asked BOOLEAN NOT NULL,
  PRIMARY KEY (school_id, run_id)
);
