//! What sharing a sync must not cost.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;

use super::*;

struct Place {
    writer: Writer,
    task: tokio::task::JoinHandle<()>,
    file: std::path::PathBuf,
    _folder: tempfile::TempDir,
}

impl Place {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.sqlite");
        let mut connection = open(&file).await;
        run(&mut connection, "create table t (n integer primary key)").await.unwrap();
        let (writer, task) = Writer::start(connection);
        Self { writer, task, file, _folder: folder }
    }

    /// What is on disk once everything has ended.
    async fn end(self) -> Vec<i64> {
        drop(self.writer);
        self.task.await.unwrap();
        let query = sqlx::query_scalar("select n from t order by n");
        query.fetch_all(&mut open(&self.file).await).await.unwrap()
    }
}

async fn open(file: &std::path::Path) -> SqliteConnection {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(sqlx::sqlite::SqliteJournalMode::Wal);
    SqliteConnection::connect_with(&options).await.unwrap()
}

async fn insert(write: &mut Write, n: i64) {
    let query = sqlx::query("insert into t (n) values ($1)").bind(n);
    query.execute(write.db()).await.unwrap();
}

/// Polls once: it stands in the queue from here on, or has gone as far as it can.
async fn begun<T>(mut future: std::pin::Pin<&mut impl Future<Output = T>>) -> Option<T> {
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(out) => Poll::Ready(Some(out)),
        Poll::Pending => Poll::Ready(None),
    })
    .await
}

#[tokio::test]
async fn writes_that_wait_share_one_sync() {
    let place = Place::new().await;
    let mut first = place.writer.write().await.unwrap();
    insert(&mut first, 0).await;
    let others = (1..=20).map(|n| {
        let writer = &place.writer;
        Box::pin(async move {
            let mut write = writer.write().await.unwrap();
            insert(&mut write, n).await;
            // Every third changes its mind.
            if n % 3 == 0 { drop(write) } else { write.commit().await.unwrap() }
        })
    });
    let mut others: Vec<_> = others.collect();
    for other in &mut others {
        assert!(begun(other.as_mut()).await.is_none());
    }
    let (first, ()) = tokio::join!(first.commit(), async {
        futures_util::future::join_all(others).await;
    });
    first.unwrap();
    assert_eq!(place.writer.counts(), (15, 1));
    let kept: Vec<i64> = (0..=20).filter(|n| *n == 0 || n % 3 != 0).collect();
    assert_eq!(place.end().await, kept);
}

#[tokio::test]
async fn one_who_leaves_the_queue_keeps_nobody() {
    let place = Place::new().await;
    let mut first = place.writer.write().await.unwrap();
    insert(&mut first, 1).await;
    {
        let mut leaver = pin!(place.writer.write());
        assert!(begun(leaver.as_mut()).await.is_none());
    }
    drop(first);
    let mut second = place.writer.write().await.unwrap();
    insert(&mut second, 2).await;
    second.commit().await.unwrap();
    assert_eq!(place.end().await, [2]);
}

/// Who is handed the connection in the moment of leaving must not take it along.
#[tokio::test]
async fn one_who_leaves_with_the_connection_in_hand_keeps_nobody() {
    let place = Place::new().await;
    {
        let mut leaver = pin!(place.writer.write());
        assert!(begun(leaver.as_mut()).await.is_none());
        // Once nobody else can write, a transaction was begun for the leaver; what is left of
        // handing it over takes no I/O.
        let mut other = open(&place.file).await;
        run(&mut other, "pragma busy_timeout = 0").await.unwrap();
        while run(&mut other, BEGIN).await.is_ok() {
            run(&mut other, "rollback").await.unwrap();
        }
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }
    let mut next = place.writer.write().await.unwrap();
    insert(&mut next, 1).await;
    next.commit().await.unwrap();
    assert!(place.writer.is_alive());
    assert_eq!(place.end().await, [1]);
}

#[tokio::test]
async fn a_refusal_waits_for_what_it_tells_of() {
    let place = Place::new().await;
    let mut first = place.writer.write().await.unwrap();
    insert(&mut first, 1).await;
    let mut second = Box::pin(async {
        let mut write = place.writer.write().await.unwrap();
        let query = sqlx::query("insert into t (n) values (1)");
        assert!(query.execute(write.db()).await.is_err());
        write.roll_back().await.unwrap();
        place.writer.counts()
    });
    assert!(begun(second.as_mut()).await.is_none());
    let (committed, counts_then) = tokio::join!(first.commit(), second);
    committed.unwrap();
    assert_eq!(counts_then, (1, 1), "told before it was on disk");
    assert_eq!(place.end().await, [1]);
}

/// A commit that fails fails for all who share it, and the next one is not harmed.
#[tokio::test]
async fn nobody_is_told_yes_when_the_commit_fails() {
    let place = Place::new().await;
    let mut write = place.writer.write().await.unwrap();
    for statement in [
        "create table parent (n integer primary key)",
        "create table child (n references parent deferrable initially deferred)",
    ] {
        run(write.db(), statement).await.unwrap();
    }
    write.commit().await.unwrap();

    let mut first = place.writer.write().await.unwrap();
    insert(&mut first, 1).await;
    let mut second = Box::pin(async {
        let mut write = place.writer.write().await.unwrap();
        // Found out at the commit only.
        run(write.db(), "insert into child (n) values (7)").await.unwrap();
        write.commit().await
    });
    let mut refused = Box::pin(async {
        let mut write = place.writer.write().await.unwrap();
        write.roll_back().await
    });
    assert!(begun(second.as_mut()).await.is_none());
    assert!(begun(refused.as_mut()).await.is_none());
    let (first, second, refused) = tokio::join!(first.commit(), second, refused);
    for told in [first, second, refused] {
        assert!(matches!(told, Err(StoreError::NotCommitted(_))), "{told:?}");
    }
    let mut next = place.writer.write().await.unwrap();
    insert(&mut next, 2).await;
    next.commit().await.unwrap();
    assert_eq!(place.end().await, [2]);
}
