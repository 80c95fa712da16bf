# shellcheck shell=bash
# One exit trap for a script that starts several things.
#
# `trap ... EXIT` holds one command only, so each starter says `at_exit its_own_stop` instead, before it
# starts anything. The stops run last first, after success, failure, Ctrl-C and a plain `kill` alike.

at_exit_stops=()

at_exit() {
  at_exit_stops+=("$1")
}

at_exit_run() {
  local code=$? i
  # A second Ctrl-C must not leave half of it running.
  trap '' INT TERM HUP
  set +e
  for ((i = ${#at_exit_stops[@]} - 1; i >= 0; i--)); do
    "${at_exit_stops[i]}"
  done
  exit "$code"
}

trap at_exit_run EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM
