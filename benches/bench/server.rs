//! Crosswalk as its users run it: the release binary in a process of its own, signed in to over HTTP.
//! Leaves the load to `client`, and which figures are taken to `portal`.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use crosswalk::demo::DEMO_PASSWORD;

/// A running server; it goes when it is dropped.
pub struct Server {
    pub address: SocketAddr,
    child: Child,
}

impl Server {
    /// Crosswalk on an existing demo. Its log goes into a file, as it would anywhere.
    pub fn crosswalk(binary: &Path, url: &str, log: &Path) -> Result<Server> {
        Ok(Server::timed(binary, url, log)?.0)
    }

    /// The same, and how long it took from starting the process to the first answer of `/health`.
    pub fn timed(binary: &Path, url: &str, log: &Path) -> Result<(Server, Duration)> {
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let log = File::options().create(true).append(true).open(log)?;
        let begun = Instant::now();
        let child = Command::new(binary)
            .args(["demo", "--file", url, "--listen", &address.to_string()])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .with_context(|| format!("{} does not start", binary.display()))?;
        let mut server = Server { address, child };
        while !server.is_healthy() {
            ensure!(server.child.try_wait()?.is_none(), "the server ended instead of answering");
            ensure!(begun.elapsed() < Duration::from_secs(60), "no answer after a minute");
            std::thread::sleep(Duration::from_micros(500));
        }
        Ok((server, begun.elapsed()))
    }

    /// The constant bytes to compare with; `floor` says of which kinds.
    pub fn floor(kind: &str, bytes: usize, dir: &Path) -> Result<Server> {
        let mut child = Command::new(std::env::current_exe()?)
            .args(["floor", kind, &bytes.to_string()])
            .arg(dir)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        BufReader::new(child.stdout.take().context("the floor's output")?).read_line(&mut line)?;
        Ok(Server { address: line.trim().parse()?, child })
    }

    fn is_healthy(&self) -> bool {
        let request = "GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
        self.ask(request).is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
    }

    /// One request on a connection of its own; the answer, head and body.
    pub fn ask(&self, request: &str) -> Result<String> {
        let mut stream = TcpStream::connect(self.address)?;
        // So that the answer ends with the connection.
        let request = request.replacen("\r\n\r\n", "\r\nConnection: close\r\n\r\n", 1);
        stream.write_all(request.as_bytes())?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(String::from_utf8_lossy(&answer).into_owned())
    }

    /// Signs a demo user in; the header line to send from then on.
    pub fn sign_in(&self, user_id: &str) -> Result<String> {
        let answer = self.ask(&super::client::post("/sign-in", &sign_in_form(user_id)))?;
        let cookies: Vec<&str> = answer
            .split("\r\n")
            .filter_map(|l| l.split_once(": ").filter(|(n, _)| n.eq_ignore_ascii_case("set-cookie")))
            .filter_map(|(_, value)| value.split(';').next())
            .collect();
        ensure!(answer.starts_with("HTTP/1.1 303") && !cookies.is_empty(), "{user_id} cannot sign in:\n{answer}");
        Ok(format!("Cookie: {}", cookies.join("; ")))
    }

    /// Memory that the process holds now, in MB.
    pub fn memory(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find(|l| l.starts_with("VmRSS:")).context("VmRSS")?;
        let kb: f64 = line.split_whitespace().nth(1).context("a figure")?.parse()?;
        Ok(kb / 1024.0)
    }

    /// Processor time that the process has used, in seconds.
    pub fn processor(&self) -> Result<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        let after_name = stat.rsplit_once(')').context("a stat line")?.1;
        let ticks = |n: usize| -> Result<f64> {
            Ok(after_name.split_whitespace().nth(n).context("a stat line")?.parse::<f64>()?)
        };
        // Linux reports hundredths of a second, whatever the kernel counts in.
        Ok((ticks(11)? + ticks(12)?) / 100.0)
    }
}

pub fn sign_in_form(user_id: &str) -> String {
    format!("user_id={user_id}&password={DEMO_PASSWORD}")
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
