//! What tells one invented school from another.
//! The people themselves are left to `population`.

use super::places;

#[derive(Debug, Clone, Copy)]
pub struct Flavour {
    pub campuses: &'static [&'static str],
    pub mail_domain: &'static str,
    pub seed: u64,
    pub first_student_number: u32,
    /// Telephone numbers are 555-01xx in these area codes.
    pub area_codes: &'static [&'static str],
    pub towns: &'static [Town],
    /// Other PIDs count on from here in large steps; the first person has this one.
    pub first_other_pid: u32,
    pub opening: Opening,
}

/// A town and the ZIP codes of its post office.
#[derive(Debug, Clone, Copy)]
pub struct Town {
    pub name: &'static str,
    pub state: &'static str,
    pub zips: &'static [&'static str],
}

/// Who stands at the head of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// The Okonkwos of the screenshots.
    Screenshots,
    Anybody,
}

impl Flavour {
    pub const NORTHFIELD: Self = Self {
        campuses: &["North", "Lakeside"],
        mail_domain: "northfield.example",
        seed: 0x4e6f_7274_6866_6965,
        first_student_number: 2_038_917,
        area_codes: &["312", "773", "847"],
        towns: places::AROUND_NORTHFIELD,
        first_other_pid: 824_417,
        opening: Opening::Screenshots,
    };

    pub const HARBOR: Self = Self {
        campuses: &["Harbor", "Hillside", "Point"],
        mail_domain: "harbor.example",
        seed: 0x4861_7262_6f72_2d31,
        first_student_number: 31_007,
        area_codes: &["206", "360"],
        towns: places::AROUND_HARBOR,
        first_other_pid: 3_150_962,
        opening: Opening::Anybody,
    };

    /// Distinct for the first hundred million people: the step has no divisor in common with the space.
    pub(super) fn other_pid(&self, position: u64) -> String {
        const SPACE: u64 = 100_000_000;
        const STEP: u64 = 7_919_333;
        let number = (u64::from(self.first_other_pid) + position % SPACE * STEP) % SPACE;
        format!("{:04}-{:04}", number / 10_000, number % 10_000)
    }
}
