//! What an editor of the catalogue typed, checked once: past this line it is valid.
//! Leaves saving it to `integrations::entry`.

use regex_lite::Regex;

use super::entry::CatalogueEntry;
use super::example::pattern_like;
use super::shape::{CaseRule, Shape, is_invisible};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    pub name: String,
    pub vendor: String,
    pub purpose: String,
    pub pattern: Option<String>,
    pub example: String,
    pub min_length: i32,
    pub max_length: i32,
    pub case_rule: CaseRule,
    pub many_per_person: bool,
}

/// The form as it was sent: shown again as it was, right or wrong.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct Typed {
    pub code: String,
    pub name: String,
    pub vendor: String,
    pub purpose: String,
    pub example: String,
    /// any, example or pattern
    pub fits: String,
    pub pattern: String,
    pub min_length: String,
    pub max_length: String,
    pub case_rule: String,
    pub many: String,
    pub version: i32,
    pub confirmed: String,
}

/// The longest ID that any integration may have.
const LONGEST_ID: i32 = 255;

impl Typed {
    pub fn of(entry: &CatalogueEntry) -> Typed {
        Typed {
            code: entry.code.clone(),
            name: entry.name.clone(),
            vendor: entry.vendor.clone(),
            purpose: entry.purpose.clone(),
            example: entry.example.clone(),
            fits: if entry.pattern.is_some() { "pattern" } else { "any" }.into(),
            pattern: entry.pattern.clone().unwrap_or_default(),
            min_length: entry.min_length.to_string(),
            max_length: entry.max_length.to_string(),
            case_rule: entry.case_rule.code().into(),
            many: if entry.many_per_person { "many" } else { "one" }.into(),
            version: entry.lock_version,
            confirmed: String::new(),
        }
    }

    /// A new one, with what is usual.
    pub fn blank() -> Typed {
        Typed {
            fits: "any".into(),
            min_length: "1".into(),
            max_length: "64".into(),
            case_rule: CaseRule::Ignore.code().into(),
            many: "one".into(),
            ..Typed::default()
        }
    }

    /// The code of a new integration, which files and commands name it by.
    pub fn code(&self) -> Result<String, String> {
        let code = self.code.trim();
        let plain = (2..=40).contains(&code.len())
            && code.starts_with(|c: char| c.is_ascii_lowercase())
            && code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        // It would be the address of the page for a new one.
        if plain && code != "new" {
            Ok(code.to_owned())
        } else {
            Err("A code is 2 to 40 small letters, digits or hyphens, and begins with a letter, for example alma-library"
                .into())
        }
    }

    /// The draft, or what is wrong: (field, message) in the order of the form.
    pub fn draft(&self) -> Result<Draft, Vec<(&'static str, String)>> {
        let mut wrong = Vec::new();
        let mut text = |field: &'static str, value: &str, what: &str, most: usize| {
            let value = value.replace("\r\n", "\n").trim().to_owned();
            if value.is_empty() {
                wrong.push((field, format!("Type {what}")));
            } else if value.chars().count() > most {
                wrong.push((
                    field,
                    format!("At most {most} characters are allowed; these are {}", value.chars().count()),
                ));
            } else if value.chars().any(|c| c != '\n' && is_invisible(c)) {
                wrong.push((field, "It holds a character that cannot be seen, such as a tab. Type it by hand".into()));
            }
            value
        };
        let name = text("name", &self.name, "the name that the schools know it by", 60);
        let vendor = text("vendor", &self.vendor, "whose program it is", 100);
        let purpose = text("purpose", &self.purpose, "why it exists and who may get it", 1000);
        let example = text("example", &self.example, "an example of its ID", 255);
        let pattern = match self.fits.as_str() {
            "any" => None,
            "example" => Some(pattern_like(&example)),
            "pattern" => {
                let pattern = self.pattern.trim().to_owned();
                if let Err(why) = readable(&pattern) {
                    wrong.push(("pattern", why));
                }
                Some(pattern)
            }
            _ => {
                wrong.push(("fits-any", "Choose which IDs fit".into()));
                None
            }
        };
        let number = |text: &str| text.trim().parse::<i32>().ok().filter(|n| (1..=LONGEST_ID).contains(n));
        let (min, max) = (number(&self.min_length), number(&self.max_length));
        if min.is_none() {
            wrong.push(("min_length", format!("Type a number from 1 to {LONGEST_ID}")));
        }
        match (min, max) {
            (_, None) => wrong.push(("max_length", format!("Type a number from 1 to {LONGEST_ID}"))),
            (Some(min), Some(max)) if max < min => {
                wrong.push(("max_length", "The longest ID cannot be shorter than the shortest".into()));
            }
            _ => {}
        }
        let case_rule = CaseRule::parse(&self.case_rule);
        if case_rule.is_none() {
            wrong.push(("case_rule", "Choose a case rule".into()));
        }
        let many = match self.many.as_str() {
            "one" => Some(false),
            "many" => Some(true),
            _ => {
                wrong.push(("many", "Choose one or many".into()));
                None
            }
        };
        let (Some(min_length), Some(max_length), Some(case_rule), Some(many_per_person), true) =
            (min, max, case_rule, many, wrong.is_empty())
        else {
            return Err(wrong);
        };
        let draft =
            Draft { name, vendor, purpose, pattern, example, min_length, max_length, case_rule, many_per_person };
        // An example that does not fit would be told to everybody whose ID does not fit either.
        match draft.shape().check(&draft.example) {
            Ok(()) => Ok(draft),
            Err(e) => Err(vec![("example", format!("The example does not have the shape below. {e}"))]),
        }
    }
}

fn readable(pattern: &str) -> Result<(), String> {
    if pattern.is_empty() {
        return Err("Type the pattern, or choose that any ID fits".into());
    }
    if pattern.chars().count() > 200 {
        return Err("A pattern has at most 200 characters".into());
    }
    match Regex::new(pattern) {
        Ok(_) => Ok(()),
        Err(e) => Err(format!("This pattern cannot be read: {e}. For example [0-9]{{7}} is seven digits")),
    }
}

impl Draft {
    pub fn shape(&self) -> Shape {
        Shape::of(&self.name, self.pattern.as_deref(), &self.example, (self.min_length, self.max_length))
    }

    /// What an edit changes, each in words for the audit.
    pub fn changes_of(&self, held: &CatalogueEntry) -> Vec<String> {
        let mut all = Vec::new();
        let mut change = |what: &str, before: &str, after: &str| {
            if before != after {
                all.push(format!("{what} {before}, now {after}"));
            }
        };
        let pattern = |p: &Option<String>| p.clone().unwrap_or_else(|| "anything".into());
        let many = |m: bool| if m { "many" } else { "one" };
        change("Name", &held.name, &self.name);
        change("Vendor", &held.vendor, &self.vendor);
        change("Example", &held.example, &self.example);
        change("Pattern", &pattern(&held.pattern), &pattern(&self.pattern));
        change("Shortest", &held.min_length.to_string(), &self.min_length.to_string());
        change("Longest", &held.max_length.to_string(), &self.max_length.to_string());
        change("Case rule", held.case_rule.word(), self.case_rule.word());
        change("Per person", many(held.many_per_person), many(self.many_per_person));
        if held.purpose != self.purpose {
            all.push("Why it exists and who may get it".into());
        }
        all
    }
}
