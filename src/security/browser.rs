//! A browser in words, as the list of one's own sessions names it: "Firefox on Windows".
//! Leaves keeping what the browser said of itself to `security::session`.

/// What a browser calls itself, and the word for it. In this order: most of them also claim to be an older one.
const BROWSERS: [(&str, &str); 9] = [
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

/// Likewise: an iPhone also speaks of Mac OS X, Android of Linux.
const SYSTEMS: [(&str, &str); 7] = [
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "Chromebook"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("Linux", "Linux"),
];

/// The browser behind a User-Agent; of one that says nothing known, no more than that it is one.
pub fn in_words(user_agent: &str) -> String {
    let first = |known: &[(&str, &'static str)]| {
        known.iter().find(|(sign, _)| user_agent.contains(sign)).map(|(_, word)| *word)
    };
    let browser = first(&BROWSERS).unwrap_or("A browser");
    match first(&SYSTEMS) {
        Some(system) => format!("{browser} on {system}"),
        None => browser.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_named_with_its_system() {
        const IOS: &str =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
        const WINDOWS: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)";
        for (user_agent, words) in [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0".into(), "Firefox on Windows"),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0".into(), "Firefox on Linux"),
            (format!("{WINDOWS} Chrome/137.0.0.0 Safari/537.36"), "Chrome on Windows"),
            (format!("{WINDOWS} Chrome/137.0.0.0 Safari/537.36 Edg/137.0.0.0"), "Edge on Windows"),
            (format!("{WINDOWS} Chrome/137.0.0.0 Safari/537.36 OPR/122.0.0.0"), "Opera on Windows"),
            ("Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36".into(), "Chrome on Android"),
            ("Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36".into(), "Chrome on Chromebook"),
            (format!("{IOS} Version/18.5 Mobile/15E148 Safari/604.1"), "Safari on iPhone"),
            (format!("{IOS} CriOS/137.0.7151.79 Mobile/15E148 Safari/604.1"), "Chrome on iPhone"),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15".into(), "Safari on Mac"),
            ("curl/8.14.1".into(), "A browser"),
            (String::new(), "A browser"),
            ("<script>alert(1)</script>".into(), "A browser"),
        ] {
            assert_eq!(in_words(&user_agent), words, "{user_agent}");
        }
    }
}
