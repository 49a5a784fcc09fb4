//! Starting, running and stopping: the same for the program and for tests, which bring their own
//! listener and clock.

use std::sync::Arc;
use std::time::Duration;

use shared::TechnicianId;
use tokio::net::TcpListener;

use crate::app::App;
use crate::clock::Clock;
use crate::key_file;
use crate::random;
use crate::settings::{Owners, Settings};
use crate::sign_in::make_set_up_link;
use crate::store::{ImportRow, Role, Store, StoreError};
use crate::web;

/// How long a stop waits for connections, and then for work that has begun: with letting go of
/// what was not finished, ten seconds in all.
const STOP_PATIENCE: Duration = Duration::from_millis(4_000);
/// How long letting go may take.
const LET_GO_PATIENCE: Duration = Duration::from_millis(750);

/// Opens the database with its key, and puts the application together.
///
/// # Errors
/// One line for the operator: the folder, the key, the settings.
pub async fn open(settings: Settings, clock: Clock) -> anyhow::Result<App> {
    // Before anything is made: what can't be read here would leave a key and a database behind.
    crate::outbound::Outbound::new(&settings.outbound)?;
    let store = if settings.store.url.expose().is_empty() {
        let folder = &settings.store.folder;
        let keys =
            key_file::read_or_make(&settings.keys.file, folder.join("msp-reset.sqlite").exists())?;
        std::fs::create_dir_all(folder).map_err(|error| {
            anyhow::anyhow!("the data folder {} can't be made: {error}", folder.display())
        })?;
        Store::sqlite(folder, Arc::new(keys)).await?
    } else {
        let (url, connections) = (settings.store.url.expose(), settings.store.connections);
        Store::postgres(url, connections, Arc::new(key_file::read(&settings.keys.file)?)).await?
    };
    Ok(App::new(settings, clock, store)?)
}

/// How far our clock may be from the one of the other processes: leases are told in times.
const MOST_SKEW_MS: i64 = 5_000;

/// Where several processes share the work, their clocks must agree.
///
/// # Errors
/// One line for the operator.
pub async fn check_clock(app: &App) -> anyhow::Result<()> {
    if let Some(theirs) = app.store.shared_clock().await? {
        let skew = app.clock.now().since(theirs).abs();
        anyhow::ensure!(
            skew <= MOST_SKEW_MS,
            "this machine's clock is {} seconds off PostgreSQL's: another process could take over \
             what this one is doing; let both keep time by NTP",
            skew / 1000
        );
    }
    Ok(())
}

/// Serves until `app.stop` is cancelled, then finishes what has begun.
///
/// # Errors
/// When the listener fails.
pub async fn run(app: App, listener: TcpListener) -> std::io::Result<()> {
    if app.settings.directory.owners == Owners::Skip {
        tracing::warn!(
            "directory.owners is skip: where Microsoft does not tell what somebody owns, owners of \
             applications and of role-assignable groups are reset like anybody else"
        );
    }
    app.tasks.spawn(app.resets.clone().work());
    app.tasks.spawn(app.integrations.clone().watch());
    app.tasks.spawn(app.syncs.clone().work());
    app.tasks.spawn(crate::audit::heads::Heads::default().tell(app.clone()));
    app.tasks.spawn(app.webhooks.clone().work());
    let stop = app.stop.clone();
    let service =
        web::router(app.clone()).into_make_service_with_connect_info::<std::net::SocketAddr>();
    let serving = axum::serve(listener, service)
        .with_graceful_shutdown({
            let stop = stop.clone();
            async move { stop.cancelled().await }
        })
        .into_future();
    let too_long = async {
        stop.cancelled().await;
        tokio::time::sleep(STOP_PATIENCE).await;
    };
    tokio::select! {
        ended = serving => ended?,
        // Somebody keeps a connection open and says nothing: that must not keep us.
        () = too_long => tracing::warn!("stopped with connections open"),
    }
    app.tasks.close();
    if tokio::time::timeout(STOP_PATIENCE, app.tasks.wait()).await.is_err() {
        tracing::warn!("stopped with work under way");
        app.resets.abandon.cancel();
        // What can't be let go in time is let go by its lease's end.
        let _ = tokio::time::timeout(LET_GO_PATIENCE, app.tasks.wait()).await;
    }
    // A request that nobody waits for any more may hold a connection.
    let _ = tokio::time::timeout(LET_GO_PATIENCE, app.store.close()).await;
    Ok(())
}

/// For an empty database: an account with one admin, who gets a one-time set-up link. Gives the
/// links of all admins that still need one.
///
/// # Errors
/// When the database can't be written.
pub async fn first_links(app: &App) -> Result<Vec<zeroize::Zeroizing<String>>, StoreError> {
    let now = app.clock.now();
    if app.store.is_empty().await? {
        let account = shared::AccountId(random::id(now));
        let first = &app.settings.first_start;
        let rows = [
            ImportRow::Account { id: account, name: first.account.clone() },
            ImportRow::Technician {
                id: TechnicianId(random::id(now)),
                name: "Admin".into(),
                email: first.admin_email.trim().to_lowercase(),
                role: Role::Admin,
                may_reset: true,
                may_use_ui: true,
            },
        ];
        match app.store.import(account, now, &rows).await {
            // Another process came to the new database at the same moment.
            Ok(()) | Err(StoreError::Taken) => {}
            Err(error) => return Err(error),
        }
    }
    let mut links = Vec::new();
    for admin in app.store.admins_awaiting_set_up().await? {
        links.push(make_set_up_link(app, admin.account, admin.id).await?);
    }
    Ok(links)
}
