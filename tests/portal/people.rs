//! Finding people: what is typed, filters, order, pages, the file of the same list.
//! Leaves searches by somebody who may not see IDs to `unauthorized`, changing people to `editing`.

use crate::on_both;
use crate::support::{Answer, Database, Visitor, World};

/// The list that a search gives; somebody it leads straight to counts as found.
async fn find(visitor: &Visitor, typed: &str) -> Vec<String> {
    let answer = visitor.ask("/people", &[("q", typed), ("rows", "100")]).await;
    if let Some(place) = answer.location() {
        return vec![place.trim_start_matches("/people/").to_owned()];
    }
    answer.assert_status(200);
    answer.listed()
}

async fn assert_finds(visitor: &Visitor, typed: &str, sonis_id: &str) {
    let found = find(visitor, typed).await;
    assert!(found.contains(&sonis_id.to_owned()), "{typed:?} finds {found:?} and not {sonis_id}");
}

/// The rows of a CSV, its header first.
fn rows(csv: &Answer) -> Vec<Vec<String>> {
    let body = csv.body.strip_prefix('\u{feff}').expect("a BOM");
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(body.as_bytes());
    reader.records().map(|r| r.unwrap().iter().map(str::to_owned).collect()).collect()
}

/// A new person, made through the form.
async fn make(registrar: &Visitor, fields: &[(&str, &str)]) -> String {
    let mut form = vec![("member_type", "student"), ("status", "active")];
    form.extend_from_slice(fields);
    let answer = registrar.post("/people/new", &form).await;
    answer.assert_status(303);
    answer.location().unwrap().trim_start_matches("/people/").to_owned()
}

/// Many people at once, named so that a search for their last name is broad.
fn make_many(world: &World, count: u32, last_name: &str) {
    world.change(&format!(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count}) \
         INSERT INTO people (id, school_id, sonis_id, member_type, status, status_since, last_name, first_name, \
         sort_name, search_name, lock_version, created_at, updated_at) \
         SELECT 100000 + n.i, s.id, 'NC8' || substr('00000' || CAST(n.i AS TEXT), -6 + length('00000' || CAST(n.i AS TEXT)) + 1), \
         'parent', 'active', s.created_at, '{last_name}', 'Nr ' || CAST(n.i AS TEXT), \
         lower('{last_name}') || ' nr ' || CAST(n.i AS TEXT), lower('{last_name}') || ' nr ' || CAST(n.i AS TEXT), \
         1, s.created_at, s.created_at FROM n, schools s WHERE s.code = 'NFC'"
    ));
}

on_both! {
    async fn a_person_is_found_by_part_of_a_name_with_or_without_its_accents_and_capitals(world) {
        let clerk = world.signed_in("clerk").await;
        for (typed, who) in [
            ("Okonkwo", "NC0001234"), ("okonk", "NC0001234"), ("KONKWO AMA", "NC0001234"), ("amara okonkwo", "NC0001234"),
            ("Chidinma Okonkwo", "NC0001234"), ("okonkwo, amara", "NC0001234"),
            ("magsaysay-ilagan", "NC0001237"), ("magsaysay ilagan", "NC0001237"), ("princess joy", "NC0001237"),
            ("Jędrzej", "NC0001244"), ("jedrzej", "NC0001244"),
            ("Doğan İlker", "NC0001266"), ("dogan ilker", "NC0001266"), ("DOGAN ILKER", "NC0001266"), ("Şükrü", "NC0001268"), ("sukru", "NC0001268"),
            ("Þórdís", "NC0001274"), ("thordis", "NC0001274"), ("Sæunn", "NC0001273"), ("saeunn", "NC0001273"), ("Ragnheiður", "NC0001273"),
            ("Zdzisław", "NC0001280"), ("zdzislaw", "NC0001280"), ("roisin", "NC0001286"), ("Ro\u{301}isi\u{301}n", "NC0001286"),
        ] {
            assert_finds(&clerk, typed, who).await;
            let partial = clerk.ask_partial("/people", &[("q", typed), ("rows", "100")]).await;
            assert!(partial.listed().contains(&who.to_owned()), "{typed} as typed");
            partial.assert_lacks("<html");
        }
        assert!(find(&clerk, "okonkwo magsaysay").await.is_empty(), "every word has to fit");
    }

    async fn a_person_is_found_by_their_name_in_its_own_script(world) {
        let registrar = world.signed_in("registrar").await;
        for (typed, who) in [
            ("निखिल", "NC0001245"), ("अग्रवाल", "NC0001245"), ("Մանե", "NC0001283"), ("Տեր-Մինասյան", "NC0001283"),
            ("மலர் கணேசன்", "NC0001276"), ("정지우", "NC0001303"),
        ] {
            assert_finds(&registrar, typed, who).await;
        }
        let petrov = make(&registrar, &[("last_name", "Petrov"), ("first_name", "Miloš"), ("native_name", "Милош Петровић")]).await;
        for typed in ["петровић", "МИЛОШ", "milosh", "Milos Petrov"] {
            assert_finds(&registrar, typed, &petrov).await;
        }
    }

    async fn a_whole_name_of_two_letters_in_its_own_script_finds_its_bearer(world) {
        let registrar2 = world.signed_in("registrar2").await;
        let names = world.texts("SELECT sonis_id || ' ' || native_name AS value FROM people WHERE native_name IS NOT NULL AND length(native_name) = 2 AND school_id = 2");
        assert!(!names.is_empty());
        for (sonis_id, name) in names.iter().map(|n| n.split_once(' ').unwrap()) {
            assert_finds(&registrar2, name, sonis_id).await;
        }
    }

    async fn a_given_name_of_a_few_signs_in_its_own_script_finds_its_bearer(world) {
        let registrar = world.signed_in("registrar").await;
        for (typed, who) in [("मीरा", "NC0001247"), ("지우", "NC0001303"), ("நிலா", "NC0001277")] {
            assert_finds(&registrar, typed, who).await;
        }
    }

    async fn a_short_last_name_is_found_and_a_short_word_narrows_a_longer_one(world) {
        let registrar = world.signed_in("registrar").await;
        let ng = make(&registrar, &[("last_name", "Ng"), ("first_name", "Saoirse")]).await;
        let o = make(&registrar, &[("last_name", "O"), ("first_name", "Minsu")]).await;
        for (typed, who) in [("ng", &ng), ("Ng", &ng), ("ng saoirse", &ng), ("saoirse ng", &ng), ("o", &o), ("o minsu", &o), ("Ng S", &ng)] {
            assert_finds(&registrar, typed, who).await;
        }
        assert!(!find(&registrar, "ng minsu").await.contains(&o));
        // Given names of two letters are names too.
        let jo = make(&registrar, &[("last_name", "Featherstonehaugh"), ("first_name", "Jo")]).await;
        assert_finds(&registrar, "jo featherstonehaugh", &jo).await;
        assert_finds(&registrar, "featherstonehaugh, jo", &jo).await;
    }

    async fn an_apostrophe_however_it_is_typed_does_not_hide_anybody(world) {
        let registrar = world.signed_in("registrar").await;
        let who = make(&registrar, &[("last_name", "O’Connor-Núñez"), ("first_name", "D'Arcy")]).await;
        for typed in ["oconnor", "O'Connor", "O’Connor", "Oʼconnor nunez", "connor-nu", "nunez darcy", "d’arcy", "OCONNOR NÚÑEZ"] {
            assert_finds(&registrar, typed, &who).await;
        }
    }

    async fn an_exact_sonis_id_leads_to_the_person_and_the_beginning_of_one_to_a_list(world) {
        let clerk = world.signed_in("clerk").await;
        for typed in ["NC0001234", "nc0001234", " NC0001234 "] {
            assert_eq!(clerk.ask("/people", &[("q", typed)]).await.location().as_deref(), Some("/people/NC0001234"), "{typed:?}");
        }
        // While typing the list stays.
        let partial = clerk.ask_partial("/people", &[("q", "NC0001234")]).await;
        assert_eq!(partial.listed(), ["NC0001234"]);
        let mut list = find(&clerk, "nc000123").await;
        list.sort();
        assert_eq!(list, (1234..1240).map(|n| format!("NC{n:07}")).collect::<Vec<_>>());
        assert!(find(&clerk, "HA0001234").await.is_empty());
        assert!(find(&clerk, "NC0009999").await.is_empty());
    }

    async fn a_person_is_found_by_the_beginning_of_their_email(world) {
        let clerk = world.signed_in("clerk").await;
        for typed in ["a.okonkwo@northfield.example", "A.OKONKWO@Northfield", "a.okonkwo@"] {
            assert_eq!(find(&clerk, typed).await, ["NC0001234"], "{typed}");
        }
        let mut both = find(&clerk, "ngozi.okonkwo@mail.example").await;
        both.sort();
        assert_eq!(both, ["NC0001235", "NC0001236"], "an e-mail can be shared");
        assert!(find(&clerk, "@").await.is_empty());
    }

    async fn a_registrar_is_led_to_a_person_by_an_integration_id_past_or_present(world) {
        let registrar = world.signed_in("registrar").await;
        for id in ["S2038917", "s2038917", " S2038917 ", "0049317", "PCT-00412207", "pct-00412207", "E220A839-7B1D-4DAF-95A4-161D100B05E5"] {
            assert_eq!(registrar.ask("/people", &[("q", id)]).await.location().as_deref(), Some("/people/NC0001234"), "{id}");
        }
        for none in ["S203891", "49317", "00493170", "PCT 00412207"] {
            assert!(registrar.ask("/people", &[("q", none)]).await.location().is_none(), "{none} is not the whole ID");
        }
        let place = "/people/NC0001234/integration-ids";
        let record = registrar.get(place).await.deletable()[0].clone();
        registrar.submit(&format!("{place}/delete"), &[("delete", &record)]).await.assert_has("Canvas ID deleted");
        assert_eq!(registrar.ask("/people", &[("q", "0049317")]).await.location().as_deref(), Some("/people/NC0001234"));
        assert_eq!(registrar.ask_partial("/people", &[("q", "0049317")]).await.listed(), ["NC0001234"]);
        let viewer = world.signed_in("viewer").await;
        assert!(viewer.ask("/people", &[("q", "S2038917")]).await.location().is_some());
        // The other school's numbers lead nowhere.
        let registrar2 = world.signed_in("registrar2").await;
        let theirs = registrar2.ask("/people", &[("q", "0049317")]).await.location();
        assert!(theirs.is_some_and(|l| l.starts_with("/people/HA")), "the same number is another person there");
        assert!(registrar2.ask("/people", &[("q", "S2038917")]).await.location().is_none());
    }

    async fn an_id_that_looks_like_a_sonis_id_or_a_name_is_found_all_the_same(world) {
        let registrar = world.signed_in("registrar").await;
        let students = world.students_without_ids("NFC");
        for (student, value) in students.iter().zip(["AB1234567", "Okonkwo", "x@y.example", "ng", "12"]) {
            let form = [("integration", "canvas"), ("value", value)];
            registrar.submit(&format!("/people/{student}/integration-ids/add"), &form).await.assert_status(200);
            assert_eq!(registrar.ask("/people", &[("q", value)]).await.location(), Some(format!("/people/{student}")), "{value}");
        }
        // An ID that is also a name must not hide the people of that name while one types.
        let partial = registrar.ask_partial("/people", &[("q", "Okonkwo")]).await.listed();
        assert!(partial.contains(&"NC0001234".to_owned()), "{partial:?}");
    }

    async fn filters_narrow_each_other_and_stand_in_the_address(world) {
        let clerk = world.signed_in("clerk").await;
        let all = clerk.ask("/people", &[("rows", "100"), ("status", "any")]).await;
        all.assert_reads("120 people").assert_has("Filter in use: Status is Any.");
        let sql = |filter: &str| world.texts(&format!(
            "SELECT sonis_id AS value FROM people WHERE school_id = 1 AND status IN ('active', 'applicant') AND {filter} ORDER BY sonis_id"
        ));
        for (query, filter) in [
            (vec![("member", "staff")], "member_type = 'staff'"),
            (vec![("member", "student"), ("grade", "4")], "member_type = 'student' AND grade_level = 4"),
            (vec![("grade", "0")], "grade_level = 0"),
            (vec![("grade", "-1")], "grade_level = -1"),
            (vec![("grade", "nonsense")], "1 = 1"),
            (vec![("member", "ghost")], "1 = 1"),
            (vec![("campus", "nowhere")], "1 = 0"),
            (vec![("campus", "' OR 1=1 --")], "1 = 0"),
        ] {
            let mut asked = vec![("rows", "100"), ("sort", "sonis_id")];
            asked.extend(query);
            let page = clerk.ask("/people", &asked).await;
            let mut found = page.listed();
            if page.has(">Next</a>") {
                asked.push(("page", "2"));
                found.extend(clerk.ask("/people", &asked).await.listed());
            }
            assert_eq!(found, sql(filter), "{asked:?}");
        }
        for column in ["campus", "division", "level"] {
            let value = world.texts(&format!("SELECT DISTINCT {column} AS value FROM people WHERE school_id = 1 AND {column} IS NOT NULL ORDER BY 1")).remove(0);
            let page = clerk.ask("/people", &[(column, &value), ("rows", "100"), ("sort", "sonis_id"), ("grade", "4")]).await;
            assert_eq!(page.listed(), sql(&format!("{column} = '{}' AND grade_level = 4", value.replace('\'', "''"))), "{column}");
            page.assert_has(&format!("<option selected>{value}</option>"));
        }
        let inactive = clerk.ask("/people", &[("status", "inactive")]).await;
        assert_eq!(inactive.listed().len(), 1);
        let named = clerk.ask("/people", &[("q", "okonkwo"), ("member", "parent"), ("sort", "sonis_id")]).await;
        assert_eq!(named.listed(), ["NC0001235", "NC0001236"]);
        clerk.ask("/people", &[("q", "okonkwo"), ("grade", "4")]).await.assert_has("Nobody found").assert_has("Grade is 4");
    }

    async fn the_tabs_count_what_the_list_shows_under_the_same_filters(world) {
        let clerk = world.signed_in("clerk").await;
        let campus = world.texts("SELECT DISTINCT campus AS value FROM people WHERE school_id = 1 AND campus IS NOT NULL ORDER BY 1").remove(0);
        let place = |query: &[(&str, &str)]| format!("/people?{}", serde_urlencoded::to_string(query).expect("a query"));
        for filter in [vec![], vec![("status", "any")], vec![("status", "inactive")], vec![("campus", campus.as_str())], vec![("grade", "4")]] {
            let page = clerk.get(&place(&filter)).await;
            let tabs = page.tabs();
            assert_eq!(tabs.len(), 4, "{tabs:?}");
            for (member, tab) in ["", "student", "staff", "parent"].into_iter().zip(&tabs) {
                let mut asked = filter.clone();
                asked.push(("member", member));
                let list = clerk.get(&place(&asked)).await;
                let range = list.all_between("<span role=\"status\">", "</span>").remove(0);
                let told = if *tab == "0" { "No ".to_owned() } else { format!(" of {tab} ") };
                assert!(range.contains(&told), "{asked:?}: {tab} in {range}");
                assert_eq!(list.tabs(), tabs, "{asked:?}");
            }
            // A list that narrows without a new page brings its tabs along.
            let request = clerk.client.get(clerk.url(&place(&filter))).header("hx-request", "true");
            let part = clerk.send(request).await;
            assert_eq!(part.tabs(), tabs);
            part.assert_has("hx-swap-oob").assert_lacks("<html");
        }
        // A search is not counted to its end: the tabs say nothing rather than something else.
        let found = clerk.get(&place(&[("q", "okonkwo")])).await;
        assert!(found.tabs().is_empty(), "{:?}", found.tabs());
        found.assert_has(">Students</a>");
    }

    async fn the_list_is_sorted_as_asked_the_same_on_both_databases(world) {
        let clerk = world.signed_in("clerk").await;
        for (sort, order) in [
            ("", "sort_name, id"), ("name", "sort_name, id"), ("-name", "sort_name DESC, id DESC"),
            ("sonis_id", "sonis_id"), ("-sonis_id", "sonis_id DESC"), ("nonsense", "sort_name, id"),
            ("grade", "grade_level IS NULL, grade_level, sort_name, id"),
            ("-grade", "grade_level IS NULL, grade_level DESC, sort_name, id"),
        ] {
            let mut expected = world.texts(&format!("SELECT sonis_id AS value FROM people WHERE school_id = 1 AND status = 'active' ORDER BY {order}"));
            expected.truncate(100);
            let page = clerk.ask("/people", &[("sort", sort), ("rows", "100")]).await;
            assert_eq!(page.listed(), expected, "{sort}");
        }
        let page = clerk.ask("/people", &[("sort", "-grade")]).await;
        page.assert_has("aria-sort=\"descending\"").assert_has("sort=grade");
    }

    async fn pages_hold_everybody_once(world) {
        let clerk = world.signed_in("clerk").await;
        for rows in ["25", "50", "100"] {
            let mut seen = Vec::new();
            for page in 1..=6 {
                seen.extend(clerk.ask("/people", &[("rows", rows), ("page", &page.to_string())]).await.listed());
            }
            let count = seen.len();
            seen.sort();
            seen.dedup();
            assert_eq!((count, seen.len()), (119, 119), "{rows} rows a page");
        }
        for (page, rows) in [("0", "25"), ("-3", "25"), ("x", "7"), ("99999999999999999999", "1000000")] {
            clerk.ask("/people", &[("page", page), ("rows", rows)]).await.assert_status(200).assert_reads("1–25 of 119 people");
        }
        clerk.ask("/people", &[("page", "99999")]).await.assert_status(200);
        let second = clerk.ask("/people", &[("page", "2"), ("member", "student")]).await;
        second.assert_reads("26–50 of 71 students").assert_has("aria-current=\"page\" aria-label=\"Page 2\"");
    }

    async fn the_file_holds_the_same_people_as_the_list_in_the_same_order(world) {
        let clerk = world.signed_in("clerk").await;
        for query in [vec![], vec![("member", "student"), ("grade", "4")], vec![("q", "okonkwo")], vec![("sort", "-sonis_id"), ("status", "any")], vec![("q", "NC0001234")]] {
            let answer = clerk.ask("/people.csv", &query).await;
            answer.assert_status(200);
            assert_eq!(answer.header("content-type"), "text/csv; charset=utf-8");
            assert_eq!(answer.header("content-disposition"), "attachment; filename=\"people-nfc.csv\"");
            let all = rows(&answer);
            assert_eq!(all[0][..4], ["SONIS ID", "Last name", "First name", "Middle name"]);
            let ids: Vec<&str> = all[1..].iter().map(|r| r[0].as_str()).collect();
            let mut listed = Vec::new();
            for page in ["1", "2"] {
                let mut asked = query.clone();
                asked.extend([("rows", "100"), ("page", page)]);
                listed.extend(clerk.ask_partial("/people", &asked).await.listed());
            }
            listed.dedup();
            assert_eq!(ids, listed, "{query:?}");
        }
        let page = clerk.ask("/people", &[("q", "okonkwo"), ("page", "1")]).await;
        page.assert_has("href=\"/people.csv?q=okonkwo\"");
    }

    async fn the_file_of_a_broad_search_is_whole(world) {
        make_many(&world, 1100, "Zyzzyva");
        let clerk = world.signed_in("clerk").await;
        let page = clerk.ask("/people", &[("q", "zyzzyva")]).await;
        let counted = crosswalk::people::pages::list::thousands(crosswalk::people::BROAD);
        page.assert_status(200).assert_reads(&format!("of more than {counted} people"));
        let answer = clerk.ask("/people.csv", &[("q", "zyzzyva")]).await;
        assert_eq!(rows(&answer).len() - 1, 1100, "people in the file");
    }

    async fn the_file_of_a_whole_school_is_written_in_parts_and_holds_everybody_once_in_order(world) {
        make_many(&world, 1100, "Zyzzyva");
        let answer = world.signed_in("clerk").await.ask("/people.csv", &[("status", "any"), ("sort", "-sonis_id")]).await;
        assert_eq!([answer.header("transfer-encoding"), answer.header("content-length")], ["chunked", ""]);
        let ids: Vec<String> = rows(&answer).into_iter().skip(1).map(|row| row[0].clone()).collect();
        let all = world.texts("SELECT sonis_id AS value FROM people WHERE school_id = 1 AND status <> 'merged' ORDER BY sonis_id DESC");
        assert_eq!(ids, all);
    }

    async fn a_file_that_cannot_be_read_to_its_end_breaks_off_and_does_not_look_whole(world) {
        make_many(&world, 1100, "Zyzzyva");
        // Somebody in a later part who cannot be read.
        let broken: &[&str] = match world.database {
            Database::Sqlite => &["UPDATE people SET birth_date = 'no date' WHERE id = 101100"],
            Database::Postgres => &["ALTER TABLE people DROP CONSTRAINT people_member_type_check", "UPDATE people SET member_type = 'ghost' WHERE id = 101100"],
        };
        for statement in broken {
            world.change(statement);
        }
        let clerk = world.signed_in("clerk").await;
        let mut answer = clerk.client.get(clerk.url("/people.csv?sort=sonis_id")).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let mut read = 0;
        let ended = loop {
            match answer.chunk().await {
                Ok(Some(part)) => read += part.len(),
                ended => break ended,
            }
        };
        assert!(ended.is_err(), "the file looks whole after {read} bytes");
        assert!(read > 10_000, "only {read} bytes came before it broke off");
    }

    async fn a_cell_that_a_spreadsheet_would_run_is_made_safe_and_others_stay(world) {
        let registrar = world.signed_in("registrar").await;
        let cells = ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0", "\"quoted\"", "a,b;c", "O’Connor", "0049", "=HYPERLINK(\"http://evil.example\")"];
        for cell in cells {
            make(&registrar, &[("last_name", cell), ("first_name", cell), ("middle_name", cell), ("campus", "Cells"), ("division", cell)]).await;
        }
        let all = rows(&registrar.ask("/people.csv", &[("campus", "Cells"), ("sort", "sonis_id")]).await);
        assert_eq!(all.len(), cells.len() + 1);
        for (cell, row) in cells.iter().zip(&all[1..]) {
            let shown = if cell.starts_with(['=', '+', '-', '@']) { format!("'{cell}") } else { (*cell).to_owned() };
            assert_eq!([&row[1], &row[2], &row[3], &row[8]], [&shown; 4]);
        }
    }

    async fn odd_searches_are_searches_and_no_failures(world) {
        let registrar = world.signed_in("registrar").await;
        let before = world.snapshot();
        let long = "x".repeat(10_000);
        let wide = "王".repeat(3_000);
        let many = "ab ".repeat(3_000);
        for typed in [
            "'", "\"", "''", "\"\"", "%", "_", "%%%", "___", "\\", "\\%", "*", "ama*", "\"ama", "ama\"ra", "AND", "OR", "NOT", "NEAR", "NEAR(ama okonkwo, 2)", "ama OR okonkwo",
            "ama AND NOT okonkwo", "search_name:ama", "{search_name}: ama", "^ama", "-ama", "+ama", "(ama", "ama)", "\u{0}", "ama\u{0}ra", "\u{0}\u{0}\u{0}\u{0}",
            "'; DROP TABLE people; --", "1; SELECT pg_sleep(1)", "' UNION SELECT password_hash FROM users --", "%00", "../../etc/passwd", "${7*7}", "{{7*7}}",
            "\u{202e}abc", "\u{feff}abc", "\u{200b}\u{200b}\u{200b}", "👩‍👩‍👧", "👩", "a\u{301}\u{301}\u{301}\u{301}", "ﷺ", "ß", "ẞß", "İ", "ıı", "\r\n", "\t", "   ", "@@@", "@", "a@", "...", ".", "--", "- -", "’’’", "NC", "NC1", "NC99999999999999999999",
            "ab12", "zz0000000", long.as_str(), &wide, &many, "\u{10ffff}", "\u{10ffff}\u{10ffff}\u{10ffff}",
        ] {
            for (path, partial) in [("/people", false), ("/people", true), ("/people.csv", false)] {
                let query = [("q", typed)];
                let answer = if partial { registrar.ask_partial(path, &query).await } else { registrar.ask(path, &query).await };
                let shown: String = typed.chars().take(40).collect();
                assert!(matches!(answer.status.as_u16(), 200 | 303), "{path} {shown:?}: {}\n{}", answer.status, answer.body);
            }
        }
        world.assert_unchanged_since(&before);
    }

    async fn odd_filters_and_addresses_are_no_failures(world) {
        let registrar = world.signed_in("registrar").await;
        let long = "x".repeat(10_000);
        for odd in ["\u{0}", "a\u{0}b", "'", "%", "\u{10ffff}", "-99999999999", "2147483648", "1e9", long.as_str()] {
            for name in ["member", "grade", "campus", "division", "level", "status", "no_id", "sort", "page", "rows"] {
                for path in ["/people", "/people.csv"] {
                    let answer = registrar.ask(path, &[(name, odd)]).await;
                    assert_eq!(answer.status, 200, "{path}?{name}={:?}", odd.chars().take(20).collect::<String>());
                }
            }
            let encoded = serde_urlencoded::to_string([("", odd)]).unwrap();
            let encoded = encoded.trim_start_matches('=');
            for path in [format!("/people/{encoded}"), format!("/people/{encoded}/history"), format!("/people/{encoded}/edit"), format!("/people/{encoded}/integration-ids"), format!("/runs/{encoded}")] {
                let answer = registrar.get(&path).await;
                let short: String = path.chars().take(40).collect();
                assert_eq!(answer.status, 404, "{short}");
            }
        }
        for path in ["/people?q=%ff", "/people?%00=1", "/people?q=a&q=b", "/people?q=%", "/people/%ff", "/people/%", "/runs/1%00", "/runs/99999999999999999999", "/runs?page=%00"] {
            let status = registrar.get(path).await.status.as_u16();
            assert!(matches!(status, 200 | 400 | 404), "{path}: {status}");
        }
    }
}
