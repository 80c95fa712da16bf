//! The load generator: a process of its own, one thread, HTTP/1.1 on connections that stay open.
//! Each connection sends its next request when the last answer has been read whole.
//! Leaves which requests there are, and what the figures mean, to whoever started it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What a load is made of. The requests are whole, head and body, and are sent in an order of their own.
pub struct Load<'a> {
    pub to: SocketAddr,
    pub connections: usize,
    pub seconds: f64,
    /// Every answer has to have this status.
    pub status: u16,
    pub requests: &'a Path,
}

/// What came of it. Times are in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Outcome {
    pub per_second: f64,
    pub p50: f64,
    pub p99: f64,
    /// Bytes of one answer's body, on average.
    pub body: f64,
    pub answers: u64,
}

/// GET requests for the addresses, with these further header lines.
pub fn gets<S: AsRef<str>>(addresses: &[S], headers: &[String]) -> Vec<String> {
    let headers: String = headers.iter().map(|h| format!("{h}\r\n")).collect();
    addresses.iter().map(|a| format!("GET {} HTTP/1.1\r\nHost: localhost\r\n{headers}\r\n", a.as_ref())).collect()
}

/// A form sent as a browser sends it.
pub fn post(address: &str, body: &str) -> String {
    format!(
        "POST {address} HTTP/1.1\r\nHost: localhost\r\nSec-Fetch-Site: same-origin\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// Requests are kept in a file one after the other, with NUL between them.
pub fn write_requests(file: &Path, requests: &[String]) -> Result<()> {
    Ok(std::fs::write(file, requests.join("\0"))?)
}

impl Load<'_> {
    /// Runs the load in another process, so that the server and the generator share nothing but the machine.
    pub fn run(&self) -> Result<Outcome> {
        let out = Command::new(std::env::current_exe()?)
            .arg("client")
            .args([self.to.to_string(), self.connections.to_string(), self.seconds.to_string()])
            .arg(self.status.to_string())
            .arg(self.requests)
            .stderr(Stdio::inherit())
            .output()?;
        ensure!(out.status.success(), "the load generator failed");
        let text = String::from_utf8(out.stdout)?;
        let mut numbers = text.split_whitespace().map(str::parse::<f64>);
        let mut next = || numbers.next().context("a figure of the load generator")?.context("a number");
        Ok(Outcome { per_second: next()?, p50: next()?, p99: next()?, body: next()?, answers: next()? as u64 })
    }
}

/// The other side of `Load::run`: `client ADDRESS CONNECTIONS SECONDS STATUS FILE`.
pub fn main(args: &[String]) -> Result<()> {
    let [to, connections, seconds, status, file] = args else { bail!("wrong arguments") };
    let requests: Vec<Vec<u8>> = std::fs::read(PathBuf::from(file))?.split(|b| *b == 0).map(<[u8]>::to_vec).collect();
    let (to, connections, seconds): (SocketAddr, u64, f64) = (to.parse()?, connections.parse()?, seconds.parse()?);
    let status = status.parse()?;
    let requests = Rc::new(requests);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async move {
        // The first tenth warms up and is not counted.
        let begin = Instant::now() + Duration::from_secs_f64(seconds / 10.0);
        let end = begin + Duration::from_secs_f64(seconds);
        let visitors: Vec<_> = (0..connections)
            .map(|n| tokio::task::spawn_local(visit(to, requests.clone(), n, status, begin, end)))
            .collect();
        let (mut times, mut bytes): (Vec<u32>, u64) = (Vec::new(), 0);
        for visitor in visitors {
            let (own, read) = visitor.await??;
            times.extend(own);
            bytes += read;
        }
        ensure!(!times.is_empty(), "nothing was answered in {seconds} s");
        times.sort_unstable();
        let at = |share: f64| f64::from(times[((times.len() - 1) as f64 * share) as usize]) / 1000.0;
        let (answers, per_second) = (times.len(), times.len() as f64 / seconds);
        println!("{per_second} {} {} {} {answers}", at(0.5), at(0.99), bytes as f64 / answers as f64);
        Ok(())
    })
}

/// One connection: the time of each answer in microseconds, and the bytes of their bodies.
async fn visit(
    to: SocketAddr,
    requests: Rc<Vec<Vec<u8>>>,
    number: u64,
    status: u16,
    begin: Instant,
    end: Instant,
) -> Result<(Vec<u32>, u64)> {
    let mut stream = TcpStream::connect(to).await?;
    stream.set_nodelay(true)?;
    let mut random = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(number + 1) | 1;
    let mut buffer = vec![0; 256 * 1024];
    let (mut times, mut bytes) = (Vec::new(), 0);
    loop {
        // Xorshift: the same order in every run.
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        let request = &requests[(random % requests.len() as u64) as usize];
        let sent = Instant::now();
        stream.write_all(request).await?;
        let (answer, body) = read_answer(&mut stream, &mut buffer).await?;
        let now = Instant::now();
        if answer != status {
            let head = request.split(|b| *b == b'\r').next().unwrap_or_default();
            bail!("{}: {answer} instead of {status}", String::from_utf8_lossy(head));
        }
        if now >= end {
            return Ok((times, bytes));
        }
        if sent >= begin {
            times.push(u32::try_from((now - sent).as_micros()).unwrap_or(u32::MAX));
            bytes += body as u64;
        }
    }
}

/// Reads one answer: its status and the length of its body.
async fn read_answer(stream: &mut TcpStream, buffer: &mut [u8]) -> Result<(u16, usize)> {
    let (mut filled, mut whole) = (0, None);
    loop {
        let read = stream.read(&mut buffer[filled..]).await?;
        ensure!(read > 0, "the server closed a connection");
        filled += read;
        if whole.is_none()
            && let Some(head) = buffer[..filled].windows(4).position(|w| w == b"\r\n\r\n")
        {
            let text = std::str::from_utf8(&buffer[..head])?;
            let status: u16 = text.get(9..12).context("a status line")?.parse()?;
            let length: usize = text
                .split("\r\n")
                .filter_map(|line| line.split_once(':'))
                .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
                .context("an answer without its length")?
                .1
                .trim()
                .parse()?;
            ensure!(head + 4 + length <= buffer.len(), "an answer of {length} bytes");
            whole = Some((status, length, head + 4 + length));
        }
        if let Some((status, length, end)) = whole
            && filled >= end
        {
            return Ok((status, length));
        }
    }
}
