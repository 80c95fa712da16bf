//! The chrome of a page: what stands around every page, from the visitor and the address.
//! Leaves the page itself to its template.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};
use chrono_tz::Tz;

use super::assets;
use super::session::{Notice, Seat};
use super::when;
use crate::app::App;
use crate::error::AppError;
use crate::integrations::ReadyNotice;
use crate::security::{Choice, tasks};

pub struct Chrome {
    pub is_demo: bool,
    pub is_dark: bool,
    pub visitor: Option<VisitorChrome>,
    pub nav: Vec<NavItem>,
    /// Where the theme's button comes back to.
    pub here: String,
    pub notice: Option<Notice>,
    /// Integrations that have become Ready, for those who may request them.
    pub ready: Vec<ReadyNotice>,
    /// The page is only its middle part, for htmx.
    pub is_partial: bool,
}

pub struct VisitorChrome {
    pub name: String,
    pub keys_on: bool,
    pub is_support: bool,
    pub school: Option<SchoolChrome>,
    /// Empty where there is nothing to choose.
    pub schools: Vec<Choice>,
}

pub struct SchoolChrome {
    pub code: String,
    pub name: String,
    pub zone: Tz,
    /// Whose times the pages show, for the footer.
    pub zone_in_words: String,
}

pub struct NavItem {
    pub address: String,
    pub word: &'static str,
    pub is_here: bool,
}

impl Chrome {
    pub fn of(request: &HttpRequest) -> Chrome {
        let seat = Seat::of(request);
        let visitor = seat.visitor();
        let path = request.path();
        let app = request.app_data::<web::Data<App>>();
        let now = app.map(|app| app.clock.now()).unwrap_or_default();
        let item = |address: &str, word: &'static str| NavItem {
            address: address.to_owned(),
            word,
            is_here: path.starts_with(address),
        };
        let mut nav = Vec::new();
        if let Some(v) = visitor.as_ref().filter(|v| !v.must_change_password()) {
            let of_a_school = v.school().is_some();
            let offered = [
                (of_a_school, "/people", "People"),
                (of_a_school, "/groups", "Groups"),
                (of_a_school && v.may::<tasks::RunRosterSync>(), "/sync", "Roster sync"),
                (of_a_school && v.may::<tasks::WorkTheDesk>(), "/desk", "Desk"),
                (of_a_school && v.may::<tasks::ManageIdSpecs>(), "/id-specs", "ID specifications"),
                (of_a_school, "/runs", "Runs"),
                (of_a_school && v.may::<tasks::RequestIntegrations>(), "/integrations", "Integrations"),
                (of_a_school && v.may::<tasks::ViewAudit>(), "/audit", "Audit"),
                (of_a_school && v.may::<tasks::AdministerSecurity>(), "/security", "User Security"),
                (v.may::<tasks::SetStages>(), "/support/schools", "Schools"),
                (v.may::<tasks::ManageCatalogue>(), "/support/integrations", "Catalogue"),
                (v.may::<tasks::BeOfSupport>(), "/support/audit", "Support’s audit"),
            ];
            nav.extend(offered.into_iter().filter(|(may, ..)| *may).map(|(_, address, word)| item(address, word)));
            for people in nav.iter_mut().filter(|i| i.word == "People") {
                people.address = v.people_address();
            }
        }
        let ready = visitor.as_ref().map(|v| v.ready().to_vec()).unwrap_or_default();
        Chrome {
            is_demo: app.is_some_and(|app| app.instance.is_demo()),
            is_dark: visitor.as_ref().is_some_and(|v| v.is_dark()),
            visitor: visitor.map(|v| VisitorChrome {
                name: v.name().to_owned(),
                schools: if v.must_change_password() { Vec::new() } else { v.schools().to_vec() },
                keys_on: v.keys_on(),
                is_support: v.is_support(),
                school: v.school().map(|s| SchoolChrome {
                    code: s.code().to_owned(),
                    name: s.name().to_owned(),
                    zone: s.time_zone(),
                    zone_in_words: when::zone_in_words(s.time_zone(), &now),
                }),
            }),
            nav,
            here: request.uri().path_and_query().map_or_else(|| "/".into(), |p| p.as_str().to_owned()),
            notice: seat.notice_at(path),
            ready,
            is_partial: request.headers().contains_key("hx-request") && !request.headers().contains_key("hx-boosted"),
        }
    }

    /// What ends every title: the school, where there is one, and the program.
    pub fn place(&self) -> String {
        match self.school() {
            Some(school) => format!("{} – Crosswalk", school.name),
            None if self.is_support() => "Support – Crosswalk".into(),
            None => "Crosswalk".into(),
        }
    }

    /// Somebody of Support, who belongs to no school.
    pub fn is_support(&self) -> bool {
        self.visitor.as_ref().is_some_and(|v| v.is_support && v.school.is_none())
    }

    pub fn school(&self) -> Option<&SchoolChrome> {
        self.visitor.as_ref().and_then(|v| v.school.as_ref())
    }

    /// The current school's code, which every form carries.
    pub fn school_code(&self) -> &str {
        self.school().map_or("", |s| s.code.as_str())
    }

    /// Support begins in no school, and may go back there.
    pub fn may_leave(&self) -> bool {
        self.visitor.as_ref().is_some_and(|v| !v.schools.iter().any(|s| s.is_home))
    }

    pub fn theme(&self) -> &'static str {
        if self.is_dark { "dark" } else { "light" }
    }

    pub fn keys_on(&self) -> bool {
        self.visitor.as_ref().is_some_and(|v| v.keys_on)
    }

    pub fn asset(&self, name: &str) -> &'static str {
        assets::address(name)
    }

    /// Whose times the pages show.
    pub fn times(&self) -> String {
        match self.school().map(|s| s.zone_in_words.as_str()) {
            None | Some("UTC") => "Times are in UTC.".into(),
            Some(place) => format!("Times are those of {place}."),
        }
    }

    /// A moment in the school's zone.
    pub fn time(&self, at: &chrono::NaiveDateTime) -> String {
        when::time(at, self.zone())
    }

    pub fn day_of(&self, at: &chrono::NaiveDateTime) -> String {
        when::day_of(at, self.zone())
    }

    fn zone(&self) -> Tz {
        self.school().map_or(Tz::UTC, |s| s.zone)
    }
}

impl FromRequest for Chrome {
    type Error = AppError;
    type Future = Ready<Result<Self, AppError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Chrome::of(request)))
    }
}
