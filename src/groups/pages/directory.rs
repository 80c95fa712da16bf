//! `/groups`: the Group Directory by category, and the same as a file.
//! Leaves a group with its members to `groups::pages::show`.

use actix_web::{HttpResponse, web};
use askama::Template;

use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::groups::{Category, Group, Sizes, sizes};
use crate::people::MemberType;
use crate::people::pages::list::thousands;
use crate::schools::CurrentSchool;
use crate::security::{Visitor, tasks};
use crate::web::frame::RequestId;
use crate::web::{Chrome, SignedIn, csv_safe, db, html};

#[derive(Template)]
#[template(path = "groups/list.html")]
struct DirectoryPage {
    chrome: Chrome,
    shelves: Vec<Shelf>,
    /// Whether the figures are of a part of the school.
    is_limited: bool,
    may_manage: bool,
}

/// A category that has groups.
struct Shelf {
    category: Category,
    rows: Vec<Row>,
}

struct Row {
    group: Group,
    sizes: Sizes,
}

impl Row {
    fn size(&self, member_type: MemberType) -> String {
        thousands(self.sizes.of(member_type))
    }
}

fn shelves(conn: &mut Conn, school: &CurrentSchool, visitor: &Visitor) -> Result<Vec<Shelf>, AppError> {
    let mut sizes = sizes(conn, school)?;
    let mut shelves: Vec<Shelf> = Vec::new();
    for group in Group::all(conn, school, visitor.may::<tasks::ManageGroups>())? {
        let row = Row { sizes: sizes.remove(&group.id).unwrap_or_default(), group };
        match shelves.last_mut().filter(|s| s.category == row.group.category) {
            Some(shelf) => shelf.rows.push(row),
            None => shelves.push(Shelf { category: row.group.category, rows: vec![row] }),
        }
    }
    Ok(shelves)
}

pub async fn directory(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    SignedIn(visitor): SignedIn,
) -> Result<HttpResponse, AppError> {
    let is_limited = !school.limits().is_none();
    let may_manage = visitor.may::<tasks::ManageGroups>();
    let shelves = db::read(&app, move |conn| shelves(conn, &school, &visitor)).await?;
    html(&DirectoryPage { chrome, shelves, is_limited, may_manage })
}

pub async fn csv(
    app: web::Data<App>,
    request: RequestId,
    school: CurrentSchool,
    SignedIn(visitor): SignedIn,
) -> Result<HttpResponse, AppError> {
    let name = format!("groups-{}.csv", school.code().to_lowercase());
    let body = db::blocking(&app, move |app| {
        let shelves = app.db.read(|conn| shelves(conn, &school, &visitor))?;
        let mut out =
            csv_safe::Writer::new(&["Category", "Group", "Kind", "State", "Students", "Staff", "Parents", "Members"])?;
        let mut count = 0;
        for (category, row) in shelves.iter().flat_map(|s| s.rows.iter().map(|r| (s.category, r))) {
            let figure = |t: MemberType| row.sizes.of(t).to_string();
            out.row(&[
                category.word(),
                &row.group.name,
                if row.group.placeholder.is_some() { "Placeholder" } else { "Custom" },
                if row.group.hidden_at.is_some() { "Hidden" } else { "Shown" },
                &figure(MemberType::Student),
                &figure(MemberType::Staff),
                &figure(MemberType::Parent),
                &row.sizes.all().to_string(),
            ])?;
            count += 1;
        }
        app.exported(&school, &visitor.actor(), format!("Group Directory: {count} rows"), request.as_str())?;
        out.finish()
    })
    .await?;
    Ok(csv_safe::answer(&name, body))
}
