//! The address a request came from: the connection's, or behind a trusted proxy the one that the proxy names.
//! Leaves what is done with it to `security::throttle`.

use std::net::IpAddr;

use actix_web::HttpRequest;

use crate::config::Config;

/// Without `trusted_proxies` a forwarded address is not believed.
pub fn of(request: &HttpRequest, config: &Config) -> String {
    let Some(peer) = request.peer_addr().map(|a| a.ip()) else { return "unknown".into() };
    let forwarded = request.headers().get("x-forwarded-for").and_then(|v| v.to_str().ok());
    real(peer, forwarded, &config.trusted_proxies).to_string()
}

/// From the right: each hop is believed as long as the one that reported it is trusted.
fn real(peer: IpAddr, forwarded: Option<&str>, trusted: &[IpAddr]) -> IpAddr {
    let mut address = peer;
    for hop in forwarded.unwrap_or_default().rsplit(',') {
        if !trusted.contains(&address) {
            break;
        }
        match hop.trim().parse() {
            Ok(ip) => address = ip,
            Err(_) => break,
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap_or_else(|e| panic!("{text}: {e}"))
    }

    #[test]
    fn a_forwarded_address_is_believed_from_a_trusted_proxy_only() {
        let proxy = [ip("10.0.0.1")];
        assert_eq!(real(ip("10.0.0.1"), Some("192.0.2.7"), &proxy), ip("192.0.2.7"));
        assert_eq!(real(ip("192.0.2.9"), Some("192.0.2.7"), &proxy), ip("192.0.2.9"));
        assert_eq!(real(ip("192.0.2.9"), Some("192.0.2.7"), &[]), ip("192.0.2.9"));
    }

    #[test]
    fn what_the_visitor_put_in_front_of_the_list_is_not_believed() {
        let proxy = [ip("10.0.0.1")];
        assert_eq!(real(ip("10.0.0.1"), Some("1.1.1.1, 192.0.2.7"), &proxy), ip("192.0.2.7"));
        assert_eq!(real(ip("10.0.0.1"), Some("nonsense"), &proxy), ip("10.0.0.1"));
    }
}
