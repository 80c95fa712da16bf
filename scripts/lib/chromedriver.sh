# shellcheck shell=bash
# chromedriver_start: ChromeDriver on 127.0.0.1 and a free port, for a test run.
#
# Exports CROSSWALK_TEST_CHROMEDRIVER and CROSSWALK_TEST_CHROMIUM. ChromeDriver, every Chromium it started and
# their profiles go when the script ends. Wants at_exit.sh.

chromedriver_dir=
chromedriver_pid=

chromedriver_stop() {
  local tries
  if [[ -n $chromedriver_pid ]]; then
    # The whole group: a browser whose test died is still there. There is nothing in it to be saved.
    kill -KILL -- "-$chromedriver_pid" 2>/dev/null
    wait "$chromedriver_pid" 2>/dev/null
  fi
  # A browser that is just ending may still be writing into its profile.
  for ((tries = 0; tries < 20; tries++)); do
    rm -rf -- "$chromedriver_dir" 2>/dev/null && break
    sleep 0.1
  done
}

chromedriver_start() {
  local port='' tries
  chromedriver_dir=$(mktemp -d "${TMPDIR:-/tmp}/crosswalk-chromedriver.XXXXXX")
  at_exit chromedriver_stop

  # setsid makes it the head of a process group, which its browsers join. Chromium leaves its profile behind
  # when it is killed, so it gets a temporary folder that is removed.
  TMPDIR=$chromedriver_dir setsid chromedriver --port=0 </dev/null >"$chromedriver_dir/log" 2>&1 &
  chromedriver_pid=$!

  for ((tries = 0; tries < 200; tries++)); do
    port=$(sed -n 's/.*started successfully on port \([0-9]*\).*/\1/p' "$chromedriver_dir/log")
    if [[ -n $port ]] || ! kill -0 "$chromedriver_pid" 2>/dev/null; then break; fi
    sleep 0.1
  done
  if [[ -z $port ]]; then
    echo 'ChromeDriver does not start:' >&2
    cat "$chromedriver_dir/log" >&2
    return 1
  fi

  CROSSWALK_TEST_CHROMIUM=$(command -v chromium)
  export CROSSWALK_TEST_CHROMIUM CROSSWALK_TEST_CHROMEDRIVER=http://127.0.0.1:$port
}
