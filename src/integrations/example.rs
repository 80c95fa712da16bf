//! A pattern made from an example, for somebody who writes none: S2038788 is letters, then digits.
//! Leaves checking IDs against it to `integrations::shape`.

/// Each part between marks is letters, digits, letters then digits, or a mix; marks stay as they are.
pub fn pattern_like(example: &str) -> String {
    let mut pattern = String::new();
    let mut part = String::new();
    for c in example.chars() {
        if c.is_alphanumeric() {
            part.push(c);
        } else {
            pattern.push_str(of_part(&part));
            part.clear();
            // Outside of brackets a hyphen is itself; escaped it would only be harder to read.
            if c == '-' {
                pattern.push(c);
            } else {
                pattern.push_str(&regex_lite::escape(c.encode_utf8(&mut [0; 4])));
            }
        }
    }
    pattern.push_str(of_part(&part));
    pattern
}

fn of_part(part: &str) -> &'static str {
    let after_letters = part.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let (letters, digits) = (after_letters.len() < part.len(), !after_letters.is_empty());
    let plain = after_letters.bytes().all(|b| b.is_ascii_digit());
    match (part.is_empty(), letters, digits) {
        (true, ..) => "",
        _ if !part.is_ascii() => "[^ ]+",
        _ if !plain => "[A-Za-z0-9]+",
        (_, true, true) => "[A-Za-z]+[0-9]+",
        (_, true, false) => "[A-Za-z]+",
        (_, false, _) => "[0-9]+",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_tells_its_parts() {
        for (example, pattern) in [
            ("S2038788", "[A-Za-z]+[0-9]+"),
            ("0049317", "[0-9]+"),
            ("PCT-00412207", "[A-Za-z]+-[0-9]+"),
            ("7c9e-40de", "[A-Za-z0-9]+-[A-Za-z0-9]+"),
            ("a.b@c", "[A-Za-z]+\\.[A-Za-z]+@[A-Za-z]+"),
            ("王1", "[^ ]+"),
        ] {
            assert_eq!(pattern_like(example), pattern, "{example}");
            let whole = regex_lite::Regex::new(&format!("^(?:{pattern})$")).unwrap_or_else(|e| panic!("{e}"));
            assert!(whole.is_match(example), "{example}");
        }
    }
}
