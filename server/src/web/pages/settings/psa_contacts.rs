//! How a PSA's contacts are kept in step, where our own pages list them: a part of its page.

use axum::extract::State;
use axum::response::Response;
use shared::{AccountId, IntegrationId};

use super::psa::{path, to};
use super::standing::{Press, Source, Standing, can_run, run};
use super::{Admin, may_change};
use crate::app::App;
use crate::psa::PsaView;
use crate::store::StoreError;
use crate::web::api::Path;
use crate::web::forms::OwnForm;
use crate::web::problem::Failure;

/// What `templates/settings/psa_contacts.html` shows.
pub(super) struct Contacts {
    /// How it stands; `None` where they are not listed here.
    pub(super) standing: Option<Standing>,
    /// Whether a run can be asked for now.
    pub(super) can_run: bool,
}

impl Contacts {
    pub(super) async fn read(
        app: &App,
        account: AccountId,
        view: &PsaView,
    ) -> Result<Self, StoreError> {
        let now = app.clock.now();
        let sync = app.store.contact_sync(account, view.id).await?;
        let source = Source {
            name: view.kind.name(),
            is_on: view.is_on,
            permission: None,
            nobody: "Say which customer each company is, above: contacts of those are listed.",
        };
        Ok(Self {
            can_run: can_run(sync.as_ref(), view.is_on, now),
            standing: sync.map(|sync| Standing::new(&sync, &source, now)),
        })
    }
}

/// `POST /settings/integrations/psa/{id}/list/sync`: reads the contacts now.
///
/// # Errors
/// When it is no admin, the form is not from our page, the second factor is not fresh, or it is not listed here.
pub async fn sync(
    State(app): State<App>,
    Admin(session): Admin,
    Path(id): Path<IntegrationId>,
    OwnForm(posted): OwnForm<Press>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &posted.form)?;
    let done = run(&app, &session, id, "synced").await?;
    Ok(to(&path(id), done))
}
