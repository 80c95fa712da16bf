//! A world for a test: a real server on a free port, over a database of its own, with a small demo school in it.
//! Leaves what visitors do to the tests.

// Two test binaries share this; neither uses all of it.
#![allow(dead_code, unused_imports)]

pub mod desk;
pub mod page;
pub mod postgres;
pub mod rows;
pub mod world;

pub use desk::Desk;
pub use world::{Answer, Database, Visitor, World};

/// Writes each test once for both databases: `on_both! { async fn a_clerk_reads_unauthorized(world) { ... } }`
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($world:ident) $body:block)+) => {
        $(mod $name {
            #[allow(unused_imports)]
            use super::*;

            async fn test($world: $crate::support::World) $body

            #[test]
            fn sqlite() {
                $crate::support::world::run($crate::support::Database::Sqlite, test);
            }

            #[test]
            fn postgres() {
                $crate::support::world::run($crate::support::Database::Postgres, test);
            }
        })+
    };
}
