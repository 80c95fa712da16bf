//! The two databases held equal: migrations, tables, columns, keys and indexes, and `schema.rs` against both.
//! Leaves what stands in the tables to the other files.

use std::collections::{BTreeMap, BTreeSet};

use crosswalk::schools::CurrentSchool;

use crate::support::rows::ACTIVITY_TABLES;
use crate::support::world::{Database, run};
use crate::support::{World, postgres};

/// A table as a database or `schema.rs` tells it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Table {
    /// Name -> type in the words of `schema.rs`, with Nullable around it where it may be NULL.
    columns: BTreeMap<String, String>,
    /// Unique keys: columns in order, and the condition of a partial one.
    unique: BTreeSet<String>,
    /// Other indexes, by name.
    indexes: BTreeMap<String, String>,
    /// (columns) -> table (columns)
    references: BTreeSet<String>,
    checks: BTreeSet<String>,
}

type Schema = BTreeMap<String, Table>;

/// Where the bracket closes that stands before the text.
fn end_of(text: &str, open: char, close: char) -> usize {
    let mut depth = 1;
    let end = text.find(|c| {
        depth += i32::from(c == open) - i32::from(c == close);
        depth == 0
    });
    end.expect("a bracket that closes")
}

/// The tables of `schema.rs`, read from its text: name, columns, types.
fn of_program() -> Schema {
    let text = include_str!("../../src/schema.rs");
    let mut schema = Schema::new();
    for part in text.split("diesel::table! {").skip(1) {
        let part = &part[..end_of(part, '{', '}')];
        let part: String = part.lines().filter(|l| !l.trim_start().starts_with("use ")).collect::<Vec<_>>().join(" ");
        let (head, columns) = part.split_once('{').expect("columns");
        let name = head.split('(').next().unwrap_or_default().trim().to_owned();
        let mut table = Table::default();
        for column in columns.trim_end_matches(['}', ' ']).split(',').filter(|c| c.contains("->")) {
            let (name, kind) = column.split_once("->").expect("a type");
            table.columns.insert(name.trim().to_owned(), kind.trim().replace("IdText", "Text"));
        }
        schema.insert(name, table);
    }
    schema
}

fn nullable(kind: &str, is_nullable: bool) -> String {
    if is_nullable { format!("Nullable<{kind}>") } else { kind.to_owned() }
}

/// Spelling that differs between the databases and means the same.
fn plain(condition: &str) -> String {
    let mut text = condition.to_lowercase();
    for gone in ["::text", "[]", "(", ")", "\"", "any array", "array", " any "] {
        text = text.replace(gone, " ");
    }
    text.replace(['[', ']'], " ")
        .replace(" in ", " = ")
        .replace(',', " ")
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

/// The CHECKs of a CREATE TABLE, which SQLite keeps as text only.
fn checks_in(sql: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for part in sql.split("CHECK (").skip(1) {
        found.insert(plain(&part[..end_of(part, '(', ')')]));
    }
    found
}

fn of_sqlite(world: &World, activity: bool) -> Schema {
    let texts = |sql: &str| if activity { world.activity_texts(sql) } else { world.texts(sql) };
    let tables = texts(
        "SELECT name AS value FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' \
         AND name NOT LIKE 'people_search%' AND name <> '__diesel_schema_migrations'",
    );
    let mut schema = Schema::new();
    for name in tables {
        let mut table = Table::default();
        for line in texts(&format!(
            "SELECT name || '|' || type || '|' || \"notnull\" AS value FROM pragma_table_info('{name}')"
        )) {
            let parts: Vec<&str> = line.split('|').collect();
            let is_id = parts[0] == "id" && parts[1] == "INTEGER" && !["instance"].contains(&name.as_str());
            let kind = match parts[1] {
                _ if is_id => "BigInt",
                "INTEGER" => "Integer",
                "BIGINT" => "BigInt",
                "TEXT" => "Text",
                "BOOLEAN" => "Bool",
                "TIMESTAMP" => "Timestamp",
                "DATE" => "Date",
                "BLOB" => "Binary",
                other => panic!("{name}.{}: {other}", parts[0]),
            };
            table.columns.insert(parts[0].to_owned(), nullable(kind, parts[2] == "0"));
        }
        let keys = texts(&format!("SELECT name AS value FROM pragma_table_info('{name}') WHERE pk > 0 ORDER BY pk"));
        table.unique.insert(keys.join(", "));
        for line in texts(&format!("SELECT name || '|' || \"unique\" AS value FROM pragma_index_list('{name}')")) {
            let (index, is_unique) = line.split_once('|').unwrap();
            let columns =
                texts(&format!("SELECT name AS value FROM pragma_index_info('{index}') ORDER BY seqno")).join(", ");
            let sql = texts(&format!(
                "SELECT coalesce(sql, '') AS value FROM sqlite_master WHERE type = 'index' AND name = '{index}'"
            ))
            .concat();
            let condition = sql.split_once(" WHERE ").map(|(_, c)| format!(" where {}", plain(c))).unwrap_or_default();
            if is_unique == "1" {
                table.unique.insert(format!("{columns}{condition}"));
            } else {
                table.indexes.insert(index.to_owned(), columns);
            }
        }
        for id in texts(&format!("SELECT DISTINCT CAST(id AS TEXT) AS value FROM pragma_foreign_key_list('{name}')")) {
            let column = |which: &str| {
                texts(&format!(
                    "SELECT \"{which}\" AS value FROM pragma_foreign_key_list('{name}') WHERE id = {id} ORDER BY seq"
                ))
            };
            table.references.insert(format!(
                "({}) -> {} ({})",
                column("from").join(", "),
                column("table")[0],
                column("to").join(", ")
            ));
        }
        let sql =
            texts(&format!("SELECT sql AS value FROM sqlite_master WHERE type = 'table' AND name = '{name}'")).concat();
        table.checks = checks_in(&sql);
        schema.insert(name, table);
    }
    schema
}

fn of_postgres(world: &World) -> Schema {
    let tables = world.texts(
        "SELECT table_name::text AS value FROM information_schema.tables WHERE table_schema = 'public' \
         AND table_type = 'BASE TABLE' AND table_name <> '__diesel_schema_migrations'",
    );
    let mut schema = Schema::new();
    for name in tables {
        let mut table = Table::default();
        for line in world.texts(&format!(
            "SELECT column_name || '|' || data_type || '|' || is_nullable AS value FROM information_schema.columns \
             WHERE table_schema = 'public' AND table_name = '{name}'"
        )) {
            let parts: Vec<&str> = line.split('|').collect();
            let kind = match parts[1] {
                "integer" => "Integer",
                "bigint" => "BigInt",
                "text" => "Text",
                "boolean" => "Bool",
                "timestamp without time zone" => "Timestamp",
                "date" => "Date",
                "bytea" => "Binary",
                other => panic!("{name}.{}: {other}", parts[0]),
            };
            table.columns.insert(parts[0].to_owned(), nullable(kind, parts[2] == "YES"));
        }
        for line in world.texts(&format!(
            "SELECT c.relname || '|' || i.indisunique::text || '|' || \
             (SELECT string_agg(pg_get_indexdef(i.indexrelid, k, false), ', ' ORDER BY k) FROM generate_series(1, i.indnatts) k) || '|' || \
             coalesce(pg_get_expr(i.indpred, i.indrelid), '') AS value \
             FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = 'public.{name}'::regclass"
        )) {
            let parts: Vec<&str> = line.split('|').collect();
            let condition = if parts[3].is_empty() { String::new() } else { format!(" where {}", plain(parts[3])) };
            if parts[1] == "true" {
                table.unique.insert(format!("{}{condition}", parts[2]));
            } else if parts[0] != "people_search" {
                table.indexes.insert(parts[0].to_owned(), parts[2].to_owned());
            }
        }
        for line in world.texts(&format!(
            "SELECT contype::text || '|' || pg_get_constraintdef(oid) AS value FROM pg_constraint WHERE conrelid = 'public.{name}'::regclass"
        )) {
            let (kind, text) = line.split_once('|').unwrap();
            match kind {
                "f" => {
                    let (from, to) = text.trim_start_matches("FOREIGN KEY ").split_once(" REFERENCES ").unwrap();
                    let (target, columns) = to.split_once('(').unwrap();
                    table.references.insert(format!("{from} -> {target} ({columns}"));
                }
                "c" => {
                    table.checks.insert(plain(text.trim_start_matches("CHECK ")));
                }
                _ => {}
            }
        }
        schema.insert(name, table);
    }
    schema
}

/// What SQLite has beside the keys of `schema.rs`: its rowid.
fn without_rowids(schema: &mut Schema) {
    for table in schema.values_mut() {
        if table.unique.contains("school_id, id") {
            table.unique.remove("id");
        }
    }
}

fn assert_same(a: &Schema, b: &Schema, what: &str) {
    assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>(), "tables: {what}");
    for (name, table) in a {
        let other = &b[name];
        assert_eq!(table.columns, other.columns, "columns of {name}: {what}");
        assert_eq!(table.unique, other.unique, "unique keys of {name}: {what}");
        assert_eq!(table.indexes, other.indexes, "indexes of {name}: {what}");
        assert_eq!(table.references, other.references, "foreign keys of {name}: {what}");
        assert_eq!(table.checks, other.checks, "checks of {name}: {what}");
    }
}

#[test]
fn both_databases_have_the_migrations_of_the_same_names() {
    let names = |database: &str| {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(database);
        let mut names: Vec<String> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|e| {
                let entry = e.unwrap();
                assert!(entry.path().join("up.sql").is_file(), "{}", entry.path().display());
                entry.file_name().into_string().unwrap()
            })
            .collect();
        names.sort();
        names
    };
    assert_eq!(names("sqlite"), names("postgres"));
    assert!(!names("sqlite").is_empty());
}

#[test]
fn both_databases_have_the_same_tables_columns_keys_and_checks() {
    if postgres::server().is_none() {
        return;
    }
    let (to_us, schemas) = std::sync::mpsc::channel();
    for database in [Database::Sqlite, Database::Postgres] {
        let to_us = to_us.clone();
        run(database, move |world| async move {
            let schema = match world.database {
                Database::Sqlite => {
                    let (mut schema, activity) = (of_sqlite(&world, false), of_sqlite(&world, true));
                    assert_eq!(
                        activity.keys().map(String::as_str).collect::<BTreeSet<_>>(),
                        BTreeSet::from(ACTIVITY_TABLES)
                    );
                    for (name, table) in activity {
                        assert!(schema.insert(name.clone(), table).is_none(), "{name} is in both files");
                    }
                    without_rowids(&mut schema);
                    schema
                }
                Database::Postgres => of_postgres(&world),
            };
            to_us.send(schema).unwrap();
        });
    }
    let (sqlite, postgres) = (schemas.recv().unwrap(), schemas.recv().unwrap());
    assert!(sqlite.len() > 15 && !sqlite["people"].references.is_empty() && !sqlite["runs"].checks.is_empty());
    assert_same(&sqlite, &postgres, "SQLite against PostgreSQL");
    let program = of_program();
    assert_eq!(program.keys().collect::<Vec<_>>(), sqlite.keys().collect::<Vec<_>>(), "tables of schema.rs");
    for (name, table) in &program {
        assert_eq!(table.columns, sqlite[name].columns, "columns of {name} in schema.rs against SQLite");
        assert_eq!(table.columns, postgres[name].columns, "columns of {name} in schema.rs against PostgreSQL");
    }
}

/// Every query of the program names columns through `schema.rs`: each of them is asked for once, of both databases.
macro_rules! every_column {
    ($world:ident, $school:ident: $($of_school:ident),+; of no school: $($table:ident),+; activity: $($other:ident),+) => {{
        use crosswalk::schema;
        use diesel::prelude::*;
        $($world.db.read(|conn| Ok(crosswalk::on_each!(conn, |c| schema::$of_school::of(&$school).limit(0).execute(c))?)).unwrap();)+
        $($world.db.read(|conn| Ok(crosswalk::on_each!(conn, |c| schema::$table::table.limit(0).execute(c))?)).unwrap();)+
        $($world.db.activity().read(|conn| Ok(crosswalk::on_each!(conn, |c| schema::$other::table.limit(0).execute(c))?)).unwrap();)+
        let named: BTreeSet<&str> = [$(stringify!($of_school),)+ $(stringify!($table),)+ $(stringify!($other),)+].into();
        let all = of_program();
        assert_eq!(named, all.keys().map(String::as_str).collect(), "a table of schema.rs is not asked for here");
    }};
}

crate::on_both! {
    async fn every_column_of_the_program_can_be_asked_for(world) {
        let school = world.db.read(|conn| CurrentSchool::by_code(conn, "NFC")).unwrap().unwrap();
        every_column!(world, school: counters, school_integrations, people, field_pins, relationships, source_links, merges, merged_keys, runs, changes,
            run_problems, integration_ids, wizard_drafts, own_profiles, stage_moves, ready_dismissals, run_holds, run_files, run_overlaps,
            run_groups, groups, memberships, id_specs, school_settings, header_maps, uploads, upload_pieces,
            email_decisions, person_links, match_decisions, sync_cases, sync_case_sets, go_ons, desk_items,
            desk_moves, desk_looks;
            of no school: instance, access_epoch, schools, integrations, users, user_limits, grants, audit_entries;
            activity: sessions, signin_counters, known_browsers, activity_entries, run_leases, watch_states);
    }

    async fn whatever_belongs_to_a_school_is_keyed_by_it_and_points_within_it(world) {
        let schema = match world.database {
            Database::Sqlite => of_sqlite(&world, false),
            Database::Postgres => of_postgres(&world),
        };
        for (name, table) in schema.iter().filter(|(n, _)| !ACTIVITY_TABLES.contains(&n.as_str())) {
            for reference in &table.references {
                let (from, to) = reference.split_once(" -> ").unwrap();
                let of_a_school = ["people ", "runs ", "changes ", "integration_ids "].iter().any(|t| to.starts_with(t));
                if of_a_school {
                    assert!(from.starts_with("(school_id, ") && to.contains("(school_id, id)"), "{name}: {reference}");
                }
            }
            if table.columns.get("school_id").is_some_and(|kind| kind == "BigInt") {
                assert!(table.unique.iter().any(|k| k.starts_with("school_id, ")), "{name} has no key that begins with the school");
            }
        }
    }

    async fn the_tables_themselves_refuse_what_the_rules_forbid(world) {
        for (what, sql) in [
            ("an ID twice", "INSERT INTO integration_ids (school_id, person_id, integration_id, value, value_key, slot, run_id, added_at, added_by) \
              SELECT school_id, person_id + 1, integration_id, value, value_key, 0, run_id, added_at, added_by FROM integration_ids WHERE value = '0049317' AND school_id = 1"),
            ("a second ID of an integration that allows one", "INSERT INTO integration_ids (school_id, person_id, integration_id, value, value_key, slot, run_id, added_at, added_by) \
              SELECT school_id, person_id, integration_id, 'x', 'x', 0, run_id, added_at, added_by FROM integration_ids WHERE value = '0049317' AND school_id = 1"),
            ("an ID of another school's person", "INSERT INTO integration_ids (school_id, person_id, integration_id, value, value_key, slot, run_id, added_at, added_by) \
              SELECT 1, 200, integration_id, 'y', 'y', 0, run_id, added_at, added_by FROM integration_ids WHERE value = '0049317' AND school_id = 1"),
            ("a SONIS ID twice", "UPDATE people SET sonis_id = 'NC0001234' WHERE sonis_id = 'NC0001235'"),
            ("a person moved to another school", "UPDATE people SET school_id = 2 WHERE sonis_id = 'NC0001234'"),
            ("a status that is none", "UPDATE people SET status = 'ghost' WHERE sonis_id = 'NC0001234'"),
            ("a person erased who has IDs", "DELETE FROM people WHERE sonis_id = 'NC0001234'"),
            ("a second instance", "INSERT INTO instance (id, kind, cookie_key, created_at) SELECT 2, kind, cookie_key, created_at FROM instance"),
            ("a User ID twice", "UPDATE users SET user_key = 'clerk' WHERE user_key = 'viewer'"),
        ] {
            let refused = world.db.write(|conn| Ok(crosswalk::on_each!(conn, |c| diesel::RunQueryDsl::execute(diesel::sql_query(sql), c))?));
            assert!(refused.is_err(), "{what} was taken");
        }
        let two = "INSERT INTO runs (school_id, kind, state, actor_name, planned_at, rows_read, created, updated, unchanged, refused, kept) \
                   SELECT school_id, kind, 'applying', actor_name, planned_at, 0, 0, 0, 0, 0, 0 FROM runs WHERE school_id = 1 AND id = 1";
        assert_eq!(world.change(two), 1);
        assert!(world.db.write(|conn| Ok(crosswalk::on_each!(conn, |c| diesel::RunQueryDsl::execute(diesel::sql_query(two), c))?)).is_err());
    }
}
