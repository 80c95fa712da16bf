//! Who may sign in and what they may do: users, sessions, Tasks and grants, and the visitor of one request.
//! Leaves asking for a Task in a handler's signature to `web::guard`.

pub mod access;
pub mod account;
mod addresses;
mod browser;
mod grant;
mod limit;
mod own_profile;
pub mod pages;
pub mod password;
mod profile;
pub mod profiles;
mod seats;
pub mod session;
mod sight;
pub mod switching;
mod task;
pub mod throttle;
mod token;
mod user;
pub mod users;
mod visitor;
mod visitors;
pub mod wizard;

pub use addresses::addresses_of;
pub use grant::{GrantKind, give, may_grant, only_for, who_grants};
pub use limit::{LimitError, limits_of, set_limits};
pub use own_profile::{OwnProfile, OwnProfileError, OwnProfileId, ProfileOf};
pub use profile::{Profile, every_school_task};
pub use seats::Choice;
pub use sight::Sight;
pub use task::{Task, TaskName, tasks};
pub use token::{hash_token, hex, random_token, sha256};
pub use user::{NewUser, NewUserError, Theme, User, UserId, UserName, name_fault, user_key};
pub use visitor::{Actor, Visitor};
pub use visitors::Visitors;
