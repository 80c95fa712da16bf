//! `/id-specs/{integration}/{member_type}`: the bench. A template is written, and the page shows for everybody what it
//! would make. Leaves reading templates to `id_specs::language`, looking at everybody to `id_specs::preview`.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::list::open;
use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::id_specs::{
    Line, Outcome, Place, Planner, Preview, StoredSpec, Template as SpecTemplate, language, plan, preview,
};
use crate::integration_ids::VisibleId;
use crate::integrations::Stage;
use crate::people::MemberType;
use crate::people::pages::list::thousands;
use crate::schools::CurrentSchool;
use crate::security::tasks::ManageIdSpecs;
use crate::security::{Sight, Visitor};
use crate::web::frame::RequestId;
use crate::web::{Chrome, Requires, SchoolForm, Seat, Wrongs, db, html, html_as, see_other};

/// So many people are shown.
const SHOWN: usize = 100;

#[derive(Template)]
#[template(path = "id_specs/bench.html")]
struct BenchPage {
    chrome: Chrome,
    place: Place,
    stage: Stage,
    typed: String,
    versions: Vec<StoredSpec>,
    /// None where there is no template that can be read, or the visitor may not see the IDs.
    preview: Option<Preview>,
    sight: Sight,
    sees_ids: bool,
    may_make: bool,
    wrongs: Wrongs,
}

impl BenchPage {
    fn version(&self) -> i32 {
        self.versions.first().map_or(0, |v| v.version)
    }

    /// Whether what stands in the field is what counts.
    fn is_kept(&self) -> bool {
        self.versions.first().is_some_and(|v| v.template.to_string() == self.typed)
    }

    fn id(&self, line: &Line) -> Option<VisibleId> {
        match &line.outcome {
            Outcome::Makes { value, .. } => value.reveal(&self.sight, self.place.integration.id),
            _ => None,
        }
    }

    fn note(&self, line: &Line) -> String {
        match &line.outcome {
            Outcome::Makes { number: Some(n), .. } => format!("With {n}, because the ID is taken without it"),
            Outcome::Makes { .. } => String::new(),
            Outcome::Blank(blank) => format!("No ID: {blank}"),
            Outcome::Misfit(why) => format!("No ID. {why}"),
            Outcome::Taken(_) => match &line.holder {
                Some((sonis_id, name)) => format!("No ID: {name} ({sonis_id}) has it, or had it"),
                None => "No ID: somebody else has it, or had it".into(),
            },
        }
    }

    fn count(&self, n: &usize) -> String {
        thousands(i64::try_from(*n).unwrap_or(i64::MAX))
    }

    fn fields(&self) -> Vec<&'static str> {
        let of_type = |s: &&language::Source| s.only_of().is_none_or(|m| m == self.place.member_type);
        language::Source::ALL.iter().filter(of_type).map(|s| s.code()).collect()
    }
}

#[derive(serde::Deserialize, Default)]
#[serde(default)]
pub struct Asked {
    template: Option<String>,
}

#[derive(serde::Deserialize)]
pub struct Form {
    template: String,
    #[serde(default)]
    version: i32,
}

/// Addresses name the integration by its code.
fn find(
    conn: &mut Conn,
    school: &CurrentSchool,
    (integration, member_type): &(String, String),
) -> Result<(Place, Stage), AppError> {
    let member_type = MemberType::parse(member_type).ok_or(AppError::NotFound)?;
    let found = open(conn, school)?.into_iter().find(|(i, _)| i.code == *integration);
    let (integration, stage) = found.ok_or(AppError::NotFound)?;
    Ok((Place { integration, member_type }, stage))
}

impl BenchPage {
    fn read(
        conn: &mut Conn,
        chrome: Chrome,
        school: &CurrentSchool,
        visitor: &Visitor,
        of: &(String, String),
        typed: Option<String>,
        mut wrongs: Wrongs,
    ) -> Result<BenchPage, AppError> {
        let (place, stage) = find(conn, school, of)?;
        let versions = place.versions(conn, school)?;
        let kept = versions.first().map(|v| v.template.to_string());
        let is_new = typed.is_none() && kept.is_none();
        let typed = typed.or(kept).unwrap_or_default();
        let sight = visitor.sight();
        let sees_ids = sight.covers(place.integration.id);
        let preview = match SpecTemplate::parse(&typed, place.member_type) {
            // Whether somebody has an ID is told to those alone who may see it.
            Ok(template) if sees_ids => Some(preview(conn, school, &place, &template, SHOWN)?),
            Ok(_) => None,
            Err(wrong) => {
                if wrongs.is_empty() && !is_new {
                    wrongs.add("template", wrong.to_string());
                }
                None
            }
        };
        let may_make = visitor.reach().covers(place.integration.id) && stage == Stage::Live;
        Ok(BenchPage { chrome, place, stage, typed, versions, preview, sight, sees_ids, may_make, wrongs })
    }
}

pub async fn page(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<ManageIdSpecs>,
    of: web::Path<(String, String)>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, AppError> {
    let (of, typed) = (of.into_inner(), asked.into_inner().template);
    let page = db::read(&app, move |conn| {
        BenchPage::read(conn, chrome, &school, &actor.visitor, &of, typed, Wrongs::default())
    })
    .await?;
    html(&page)
}

#[allow(clippy::too_many_arguments)]
pub async fn save(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<ManageIdSpecs>,
    id: RequestId,
    of: web::Path<(String, String)>,
    SchoolForm(form): SchoolForm<Form>,
) -> Result<HttpResponse, AppError> {
    let (of, now, by) = (of.into_inner(), app.clock.now(), actor.actor());
    let address = format!("/id-specs/{}/{}", of.0, of.1);
    let again = |wrong: String, status: StatusCode| {
        let (app, school, of) = (app.clone(), school.clone(), of.clone());
        let (visitor, typed) = (actor.visitor.clone(), form.template.clone());
        async move {
            let wrongs = Wrongs::one("template", wrong);
            let page =
                db::read(&app, move |conn| BenchPage::read(conn, chrome, &school, &visitor, &of, Some(typed), wrongs))
                    .await?;
            html_as(status, &page)
        }
    };
    let (here, of_too) = (school.clone(), of.clone());
    let (place, _) = db::read(&app, move |conn| find(conn, &here, &of_too)).await?;
    let template = match SpecTemplate::parse(form.template.trim(), place.member_type) {
        Ok(template) => template,
        Err(wrong) => return again(wrong.to_string(), StatusCode::UNPROCESSABLE_ENTITY).await,
    };
    let (here, seen) = (school.clone(), form.version);
    let saved =
        db::write(&app, move |conn| place.save(conn, &here, &template, seen, (&by, Some(id.as_str()), now))).await?;
    match saved {
        Ok(version) => Seat::of(&request)
            .lead(&address, format!("Version {version} is the specification now. IDs that exist stay.")),
        Err(why @ crate::id_specs::SaveError::Meanwhile(..)) => again(why.to_string(), StatusCode::CONFLICT).await,
        Err(why) => again(why.to_string(), StatusCode::UNPROCESSABLE_ENTITY).await,
    }
}

/// Plans the IDs of everybody who has none; the plan's page is that of its run.
pub async fn make(
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<ManageIdSpecs>,
    of: web::Path<(String, String)>,
    _: SchoolForm<crate::runs::pages::Nothing>,
) -> Result<HttpResponse, AppError> {
    let (of, now, by, reach) = (of.into_inner(), app.clock.now(), actor.actor(), actor.reach());
    let run = db::blocking(&app, move |app| {
        let (place, _) = app.db.read(|conn| find(conn, &school, &of))?;
        plan(&app.db, &Planner { school: &school, actor: &by, reach: &reach, now }, &place)
    })
    .await?;
    Ok(see_other(&format!("/runs/{run}")))
}
