//! Every route on one page, each with who may call it. Nothing is reachable that does not stand here:
//! `deny_by_default` turns everything else away, and a test walks this table as each kind of visitor.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;
use actix_web::{Error, Route, guard, web};

use crate::error::AppError;
use crate::security::{Task, TaskName, tasks};
use crate::web::session::Seat;
use crate::{audit, desk, groups, id_specs, integration_ids, integrations, people, runs, security, support, sync};

/// Who may call a route. The guard in the handler's signature enforces it; the test holds the two together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    Public,
    /// Anybody signed in, Support too.
    SignedIn,
    /// Any user of a school, about that school.
    School,
    /// A user of a school with one of the Tasks.
    Task(&'static [TaskName]),
    /// About all schools, or none: whoever has one of Support's Tasks.
    Support(&'static [TaskName]),
}

/// One route of the table.
pub struct Listed {
    pub method: Method,
    pub path: &'static str,
    pub access: Access,
    route: fn() -> Route,
}

macro_rules! listed {
    ($($method:ident $path:literal $access:expr => $handler:path;)+) => {
        vec![$(Listed {
            method: Method::$method,
            path: $path,
            access: $access,
            route: || answering(Method::$method).to($handler),
        },)+]
    };
}

/// HEAD asks for what GET would answer, so whatever answers GET answers it too: past the same guards.
fn answering(method: Method) -> Route {
    match method {
        Method::GET => web::route().guard(guard::Any(guard::Get()).or(guard::Head())),
        other => web::method(other),
    }
}

#[rustfmt::skip]
pub fn table() -> Vec<Listed> {
    use Access::{Public, School, SignedIn};
    const SEE_IDS: Access = Access::Task(tasks::SeeIntegrationIds::ANY_OF);
    const MODIFY_IDS: Access = Access::Task(tasks::ModifyIntegrationIds::ANY_OF);
    const EDIT_PEOPLE: Access = Access::Task(tasks::EditPeople::ANY_OF);
    const MERGE: Access = Access::Task(tasks::MergePeople::ANY_OF);
    const IMPORT_NAMES: Access = Access::Task(tasks::ImportNames::ANY_OF);
    const DESK: Access = Access::Task(tasks::WorkTheDesk::ANY_OF);
    const RUN_SYNC: Access = Access::Task(tasks::RunRosterSync::ANY_OF);
    const RELEASE: Access = Access::Task(tasks::ReleaseHeldRuns::ANY_OF);
    const GROUPS: Access = Access::Task(tasks::ManageGroups::ANY_OF);
    const ID_SPECS: Access = Access::Task(tasks::ManageIdSpecs::ANY_OF);
    const SECURITY: Access = Access::Task(tasks::AdministerSecurity::ANY_OF);
    const REQUEST: Access = Access::Task(tasks::RequestIntegrations::ANY_OF);
    const CATALOGUE: Access = Access::Support(tasks::ManageCatalogue::ANY_OF);
    const SUPPORT: Access = Access::Support(tasks::BeOfSupport::ANY_OF);
    const STAGES: Access = Access::Support(tasks::SetStages::ANY_OF);
    const VIEW_AUDIT: Access = Access::Task(tasks::ViewAudit::ANY_OF);
    listed! {
        GET  "/"                                            Public       => security::pages::front_door;
        GET  "/health"                                      Public       => security::pages::health;
        GET  "/static/{file}"                               Public       => crate::web::assets::serve;
        GET  "/sign-in"                                     Public       => security::pages::sign_in_page;
        POST "/sign-in"                                     Public       => security::pages::sign_in;
        POST "/sign-out"                                    SignedIn     => security::pages::sign_out;
        GET  "/help"                                        SignedIn     => security::pages::help;

        GET  "/account"                                     SignedIn     => security::account::account;
        GET  "/account/password"                            SignedIn     => security::account::password_page;
        POST "/account/password"                            SignedIn     => security::account::change_password;
        POST "/account/sessions/end"                        SignedIn     => security::account::end_session;
        POST "/account/keys"                                SignedIn     => security::account::set_keys;
        POST "/school"                                      SignedIn     => security::switching::switch;
        POST "/settings/theme"                              SignedIn     => security::account::set_theme;
        POST "/notice/dismiss"                              SignedIn     => security::account::dismiss;

        GET  "/people"                                      School       => people::pages::list::list;
        GET  "/people.csv"                                  School       => people::pages::csv::csv;
        GET  "/people/new"                                  EDIT_PEOPLE  => people::pages::edit::new_page;
        POST "/people/new"                                  EDIT_PEOPLE  => people::pages::edit::create;
        GET  "/people/import"                               IMPORT_NAMES => people::pages::import::page;
        POST "/people/import"                               IMPORT_NAMES => people::pages::import::upload;
        POST "/people/import/{run}/changes/{change}/exclude" IMPORT_NAMES => runs::pages::exclude;
        POST "/people/import/{run}/changes/{change}/include" IMPORT_NAMES => runs::pages::include;
        POST "/people/import/{run}/cancel"                  IMPORT_NAMES => runs::pages::cancel;
        GET  "/people/{sonis_id}"                           School       => people::pages::biographic::biographic;
        GET  "/people/{sonis_id}/edit"                      EDIT_PEOPLE  => people::pages::edit::edit_page;
        POST "/people/{sonis_id}/edit"                      EDIT_PEOPLE  => people::pages::edit::save;
        GET  "/people/{sonis_id}/history"                   School       => people::pages::history::history;
        GET  "/people/{sonis_id}/origins"                   School       => people::pages::origins::page;

        GET  "/people/{sonis_id}/merge"                     MERGE        => people::pages::merge::page;
        POST "/people/{sonis_id}/merge"                     MERGE        => people::pages::merge::submit;
        POST "/people/{sonis_id}/merge/undo"                MERGE        => people::pages::merge::undo;

        GET  "/people/{sonis_id}/integration-ids"           SEE_IDS      => integration_ids::pages::list;
        POST "/people/{sonis_id}/integration-ids/add"       MODIFY_IDS   => integration_ids::pages::add;
        POST "/people/{sonis_id}/integration-ids/delete"    MODIFY_IDS   => integration_ids::pages::delete;
        POST "/people/{sonis_id}/integration-ids/undo"      MODIFY_IDS   => integration_ids::pages::undo;

        GET  "/groups"                                      School       => groups::pages::directory::directory;
        GET  "/groups.csv"                                  School       => groups::pages::directory::csv;
        GET  "/groups/list"                                 GROUPS       => groups::pages::list::page;
        POST "/groups/list"                                 GROUPS       => groups::pages::list::upload;
        POST "/groups/list/back"                            GROUPS       => groups::pages::list::back;
        POST "/groups/list/{run}/apply"                     GROUPS       => groups::pages::list::apply;
        POST "/groups/list/{run}/abandon"                   GROUPS       => groups::pages::list::abandon;
        POST "/groups/list/{run}/undo"                      GROUPS       => groups::pages::list::undo;
        GET  "/groups/{group}"                              School       => groups::pages::show::show;
        GET  "/groups/{group}/members.csv"                  School       => groups::pages::csv::csv;
        POST "/groups/{group}/rename"                       GROUPS       => groups::pages::manage::rename;
        POST "/groups/{group}/hide"                         GROUPS       => groups::pages::manage::hide;
        POST "/groups/{group}/show"                         GROUPS       => groups::pages::manage::show_again;
        POST "/groups/{group}/delete"                       GROUPS       => groups::pages::manage::delete;

        GET  "/id-specs"                                    ID_SPECS     => id_specs::pages::list::page;
        POST "/id-specs/runs/{run}/apply"                   ID_SPECS     => id_specs::pages::runs::apply;
        POST "/id-specs/runs/{run}/abandon"                 ID_SPECS     => id_specs::pages::runs::abandon;
        POST "/id-specs/runs/{run}/undo"                    ID_SPECS     => id_specs::pages::runs::undo;
        GET  "/id-specs/{integration}/{member_type}"        ID_SPECS     => id_specs::pages::bench::page;
        POST "/id-specs/{integration}/{member_type}"        ID_SPECS     => id_specs::pages::bench::save;
        POST "/id-specs/{integration}/{member_type}/make"   ID_SPECS     => id_specs::pages::bench::make;

        GET  "/desk"                                        DESK         => desk::pages::list::page;
        GET  "/desk.csv"                                    DESK         => desk::pages::csv::csv;
        GET  "/desk/{item}"                                 DESK         => desk::pages::show::page;
        POST "/desk/{item}"                                 DESK         => desk::pages::act::save;

        GET  "/runs"                                        School       => runs::pages::list;
        GET  "/runs/{run}"                                  School       => runs::pages::show;
        GET  "/runs/{run}/problems.csv"                     IMPORT_NAMES => runs::pages::problems_csv;
        POST "/runs/{run}/apply"                            IMPORT_NAMES => runs::pages::apply;
        POST "/runs/{run}/abandon"                          IMPORT_NAMES => runs::pages::abandon;
        POST "/runs/{run}/undo"                             IMPORT_NAMES => runs::pages::undo_import;

        POST "/runs/{run}/changes/{change}/exclude"         RUN_SYNC     => sync::pages::acts::exclude;
        POST "/runs/{run}/changes/{change}/include"         RUN_SYNC     => sync::pages::acts::include;
        GET  "/runs/{run}/changes.csv"                      RUN_SYNC     => sync::pages::csv::changes;
        GET  "/runs/{run}/blocked/{slot}.csv"               RUN_SYNC     => sync::pages::csv::blocked;

        GET  "/sync"                                        RUN_SYNC     => sync::pages::tasks::page;
        GET  "/sync/settings"                               RUN_SYNC     => sync::pages::settings::page;
        POST "/sync/settings"                               RUN_SYNC     => sync::pages::settings::save;
        GET  "/sync/emails"                                 RUN_SYNC     => sync::pages::emails::page;
        GET  "/sync/emails.csv"                             RUN_SYNC     => sync::pages::letters::csv;
        GET  "/sync/emails/letters"                         RUN_SYNC     => sync::pages::letters::page;
        POST "/sync/emails/decide"                          RUN_SYNC     => sync::pages::emails::decide;
        POST "/sync/emails/take-back"                       RUN_SYNC     => sync::pages::emails::take_back;
        GET  "/sync/matches"                                RUN_SYNC     => sync::pages::matches::page;
        POST "/sync/matches/decide"                         RUN_SYNC     => sync::pages::matches::decide;
        POST "/sync/matches/take-back"                      RUN_SYNC     => sync::pages::matches::take_back;
        GET  "/sync/watch"                                  RUN_SYNC     => sync::pages::watch::page;
        POST "/sync/watch"                                  RUN_SYNC     => sync::pages::watch::save;
        GET  "/sync/upload"                                 RUN_SYNC     => sync::pages::upload::page;
        POST "/sync/upload"                                 RUN_SYNC     => sync::pages::upload::upload;
        POST "/sync/upload/{upload}/put"                    RUN_SYNC     => sync::pages::upload::put;
        POST "/sync/upload/{upload}/remove"                 RUN_SYNC     => sync::pages::upload::remove;
        GET  "/sync/match-list"                             RUN_SYNC     => sync::pages::match_list::page;
        POST "/sync/match-list"                             RUN_SYNC     => sync::pages::match_list::upload;
        POST "/sync/returning"                              RUN_SYNC     => sync::pages::match_list::set;
        POST "/sync/columns"                                RUN_SYNC     => sync::pages::columns::say;
        POST "/sync/columns/forget"                         RUN_SYNC     => sync::pages::columns::forget;
        POST "/sync/{run}/apply"                            RUN_SYNC     => sync::pages::acts::apply;
        POST "/sync/{run}/abandon"                          RUN_SYNC     => sync::pages::acts::abandon;
        POST "/sync/{run}/undo"                             RUN_SYNC     => sync::pages::acts::undo;
        POST "/sync/{run}/cancel"                           RUN_SYNC     => sync::pages::acts::cancel;
        POST "/sync/{run}/release"                          RELEASE      => sync::pages::acts::release;
        POST "/sync/{run}/go-on"                            RELEASE      => sync::pages::acts::go_on;

        GET  "/security"                                    SECURITY     => security::users::pages::list;
        GET  "/security.csv"                                SECURITY     => security::users::pages::csv;
        GET  "/security/users/{user}"                       SECURITY     => security::users::pages::show;
        POST "/security/users/{user}/disable"               SECURITY     => security::users::pages::disable_user;
        POST "/security/users/{user}/enable"                SECURITY     => security::users::pages::enable_user;
        POST "/security/users/{user}/end-sessions"          SECURITY     => security::users::pages::end_sessions;
        POST "/security/users/{user}/password"              SECURITY     => security::users::pages::set_password;
        GET  "/security/profiles"                           SECURITY     => security::profiles::list;
        GET  "/security/profiles/new"                       SECURITY     => security::profiles::new_page;
        POST "/security/profiles/new"                       SECURITY     => security::profiles::create;
        GET  "/security/profiles/{profile}"                 SECURITY     => security::profiles::edit_page;
        POST "/security/profiles/{profile}"                 SECURITY     => security::profiles::save;
        POST "/security/profiles/{profile}/retire"          SECURITY     => security::profiles::retire;
        POST "/security/wizard"                             SECURITY     => security::wizard::pages::begin;
        GET  "/security/wizard/{draft}/done"                SECURITY     => security::wizard::pages::done;
        GET  "/security/wizard/{draft}/{step}"              SECURITY     => security::wizard::pages::step_page;
        POST "/security/wizard/{draft}/{step}"              SECURITY     => security::wizard::pages::send;
        GET  "/security/access"                             SECURITY     => security::access::list::page;
        GET  "/security/access.csv"                         SECURITY     => security::access::csv::csv;
        GET  "/security/access/compare"                     SECURITY     => security::access::compare::page;
        GET  "/security/access/{user}"                      SECURITY     => security::access::seen::page;

        GET  "/integrations"                                REQUEST      => integrations::pages::list;
        POST "/integrations/{integration}/request"          REQUEST      => integrations::pages::request;
        POST "/integrations/{integration}/dismiss"          REQUEST      => integrations::pages::dismiss;

        GET  "/support/integrations"                        CATALOGUE    => support::catalogue::page;
        GET  "/support/integrations/new"                    CATALOGUE    => support::edit::new_page;
        POST "/support/integrations/new"                    CATALOGUE    => support::edit::create;
        GET  "/support/integrations/{integration}/edit"     CATALOGUE    => support::edit::edit_page;
        POST "/support/integrations/{integration}/edit"     CATALOGUE    => support::edit::save;
        POST "/support/integrations/{integration}/retire"   CATALOGUE    => support::retire::retire;
        GET  "/support/audit"                               SUPPORT      => audit::pages::of_support;
        GET  "/support/schools"                             STAGES       => support::schools::list;
        GET  "/support/schools/{school}"                    STAGES       => support::schools::show;
        GET  "/support/schools/{school}/{integration}"      STAGES       => support::stage::page;
        POST "/support/schools/{school}/{integration}"      STAGES       => support::stage::set;

        GET  "/audit"                                       VIEW_AUDIT   => audit::pages::page;
        GET  "/audit.csv"                                   VIEW_AUDIT   => audit::pages::csv;
    }
}

/// Registers the table, one resource a path.
pub fn configure(config: &mut web::ServiceConfig) {
    let mut rest = table();
    while let Some(first) = rest.first() {
        let path = first.path;
        let (here, others): (Vec<Listed>, Vec<Listed>) = rest.into_iter().partition(|l| l.path == path);
        let resource = here.iter().fold(web::resource(path), |r, l| r.route((l.route)()));
        // The other methods of an address are as good as not there.
        config.service(resource.default_service(web::to(crate::web::error_page::no_such_page)));
        rest = others;
    }
}

/// Lets a request through only to a listed route, and without a session only to a public one.
pub async fn deny_by_default(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let pattern = request.match_pattern();
    let listed = pattern.as_deref().is_some_and(|p| is_public(request.method(), p));
    if !listed && Seat::of_service(&request).visitor().is_none() {
        return Ok(request.error_response(AppError::SignedOut));
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

fn is_public(method: &Method, pattern: &str) -> bool {
    let method = if *method == Method::HEAD { &Method::GET } else { method };
    static PUBLIC: std::sync::OnceLock<Vec<(Method, &'static str)>> = std::sync::OnceLock::new();
    PUBLIC
        .get_or_init(|| {
            table().into_iter().filter(|l| l.access == Access::Public).map(|l| (l.method, l.path)).collect()
        })
        .iter()
        .any(|(m, p)| m == method && *p == pattern)
}
