//! A look at all rows at once, for tests.

use crate::store::StoreError;
use async_trait::async_trait;
use uuid::Uuid;

/// What no statement may ever leave behind, whatever was cut short. Changes nothing, and nothing
/// in the product asks for it.
#[async_trait]
pub trait InspectStore {
    /// Rows that contradict each other, each with what is wrong with it. There are none.
    ///
    /// # Errors
    /// When the database can't be read.
    async fn contradictions(&self) -> Result<Vec<(&'static str, Uuid)>, StoreError>;
}
