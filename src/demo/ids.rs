//! Which demo students have integration IDs, and which values: the shapes that the vendors really use.
//! Leaves storing them to `demo::load`.

/// The integrations of the demo in the order in which students get their IDs.
pub const ORDER: [&str; 4] = ["vidigami", "canvas", "perceptive", "jrm"];

/// A third of the students have IDs, and those have two to four of them.
pub fn for_a_third(student: u64) -> usize {
    if student.is_multiple_of(3) {
        2 + usize::from(student.is_multiple_of(2)) + usize::from(student.is_multiple_of(5))
    } else {
        0
    }
}

/// Spreads `ids` over about `students`, four each at most.
pub fn spread(student: u64, students: u64, ids: u64) -> usize {
    let students = students.max(1);
    let until = |n: u64| u128::from(n) * u128::from(ids) / u128::from(students);
    usize::try_from(until(student + 1) - until(student)).unwrap_or(4).min(4)
}

/// The value an integration has for a student. Canvas numbers are counted in each school by itself,
/// so that two schools have some in common.
pub fn value(integration: &str, student: u64, student_number: u32) -> String {
    match integration {
        "vidigami" => format!("S{student_number}"),
        "canvas" => format!("{:07}", 49_317 + student * 7),
        "perceptive" => format!("PCT-{:08}", 412_207 + student * 3),
        _ => guid(student),
    }
}

/// A GUID as JRM gives them, from a number: the same for the same number, and different for different ones.
fn guid(n: u64) -> String {
    let mix = |x: u64| {
        let x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    };
    let (a, b) = (mix(n.wrapping_mul(2).wrapping_add(0x9e37_79b9_7f4a_7c15)), mix(n.wrapping_mul(2).wrapping_add(1)));
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        a >> 32,
        (a >> 16) & 0xffff,
        a & 0xfff,
        0x8000 | (b >> 50),
        b & 0xffff_ffff_ffff
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_of_the_students_have_two_to_four_ids() {
        let counts: Vec<usize> = (0..3000).map(for_a_third).collect();
        assert_eq!(counts.iter().filter(|&&n| n > 0).count(), 1000);
        assert!(counts.iter().all(|n| [0, 2, 3, 4].contains(n)));
    }

    #[test]
    fn ids_are_spread_to_the_number_asked_for() {
        assert_eq!((0..120_000).map(|s| spread(s, 120_000, 300_000)).sum::<usize>(), 300_000);
    }

    #[test]
    fn guids_look_like_guids_and_differ() {
        let all: std::collections::HashSet<String> = (0..10_000).map(guid).collect();
        assert_eq!(all.len(), 10_000);
        assert!(all.iter().all(|g| g.len() == 36 && g.as_bytes()[14] == b'4'));
    }
}
