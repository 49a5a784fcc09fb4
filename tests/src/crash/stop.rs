//! A future that is cut short at a suspension point: everything that happened before it stays,
//! nothing after it begins. That is what a crash does to a driver.

use std::pin::Pin;
use std::task::{Context, Poll};

/// Polls `inner`; when it has waited `point` times and would wait once more, it is dropped.
pub(crate) struct StopAfter<F> {
    inner: Option<Pin<Box<F>>>,
    point: usize,
    /// How often it has waited.
    pub(crate) waited: usize,
}

impl<F: Future> StopAfter<F> {
    pub(crate) fn new(point: usize, inner: F) -> Self {
        Self { inner: Some(Box::pin(inner)), point, waited: 0 }
    }
}

impl<F: Future> Future for StopAfter<F> {
    /// `None` when it was cut short.
    type Output = Option<F::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(inner) = &mut self.inner else { return Poll::Ready(None) };
        match inner.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending => {
                self.waited += 1;
                if self.waited <= self.point {
                    return Poll::Pending;
                }
                self.inner = None;
                Poll::Ready(None)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn stops_at_each_point_and_then_not_at_all() {
        for left in 0..4 {
            let mut reached = 0;
            let steps = async {
                for _ in 0..3 {
                    reached += 1;
                    tokio::task::yield_now().await;
                }
            };
            let ended = StopAfter::new(left, steps).await;
            assert_eq!((ended.is_some(), reached), (left == 3, 3.min(left + 1)));
        }
    }
}
