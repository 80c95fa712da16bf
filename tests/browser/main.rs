//! The portal as people use it: real Chromium, by the words on the page, with JavaScript on and off.
//! Leaves what only shows in an answer (headers, statuses, races) to the portal tests.

#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../support/mod.rs"]
mod support;

mod every_page;
mod journeys;
mod keyboard;
mod paper;
mod window;
