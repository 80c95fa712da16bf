//! An invented school: the same people for the same flavour, streamed household by household, as many as are asked for.
//! Writing them to files or to a database, and giving them IDs, is left to the caller.

mod chance;
mod child;
mod flavour;
mod home;
mod household;
mod invented;
mod mailbox;
mod names;
mod opening;
mod parent;
mod person_name;
mod places;
mod register;
mod schooling;
mod staff;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;

use chance::Chance;
use register::Register;

pub use flavour::{Flavour, Opening, Town};
pub use invented::{Invented, Member};

/// Exactly `people` invented people. A shorter population is the beginning of a longer one.
/// Children stand before their parents, so a cut leaves no parent without children.
pub fn population(flavour: &Flavour, people: u64) -> impl Iterator<Item = Invented> + use<> {
    Population::new(*flavour).take(usize::try_from(people).unwrap_or(usize::MAX))
}

/// Holds one household at a time, however long the stream.
struct Population {
    flavour: Flavour,
    register: Register,
    rounds: u64,
    waiting: VecDeque<Invented>,
}

impl Population {
    fn new(flavour: Flavour) -> Self {
        Self { flavour, register: Register::new(flavour.first_student_number), rounds: 0, waiting: VecDeque::new() }
    }

    /// Each round draws from its own seed, so that one household's luck never moves another's.
    fn draw_round(&mut self) {
        let mut chance = Chance::of_round(self.flavour.seed, self.rounds);
        if self.rounds == 0 && self.flavour.opening == Opening::Screenshots {
            self.waiting.extend(opening::okonkwos(&mut self.register));
        } else if self.register.wants_staff() {
            let member = staff::staff(&self.flavour, &mut self.register, &mut chance);
            self.waiting.push_back(member);
        } else {
            let people = household::household(&self.flavour, &mut self.register, &mut chance);
            self.waiting.extend(people);
        }
        self.rounds += 1;
    }
}

impl Iterator for Population {
    type Item = Invented;

    fn next(&mut self) -> Option<Invented> {
        if self.waiting.is_empty() {
            self.draw_round();
        }
        self.waiting.pop_front()
    }
}
