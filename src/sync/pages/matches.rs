//! `/sync/matches`: likely twins and likely matches side by side, what was decided of them, and deciding.
//! Leaves remembering to `sync::decisions`.

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;

use super::emails::{Asked, CASES, DECISIONS, children_of, row_of};
use crate::app::App;
use crate::db::Conn;
use crate::error::AppError;
use crate::people::Field;
use crate::runs::RunId;
use crate::schools::CurrentSchool;
use crate::security::tasks::RunRosterSync;
use crate::sync::cases::{Case, FoundKind, Party};
use crate::sync::decisions::{Pair, PairDecision, PairKind, Verdict, Whom, decide_pair};
use crate::web::{Chrome, Requires, SchoolForm, Seat, Wrongs, db, html, html_422};

/// Two who may be one, and what was said of them.
struct Question {
    case: Case,
    one: Party,
    other: Party,
    decision: Option<PairDecision>,
}

/// One line of the comparison.
struct Line {
    label: &'static str,
    one: Option<String>,
    other: Option<String>,
}

impl Line {
    fn is_same(&self) -> bool {
        self.one == self.other
    }
}

struct Decided {
    decision: PairDecision,
    is_linked: bool,
}

struct Loaded {
    questions: Vec<Question>,
    total: i64,
    page: i64,
    decided: Vec<Decided>,
    all_decided: usize,
    run: Option<RunId>,
}

#[derive(Template)]
#[template(path = "sync/matches.html")]
struct MatchesPage {
    chrome: Chrome,
    loaded: Loaded,
    wrongs: Wrongs,
}

impl Question {
    fn is_twin(&self) -> bool {
        self.case.kind == FoundKind::Twin
    }

    /// What is known of the two, field by field; what neither has is left out.
    fn lines(&self) -> Vec<Line> {
        let given = |text: String| (!text.is_empty()).then_some(text);
        let mut lines =
            vec![Line { label: "Stands in", one: given(row_of(&self.one)), other: given(row_of(&self.other)) }];
        lines.push(Line { label: "SONIS ID", one: self.one.sonis_id.clone(), other: self.other.sonis_id.clone() });
        for field in Field::ALL.iter().filter(|f| !matches!(f, Field::OtherPid)) {
            let words = |p: &Party| p.get(*field).map(|text| in_words(*field, text));
            lines.push(Line { label: field.word(), one: words(&self.one), other: words(&self.other) });
        }
        lines.push(Line {
            label: "Children",
            one: given(children_of(&self.one)),
            other: given(children_of(&self.other)),
        });
        lines.retain(|l| l.one.is_some() || l.other.is_some());
        lines
    }
}

fn in_words(field: Field, text: String) -> String {
    let change = crate::people::FieldChange { field, before: Some(text), after: None };
    change.before_in_words().unwrap_or_default().to_owned()
}

impl MatchesPage {
    fn last_page(&self) -> i64 {
        ((self.loaded.total + CASES - 1) / CASES).max(1)
    }
}

fn pair_of(kind: PairKind, one: &str, other: &str) -> Option<Pair> {
    Some(Pair { kind, one: Whom::parse(one)?, other: Whom::parse(other)? })
}

fn load(conn: &mut Conn, school: &CurrentSchool, page: i64) -> Result<Loaded, AppError> {
    let kinds = [FoundKind::Twin, FoundKind::Match];
    let (cases, total) = Case::list(conn, school, &kinds, ((page - 1) * CASES, CASES))?;
    let mut all = PairDecision::all(conn, school, PairKind::Twin)?;
    all.extend(PairDecision::all(conn, school, PairKind::Match)?);
    all.sort_by_key(|d| std::cmp::Reverse(d.decided_at));
    let mut questions = Vec::new();
    for case in cases {
        let [one, other] = case.parties.as_slice() else { continue };
        let kind = if case.kind == FoundKind::Twin { PairKind::Twin } else { PairKind::Match };
        let pair = pair_of(kind, &one.whom, &other.whom);
        let decision = all.iter().find(|d| Some(&d.pair) == pair.as_ref()).cloned();
        questions.push(Question { one: one.clone(), other: other.clone(), decision, case });
    }
    let all_decided = all.len();
    let mut decided = Vec::new();
    for decision in all.into_iter().take(DECISIONS) {
        let is_linked = decision.is_linked(conn, school)?;
        decided.push(Decided { decision, is_linked });
    }
    Ok(Loaded { questions, total, page, decided, all_decided, run: Case::run(conn, school)? })
}

pub async fn page(
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    _: Requires<RunRosterSync>,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, AppError> {
    let page = asked.page();
    let loaded = db::read(&app, move |conn| load(conn, &school, page)).await?;
    html(&MatchesPage { chrome, loaded, wrongs: Wrongs::default() })
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
pub struct Decision {
    kind: String,
    one: String,
    other: String,
    verdict: String,
    page: String,
}

impl Decision {
    fn pair(&self) -> Option<Pair> {
        pair_of(PairKind::parse(&self.kind)?, &self.one, &self.other)
    }

    fn back(&self) -> String {
        match self.page.parse::<i64>() {
            Ok(page) if page > 1 => format!("/sync/matches?page={page}"),
            _ => "/sync/matches".into(),
        }
    }
}

pub async fn decide(
    request: HttpRequest,
    app: web::Data<App>,
    chrome: Chrome,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    form: SchoolForm<Decision>,
) -> Result<HttpResponse, AppError> {
    let (form, by, now) = (form.0, actor.actor(), app.clock.now());
    let (Some(pair), Some(verdict)) = (form.pair(), Verdict::parse(&form.verdict)) else {
        let page = form.page.parse().unwrap_or(1).clamp(1, 1_000_000);
        let loaded = db::read(&app, move |conn| load(conn, &school, page)).await?;
        let asked = loaded.questions.iter().find(|q| q.one.whom == form.one && q.other.whom == form.other);
        let at = asked.map_or_else(|| "main".to_owned(), |q| format!("q{}", q.case.number));
        let wrongs = Wrongs::one(at, "Say whether they are the same person");
        return html_422(&MatchesPage { chrome, loaded, wrongs });
    };
    let back = form.back();
    db::write(&app, move |conn| decide_pair(conn, &school, &pair, verdict, &by, now)).await?;
    let said = format!("{}. It counts from the next plan on.", verdict.word());
    Seat::of(&request).lead_within(&back, "/sync/matches", said)
}

pub async fn take_back(
    request: HttpRequest,
    app: web::Data<App>,
    school: CurrentSchool,
    actor: Requires<RunRosterSync>,
    form: SchoolForm<Decision>,
) -> Result<HttpResponse, AppError> {
    let (form, by, now) = (form.0, actor.actor(), app.clock.now());
    let back = form.back();
    if let Some(pair) = form.pair() {
        db::write(&app, move |conn| match PairDecision::take_back(conn, &school, &pair, &by, now) {
            Err(AppError::NotFound) => Ok(()),
            done => done,
        })
        .await?;
    }
    Seat::of(&request).lead_within(
        &back,
        "/sync/matches",
        "Taken back. From the next plan on it is asked again.".into(),
    )
}
