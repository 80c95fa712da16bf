//! Guards as arguments: a handler cannot be written without saying who may call it.
//! Leaves which Tasks there are to `security::tasks`.

use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::sync::Arc;

use actix_web::{FromRequest, HttpRequest, dev::Payload, web};

use super::session::Seat;
use crate::app::App;
use crate::audit;
use crate::error::AppError;
use crate::schools::CurrentSchool;
use crate::security::{Actor, Sight, Task, Visitor, users};
use crate::web::frame::RequestId;

/// Somebody signed in, whose temporary password, if any, has been changed.
pub struct SignedIn(pub Arc<Visitor>);

/// Somebody signed in who may still have to change a temporary password.
pub struct Arriving(pub Arc<Visitor>);

/// Somebody signed in who may use the Task `T` in the current school.
pub struct Requires<T: Task> {
    pub visitor: Arc<Visitor>,
    task: PhantomData<T>,
}

impl<T: Task> Requires<T> {
    pub fn actor(&self) -> Actor {
        self.visitor.actor()
    }
    pub fn sight(&self) -> Sight {
        self.visitor.sight()
    }
    pub fn reach(&self) -> Sight {
        self.visitor.reach()
    }
}

fn arriving(request: &HttpRequest) -> Result<Arc<Visitor>, AppError> {
    Seat::of(request).visitor().ok_or(AppError::SignedOut)
}

fn signed_in(request: &HttpRequest) -> Result<Arc<Visitor>, AppError> {
    let visitor = arriving(request)?;
    if visitor.must_change_password() { Err(AppError::MustChangePassword) } else { Ok(visitor) }
}

fn requires<T: Task>(request: &HttpRequest) -> Result<Requires<T>, AppError> {
    let visitor = signed_in(request)?;
    if !visitor.may::<T>() {
        refused(request, &visitor, T::ANY_OF[0].word());
        return Err(AppError::Unauthorized { task: T::ANY_OF[0] });
    }
    Ok(Requires { visitor, task: PhantomData })
}

/// A refusal is worth knowing about, but nobody has to wait for it.
fn refused(request: &HttpRequest, visitor: &Visitor, task: &str) {
    let Some(app) = request.app_data::<web::Data<App>>() else { return };
    let mut entry = audit::Entry {
        at: app.clock.now(),
        school: visitor.school().map(|s| s.id()),
        actor: visitor.actor(),
        action: audit::Action::Refused,
        subject: format!("{} needs {task}", request.match_pattern().unwrap_or_default()),
        person: None,
        request: Some(RequestId::of(request).as_str().to_owned()),
    };
    let meant = request.match_info().get("user").map(str::to_owned);
    let Some((school, meant)) = visitor.school().zip(meant) else {
        return audit::note_later(app.db.activity(), entry);
    };
    // Which user was meant is read from the database, where a page is not kept waiting: what was typed may be anything.
    let app = app.clone();
    actix_web::rt::spawn(web::block(move || {
        match app.db.read(|conn| users::one(conn, &school, &meant, entry.at)) {
            Ok(user) => entry.subject.push_str(&format!(", for {}", user.user_id)),
            Err(AppError::NotFound) => {}
            Err(e) => log::warn!("whom a refusal was about is not known: {e}"),
        }
        audit::note_later(app.db.activity(), entry);
    }));
}

/// A guard is a function of the request alone: nothing is awaited.
macro_rules! guard {
    ($name:ty, $read:expr $(, $generic:ident: $bound:ident)?) => {
        impl $(<$generic: $bound>)? FromRequest for $name {
            type Error = AppError;
            type Future = Ready<Result<Self, AppError>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                ready($read(request))
            }
        }
    };
}

guard!(SignedIn, |r: &HttpRequest| signed_in(r).map(SignedIn));
guard!(Arriving, |r: &HttpRequest| arriving(r).map(Arriving));
guard!(Requires<T>, requires::<T>, T: Task);
// Support belongs to no school: to them a school's page is not there.
guard!(CurrentSchool, |r: &HttpRequest| signed_in(r)?.school().ok_or(AppError::NotFound));
