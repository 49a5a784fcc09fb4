//! The issuer's keys: read when they are needed, kept for an hour, and read once more when a token names
//! one that is not among them.

use std::sync::Arc;

use jsonwebtoken::jwk::{Jwk, JwkSet};
use serde::Deserialize;

use super::Sso;
use super::discovery::Document;
use super::reason::Reason;
use crate::store::SsoRow;

/// Keys are read anew after so long.
const LIFE_MS: i64 = 60 * 60_000;
/// Unknown keys make us ask no more often than this: the names in tokens are anybody's.
const PAUSE_MS: i64 = 60_000;

/// A set as it is published. A key of a kind that we can't read is passed over, not the whole set.
#[derive(Deserialize)]
struct Published {
    keys: Vec<serde_json::Value>,
}

impl Sso {
    /// The keys; with `unknown`, ones that are newer than a minute at least.
    ///
    /// # Errors
    /// `Unavailable` when the issuer does not answer.
    pub(super) async fn keys(
        &self,
        row: &SsoRow,
        document: &Document,
        unknown: bool,
    ) -> Result<Arc<JwkSet>, Reason> {
        let (id, version) = (row.integration.id, row.integration.changed_at);
        let now = self.clock.now();
        let life = if unknown { PAUSE_MS } else { LIFE_MS };
        let known = self.slot(id, version, |slot| slot.keys.clone());
        if let Some((at, keys)) = known
            && now.since(at) < life
        {
            return Ok(keys);
        }
        let keys = Arc::new(self.read_keys(document).await?);
        self.slot(id, version, |slot| slot.keys = Some((now, keys.clone())));
        Ok(keys)
    }

    /// The keys as they are right now.
    pub(super) async fn read_keys(&self, document: &Document) -> Result<JwkSet, Reason> {
        let body = self.read(&document.jwks_uri).await?;
        let published: Published = serde_json::from_slice(&body).map_err(|_| Reason::NoDocument)?;
        let read = |key| serde_json::from_value::<Jwk>(key).ok();
        Ok(JwkSet { keys: published.keys.into_iter().filter_map(read).collect() })
    }
}
