//! `crosswalk serve`: the portal for real.
//! Leaves the server itself to `server`.

use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use clap::Args;

use super::{Desk, Done, Failure};
use crate::app::App;
use crate::audit::{Key, seal_in_background};
use crate::clock::Clock;
use crate::config::{Config, DEFAULT_LISTEN};
use crate::db::Db;
use crate::server::build;
use crate::sync::watch::{QUIET, Watcher, watch_in_background};

#[derive(Args)]
pub struct Serve {
    /// Where to serve [default: 127.0.0.1:8080]
    #[arg(long, env = "CROSSWALK_LISTEN", value_name = "ADDRESS:PORT")]
    listen: Option<String>,
    /// The address that browsers use, when it is another one: https://crosswalk.example
    #[arg(long, env = "CROSSWALK_PUBLIC_URL", value_name = "URL")]
    public_url: Option<String>,
    /// Addresses of proxies whose X-Forwarded-For is believed
    #[arg(long, env = "CROSSWALK_TRUSTED_PROXIES", value_name = "IP,IP", value_delimiter = ',')]
    trusted_proxies: Vec<std::net::IpAddr>,
    /// Take extracts from the folders of the schools whose sync goes by itself
    #[arg(long, env = "CROSSWALK_WATCH")]
    watch: bool,
    /// A file in such a folder counts as whole when it has not changed for so many seconds
    #[arg(long, env = "CROSSWALK_WATCH_SETTLE", value_name = "SECONDS", default_value_t = QUIET)]
    settle: u32,
}

impl Serve {
    pub fn run(&self, desk: &Desk) -> Result<Done, Failure> {
        let listen = self.listen.as_deref().or(desk.settings.listen.as_deref()).unwrap_or(DEFAULT_LISTEN);
        let public_url = self.public_url.as_deref().or(desk.settings.public_url.as_deref());
        let proxies = match self.trusted_proxies.as_slice() {
            [] => desk.settings.trusted_proxies.clone().unwrap_or_default(),
            given => given.to_vec(),
        };
        let mut config = Config::new(listen, public_url, proxies)?;
        if let Some(workers) = desk.settings.workers {
            config.workers = workers.clamp(1, 64);
        }
        config.mail = desk.mail(config.public_url.as_ref())?;
        let db = desk.open()?;
        let instance = db.read(crate::instance::Instance::load)?;
        if instance.is_demo() {
            return Err(Failure(format!(
                "{} is a demo database, whose password everybody knows: it is not served for real. Start it with: crosswalk demo",
                db.url()
            )));
        }
        let key = desk.audit_key_file(db.url());
        if self.watch || desk.settings.watch == Some(true) {
            let url = config.public_url.as_ref().map(|u| u.as_str().to_owned());
            let watcher = Watcher::new(db.clone(), desk.clock.clone(), config.mail.clone(), url, self.settle);
            watch_in_background(watcher);
        }
        serve(config, db, desk.clock.clone(), key, None)
    }
}

/// Serves until a signal ends it; meanwhile seals the audit and looks after runs whose process died. `announce` is told the address once it is bound.
pub fn serve(
    config: Config,
    db: Db,
    clock: Clock,
    audit_key_file: Option<PathBuf>,
    announce: Option<fn(SocketAddr)>,
) -> Result<Done, Failure> {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("info,actix_server=warn")).init();
    let listener = TcpListener::bind(config.listen).map_err(|e| {
        Failure(format!("{} cannot be listened on: {e}. Choose another with --listen ADDRESS:PORT.", config.listen))
    })?;
    let address = listener.local_addr()?;
    seal(&db, audit_key_file);
    crate::runs::keep_in_background(db.clone(), clock.clone());
    crate::sync::tidy_in_background(db.clone(), clock.clone());
    crate::desk::look_in_background(db.clone(), clock.clone());
    let app = App::new(config, db, clock)?;
    match announce {
        Some(announce) => announce(address),
        None => log::info!("serving on http://{address}"),
    }
    actix_web::rt::System::new().block_on(async move { build(app, listener)?.await })?;
    Ok(Done::Well)
}

/// A school goes on working when its audit cannot be sealed; the log and `crosswalk check` tell that it is not.
fn seal(db: &Db, key_file: Option<PathBuf>) {
    let Some(file) = key_file else {
        return log::warn!("the audit is not sealed: say where its key is, as audit_key_file");
    };
    match Key::open(db, &file) {
        Ok(key) => seal_in_background(db.clone(), key),
        Err(e) => log::error!("the audit is not sealed: {e}"),
    }
}
