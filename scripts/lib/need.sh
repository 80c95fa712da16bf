# shellcheck shell=bash
# need NAME...: makes sure that the tools of a test run are there.
#
# As root on Debian it installs what is missing. Anywhere else it names all that is missing, with the
# packages, and ends the script: a tool that is not there never means a test that is not run.
#
# Names: rust, c, python, postgres, browser.

# Prints the folder of PostgreSQL's own programs. Debian keeps initdb and pg_ctl off the PATH, and what is on
# the PATH may be a wrapper, so the versioned folders come first, the newest of them.
postgres_bindir() {
  local dir
  while IFS= read -r dir; do
    if [[ -x $dir/initdb && -x $dir/pg_ctl && -x $dir/psql ]]; then
      printf '%s\n' "$dir"
      return
    fi
  done < <(
    printf '%s\n' /usr/lib/postgresql/*/bin | sort --version-sort --reverse
    if command -v pg_config >/dev/null; then pg_config --bindir; fi
  )
  return 1
}

# Prints one line "what|how to get it|Debian package" for each thing that NAME wants and does not find.
# The package is empty where Debian's would not do.
need_missing() {
  case $1 in
    rust)
      if ! command -v cargo >/dev/null; then
        echo 'cargo (Rust, the version in Cargo.toml or newer)|by rustup|'
      else
        cargo fmt --version >/dev/null 2>&1 || echo 'cargo fmt|rustup component add rustfmt|'
        cargo clippy --version >/dev/null 2>&1 || echo 'cargo clippy|rustup component add clippy|'
      fi
      ;;
    c) # SQLite, libpq and OpenSSL are built from source.
      # A compiler without the headers of libc is found by asking for one.
      printf '#include <stdio.h>\n' | cc -fsyntax-only -xc - 2>/dev/null ||
        echo 'cc (a C compiler with its headers)|build-essential|build-essential'
      command -v make >/dev/null || echo 'make|make|make'
      # A bare Debian has a perl without the modules that OpenSSL's Configure loads.
      perl -MFindBin -MIPC::Cmd -MFile::Compare -e 1 2>/dev/null || echo 'perl with its standard modules|perl|perl'
      ;;
    python)
      command -v python3 >/dev/null || echo 'python3|python3|python3'
      ;;
    postgres)
      postgres_bindir >/dev/null || echo 'initdb, pg_ctl, psql (a PostgreSQL server)|postgresql|postgresql'
      ;;
    browser)
      command -v chromium >/dev/null || echo 'chromium|chromium|chromium'
      command -v chromedriver >/dev/null || echo 'chromedriver|chromium-driver|chromium-driver'
      ;;
    *)
      echo "need: no such name: $1" >&2
      exit 2
      ;;
  esac
}

need_install() {
  echo "Installing: $*"
  # Debian's postgresql would make and start a cluster of the machine's own. The tests never use it.
  local conf=/etc/postgresql-common/createcluster.conf
  if [[ " $* " == *' postgresql '* && ! -e $conf ]]; then
    mkdir -p "${conf%/*}"
    echo 'create_main_cluster = false' >"$conf"
  fi
  # Some 1,400 lines, of interest only when it fails.
  local said
  if ! said=$(
    export DEBIAN_FRONTEND=noninteractive
    { apt-get -q update && apt-get -q -y -o DPkg::Lock::Timeout=120 install --no-install-recommends "$@"; } 2>&1
  ); then
    printf '%s\n' "$said" >&2
    exit 1
  fi
  hash -r
}

need() {
  # rustup's folder is on the PATH of a login shell only.
  if ! command -v cargo >/dev/null && [[ -x ${CARGO_HOME:-${HOME:-}/.cargo}/bin/cargo ]]; then
    PATH=${CARGO_HOME:-$HOME/.cargo}/bin:$PATH
  fi

  local name what how package missing=() packages=()
  for name; do
    while IFS= read -r what; do missing+=("$what"); done < <(need_missing "$name")
  done
  if ((${#missing[@]} == 0)); then return; fi

  for what in "${missing[@]}"; do
    package=${what##*|}
    if [[ -n $package ]]; then packages+=("$package"); fi
  done

  if ((${#packages[@]} > 0)) && [[ $(id -u) == 0 && -e /etc/debian_version ]] && command -v apt-get >/dev/null; then
    need_install "${packages[@]}"
    missing=()
    for name; do
      while IFS= read -r what; do missing+=("$what"); done < <(need_missing "$name")
    done
    if ((${#missing[@]} == 0)); then return; fi
  fi

  {
    echo 'Missing, so nothing was tested:'
    for what in "${missing[@]}"; do
      IFS='|' read -r what how package <<<"$what"
      if [[ -n $package ]]; then how="Debian package $package"; fi
      printf '  %s: %s\n' "$what" "$how"
    done
    if ((${#packages[@]} > 0)) && [[ $(id -u) != 0 ]]; then
      echo "On Debian, as root: apt-get install --no-install-recommends ${packages[*]}"
    fi
  } >&2
  exit 1
}
