//! The integrations that every installation begins with.
//! Leaves changing the catalogue to Support's pages.

use diesel::prelude::*;

use super::shape::CaseRule;
use crate::db::Conn;
use crate::error::AppError;
use crate::schema::integrations;

struct First {
    code: &'static str,
    name: &'static str,
    vendor: &'static str,
    purpose: &'static str,
    pattern: Option<&'static str>,
    example: &'static str,
    max_length: i32,
    case_rule: CaseRule,
}

/// A Host ID is case sensitive for its vendor, but two that differ only in case would be one to a reader.
const FIRST: [First; 4] = [
    First {
        code: "perceptive",
        name: "Perceptive",
        vendor: "Hyland",
        purpose: "Documents of applicants and students. For schools that use Perceptive Content.",
        pattern: None,
        example: "PCT-00412207",
        max_length: 64,
        case_rule: CaseRule::Ignore,
    },
    First {
        code: "jrm",
        name: "JRM",
        vendor: "Jenzabar",
        purpose: "Recruitment. For schools that use Jenzabar Recruitment Manager.",
        pattern: None,
        example: "7c9e6679-7425-40de-944b-e07fc1f90ae7",
        max_length: 64,
        case_rule: CaseRule::Ignore,
    },
    First {
        code: "vidigami",
        name: "Vidigami",
        vendor: "Vidigami Media",
        purpose: "Photos and videos. Its ID is called Host ID. For schools that sync their rosters.",
        pattern: None,
        example: "S2038788",
        max_length: 64,
        case_rule: CaseRule::Ignore,
    },
    First {
        code: "canvas",
        name: "Canvas",
        vendor: "Instructure",
        purpose: "Courses. For schools that teach with Canvas.",
        pattern: None,
        example: "0049317",
        max_length: 255,
        case_rule: CaseRule::Exact,
    },
];

/// Puts the first integrations into an empty catalogue; leaves a catalogue that has any as it is.
pub fn begin(conn: &mut Conn) -> Result<(), AppError> {
    let any: i64 = integrations::table.count().get_result(conn)?;
    if any > 0 {
        return Ok(());
    }
    for i in FIRST {
        diesel::insert_into(integrations::table)
            .values((
                integrations::code.eq(i.code),
                integrations::name.eq(i.name),
                integrations::vendor.eq(i.vendor),
                integrations::purpose.eq(i.purpose),
                integrations::pattern.eq(i.pattern),
                integrations::example.eq(i.example),
                integrations::max_length.eq(i.max_length),
                integrations::case_rule.eq(i.case_rule),
                integrations::many_per_person.eq(false),
            ))
            .execute(conn)?;
    }
    Ok(())
}
