//! Every table, once, for both databases. Written by hand: the keys of what belongs to a school are (school_id, id).
//! Leaves the creating of tables to `migrations/`, and each table's rows and rules to its room.
//!
//! A table that belongs to a school cannot be named as a whole outside this file: a query of it begins with
//! `people::of(school)`, a join with `runs::beside(changes::school_id, ...)`. So a forgotten school does not compile:
//! ```compile_fail
//! use diesel::prelude::*;
//! fn everybody(conn: &mut crosswalk::db::Conn) -> QueryResult<i64> {
//!     crosswalk::schema::people::table.count().get_result(conn)
//! }
//! ```
//! while with the school it does:
//! ```
//! use diesel::prelude::*;
//! fn everybody(conn: &mut crosswalk::db::Conn, school: &crosswalk::schools::CurrentSchool) -> QueryResult<i64> {
//!     crosswalk::schema::people::of(school).count().get_result(conn)
//! }
//! ```

// What belongs to no school, or to all.

diesel::table! {
    instance (id) { id -> Integer, kind -> Text, cookie_key -> Text, created_at -> Timestamp, }
}

diesel::table! {
    schools (id) {
        id -> BigInt, code -> Text, name -> Text, time_zone -> Text, letters -> Text, created_at -> Timestamp,
    }
}

diesel::table! {
    integrations (id) {
        id -> BigInt, code -> Text, name -> Text, vendor -> Text, purpose -> Text,
        pattern -> Nullable<Text>, example -> Text, max_length -> Integer, case_rule -> Text,
        many_per_person -> Bool, retired_at -> Nullable<Timestamp>, min_length -> Integer, lock_version -> Integer,
    }
}

diesel::table! {
    users (id) {
        id -> BigInt, school_id -> Nullable<BigInt>, user_id -> Text, user_key -> Text, name -> Text, email -> Nullable<Text>,
        profile -> Text, password_hash -> Text, must_change -> Bool, theme -> Text, keys_on -> Bool,
        disabled_at -> Nullable<Timestamp>, created_at -> Timestamp, created_by -> Text,
        is_limited -> Bool, lock_version -> Integer, changed_at -> Nullable<Timestamp>, changed_by -> Nullable<Text>,
        start_query -> Text, own_profile_id -> Nullable<BigInt>,
    }
}

diesel::table! {
    access_epoch (id) { id -> BigInt, epoch -> BigInt, }
}

diesel::table! {
    user_limits (user_id, field, value) { user_id -> BigInt, field -> Text, value -> Text, }
}

diesel::table! {
    grants (id) {
        id -> BigInt, user_id -> BigInt, school_id -> Nullable<BigInt>, task -> Text, kind -> Text,
        integration_id -> Nullable<BigInt>, granted_by -> Text, granted_at -> Timestamp,
        ends_at -> Nullable<Timestamp>, revoked_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    audit_entries (id) {
        id -> BigInt, school_id -> Nullable<BigInt>, at -> Timestamp, actor_user_id -> Nullable<BigInt>, actor_name -> Text,
        action -> Text, subject -> Text, request_id -> Nullable<Text>, person_id -> Nullable<BigInt>,
        seal_number -> Nullable<BigInt>, seal_mac -> Nullable<Text>,
    }
}

// The activity tables: a file of their own on SQLite, reached through `db::Activity`.

diesel::table! {
    sessions (key_hash) {
        key_hash -> Text, user_id -> Nullable<BigInt>, state -> Text, browser -> Text,
        created_at -> Timestamp, touched_at -> Timestamp,
    }
}

diesel::table! {
    signin_counters (kind, subject_hash, day) {
        kind -> Text, subject_hash -> Text, day -> Date, guesses -> Integer, next_at -> Timestamp,
    }
}

diesel::table! {
    known_browsers (token_hash) { token_hash -> Text, user_id -> BigInt, last_at -> Timestamp, }
}

diesel::table! {
    activity_entries (id) {
        id -> BigInt, school_id -> Nullable<BigInt>, at -> Timestamp, actor_user_id -> Nullable<BigInt>, actor_name -> Text,
        action -> Text, subject -> Text, person_id -> Nullable<BigInt>, request_id -> Nullable<Text>,
        seal_number -> Nullable<BigInt>, seal_mac -> Nullable<Text>,
    }
}

diesel::table! {
    run_leases (school_id, run_id) {
        school_id -> BigInt, run_id -> BigInt, holder -> Text, fence -> BigInt, until -> Timestamp,
        done -> BigInt, total -> BigInt, started_at -> Timestamp, cancel_asked -> Bool,
    }
}

diesel::table! {
    watch_states (school_id) {
        school_id -> BigInt, looked_at -> Nullable<Timestamp>, stopped -> Nullable<Text>, due_done -> Nullable<Timestamp>,
        run_id -> Nullable<BigInt>, note -> Nullable<Text>, note_run_id -> Nullable<BigInt>, told -> Nullable<Text>, taken -> Nullable<Text>,
    }
}

/// What belongs to a school. Private: rooms see the columns, and rows only through the school.
mod tables {
    // An integration ID has a SQL type of its own, so that no query can load one as a plain String:
    // only `integration_ids::IdValue` reads `IdText`, and only a proof turns it into something that prints.

    diesel::table! {
        counters (school_id, name) { school_id -> BigInt, name -> Text, next_value -> BigInt, }
    }

    diesel::table! {
        school_integrations (school_id, integration_id) {
            school_id -> BigInt, integration_id -> BigInt, stage -> Text, moved_by -> Text, moved_at -> Timestamp,
            next_step -> Text, note -> Text, lock_version -> Integer,
        }
    }

    diesel::table! {
        stage_moves (school_id, id) {
            id -> BigInt, school_id -> BigInt, integration_id -> BigInt, stage_before -> Nullable<Text>, stage_after -> Text,
            next_step -> Text, note -> Text, moved_by -> Text, moved_at -> Timestamp,
        }
    }

    diesel::table! {
        ready_dismissals (school_id, integration_id, user_id) {
            school_id -> BigInt, integration_id -> BigInt, user_id -> BigInt, dismissed_at -> Timestamp,
        }
    }

    diesel::table! {
        people (school_id, id) {
            id -> BigInt, school_id -> BigInt, sonis_id -> Text, member_type -> Text, status -> Text, status_since -> Timestamp,
            last_name -> Text, first_name -> Text, middle_name -> Nullable<Text>, preferred_name -> Nullable<Text>,
            native_name -> Nullable<Text>, birth_date -> Nullable<Date>, gender -> Nullable<Text>,
            email -> Nullable<Text>, phone -> Nullable<Text>, address -> Nullable<Text>,
            campus -> Nullable<Text>, division -> Nullable<Text>, department -> Nullable<Text>, level -> Nullable<Text>,
            grade_level -> Nullable<Integer>, grad_year -> Nullable<Integer>, other_pid -> Nullable<Text>,
            sort_name -> Text, search_name -> Text, email_key -> Nullable<Text>,
            lock_version -> Integer, created_at -> Timestamp, updated_at -> Timestamp,
        }
    }

    diesel::table! {
        field_pins (school_id, person_id, field) {
            school_id -> BigInt, person_id -> BigInt, field -> Text, pinned_by -> Text, pinned_at -> Timestamp,
        }
    }

    diesel::table! {
        relationships (school_id, id) {
            id -> BigInt, school_id -> BigInt, student_id -> BigInt, guardian_id -> BigInt, kind -> Text,
        }
    }

    diesel::table! {
        source_links (school_id, source, key_norm) {
            school_id -> BigInt, source -> Text, key_norm -> Text, key_given -> Text, person_id -> BigInt,
            row_hash -> Nullable<BigInt>,
        }
    }

    diesel::table! {
        runs (school_id, id) {
            id -> BigInt, school_id -> BigInt, kind -> Text, state -> Text,
            actor_user_id -> Nullable<BigInt>, actor_name -> Text,
            planned_at -> Timestamp, applied_at -> Nullable<Timestamp>,
            source_name -> Nullable<Text>, source_hash -> Nullable<Text>, source_notes -> Nullable<Text>,
            rows_read -> Integer, created -> Integer, updated -> Integer, unchanged -> Integer, refused -> Integer, kept -> Integer,
            reason -> Nullable<Text>, undoes_run_id -> Nullable<BigInt>, undone_by_run_id -> Nullable<BigInt>,
            integration_id -> Nullable<BigInt>,
            reactivated -> Integer, absent -> Integer, deactivated -> Integer, excluded -> Integer,
            figures -> Nullable<Text>, applied_by_user_id -> Nullable<BigInt>, applied_by -> Nullable<Text>,
            fingerprint -> Nullable<Text>, generation -> Nullable<BigInt>,
        }
    }

    diesel::table! {
        use diesel::sql_types::*;
        use crate::integration_ids::sql_types::IdText;
        changes (school_id, id) {
            id -> BigInt, school_id -> BigInt, run_id -> BigInt, person_id -> Nullable<BigInt>, verb -> Text,
            fields -> Nullable<Text>, integration_id -> Nullable<BigInt>,
            id_before -> Nullable<IdText>, id_after -> Nullable<IdText>,
            source -> Nullable<Text>, source_key -> Nullable<Text>, source_row -> Nullable<BigInt>,
            memberships -> Nullable<Text>, relations -> Nullable<Text>, row_hash -> Nullable<BigInt>,
            spec_version -> Nullable<Integer>,
            outcome -> Nullable<Text>, outcome_by -> Nullable<Text>, unit -> Nullable<BigInt>, merge -> Nullable<Text>,
        }
    }

    diesel::table! {
        merges (school_id, person_id) { school_id -> BigInt, person_id -> BigInt, into_id -> BigInt, run_id -> BigInt, }
    }

    diesel::table! {
        merged_keys (school_id, source, key_norm) { school_id -> BigInt, source -> Text, key_norm -> Text, }
    }

    diesel::table! {
        run_problems (school_id, id) {
            id -> BigInt, school_id -> BigInt, run_id -> BigInt, source_row -> BigInt, source_column -> Nullable<Text>,
            found -> Text, reason -> Text, slot -> Nullable<Text>, cause -> Nullable<Text>, cells -> Nullable<Text>,
        }
    }

    diesel::table! {
        run_holds (school_id, run_id) {
            school_id -> BigInt, run_id -> BigInt, held_for -> Text, released_by_user_id -> Nullable<BigInt>,
            released_by -> Nullable<Text>, released_at -> Nullable<Timestamp>, reason -> Nullable<Text>,
        }
    }

    diesel::table! {
        run_files (school_id, run_id, slot) {
            school_id -> BigInt, run_id -> BigInt, slot -> Text, name -> Text, hash -> Text, length -> BigInt,
            rows_read -> BigInt, header -> Text, shape -> Text, notes -> Text, holds_ids -> Bool,
        }
    }

    diesel::table! {
        use diesel::sql_types::*;
        use crate::integration_ids::sql_types::IdText;
        run_overlaps (school_id, run_id, number) {
            school_id -> BigInt, run_id -> BigInt, number -> BigInt,
            student_id -> Nullable<IdText>, staff_id -> Nullable<IdText>, parent_id -> Nullable<IdText>,
        }
    }

    diesel::table! {
        run_groups (school_id, run_id, placeholder) {
            school_id -> BigInt, run_id -> BigInt, placeholder -> Text, members -> Integer, joins -> Integer,
            leaves -> Integer, is_new -> Bool,
        }
    }

    diesel::table! {
        groups (school_id, id) {
            id -> BigInt, school_id -> BigInt, category -> Text, name -> Text, name_key -> Text,
            placeholder -> Nullable<Text>, hidden_at -> Nullable<Timestamp>, lock_version -> Integer,
            created_at -> Timestamp,
        }
    }

    diesel::table! {
        memberships (school_id, group_id, person_id, why) {
            school_id -> BigInt, group_id -> BigInt, person_id -> BigInt, why -> Text, run_id -> BigInt,
        }
    }

    diesel::table! {
        id_specs (school_id, id) {
            id -> BigInt, school_id -> BigInt, integration_id -> BigInt, member_type -> Text, version -> Integer,
            template -> Text, made_by -> Text, made_at -> Timestamp,
        }
    }

    diesel::table! {
        school_settings (school_id, name) {
            school_id -> BigInt, name -> Text, value -> Text, set_by -> Text, set_at -> Timestamp,
        }
    }

    diesel::table! {
        go_ons (school_id, id) {
            id -> BigInt, school_id -> BigInt, integration_id -> BigInt, run_id -> BigInt, digest -> Text, reason -> Text,
            decided_by -> Text, decided_at -> Timestamp,
        }
    }

    diesel::table! {
        header_maps (school_id, slot, title_key) {
            school_id -> BigInt, slot -> Text, title_key -> Text, title -> Text, means -> Text,
            mapped_by -> Text, mapped_at -> Timestamp,
        }
    }

    diesel::table! {
        uploads (school_id, id) {
            id -> BigInt, school_id -> BigInt, slot -> Text, name -> Text, hash -> Text, length -> BigInt,
            uploaded_by -> Text, uploaded_at -> Timestamp,
        }
    }

    diesel::table! {
        upload_pieces (school_id, upload_id, place) {
            school_id -> BigInt, upload_id -> BigInt, place -> Integer, body -> Binary,
        }
    }

    diesel::table! {
        use diesel::sql_types::*;
        use crate::integration_ids::sql_types::IdText;
        integration_ids (school_id, id) {
            id -> BigInt, school_id -> BigInt, person_id -> BigInt, integration_id -> BigInt,
            value -> IdText, value_key -> IdText, slot -> Nullable<Integer>,
            run_id -> BigInt, added_at -> Timestamp, added_by -> Text,
            removed_run_id -> Nullable<BigInt>, removed_at -> Nullable<Timestamp>, removed_by -> Nullable<Text>,
            removed_reason -> Nullable<Text>, spec_version -> Nullable<Integer>, unit -> Nullable<BigInt>,
        }
    }

    diesel::table! {
        email_decisions (school_id, email_key) {
            school_id -> BigInt, email_key -> Text, verdict -> Text, given_to -> Nullable<Text>, given_name -> Nullable<Text>,
            decided_by -> Text, decided_at -> Timestamp,
        }
    }

    diesel::table! {
        person_links (school_id, staff, parent) {
            school_id -> BigInt, staff -> Text, parent -> Text, verdict -> Text, staff_name -> Text, parent_name -> Text,
            decided_by -> Text, decided_at -> Timestamp,
        }
    }

    diesel::table! {
        match_decisions (school_id, newcomer, held) {
            school_id -> BigInt, newcomer -> Text, held -> Text, verdict -> Text, newcomer_name -> Text, held_name -> Text,
            decided_by -> Text, decided_at -> Timestamp,
        }
    }

    diesel::table! {
        sync_cases (school_id, number, place) {
            school_id -> BigInt, number -> Integer, place -> Integer, run_id -> BigInt, kind -> Text,
            email_key -> Nullable<Text>, whom -> Text, sonis_id -> Nullable<Text>, name -> Text, member_type -> Text,
            slot -> Nullable<Text>, source_row -> Nullable<BigInt>, fields -> Text, children -> Text, fate -> Text,
        }
    }

    diesel::table! {
        sync_case_sets (school_id, run_id) { school_id -> BigInt, run_id -> BigInt, fingerprint -> Text, }
    }

    diesel::table! {
        wizard_drafts (school_id, id) {
            school_id -> BigInt, id -> Text, editor_id -> BigInt, subject_id -> Nullable<BigInt>, turn -> Integer,
            content -> Text, touched_at -> Timestamp, outcome -> Nullable<Text>,
        }
    }

    diesel::table! {
        own_profiles (school_id, id) {
            school_id -> BigInt, id -> BigInt, name -> Text, name_key -> Text, tasks -> Text, lock_version -> Integer,
            retired_at -> Nullable<Timestamp>,
        }
    }

    diesel::table! {
        desk_items (school_id, id) {
            id -> BigInt, school_id -> BigInt, kind -> Text, item_key -> Text,
            person_id -> Nullable<BigInt>, other_person_id -> Nullable<BigInt>, integration_id -> Nullable<BigInt>,
            record_id -> Nullable<BigInt>, other_record_id -> Nullable<BigInt>,
            run_id -> Nullable<BigInt>, problem_id -> Nullable<BigInt>,
            owner -> Text, state -> Text, reason -> Nullable<Text>,
            opened_at -> Timestamp, closed_at -> Nullable<Timestamp>,
            changed_by -> Nullable<Text>, changed_at -> Nullable<Timestamp>, lock_version -> Integer,
        }
    }

    diesel::table! {
        desk_moves (school_id, id) {
            id -> BigInt, school_id -> BigInt, item_id -> BigInt, what -> Text, owner -> Text, state -> Text,
            reason -> Nullable<Text>, moved_by -> Nullable<Text>, moved_at -> Timestamp,
        }
    }

    diesel::table! {
        desk_looks (school_id, finder) {
            school_id -> BigInt, finder -> Text, mark -> Text, looked_at -> Timestamp, is_cut -> Bool,
        }
    }

    use super::{grants, integrations, schools, users};

    diesel::allow_tables_to_appear_in_same_query!(
        schools,
        integrations,
        users,
        grants,
        people,
        field_pins,
        relationships,
        source_links,
        merges,
        merged_keys,
        runs,
        changes,
        run_problems,
        integration_ids,
        counters,
        school_integrations,
        stage_moves,
        ready_dismissals,
        run_holds,
        run_files,
        run_overlaps,
        run_groups,
        groups,
        memberships,
        id_specs,
        school_settings,
        header_maps,
        uploads,
        upload_pieces,
        email_decisions,
        person_links,
        match_decisions,
        sync_cases,
        sync_case_sets,
        go_ons,
        desk_items,
        desk_moves,
        desk_looks
    );

    // The sizes of groups by member type.
    diesel::allow_columns_to_appear_in_same_group_by_clause!(memberships::group_id, people::member_type);
}

/// Where a query of a school's table begins. People are narrowed to those whom the visitor may see.
macro_rules! way_in {
    (people) => {
        pub type InPart<P> = Filter<Filter<whole::table, Eq<whole::school_id, SchoolId>>, P>;
        pub type Of = InPart<crate::schools::Within>;

        /// The school's people inside the visitor's limits: where every query begins.
        pub fn of(school: &CurrentSchool) -> Of {
            in_part(school, school.within())
        }

        /// As `of`, for a query within `in_part!`.
        pub fn in_part<P: crate::schools::SeenPart>(school: &CurrentSchool, part: P) -> InPart<P> {
            whole::table.filter(whole::school_id.eq(school.id())).filter(part)
        }
    };
    ($name:ident) => {
        pub type Of = Filter<whole::table, Eq<whole::school_id, SchoolId>>;

        /// The school's rows: where every query begins.
        pub fn of(school: &CurrentSchool) -> Of {
            whole::table.filter(whole::school_id.eq(school.id()))
        }
    };
}

/// Gives each table of a school its public face: its columns, its type (for derives), and the ways in that take a school.
macro_rules! of_a_school {
    ($($name:ident)+) => { $(
        pub mod $name {
            use diesel::dsl::{And, Eq, Filter, On};
            use diesel::prelude::*;
            use diesel::query_builder::IncompleteInsertStatement;

            use super::tables::$name as whole;
            pub use super::tables::$name::columns::*;
            use crate::schools::{CurrentSchool, SchoolId};

            /// A name for derives; as an alias it has no value that a query could begin with.
            #[allow(non_camel_case_types)]
            pub type table = whole::table;

            way_in!($name);

            /// A query of the school's rows whose narrowing is decided as it goes.
            pub type Boxed<'a, DB> = whole::BoxedQuery<'a, DB>;

            /// The rows of the same school as `other` (another table's school_id), for a join.
            pub fn beside<C, E>(other: C, on: E) -> On<whole::table, And<Eq<whole::school_id, C>, E>>
            where
                C: Expression<SqlType = diesel::sql_types::BigInt> + diesel::expression::AsExpression<diesel::sql_types::BigInt, Expression = C>,
                E: Expression<SqlType = diesel::sql_types::Bool> + diesel::expression::AsExpression<diesel::sql_types::Bool, Expression = E>,
            {
                whole::table.on(whole::school_id.eq(other).and(on))
            }

            /// For a new row, which says its school itself.
            pub fn insert() -> IncompleteInsertStatement<whole::table> {
                diesel::insert_into(whole::table)
            }

            /// For `bulk_load!` alone, which only adds rows.
            pub fn for_bulk_load(_: &crate::db::bulk::Adding) -> whole::table {
                whole::table
            }
        }
    )+ };
}

of_a_school! {
    people field_pins relationships source_links merges merged_keys runs changes run_problems integration_ids counters school_integrations
    wizard_drafts own_profiles stage_moves ready_dismissals
    run_holds run_files run_overlaps run_groups groups memberships id_specs school_settings header_maps uploads upload_pieces
    email_decisions person_links match_decisions sync_cases sync_case_sets go_ons
    desk_items desk_moves desk_looks
}
