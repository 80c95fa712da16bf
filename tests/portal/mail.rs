//! The letters that go out when an integration becomes Ready, to a real SMTP server on this machine, and what is kept
//! when there is none. Leaves the notice on the pages to `requests`.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use crosswalk::integrations::Stage;
use crosswalk::mail::MailSettings;

use crate::stages::move_to;
use crate::support::{Database, World, world::run};

/// One letter as the server got it.
#[derive(Debug, Clone, Default)]
pub struct Got {
    from: String,
    pub to: Vec<String>,
    pub data: String,
}

/// As much SMTP as a mail server needs. Addresses that begin with "nobody" are refused.
pub struct Smtp {
    pub url: String,
    got: Arc<Mutex<Vec<Got>>>,
}

impl Smtp {
    pub fn start() -> Smtp {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("smtp://{}", listener.local_addr().expect("an address"));
        let got: Arc<Mutex<Vec<Got>>> = Arc::default();
        let kept = got.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let kept = kept.clone();
                std::thread::spawn(move || talk(stream, &kept));
            }
        });
        Smtp { url, got }
    }

    /// Waits until so many letters have come.
    pub fn wait_for(&self, letters: usize) -> Vec<Got> {
        let begun = Instant::now();
        loop {
            let got = self.got.lock().expect("the letters").clone();
            if got.len() >= letters {
                return got;
            }
            assert!(begun.elapsed() < Duration::from_secs(10), "{} of {letters} letters: {got:?}", got.len());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn talk(stream: TcpStream, kept: &Mutex<Vec<Got>>) {
    let mut out = stream.try_clone().expect("a stream");
    let mut say = |line: &str| out.write_all(format!("{line}\r\n").as_bytes()).is_ok();
    say("220 test ready");
    let (mut letter, mut in_data) = (Got::default(), false);
    for line in BufReader::new(stream).lines().map_while(Result::ok) {
        if in_data {
            if line == "." {
                in_data = false;
                kept.lock().expect("the letters").push(std::mem::take(&mut letter));
                say("250 taken");
            } else {
                letter.data.push_str(&line);
                letter.data.push('\n');
            }
            continue;
        }
        let address = || line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
        match line.split([' ', ':']).next().unwrap_or_default().to_uppercase().as_str() {
            "EHLO" | "HELO" => say("250 test"),
            "MAIL" => {
                letter.from = address();
                say("250 ok")
            }
            "RCPT" if address().starts_with("nobody") => say("550 no such user"),
            "RCPT" => {
                letter.to.push(address());
                say("250 ok")
            }
            "DATA" => {
                in_data = true;
                say("354 go on")
            }
            "QUIT" => {
                say("221 bye");
                return;
            }
            _ => say("250 ok"),
        };
    }
}

/// A test on both databases in a world whose mail goes to a server of the test's.
fn with_mail<F, Fut>(url: &str, test: F)
where
    F: Fn(World) -> Fut + Clone,
    Fut: Future<Output = ()>,
{
    for database in [Database::Sqlite, Database::Postgres] {
        let (url, test) = (url.to_owned(), test.clone());
        // The world that `run` starts has no mail: another takes its place.
        run(database, |_| async move {
            let world = World::start_with(database, |mut config| {
                config.mail =
                    Some(MailSettings::parse(&url, Some("crosswalk@northfield.example"), None).expect("settings"));
                config
            })
            .await;
            test(world).await;
        });
    }
}

fn give_addresses(world: &World) {
    world.change("UPDATE users SET email = 'rosa@northfield.example' WHERE user_key = 'registrar'");
    world.change("UPDATE users SET email = 'mina@northfield.example' WHERE user_key = 'clerk'");
    world.change("UPDATE users SET email = 'keiko@harbor.example' WHERE user_key = 'registrar2'");
}

/// What is on record of e-mail, as soon as there is so much.
fn recorded(world: &World, entries: usize) -> Vec<String> {
    let begun = Instant::now();
    loop {
        let found = world.activity_texts(
            "SELECT action || ': ' || subject AS value FROM activity_entries WHERE action LIKE 'mail%' ORDER BY id",
        );
        if found.len() >= entries {
            return found;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{found:?}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn who_may_request_gets_a_letter_when_an_integration_becomes_ready() {
    let smtp = Smtp::start();
    let got = smtp.got.clone();
    with_mail(&smtp.url, move |world| {
        let got = got.clone();
        async move {
            got.lock().unwrap().clear();
            give_addresses(&world);
            let support = world.signed_in("support").await;
            move_to(&support, "HAR", "jrm", Stage::Testing).await.assert_status(200);
            move_to(&support, "HAR", "jrm", Stage::Ready).await.assert_status(200);
            assert_eq!(recorded(&world, 1), ["mail_sent: JRM is Ready, to registrar2"]);
            move_to(&support, "HAR", "jrm", Stage::Live).await.assert_status(200);
            let letters = got.lock().unwrap().clone();
            assert_eq!(letters.len(), 1, "{letters:?}");
            assert_eq!(
                (letters[0].from.as_str(), letters[0].to.as_slice()),
                ("crosswalk@northfield.example", ["keiko@harbor.example".to_owned()].as_slice())
            );
            for text in ["Subject: JRM is ready at Harbor Academy", "JRM is Ready at Harbor Academy"] {
                assert!(letters[0].data.contains(text), "{text} in {}", letters[0].data);
            }
        }
    });
    drop(smtp.wait_for(0));
}

#[test]
fn a_letter_that_is_refused_is_on_record_and_the_change_stands() {
    let smtp = Smtp::start();
    with_mail(&smtp.url, |world| async move {
        give_addresses(&world);
        world.change("UPDATE users SET email = 'nobody@harbor.example' WHERE user_key = 'registrar2'");
        let support = world.signed_in("support").await;
        move_to(&support, "HAR", "jrm", Stage::Ready).await.assert_reads("JRM is Ready at Harbor Academy.");
        assert_eq!(recorded(&world, 1), ["mail_failed: JRM is Ready, to registrar2: the mail server answered 550"]);
    });
}

#[test]
fn a_mail_server_that_is_not_there_fails_no_change_and_keeps_nobody_waiting() {
    let gone = TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("an address");
    with_mail(&format!("smtp://{gone}"), |world| async move {
        give_addresses(&world);
        let support = world.signed_in("support").await;
        move_to(&support, "HAR", "jrm", Stage::Ready).await.assert_reads("JRM is Ready at Harbor Academy.");
        assert_eq!(
            recorded(&world, 1),
            ["mail_failed: JRM is Ready, to registrar2: the mail server cannot be reached"]
        );
        world.signed_in("registrar2").await.get("/people").await.assert_has("JRM is Ready.");
    });
}

crate::at_both_desks! {
    fn a_command_writes_too_and_ends_well_when_nobody_answers(desk) {
        let smtp = Smtp::start();
        desk.furnish();
        crate::support::rows::change(&desk.db(), "UPDATE users SET email = 'reg@northfield.example' WHERE user_id = 'reg'");
        let ended = desk.run_in(&["school", "stage", "NFC", "jrm", "ready"], "", |c| { c.env("SMTP_URL", &smtp.url); });
        ended.assert_says(0, "JRM is Ready at Northfield College.");
        assert_eq!(smtp.wait_for(1)[0].to, ["reg@northfield.example"]);
        desk.done(&["school", "stage", "NFC", "jrm", "testing", "--smtp-url", &smtp.url]);
        let ended = desk.run(&["school", "stage", "NFC", "jrm", "ready", "--smtp-url", "smtp://127.0.0.1:1"]);
        ended.assert_says(0, "JRM is Ready at Northfield College.");
        assert!(ended.err.contains("1 of 1 e-mails could not be sent"), "{ended:?}");
        let ended = desk.run(&["school", "stage", "NFC", "jrm", "live", "--smtp-url", "http://ann:secret@mail"]);
        ended.assert_refused("smtp_url cannot be used").assert_plain_line();
        assert!(!ended.err.contains("secret"), "{ended:?}");
    }
}
