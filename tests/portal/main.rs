//! The portal as visitors meet it: a real server per test, a database of its own, SQLite and PostgreSQL alike.
//! Leaves journeys in a browser to `tests/browser`.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../support/mod.rs"]
mod support;

mod places;

mod access;
mod audit;
mod backup;
mod catalogue;
mod check;
mod cli;
mod csrf;
mod demo;
mod desk;
mod editing;
mod error_pages;
mod escaping;
mod group_lists;
mod groups;
mod headers;
mod id_specs;
mod import;
mod import_acts;
mod integration_ids;
mod kills;
mod leftovers;
mod limits;
mod logs;
mod mail;
mod merging;
mod nodes;
mod origins;
mod people;
mod races;
mod requests;
mod routes;
mod schema;
mod security;
mod sessions;
mod sign_in;
mod stages;
mod switching;
mod sync;
mod unauthorized;
mod visitors;
