//! A placeholder group: one that the roster sync keeps, by what it is about instead of by its name, which can be changed.
//! Leaves making it and bringing it back as it should be to `groups::store`.

use super::category::Category;
use crate::people::grade_words;

/// In the order in which the directory shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Placeholder {
    /// The students of a grade, in PowerSchool's numbers, and their parents.
    Grade(i32),
    /// The students who graduate in a year, and their parents.
    GradYear(i32),
    /// The staff.
    Faculty,
}

impl Placeholder {
    /// As the database and a stored change keep it: `grade:3`, `grad:2031`, `faculty`.
    pub fn key(self) -> String {
        match self {
            Placeholder::Grade(grade) => format!("grade:{grade}"),
            Placeholder::GradYear(year) => format!("grad:{year}"),
            Placeholder::Faculty => "faculty".into(),
        }
    }

    pub fn parse(key: &str) -> Option<Placeholder> {
        let read = match key.split_once(':') {
            Some(("grade", grade)) => Placeholder::Grade(grade.parse().ok()?),
            Some(("grad", year)) => Placeholder::GradYear(year.parse().ok()?),
            None if key == "faculty" => Placeholder::Faculty,
            _ => return None,
        };
        // `grade:03` would be a second key of one group.
        (read.key() == key).then_some(read)
    }

    pub fn category(self) -> Category {
        match self {
            Placeholder::Grade(_) | Placeholder::GradYear(_) => Category::Academics,
            Placeholder::Faculty => Category::Internal,
        }
    }

    /// Its name, unless a group of the school's own has it already.
    pub fn name(self) -> String {
        match self {
            Placeholder::Grade(grade) => grade_words(grade),
            Placeholder::GradYear(year) => format!("Grad Year {year}"),
            Placeholder::Faculty => "Faculty Group".into(),
        }
    }

    /// What it is for, on its page.
    pub fn purpose(self) -> &'static str {
        match self {
            Placeholder::Grade(_) => "The students of the grade and their parents.",
            Placeholder::GradYear(_) => "The students who graduate in the year and their parents.",
            Placeholder::Faculty => "The staff of the school.",
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn a_placeholder() -> impl Strategy<Value = Placeholder> {
        prop_oneof![
            any::<i32>().prop_map(Placeholder::Grade),
            (-4..=13).prop_map(Placeholder::Grade),
            any::<i32>().prop_map(Placeholder::GradYear),
            Just(Placeholder::Faculty),
        ]
    }

    proptest! {
        #[test]
        fn a_key_is_read_back_as_the_placeholder_it_came_from(placeholder in a_placeholder()) {
            prop_assert_eq!(Placeholder::parse(&placeholder.key()), Some(placeholder));
        }

        #[test]
        fn a_placeholder_has_one_key(text in "(grade|grad|faculty|Grade)?:?[+-]?[0-9 ]{0,5}") {
            if let Some(placeholder) = Placeholder::parse(&text) {
                prop_assert_eq!(placeholder.key(), text);
            }
        }

        #[test]
        fn two_placeholders_never_have_one_name_in_one_category(a in a_placeholder(), b in a_placeholder()) {
            let place = |p: Placeholder| (p.category(), p.name().to_lowercase());
            prop_assert_eq!(a == b, place(a) == place(b));
        }
    }

    #[test]
    fn what_is_no_key_is_no_placeholder() {
        for text in ["", "grade", "grade:", "grade:03", "grade:+3", "grade: 3", "grad:MMXXXI", "faculty:", "Faculty"] {
            assert_eq!(Placeholder::parse(text), None, "{text}");
        }
    }

    #[test]
    fn names_are_those_of_a_school() {
        let all = [Placeholder::Grade(-1), Placeholder::Grade(0), Placeholder::Grade(3), Placeholder::GradYear(2031)];
        assert_eq!(all.map(Placeholder::name), ["PK4", "Kindergarten", "Grade 3", "Grad Year 2031"]);
        assert_eq!(Placeholder::Faculty.name(), "Faculty Group");
    }

    #[test]
    fn grades_come_in_order_then_years_then_the_faculty() {
        use Placeholder::*;
        let mut all = [Faculty, GradYear(2027), Grade(11), Grade(0), GradYear(2026), Grade(-1), Grade(2)];
        all.sort();
        assert_eq!(all, [Grade(-1), Grade(0), Grade(2), Grade(11), GradYear(2026), GradYear(2027), Faculty]);
    }
}
