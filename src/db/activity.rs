//! The activity database: sessions, sign-in counters and views, which people who only read write all day.
//! On SQLite it is a second file with one writer that commits in groups, so that nobody waits for a large apply.

use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};

use super::conn::{Conn, Manager};
use super::{Pool, begin, commit, rollback};
use crate::error::AppError;

/// A write that can be tried twice: once in its group and, when another write of the group failed, once alone.
type Write = Box<dyn Fn(&mut Conn) -> Result<(), AppError> + Send>;

struct Job {
    write: Write,
    done: Option<SyncSender<Result<(), AppError>>>,
}

/// So many writes share one commit (one fsync) at most.
const GROUP: usize = 64;

#[derive(Clone)]
pub struct Activity {
    readers: Pool,
    writer: Writer,
}

#[derive(Clone)]
enum Writer {
    /// SQLite: a queue into the one writing thread. It ends when the last sender is gone.
    Thread(SyncSender<Job>),
    /// PostgreSQL groups commits itself.
    Pool(Pool),
}

impl Activity {
    pub(super) fn sqlite(readers: Pool, manager: Manager) -> Result<Activity, AppError> {
        let mut conn = manager.open().map_err(|e| AppError::internal("opening the activity file", &e))?;
        let (queue, jobs) = sync_channel::<Job>(4096);
        std::thread::Builder::new()
            .name("activity-writer".into())
            .spawn(move || write_in_groups(&mut conn, &jobs))
            .map_err(|e| AppError::internal("starting the activity writer", &e))?;
        Ok(Activity { readers, writer: Writer::Thread(queue) })
    }

    pub(super) fn postgres(pool: Pool) -> Activity {
        Activity { readers: pool.clone(), writer: Writer::Pool(pool) }
    }

    pub fn read<T>(&self, f: impl FnOnce(&mut Conn) -> Result<T, AppError>) -> Result<T, AppError> {
        let mut conn = self.readers.get().map_err(|_| AppError::Busy)?;
        f(&mut conn)
    }

    /// Returns when the write is committed with its group. `write` may run twice: it must not count what it has done.
    pub fn write<T: Send + 'static>(
        &self,
        write: impl Fn(&mut Conn) -> Result<T, AppError> + Send + 'static,
    ) -> Result<T, AppError> {
        let stopped = || AppError::Internal("the activity writer has stopped".into());
        let (answer, answers) = channel();
        // The answer of the last try is the one that was committed.
        let write: Write = Box::new(move |conn| write(conn).map(|value| drop(answer.send(value))));
        match &self.writer {
            Writer::Thread(queue) => {
                let (done, committed) = sync_channel(1);
                queue.send(Job { write, done: Some(done) }).map_err(|_| stopped())?;
                committed.recv().map_err(|_| stopped())??;
            }
            Writer::Pool(pool) => {
                let mut conn = pool.get().map_err(|_| AppError::Busy)?;
                match alone(&mut conn, &write) {
                    // Two first writes of one row at once: the second finds the other's row when it looks again.
                    Err(e) if e.is_unique_violation() => alone(&mut conn, &write)?,
                    result => result?,
                }
            }
        }
        answers.try_iter().last().ok_or_else(stopped)
    }

    /// Queues a write that nobody waits for (a touched session). A failure is logged.
    pub fn write_later(&self, write: impl Fn(&mut Conn) -> Result<(), AppError> + Send + 'static) {
        let failed = match &self.writer {
            Writer::Thread(queue) => {
                queue.try_send(Job { write: Box::new(write), done: None }).err().map(|e| e.to_string())
            }
            Writer::Pool(_) => self.write(write).err().map(|e| e.to_string()),
        };
        if let Some(e) = failed {
            log::warn!("an activity write was not kept: {e}");
        }
    }
}

fn write_in_groups(conn: &mut Conn, jobs: &Receiver<Job>) {
    while let Ok(first) = jobs.recv() {
        let mut group = vec![first];
        while group.len() < GROUP {
            match jobs.try_recv() {
                Ok(job) => group.push(job),
                Err(_) => break,
            }
        }
        let together = group_commit(conn, &group);
        for job in group {
            // One bad write must not take the others down with it.
            let result = if together { Ok(()) } else { alone(conn, &job.write) };
            match (job.done, result) {
                (Some(done), result) => drop(done.send(result)),
                (None, Err(e)) => log::warn!("an activity write was not kept: {e}"),
                (None, Ok(())) => {}
            }
        }
    }
}

fn group_commit(conn: &mut Conn, group: &[Job]) -> bool {
    if begin(conn).is_err() {
        return false;
    }
    let ok = group.iter().all(|job| (job.write)(conn).is_ok());
    if ok && commit(conn).is_ok() {
        return true;
    }
    rollback(conn);
    false
}

fn alone(conn: &mut Conn, write: &dyn Fn(&mut Conn) -> Result<(), AppError>) -> Result<(), AppError> {
    begin(conn)?;
    match write(conn) {
        Ok(()) => Ok(commit(conn)?),
        Err(e) => {
            rollback(conn);
            Err(e)
        }
    }
}
