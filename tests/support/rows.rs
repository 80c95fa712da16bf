//! What stands in a world's tables, asked and set in plain SQL that both databases read.
//! Leaves what visitors see to the tests.

use std::collections::BTreeMap;

use crosswalk::db::Db;
use crosswalk::error::AppError;
use crosswalk::on_each;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};

use super::world::{Database, World};

#[derive(QueryableByName)]
struct TextRow {
    #[diesel(sql_type = Text)]
    value: String,
}

#[derive(QueryableByName)]
struct NumberRow {
    #[diesel(sql_type = BigInt)]
    value: i64,
}

/// The tables of the activity database, which people who only read write all day.
pub const ACTIVITY_TABLES: [&str; 6] =
    ["sessions", "signin_counters", "known_browsers", "activity_entries", "run_leases", "watch_states"];

/// Changes a database; says how many rows.
pub fn change(db: &Db, sql: &str) -> usize {
    db.write(|conn| Ok(on_each!(conn, |c| sql_query(sql).execute(c))?)).unwrap_or_else(|e| panic!("{sql}: {e}"))
}

/// The column `value` of a query.
pub fn texts(db: &Db, sql: &str) -> Vec<String> {
    let rows = db.read(|conn| Ok(on_each!(conn, |c| sql_query(sql).load::<TextRow>(c))?));
    rows.unwrap_or_else(|e| panic!("{sql}: {e}")).into_iter().map(|r| r.value).collect()
}

/// Every row of the main tables, table by table.
pub fn snapshot(db: &Db) -> BTreeMap<String, String> {
    let texts = |sql: &str| texts(db, sql);
    let tables = if db.url().is_sqlite() {
        texts(
            "SELECT name AS value FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
             AND name NOT LIKE 'people_search%'",
        )
    } else {
        texts(
            "SELECT table_name::text AS value FROM information_schema.tables WHERE table_schema = 'public' \
             AND table_type = 'BASE TABLE'",
        )
    };
    let rows_of = |table: &str| {
        if !db.url().is_sqlite() {
            return texts(&format!(
                "SELECT coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '') AS value FROM {table} t"
            ));
        }
        let columns = texts(&format!("SELECT name AS value FROM pragma_table_info('{table}')"));
        let quoted: Vec<String> = columns.iter().map(|c| format!("quote(\"{c}\")")).collect();
        let row = quoted.join(" || ',' || ");
        texts(&format!("SELECT coalesce(group_concat({row}, char(10)), '') AS value FROM {table}"))
    };
    let main = tables.into_iter().filter(|t| !ACTIVITY_TABLES.contains(&t.as_str()));
    main.map(|table| (rows_of(&table).concat(), table)).map(|(rows, table)| (table, rows)).collect()
}

impl World {
    /// Changes the main database; says how many rows.
    pub fn change(&self, sql: &str) -> usize {
        change(&self.db, sql)
    }

    /// The column `value` of a query.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        texts(&self.db, sql)
    }

    /// The column `value` of the one row of a query.
    pub fn text(&self, sql: &str) -> String {
        let mut all = self.texts(sql);
        assert_eq!(all.len(), 1, "{sql}");
        all.remove(0)
    }

    pub fn number(&self, sql: &str) -> i64 {
        let rows = self.db.read(|conn| Ok(on_each!(conn, |c| sql_query(sql).load::<NumberRow>(c))?));
        rows.unwrap_or_else(|e| panic!("{sql}: {e}"))[0].value
    }

    pub fn count(&self, table: &str) -> i64 {
        self.number(&format!("SELECT count(*) AS value FROM {table}"))
    }

    pub fn change_activity(&self, sql: &str) {
        let text = sql.to_owned();
        self.db
            .activity()
            .write(move |conn| Ok(on_each!(conn, |c| sql_query(text.as_str()).execute(c).map(drop))?))
            .unwrap_or_else(|e| panic!("{sql}: {e}"));
    }

    pub fn activity_texts(&self, sql: &str) -> Vec<String> {
        let rows = self.db.activity().read(|conn| Ok(on_each!(conn, |c| sql_query(sql).load::<TextRow>(c))?));
        rows.unwrap_or_else(|e| panic!("{sql}: {e}")).into_iter().map(|r| r.value).collect()
    }

    pub fn activity_number(&self, sql: &str) -> i64 {
        let rows = self.db.activity().read(|conn| Ok(on_each!(conn, |c| sql_query(sql).load::<NumberRow>(c))?));
        rows.unwrap_or_else(|e| panic!("{sql}: {e}"))[0].value
    }

    /// Waits until the activity writes that nobody waits for are there: they queue in order.
    pub fn settle(&self) {
        self.db.activity().write(|_| Ok::<_, AppError>(())).expect("an activity writer");
    }

    /// Every row of every table of the main database, table by table: equal before and after says that nothing changed.
    pub fn snapshot(&self) -> BTreeMap<String, String> {
        snapshot(&self.db)
    }

    /// Fails with the tables that differ from an earlier snapshot.
    pub fn assert_unchanged_since(&self, before: &BTreeMap<String, String>) {
        let now = self.snapshot();
        let differing: Vec<&String> =
            now.iter().filter(|(t, rows)| before.get(*t) != Some(rows)).map(|(t, _)| t).collect();
        assert!(differing.is_empty(), "these tables changed: {differing:?}");
    }

    /// The active students of a school without any integration ID, by SONIS ID.
    pub fn students_without_ids(&self, school: &str) -> Vec<String> {
        self.texts(&format!(
            "SELECT p.sonis_id AS value FROM people p JOIN schools s ON s.id = p.school_id \
             WHERE s.code = '{school}' AND p.member_type = 'student' AND p.status = 'active' AND NOT EXISTS \
             (SELECT 1 FROM integration_ids i WHERE i.school_id = p.school_id AND i.person_id = p.id) ORDER BY p.sonis_id"
        ))
    }

    /// The active students of a school with an ID of the integration, by SONIS ID.
    pub fn students_with_id(&self, school: &str, integration: &str) -> Vec<String> {
        self.texts(&format!(
            "SELECT p.sonis_id AS value FROM people p JOIN schools s ON s.id = p.school_id \
             JOIN integration_ids i ON i.school_id = p.school_id AND i.person_id = p.id AND i.removed_at IS NULL \
             JOIN integrations n ON n.id = i.integration_id \
             WHERE s.code = '{school}' AND n.code = '{integration}' AND p.member_type = 'student' \
             AND p.status = 'active' ORDER BY p.sonis_id"
        ))
    }

    /// The live IDs of a person, as "integration value", by integration.
    pub fn ids_of(&self, sonis_id: &str) -> Vec<String> {
        self.texts(&format!(
            "SELECT n.code || ' ' || i.value AS value FROM integration_ids i \
             JOIN people p ON p.school_id = i.school_id AND p.id = i.person_id \
             JOIN integrations n ON n.id = i.integration_id \
             WHERE p.sonis_id = '{sonis_id}' AND i.removed_at IS NULL ORDER BY n.code"
        ))
    }

    /// One column of a person's row, as text; empty where nothing is known.
    pub fn field_of(&self, sonis_id: &str, column: &str) -> String {
        self.text(&format!(
            "SELECT coalesce(CAST({column} AS TEXT), '') AS value FROM people WHERE sonis_id = '{sonis_id}'"
        ))
    }

    /// The number of the newest run.
    pub fn last_run(&self) -> String {
        self.text("SELECT CAST(max(id) AS TEXT) AS value FROM runs")
    }

    /// Lets a demo user view the audit of their school.
    pub fn let_audit(&self, user_id: &str) {
        self.let_use(user_id, "view_audit");
    }

    /// Lets a user use a Task at their school.
    pub fn let_use(&self, user_id: &str, task: &str) {
        let done = self.change(&format!(
            "INSERT INTO grants (user_id, school_id, task, kind, granted_by, granted_at) \
             SELECT id, school_id, '{task}', 'use', 'a test', created_at FROM users WHERE user_key = '{user_id}'"
        ));
        assert_eq!(done, 1);
    }

    /// A profile of the school's own; its number.
    pub fn add_profile(&self, school: &str) -> i64 {
        let of = format!("school_id = (SELECT id FROM schools WHERE code = '{school}')");
        let done = self.change(&format!(
            "INSERT INTO own_profiles (school_id, name, name_key, tasks) \
             SELECT id, 'Front desk', 'front desk', '[\"view_integration_ids\"]' FROM schools WHERE code = '{school}'"
        ));
        assert_eq!(done, 1);
        self.number(&format!("SELECT max(id) AS value FROM own_profiles WHERE {of}"))
    }

    /// A group of a school, with its key where the sync keeps it; its number.
    pub fn add_group(&self, school: &str, category: &str, name: &str, placeholder: Option<&str>) -> i64 {
        let key = placeholder.map_or_else(|| "NULL".to_owned(), |key| format!("'{key}'"));
        let done = self.change(&format!(
            "INSERT INTO groups (school_id, category, name, name_key, placeholder, lock_version, created_at) \
             SELECT id, '{category}', '{name}', '{}', {key}, 1, created_at FROM schools WHERE code = '{school}'",
            name.to_lowercase()
        ));
        assert_eq!(done, 1);
        self.number("SELECT max(id) AS value FROM groups")
    }

    /// Puts the people who fit a condition on `people` into a group; says how many.
    pub fn put_into(&self, group: i64, why: &str, condition: &str) -> usize {
        self.change(&format!(
            "INSERT INTO memberships (school_id, group_id, person_id, why, run_id) \
             SELECT p.school_id, g.id, p.id, '{why}', (SELECT min(r.id) FROM runs r WHERE r.school_id = g.school_id) \
             FROM groups g JOIN people p ON p.school_id = g.school_id WHERE g.id = {group} AND ({condition})"
        ))
    }

    /// Makes syncs of imports of names: runs as good as any for whatever asks only which kind a run is.
    pub fn make_syncs(&self, runs: &[&str]) {
        let of = runs.join(", ");
        assert_eq!(self.change(&format!("UPDATE runs SET kind = 'roster_sync' WHERE id IN ({of})")), runs.len());
        self.change(&format!("UPDATE run_problems SET slot = 'students', cells = '[]' WHERE run_id IN ({of})"));
        self.change(&format!(
            "INSERT INTO run_files (school_id, run_id, slot, name, hash, length, rows_read, header, shape, notes, holds_ids) \
             SELECT school_id, id, 'students', 'students.txt', 'none', 1, 1, '[\"Student_Number\"]', 'UTF-8', '', false \
             FROM runs WHERE id IN ({of})"
        ));
    }

    /// Holds a planned run.
    pub fn hold(&self, run: &str) {
        let held = self.change(&format!("UPDATE runs SET state = 'held' WHERE id = {run} AND state = 'planned'"));
        assert_eq!(
            held,
            1,
            "run {run}: {:?}",
            self.texts(&format!("SELECT held_for AS value FROM run_holds WHERE run_id = {run}"))
        );
        self.change(&format!(
            "INSERT INTO run_holds (school_id, run_id, held_for) \
             SELECT school_id, id, '[{{\"what\":\"The file of students is empty.\"}}]' FROM runs WHERE id = {run}"
        ));
    }

    /// A file that waits for a plan; its number.
    pub fn add_upload(&self, school: &str, slot: &str, text: &str) -> i64 {
        self.change(&format!(
            "INSERT INTO uploads (school_id, slot, name, hash, length, uploaded_by, uploaded_at) \
             SELECT id, '{slot}', 'waits.txt', 'h{}', {}, 'a test', created_at FROM schools WHERE code = '{school}'",
            text.len(),
            text.len()
        ));
        let upload = self.number("SELECT max(id) AS value FROM uploads");
        let as_bytes: String = text.bytes().map(|b| format!("{b:02x}")).collect();
        let body = match self.database {
            Database::Sqlite => format!("X'{as_bytes}'"),
            Database::Postgres => format!("'\\x{as_bytes}'::bytea"),
        };
        self.change(&format!(
            "INSERT INTO upload_pieces (school_id, upload_id, place, body) \
             SELECT school_id, id, 0, {body} FROM uploads WHERE id = {upload}"
        ));
        upload
    }

    /// A user with the profile, home, password and grants of another.
    pub fn copy_user(&self, of: &str, user_id: &str) {
        let done = self.change(&format!(
            "INSERT INTO users (school_id, user_id, user_key, name, profile, password_hash, must_change, theme, keys_on, created_at, created_by) \
             SELECT school_id, '{user_id}', '{user_id}', 'Copy {user_id}', profile, password_hash, must_change, theme, keys_on, created_at, 'a test' \
             FROM users WHERE user_key = '{of}'"
        ));
        assert_eq!(done, 1);
        self.change(&format!(
            "INSERT INTO grants (user_id, school_id, task, kind, granted_by, granted_at) \
             SELECT (SELECT id FROM users WHERE user_key = '{user_id}'), school_id, task, kind, 'a test', granted_at FROM grants \
             WHERE revoked_at IS NULL AND user_id = (SELECT id FROM users WHERE user_key = '{of}')"
        ));
    }
}
