//! `/audit/export`: the filtered list as a file, streamed: a million entries pass through in batches, and none
//! of them is held.

use std::io;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use shared::{AccountId, Code};

use super::Asked;
use super::filter::{fields, in_words, named};
use super::line::with_names;
use crate::app::App;
use crate::audit::export::{Format, Head, Writer};
use crate::audit::words::Names;
use crate::audit::{Act, Entry};
use crate::store::{AuditFilter, SeqSpan};
use crate::web::forms::OwnForm;
use crate::web::pages::settings::{Admin, may_change};
use crate::web::problem::Failure;

/// Entries that are read and written at a time.
const BATCH: u32 = 500;
/// Names that are remembered from batch to batch.
const MOST_NAMES: usize = 20_000;

/// What is to be exported, and how.
#[derive(Deserialize)]
pub struct Ask {
    form: String,
    format: String,
    #[serde(flatten)]
    asked: Asked,
}

/// `POST /audit/export`.
///
/// # Errors
/// When it is no admin, the second factor is not fresh or the form is not from our page; `bad-request`
/// for a filter that can't be read.
pub async fn post(
    State(app): State<App>,
    Admin(session): Admin,
    OwnForm(ask): OwnForm<Ask>,
) -> Result<Response, Failure> {
    may_change(&app, &session, &ask.form)?;
    let format = Format::parse(&ask.format).ok_or(Code::BadRequest)?;
    let (account, now) = (session.technician.account, app.clock.now());
    let filter = ask.asked.understand(&app, account).await?;
    if !filter.wrong.is_empty() || !filter.people.is_empty() {
        return Err(Code::BadRequest.into());
    }
    let filter = filter.entries;
    // What is written from now on, this export's own entry too, is not in it.
    let head = app.store.audit_head(account).await?.ok_or(Code::NotFound)?;
    let told = fields(&filter).into_iter().map(|(name, value)| format!(", {name} {value}"));
    let about = format!("{}{}", format.as_str(), told.collect::<String>());
    let entry = Entry {
        customer: filter.customer,
        contact: filter.contact,
        reset: filter.reset,
        ..Entry::new(Act::AuditExported).by(session.technician.id).about(about)
    };
    app.store.note_alone(account, now, &entry).await?;
    let mut names = Names::default();
    names.add(app.store.audit_names(account, &named(&filter)).await?);
    let span = app.store.audit_span(account, filter.from, filter.until).await?;
    let name = app.store.account_name(account).await?;
    let writer = Writer::new(format);
    let first = writer.head(&Head {
        account: &name,
        made_at: now,
        made_by: &session.technician.name,
        filter: &in_words(&filter, &names),
    });
    let first = first.map_err(|error| {
        tracing::error!(%error, "export");
        Code::Internal
    })?;
    let export = Export {
        account,
        filter,
        span: SeqSpan { end: span.end.min(head.count + 1), ..span },
        writer,
        names,
        first: Some(first),
        app,
    };
    let body = Body::from_stream(stream::unfold(Some(export), next));
    let kind = format.media_type();
    let name = format!("attachment; filename=\"audit.{}\"", format.as_str());
    let headers = [(header::CONTENT_TYPE, kind.to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, body).into_response())
}

/// An export on its way.
struct Export {
    app: App,
    account: AccountId,
    filter: AuditFilter,
    /// What is still to come.
    span: SeqSpan,
    writer: Writer,
    names: Names,
    first: Option<Vec<u8>>,
}

type Piece = (Result<Bytes, io::Error>, Option<Export>);

/// The next piece. An error ends the connection before its end: the browser says that the file is not
/// complete.
async fn next(export: Option<Export>) -> Option<Piece> {
    let mut export = export?;
    if let Some(first) = export.first.take() {
        return Some((Ok(first.into()), Some(export)));
    }
    match export.batch().await {
        Ok(None) => None,
        Ok(Some(bytes)) => Some((Ok(bytes.into()), Some(export))),
        Err(error) => {
            tracing::error!(account.id = %export.account, error = %error, "export");
            Some((Err(error), None))
        }
    }
}

impl Export {
    async fn batch(&mut self) -> io::Result<Option<Vec<u8>>> {
        let store = &self.app.store;
        let page = store.audit_page(self.account, &self.filter, self.span, BATCH);
        let rows = page.await.map_err(io::Error::other)?;
        let Some(last) = rows.last() else { return Ok(None) };
        self.span.end = last.seq;
        if self.names.len() > MOST_NAMES {
            self.names = Names::default();
        }
        let read = with_names(&self.app, self.account, rows, &mut self.names).await;
        let read = read.map_err(io::Error::other)?;
        let entries = read.iter().map(|it| (&it.row, it.entry.as_ref()));
        self.writer.entries(entries, &self.names).map(Some)
    }
}
