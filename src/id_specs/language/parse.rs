//! Reading a template; what is wrong is told at its character.

use std::iter::Peekable;
use std::str::CharIndices;

use super::{Field, Part, Source, Step, Take, Template};
use crate::people::MemberType;

/// Characters of a template at most.
pub const LONGEST: usize = 120;

/// More digits than any program's ID has.
const WIDEST: usize = 30;

/// What is wrong, and at which character (from 1).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("At character {at}: {reason}")]
pub struct WrongTemplate {
    pub at: usize,
    pub reason: String,
}

/// A wrong place, in bytes, and why.
type Wrong = (usize, String);

impl Template {
    /// Reads a template for people of one member type.
    pub fn parse(text: &str, member_type: MemberType) -> Result<Template, WrongTemplate> {
        let place = |(byte, reason): Wrong| {
            let before = text.get(..byte).map_or(0, |t| t.chars().count());
            WrongTemplate { at: before + 1, reason }
        };
        parts(text, member_type).map(|parts| Template { parts }).map_err(place)
    }
}

fn parts(text: &str, member_type: MemberType) -> Result<Vec<Part>, Wrong> {
    if text.chars().count() > LONGEST {
        return Err((0, format!("a template has at most {LONGEST} characters.")));
    }
    let mut parts: Vec<Part> = Vec::new();
    let mut rest = text.char_indices().peekable();
    while let Some(&(at, c)) = rest.peek() {
        if c == '{' {
            let (inside, from) = bracket(text, &mut rest)?;
            let part = inside_of(inside, from, member_type)?;
            once(&parts, &part).map_err(|why| (at, why))?;
            parts.push(part);
        } else {
            parts.push(Part::Literal(literal(&mut rest)?));
        }
    }
    if parts == [Part::IfTaken] {
        return Err((
            0,
            "{#} alone is nothing until an ID is taken. Put a field before it, or use {sequence:7}.".to_owned(),
        ));
    }
    let tells_apart = |part: &Part| match part {
        Part::Literal(_) | Part::CheckDigit => false,
        Part::Field(field) => field.source.tells_apart(),
        Part::IfTaken | Part::Sequence(_) => true,
    };
    if !parts.iter().any(tells_apart) {
        let key = Source::key_of(member_type);
        return Err((
            text.len(),
            format!(
                "two people could get the same ID. Add a number of their own, such as {{{key}}} or {{sonis_id}}, \
                 a number where the ID is taken ({{#}}), or the school's counter ({{sequence:7}})."
            ),
        ));
    }
    Ok(parts)
}

/// What can stand in a template once.
fn once(parts: &[Part], part: &Part) -> Result<(), String> {
    let has = |is: fn(&Part) -> bool| parts.iter().any(is);
    let counts = |p: &Part| matches!(p, Part::Sequence(_) | Part::IfTaken);
    match part {
        Part::Sequence(_) | Part::IfTaken if has(counts) => {
            Err("one number is enough: {#} or {sequence}, and once.".to_owned())
        }
        Part::CheckDigit if has(|p| *p == Part::CheckDigit) => Err("one check digit is enough.".to_owned()),
        Part::CheckDigit if !has(|p| !matches!(p, Part::Literal(_))) => {
            Err("a check digit is made of what stands before it. Put a field before it.".to_owned())
        }
        _ => Ok(()),
    }
}

/// The text up to the next bracket.
fn literal(rest: &mut Peekable<CharIndices<'_>>) -> Result<String, Wrong> {
    let mut text = String::new();
    while let Some(&(at, c)) = rest.peek() {
        match c {
            '{' => break,
            '}' => return Err((at, "} closes nothing.".to_owned())),
            c if c.is_whitespace() || c.is_control() => return Err((at, format!("{c:?} cannot stand in an ID."))),
            c => text.push(c),
        }
        rest.next();
    }
    Ok(text)
}

/// What stands between the bracket here and its end, and where it begins.
fn bracket<'t>(text: &'t str, rest: &mut Peekable<CharIndices<'_>>) -> Result<(&'t str, usize), Wrong> {
    let Some((open, _)) = rest.next() else { return Ok(("", text.len())) };
    let from = open + 1;
    for (at, c) in rest.by_ref() {
        match c {
            '}' => return Ok((text.get(from..at).unwrap_or_default(), from)),
            '{' => return Err((at, "a bracket cannot stand in a bracket. Close the first with }.".to_owned())),
            _ => {}
        }
    }
    Err((open, "the bracket is not closed with }.".to_owned()))
}

fn inside_of(inside: &str, from: usize, member_type: MemberType) -> Result<Part, Wrong> {
    let mut pieces = inside.split('|');
    let head = pieces.next().unwrap_or_default();
    let (name, take) = match head.split_once(':') {
        Some((name, take)) => (name, Some((take, from + name.len() + 1))),
        None => (head, None),
    };
    let steps_at = from + head.len();
    let bare = |part: Part| match (take, inside.len() > head.len()) {
        (Some((_, at)), _) => Err((at, format!("{{{name}}} takes nothing after it."))),
        (None, true) => Err((steps_at, format!("{{{name}}} takes nothing after it."))),
        (None, false) => Ok(part),
    };
    match name {
        "#" => return bare(Part::IfTaken),
        "luhn" => return bare(Part::CheckDigit),
        "sequence" if inside.len() > head.len() => {
            return Err((steps_at, "a number has no letters to change.".to_owned()));
        }
        "sequence" => {
            let Some((width, at)) = take else {
                return Err((steps_at, "say how many digits: {sequence:7}.".to_owned()));
            };
            return Ok(Part::Sequence(number(width, at)?));
        }
        _ => {}
    }
    let Some(source) = Source::parse(name) else {
        let all: Vec<&str> =
            Source::ALL.iter().filter(|s| s.only_of().is_none_or(|m| m == member_type)).map(|s| s.code()).collect();
        return Err((from, format!("{name:?} is no field. The fields are {}.", all.join(", "))));
    };
    if let Some(whose) = source.only_of().filter(|m| *m != member_type) {
        return Err((
            from,
            format!(
                "{source} is a number of {} alone; {} is that of {}.",
                plural(whose),
                Source::key_of(member_type),
                plural(member_type)
            ),
        ));
    }
    let take = take.map(|(text, at)| range(text, at)).transpose()?;
    let mut steps = Vec::new();
    let mut at = steps_at;
    for piece in pieces {
        at += 1;
        let step = Step::parse(piece)
            .ok_or_else(|| (at, format!("{piece:?} is no step. The steps are {}.", codes(Step::ALL))))?;
        steps.push(step);
        at += piece.len();
    }
    Ok(Part::Field(Field { source, steps, take }))
}

/// `1..4`, `3..` or `7`.
fn range(text: &str, at: usize) -> Result<Take, Wrong> {
    let Some((first, last)) = text.split_once("..") else { return Ok(Take::Width(number(text, at)?)) };
    let last_at = at + first.len() + 2;
    let first = number(first, at)?;
    let last = if last.is_empty() { None } else { Some(number(last, last_at)?) };
    if last.is_some_and(|last| last < first) {
        return Err((last_at, format!("ends before it begins. Write {first}..{first} for the one character.")));
    }
    Ok(Take::Characters(first, last))
}

/// A number from 1 on, without zeros before it.
fn number(text: &str, at: usize) -> Result<usize, Wrong> {
    let is_plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) && !text.starts_with('0');
    let number = if is_plain { text.parse().ok().filter(|n| *n <= WIDEST) } else { None };
    number.ok_or_else(|| (at, format!("{text:?} is no number from 1 to {WIDEST}.")))
}

fn plural(member_type: MemberType) -> &'static str {
    match member_type {
        MemberType::Student => "students",
        MemberType::Staff => "staff",
        MemberType::Parent => "parents",
    }
}

fn codes(steps: &[Step]) -> String {
    steps.iter().map(|s| s.code()).collect::<Vec<_>>().join(", ")
}
