//! Command line in, exit code out; nothing else.

use std::process::ExitCode;

fn main() -> ExitCode {
    crosswalk::cli::run()
}
