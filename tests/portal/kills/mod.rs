//! A large apply and what can befall it: killed at any moment, frozen, stopped. Either all of it happened or nothing.
//! Leaves power loss and full disks to others.

mod edits;
mod killed;
mod nodes;
mod prepared;
