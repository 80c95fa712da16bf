//! Static files: built into the program, named by their hash so that browsers may keep them for ever, compressed once.
//! Leaves what is in them to `static/`.

use std::collections::HashMap;
use std::io::Write;
use std::sync::OnceLock;

use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use flate2::{Compression, write::GzEncoder};
use rust_embed::RustEmbed;

use crate::error::AppError;
use crate::security::hex;

#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/static"]
struct Files;

struct Asset {
    content_type: &'static str,
    bytes: Vec<u8>,
    gzip: OnceLock<Vec<u8>>,
}

/// The files that pages link to, by the name that the page's author uses.
const LINKED: [&str; 4] = ["app.css", "app.js", "vendor/bootstrap/bootstrap.min.css", "vendor/htmx/htmx.min.js"];

struct Assets {
    by_address: HashMap<String, Asset>,
    addresses: HashMap<&'static str, String>,
}

fn assets() -> &'static Assets {
    static ASSETS: OnceLock<Assets> = OnceLock::new();
    ASSETS.get_or_init(|| {
        let mut all = Assets { by_address: HashMap::new(), addresses: HashMap::new() };
        for name in LINKED {
            let Some(file) = Files::get(name) else { continue };
            let hash = hex(&file.metadata.sha256_hash());
            let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
            let base = stem.rsplit('/').next().unwrap_or(stem);
            let address = format!("/static/{base}.{}.{extension}", &hash[..16]);
            let content_type = match extension {
                "css" => "text/css; charset=utf-8",
                "js" => "text/javascript; charset=utf-8",
                _ => "application/octet-stream",
            };
            all.addresses.insert(name, address.clone());
            all.by_address
                .insert(address, Asset { content_type, bytes: file.data.into_owned(), gzip: OnceLock::new() });
        }
        all
    })
}

/// The address of a static file, for a template.
pub fn address(name: &str) -> &'static str {
    assets().addresses.get(name).map_or("", String::as_str)
}

impl Asset {
    fn gzip(&self) -> &[u8] {
        self.gzip.get_or_init(|| {
            let mut out = GzEncoder::new(Vec::new(), Compression::best());
            // Writing into memory cannot fail; an empty answer would be seen at once.
            let _ = out.write_all(&self.bytes);
            out.finish().unwrap_or_default()
        })
    }
}

/// Serves `/static/{name}.{hash}.{ext}`.
pub async fn serve(request: HttpRequest) -> Result<HttpResponse, AppError> {
    let asset = assets().by_address.get(request.path()).ok_or(AppError::NotFound)?;
    let accepts = request.headers().get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or("");
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, asset.content_type))
        .insert_header((header::CACHE_CONTROL, "public, max-age=31536000, immutable"))
        .insert_header((header::VARY, HeaderValue::from_static("accept-encoding")));
    if accepts.split(',').any(|e| e.trim().starts_with("gzip")) {
        return Ok(answer
            .insert_header((header::CONTENT_ENCODING, "gzip"))
            .body(web::Bytes::from_static(asset.gzip())));
    }
    Ok(answer.body(web::Bytes::from_static(&asset.bytes)))
}
