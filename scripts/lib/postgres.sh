# shellcheck shell=bash
# postgres_start [durable]: one throw-away PostgreSQL cluster for a test run, on 127.0.0.1 and a free port.
#
# Exports CROSSWALK_TEST_POSTGRES. Its role, crosswalk, is a superuser, so that the tests can clone a template
# database each and create extensions. The cluster and its files go when the script ends.
# Wants at_exit.sh and need.sh.

postgres_dir=
postgres_as=()

postgres_stop() {
  local pid tries=0 pidfile=$postgres_dir/data/postmaster.pid
  if [[ -s $pidfile ]]; then
    read -r pid <"$pidfile"
    # At once and without a checkpoint: nobody reads these files again.
    kill -QUIT "$pid" 2>/dev/null
    # PostgreSQL removes the file as its last act.
    while [[ -e $pidfile ]] && kill -0 "$pid" 2>/dev/null; do
      if ((++tries > 100)); then
        kill -KILL "$pid" 2>/dev/null
        break
      fi
      sleep 0.1
    done
  fi
  rm -rf -- "$postgres_dir"
}

# Runs a program of PostgreSQL's, which refuses to be root, as the cluster's owner. From `/`, because the owner
# may not be allowed into the caller's folder, and without the caller's PG* settings.
postgres_run() (
  cd /
  unset "${!PG@}"
  exec "${postgres_as[@]}" "$@"
)

postgres_start() {
  local bindir owner port tries
  bindir=$(postgres_bindir)
  postgres_dir=$(mktemp -d "${TMPDIR:-/tmp}/crosswalk-postgres.XXXXXX")
  at_exit postgres_stop

  if [[ $(id -u) == 0 ]]; then
    owner=nobody
    if id postgres >/dev/null 2>&1; then owner=postgres; fi
    postgres_as=(setpriv --reuid "$(id -u "$owner")" --regid "$(id -g "$owner")" --clear-groups)
    chown "$owner:" "$postgres_dir"
    if ! postgres_run test -w "$postgres_dir"; then
      echo "The user $owner, who runs PostgreSQL for root, cannot reach $postgres_dir: set TMPDIR to a folder open to all." >&2
      return 1
    fi
  fi

  if ! postgres_run "$bindir/initdb" --pgdata "$postgres_dir/data" --username crosswalk --auth trust \
    --encoding UTF8 --locale C.UTF-8 --no-sync >"$postgres_dir/initdb.log" 2>&1; then
    cat "$postgres_dir/initdb.log" >&2
    return 1
  fi

  # No durability, unless $1 is `durable`: a test run that dies starts over. No socket file: only TCP is tested.
  local durable=off
  if [[ ${1:-} == durable ]]; then durable=on; fi
  cat >>"$postgres_dir/data/postgresql.conf" <<CONF
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
fsync = $durable
synchronous_commit = $durable
full_page_writes = $durable
max_connections = 300
shared_buffers = 128MB
timezone = 'UTC'
log_timezone = 'UTC'
CONF

  # PostgreSQL cannot be told to choose a port. One below the range that outgoing connections use is tried
  # at random, then another.
  for ((tries = 1; ; tries++)); do
    port=$((20000 + RANDOM % 10000))
    if postgres_run "$bindir/pg_ctl" --pgdata "$postgres_dir/data" --options "-p $port" \
      --log "$postgres_dir/server.log" --wait --timeout 60 --silent start >"$postgres_dir/start.log" 2>&1; then
      break
    fi
    if ((tries == 5)); then
      echo "PostgreSQL from $bindir does not start:" >&2
      tail -n 20 "$postgres_dir/start.log" "$postgres_dir/server.log" >&2
      return 1
    fi
  done

  export CROSSWALK_TEST_POSTGRES=postgres://crosswalk@127.0.0.1:$port/postgres
  if [[ $(postgres_run "$bindir/psql" -X -A -t -d "$CROSSWALK_TEST_POSTGRES" \
    -c "SELECT count(*) FROM pg_available_extensions WHERE name = 'pg_trgm'") != 1 ]]; then
    echo 'This PostgreSQL lacks the extension pg_trgm (Debian has it in postgresql, others in postgresql-contrib).' >&2
    return 1
  fi
}
