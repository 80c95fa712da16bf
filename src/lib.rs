//! Crosswalk: the ID crosswalk of a school. Which number each third-party program knows a person by.
//!
//! This is the map. A room is a noun of the user's: it owns its rows, its rules, its pages and its templates,
//! and other rooms use what its `mod.rs` re-exports. `docs/ARCHITECTURE.md` walks one request and one import through.
//!
//! The rooms:
//! - [`people`]: the Biographic page, finding, adding, editing and merging people, importing names
//! - [`integration_ids`]: a person's IDs: list, add, delete, the life of each value
//! - [`groups`]: the Group Directory: placeholder groups that the roster sync keeps, groups of the school's own by a list, and who is in them
//! - [`integrations`]: the catalogue of third-party programs, and at which stage a school has each
//! - [`support`]: Support's pages: editing the catalogue, each school's stages
//! - [`schools`]: a school and [`schools::CurrentSchool`], which every query takes
//! - [`security`]: users, sign-in, sessions, Tasks and grants
//! - [`runs`]: the kernel: whatever changes people or their IDs is a run: plan, apply, receipt, undo
//! - [`sources`]: files that users bring -> typed records and row errors
//! - [`sync`]: the roster sync: its plan, its task list, preview, Import Summary and settings
//! - [`desk`]: data that needs a person: what is wrong, whose it is, how it is mended
//! - [`audit`]: who saw and changed what
//! - [`mail`]: e-mail by SMTP, where it is set
//!
//! The floor: [`db`] (the only place that names a database), [`web`] (session, guards, chrome), [`clock`], [`error`],
//! [`config`], [`schema`]. [`routes`] is every route on one page, [`app`] what requests share, [`server`] the server, [`cli`] the commands.

pub mod app;
pub mod audit;
pub mod cli;
pub mod clock;
pub mod config;
pub mod db;
pub mod demo;
pub mod desk;
pub mod error;
pub mod groups;
pub mod id_specs;
pub mod instance;
pub mod integration_ids;
pub mod integrations;
pub mod mail;
pub mod people;
pub mod routes;
pub mod runs;
pub mod schema;
pub mod schools;
pub mod security;
pub mod server;
pub mod sources;
pub mod support;
pub mod sync;
pub mod web;
