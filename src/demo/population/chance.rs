//! A small generator of even numbers drawn from a seed, the same on every machine and in every version.
//! It is not for secrets, and what is drawn is left to the caller.

pub(super) struct Chance {
    state: u64,
}

impl Chance {
    pub fn of_round(seed: u64, round: u64) -> Self {
        Self { state: mix(seed ^ mix(round)) }
    }

    fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    /// A number from 0 up to, and without, `end`; 0 where `end` is 0.
    pub fn below(&mut self, end: u32) -> u32 {
        let high = self.next() >> 32;
        ((high * u64::from(end)) >> 32) as u32
    }

    pub fn between(&mut self, first: u32, last: u32) -> u32 {
        first + self.below(last.saturating_sub(first) + 1)
    }

    pub fn in_hundred(&mut self, times: u32) -> bool {
        self.below(100) < times
    }

    pub fn in_thousand(&mut self, times: u32) -> bool {
        self.below(1_000) < times
    }

    /// One row of a table, which is never empty.
    pub fn pick<T: Copy>(&mut self, table: &[T]) -> T {
        table[self.below(table.len() as u32) as usize]
    }

    /// One row of a table, which is never empty, in proportion to the weights.
    pub fn weigh<T: Copy>(&mut self, table: &[(u32, T)]) -> T {
        let total = table.iter().map(|(weight, _)| weight).sum();
        let mut left = self.below(total);
        for (weight, row) in table {
            if left < *weight {
                return *row;
            }
            left -= weight;
        }
        table[0].1
    }
}

/// The finisher of splitmix64: every input bit reaches every output bit.
pub(super) const fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_draws_never_change_from_one_version_to_the_next() {
        let mut chance = Chance::of_round(1, 2);
        let drawn: Vec<u32> = (0..6).map(|_| chance.below(1_000)).collect();
        assert_eq!(drawn, [749, 664, 118, 79, 664, 978]);
    }

    #[test]
    fn weights_are_kept_and_a_row_without_weight_is_never_drawn() {
        let mut chance = Chance::of_round(7, 7);
        let table = [(3, 'a'), (0, 'b'), (1, 'c')];
        let drawn: Vec<char> = (0..4_000).map(|_| chance.weigh(&table)).collect();
        let count = |row| drawn.iter().filter(|d| **d == row).count();
        assert!((2_850..3_150).contains(&count('a')));
        assert_eq!(count('b'), 0);
    }
}
