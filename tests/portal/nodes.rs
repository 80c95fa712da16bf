//! Two servers on one database: what one of them takes away is gone on the other at the next request.
//! On SQLite the file has one server, and the same is asked of that one.

use futures_util::future::join_all;

use crate::at_both_desks;
use crate::support::desk::{PASSWORD, block_on};
use crate::support::rows::change;
use crate::support::{Database, Visitor};

async fn sign_in(visitor: &Visitor, user: &str) {
    let fields = [("user_id", user), ("password", PASSWORD)];
    visitor.post("/sign-in", &fields).await.assert_status(303);
}

at_both_desks! {
    fn a_task_or_a_user_withdrawn_while_fifty_requests_run_is_gone_at_the_next_on_each_node(desk) {
        desk.furnish();
        let file = desk.write("two.csv", "Student_Number,Last_Name,First_Name\n990001,Núñez,Žofie\n");
        desk.done(&["import", "names", &file, "--school", "NFC"]);
        let address = ["serve", "--listen", "127.0.0.1:0"];
        let mut nodes = vec![desk.start(&address, "warn,crosswalk::cli=info")];
        if desk.database == Database::Postgres {
            nodes.push(desk.start(&address, "warn,crosswalk::cli=info"));
        }
        block_on(async {
            let registrar = nodes[0].visitor();
            sign_in(&registrar, "reg").await;
            // The cookie is good on every node.
            let on = |i: usize| Visitor { address: nodes[i].address.clone(), ..registrar.clone() };
            let list = registrar.get("/people").await;
            let person = list.listed().remove(0);
            let place = format!("/people/{person}/integration-ids");
            for i in 0..nodes.len() {
                on(i).get(&place).await.assert_status(200);
            }
            for (sql, expected) in [
                ("UPDATE grants SET revoked_at = granted_at WHERE task = 'modify_integration_ids' AND kind = 'use'", 403),
                ("UPDATE users SET disabled_at = created_at WHERE user_key = 'reg'", 303),
            ] {
                let fifty: Vec<_> = (0..50).map(|n| on(n % nodes.len())).collect();
                let running = join_all(fifty.iter().map(|v| v.get(&place)));
                let withdrawing = async {
                    let done = tokio::task::spawn_blocking({ let db = desk.db(); move || change(&db, sql) }).await.unwrap();
                    assert!(done > 0, "{sql}");
                    // Whoever asks from now on is denied, on every node.
                    for i in 0..nodes.len() {
                        on(i).get(&place).await.assert_status(expected);
                    }
                };
                let (answers, ()) = tokio::join!(running, withdrawing);
                // Those that were under way got the page or the refusal, and nothing else.
                for answer in answers {
                    assert!(matches!(answer.status.as_u16(), 200 | 403 | 303), "{}", answer.status);
                }
            }
        });
    }
}
