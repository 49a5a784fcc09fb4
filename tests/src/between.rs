//! Two things at once, in every order that can matter: the first goes as far as its so many-th
//! wait, the second comes and is done, the first goes on. What two looks at the database take for
//! one moment shows here each time, not once in a thousand.

use std::pin::{Pin, pin};
use std::task::Poll;
use std::time::Duration;

/// How long the second is given to be done before the first, which may hold what the second waits
/// for, goes on. Too short on a slow machine means only that both go on together.
const PATIENCE: Duration = Duration::from_millis(200);

/// What came of the two, and whether the first was over before the second came: later waits have
/// nothing new.
pub(crate) struct Both<A, B> {
    pub(crate) first: A,
    pub(crate) second: B,
    pub(crate) over: bool,
}

/// Lets the second come when the first waits, after it has waited so many times before.
pub(crate) async fn between<A, B>(
    waits: usize,
    first: impl Future<Output = A>,
    second: impl Future<Output = B>,
) -> Both<A, B> {
    let (mut first, mut second) = (pin!(first), pin!(second));
    if let Some(first) = as_far_as(first.as_mut(), waits).await {
        return Both { first, second: second.await, over: true };
    }
    let (first, second) = match tokio::time::timeout(PATIENCE, second.as_mut()).await {
        Ok(second) => (first.await, second),
        Err(_) => tokio::join!(first, second),
    };
    Both { first, second, over: false }
}

/// What came of it, if that was before it waited once more than so many times.
async fn as_far_as<F: Future>(mut it: Pin<&mut F>, waits: usize) -> Option<F::Output> {
    let mut waited = 0;
    std::future::poll_fn(|context| match it.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending if waited == waits => Poll::Ready(None),
        Poll::Pending => {
            waited += 1;
            Poll::Pending
        }
    })
    .await
}
