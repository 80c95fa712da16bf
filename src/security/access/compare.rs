//! `/security/access/compare`: two users side by side, the differences told in words.
//! Leaves what stands in the cells to `side`.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::member;
use super::side::Side;
use crate::app::App;
use crate::error::AppError;
use crate::integrations::Integration;
use crate::schools::{CurrentSchool, LimitField};
use crate::security::{TaskName, User, tasks, user_key};
use crate::web::{Chrome, Requires, db, html};

#[derive(Template)]
#[template(path = "security/access_compare.html")]
struct ComparePage {
    chrome: Chrome,
    query: CompareQuery,
    members: Vec<User>,
    table: Option<Table>,
}

impl ComparePage {
    fn is_chosen(&self, field: &str, member: &User) -> bool {
        user_key(field) == user_key(&member.user_id)
    }
}

/// The two User IDs; empty where nobody is chosen yet.
#[derive(Debug, Clone, Default, serde::Deserialize)]
#[serde(default)]
pub struct CompareQuery {
    one: String,
    other: String,
}

struct Table {
    one: User,
    other: User,
    parts: Vec<Part>,
    in_words: String,
}

struct Part {
    title: &'static str,
    rows: Vec<Row>,
}

struct Row {
    what: &'static str,
    one: Vec<String>,
    other: Vec<String>,
}

impl Row {
    fn differs(&self) -> bool {
        self.one != self.other
    }
}

pub async fn page(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    _: Requires<tasks::AdministerSecurity>,
    query: web::Query<CompareQuery>,
) -> Result<HttpResponse, AppError> {
    let query = query.into_inner();
    let asked = query.clone();
    let now = app.clock.now();
    let (members, table) = db::read(&app, move |conn| {
        let members = member::all(conn, &school, now)?;
        if asked.one.is_empty() || asked.other.is_empty() {
            return Ok((members, None));
        }
        let one = member::find(conn, &school, &asked.one, now)?;
        let other = member::find(conn, &school, &asked.other, now)?;
        let integrations = Integration::all(conn)?;
        let (one, other) = (Side::read(conn, &school, one, now)?, Side::read(conn, &school, other, now)?);
        Ok((members, Some(table(one, other, &school, &integrations))))
    })
    .await?;
    html(&ComparePage { chrome, query, members, table })
}

fn table(one: Side, other: Side, school: &CurrentSchool, integrations: &[Integration]) -> Table {
    let row =
        |what: &'static str, cell: &dyn Fn(&Side) -> Vec<String>| Row { what, one: cell(&one), other: cell(&other) };
    let user = vec![row("Profile", &Side::profile), row("Belongs to", &Side::home), row("State", &Side::state)];
    let limits = LimitField::ALL.iter().map(|&field| row(field.word(), &|side| side.limit(field))).collect();
    // Support's own Tasks only where one of the two has them.
    let listed = |task: TaskName| !task.is_of_support() || one.holds(task) || other.holds(task);
    let tasks = TaskName::ALL.iter().filter(|t| listed(**t));
    let tasks = tasks.map(|&task| row(task.word(), &|side| side.task(task, school, integrations))).collect();
    let parts = vec![
        Part { title: "User", rows: user },
        Part { title: "Limiting Access", rows: limits },
        Part { title: "Tasks", rows: tasks },
    ];
    let differing = parts.iter().flat_map(|p| &p.rows).filter(|r| r.differs()).count();
    let in_words = match differing {
        _ if one.user.id == other.user.id => "The same user twice".into(),
        0 => "No difference".into(),
        1 => "1 difference".into(),
        n => format!("{n} differences"),
    };
    Table { one: one.user, other: other.user, parts, in_words }
}
