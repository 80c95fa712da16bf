//! One cell -> text, date, e-mail address, number; or the reason why it is refused.
//! Leaves to others: which column the cell is from, and what happens to its row.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use chrono::{Datelike, NaiveDate};

/// Follows the quoted cell in a sentence: `"00A7" is not a number. Correct it ...`
pub type Reason = Cow<'static, str>;

const MAX_LETTERS: usize = 200;
const YEARS: RangeInclusive<i32> = 1900..=2100;

/// Trimmed, whole, and fit for one line; a blank cell is no text.
pub fn text(cell: &str) -> Result<Option<String>, Reason> {
    Ok(line(cell)?.map(str::to_owned))
}

pub fn email(cell: &str) -> Result<Option<String>, Reason> {
    let Some(address) = line(cell)? else {
        return Ok(None);
    };
    let is_address = !address.contains(char::is_whitespace)
        && matches!(address.split_once('@'), Some((name, host))
            if !name.is_empty() && !host.is_empty() && !host.contains('@'));
    if is_address {
        Ok(Some(address.to_owned()))
    } else {
        Err("is not one e-mail address. Write a single address (name@school.org) without blanks, or leave the cell empty.".into())
    }
}

/// `M/D/YYYY` or `YYYY-MM-DD`; old exports print a missing date as `0/0/0`.
pub fn date(cell: &str) -> Result<Option<NaiveDate>, Reason> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Ok(None);
    }
    let parts = slashes(cell).or_else(|| dashes(cell));
    let date = match parts {
        Some((0, 0, 0)) if cell.contains('/') => return Ok(None),
        Some((year, month, day)) => NaiveDate::from_ymd_opt(year, month, day),
        None => None,
    };
    match date {
        Some(date) if YEARS.contains(&date.year()) => Ok(Some(date)),
        Some(_) => Err(format!(
            "is not in the years {} to {}. Correct it in PowerSchool and export again.",
            YEARS.start(),
            YEARS.end()
        )
        .into()),
        None => Err("is not a date in the form month/day/year with four digits for the year, like 8/31/2010 \
                     (2010-08-31 is read too). Correct it and export again."
            .into()),
    }
}

fn slashes(cell: &str) -> Option<(i32, u32, u32)> {
    let (month, rest) = cell.split_once('/')?;
    let (day, year) = rest.split_once('/')?;
    let (month, day) = (digits(month, 1..=2)?, digits(day, 1..=2)?);
    let year = match digits(year, 1..=4)? {
        0 if month == 0 && day == 0 => 0,
        _ => digits(year, 4..=4)?,
    };
    Some((i32::try_from(year).ok()?, month, day))
}

fn dashes(cell: &str) -> Option<(i32, u32, u32)> {
    let (year, rest) = cell.split_once('-')?;
    let (month, day) = rest.split_once('-')?;
    let year = i32::try_from(digits(year, 4..=4)?).ok()?;
    Some((year, digits(month, 2..=2)?, digits(day, 2..=2)?))
}

fn digits(part: &str, length: RangeInclusive<usize>) -> Option<u32> {
    let is_number = length.contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    is_number.then(|| part.parse().ok()).flatten()
}

/// Four digits; blank or 0 is no year.
pub fn year(cell: &str) -> Result<Option<i32>, Reason> {
    let cell = cell.trim();
    if cell.is_empty() || cell == "0" {
        return Ok(None);
    }
    let year = digits(cell, 4..=4).and_then(|year| i32::try_from(year).ok());
    match year {
        Some(year) if YEARS.contains(&year) => Ok(Some(year)),
        _ => Err("is not a year of four digits, like 2031. Correct it in PowerSchool and export again.".into()),
    }
}

/// PowerSchool counts kindergarten as 0, the years before it down to -4, and the year after the last as 99.
pub fn grade_level(cell: &str) -> Result<Option<i32>, Reason> {
    let cell = cell.trim();
    if cell.is_empty() {
        return Ok(None);
    }
    match cell.parse() {
        Ok(grade @ (-4..=12 | 99)) => Ok(Some(grade)),
        _ => Err("is not a grade as PowerSchool counts: -4 to -1 before kindergarten, 0 kindergarten, \
                  1 to 12, 99 after the last. Correct it in PowerSchool and export again."
            .into()),
    }
}

/// Without the mark that our own downloads set before what a spreadsheet would take for a formula: a mended file comes back.
fn as_it_was(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if rest.starts_with(['=', '+', '-', '@']) => rest,
        _ => text,
    }
}

/// As `text`, borrowed.
pub fn line(cell: &str) -> Result<Option<&str>, Reason> {
    let text = as_it_was(cell.trim());
    // Most cells are short and plain; those need no second look.
    if text.len() <= MAX_LETTERS && text.bytes().all(|b| matches!(b, b' '..=b'~')) {
        return Ok((!text.is_empty()).then_some(text));
    }
    if let Some(odd) = text.chars().find(|c| c.is_control() || *c == '\u{FFFD}') {
        return Err(match odd {
            '\n' | '\r' => "holds a line break. Put the text on one line in PowerSchool and export again.".into(),
            '\t' => "holds a tab. Take it out in PowerSchool and export again.".into(),
            '\u{FFFD}' => "has lost a letter: the export could not write it. \
                           Correct it in PowerSchool if it is wrong there, and export with the character set UTF-8."
                .into(),
            '\u{80}'..='\u{9F}' => "holds a letter that could not be read in the character set of this file. \
                                    Export with the character set UTF-8."
                .into(),
            _ => "holds a control character that cannot be seen. Type the text anew in PowerSchool and export again."
                .into(),
        });
    }
    let letters = text.chars().count();
    if letters > MAX_LETTERS {
        return Err(format!(
            "is {letters} characters long, and at most {MAX_LETTERS} are taken. Shorten it in PowerSchool and export again."
        )
        .into());
    }
    Ok(Some(text))
}

#[cfg(test)]
#[allow(clippy::expect_used)]
#[path = "cell_tests.rs"]
mod tests;
