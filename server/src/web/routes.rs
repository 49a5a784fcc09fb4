//! Every route: its method, its path, who may call it and what answers, one line each. What a line says of
//! callers is checked where it is answered (the extractors of [`super::auth`], and the domain for admins);
//! a story walks this table as everybody and holds the one against the other.

use super::api::{self, branding, duo, integrations, policy, psas, v1};
use super::pages::{self, settings};
use super::table::Table;
use super::table::Who::{Admin, Anybody, Key, Person, Pod, Technician};
use super::{assets, auth, check, health, hooks, logo, openapi, reveal, share};
use crate::api_keys::Scope;
use crate::senders::SenderKind;

/// Every route but the ones of [`large`] and [`files`].
pub(super) fn small() -> Table {
    Table::new()
        // Technicians, in a browser.
        .get(Anybody, "/", pages::home)
        .get(Technician, "/tickets", pages::tickets::list)
        .get(Technician, "/tickets/{id}", pages::tickets::one)
        .get(Technician, "/contacts", pages::contacts::list)
        .get(Technician, "/contacts/{id}", pages::contacts::one)
        .get(Admin, "/contacts/import", pages::contact_import::get)
        .get(Technician, "/approvals", pages::approvals::list)
        .post(Technician, "/approvals/{id}", pages::approvals::answer)
        .get(Anybody, "/sign-in", pages::sign_in::get)
        .post(Anybody, "/sign-in", pages::sign_in::post)
        .get(Anybody, "/sign-in/code", pages::sign_in::get_code)
        .post(Anybody, "/sign-in/code", pages::sign_in::post_code)
        .get(Anybody, "/sign-in/authenticator", pages::sign_in::get_code)
        .post(Anybody, "/sign-in/authenticator", pages::sign_in::post_authenticator)
        .get(Anybody, "/sign-in/recovery", pages::recovery::get)
        .post(Anybody, "/sign-in/recovery", pages::recovery::post)
        .post(Anybody, "/sign-in/sso", pages::sso::begin)
        .get(Anybody, "/sign-in/sso/callback", pages::sso::callback)
        .get(Anybody, "/sign-in/sso/{connection}", pages::sso_kept::get)
        .post(Anybody, "/sign-in/sso/{connection}", pages::sso_kept::begin)
        .post(Anybody, "/sign-out", pages::sign_out::post)
        // By its own session: whoever has none signs in.
        .get(Anybody, "/confirm", pages::confirm::get)
        .post(Anybody, "/confirm", pages::confirm::post)
        .get(Anybody, "/forgot", pages::forgot::get)
        .post(Anybody, "/forgot", pages::forgot::post)
        .get(Person, "/account", pages::account::get)
        .post(Person, "/account/password", pages::account::password)
        .post(Person, "/account/sessions", pages::account::end)
        .get(Person, "/account/authenticator", pages::account_factor::get)
        .post(Person, "/account/authenticator", pages::account_factor::post)
        .post(Person, "/account/recovery-codes", pages::account_factor::renew)
        .get(Person, "/pair", pages::pair::get)
        .post(Person, "/pair", pages::pair::post)
        .post(Person, "/pair/{id}", pages::pair::answer)
        .get(Person, "/account/sso", pages::sso_account::get)
        .post(Person, "/account/sso", pages::sso_account::connect)
        .post(Person, "/account/sso/remove", pages::sso_account::remove)
        .get(Anybody, "/set-up", pages::set_up::get)
        .post(Anybody, "/set-up", pages::set_up::post)
        // Admins, in a browser.
        .get(Admin, "/audit", pages::audit::list)
        .get(Admin, "/audit/check", pages::audit::check::get)
        .post(Admin, "/audit/check", pages::audit::check::post)
        .post(Admin, "/audit/export", pages::audit::export::post)
        .get(Admin, "/audit/resets/{id}", pages::audit::story::get)
        .get(Admin, "/audit/{seq}", pages::audit::entry::get)
        .get(Admin, "/dashboard", pages::dashboard::get)
        .get(Admin, "/settings", settings::home)
        .get(Admin, "/settings/integrations", settings::integrations::list)
        .get(Admin, "/settings/integrations/new", settings::integrations::new)
        .under("/settings/integrations/m365", m365_routes)
        .under("/settings/integrations/duo", duo_routes)
        .under("/settings/integrations/psa", psa_routes)
        .under("/settings/integrations/sms", |table| sender_routes(SenderKind::Sms, table))
        .under("/settings/integrations/mail", |table| sender_routes(SenderKind::Mail, table))
        .under("/settings/team", team_routes)
        .under("/settings/sign-in", sign_in_routes)
        .under("/settings/branding", brand_routes)
        .under("/settings/branding/{customer}", brand_routes)
        .post(Admin, "/settings/branding/{customer}/forget", settings::branding_acts::forget)
        .get(Admin, "/settings/policy", settings::policy::get)
        .post(Admin, "/settings/policy", settings::policy::post)
        .get(Admin, "/settings/policy/{customer}", settings::policy::get)
        .post(Admin, "/settings/policy/{customer}", settings::policy::post)
        .post(Admin, "/settings/policy/{customer}/forget", settings::policy::forget)
        .under("/settings/api", api_routes)
        // How programs use the API: nothing in it is secret.
        .get(Anybody, "/api", pages::docs::lead)
        .get(Anybody, "/docs/api", pages::docs::get)
        .get(Anybody, "/api/openapi.json", openapi::get)
        .get(Anybody, "/logo/{hash}", logo::get)
        .get(Anybody, "/assets/{name}", assets::own)
        .get(Anybody, "/pkg/{*path}", assets::pod)
        // A PSA, in a frame.
        .get(Anybody, "/pod/{integration}", pages::frame::get)
        // The pod: the cookie gets a token, the token does the rest.
        .post(Anybody, "/api/session", auth::post_session)
        .post(Technician, "/api/pod/token", auth::pod_token)
        .get(Pod, "/api/pod/state", api::pod::state)
        .post(Pod, "/api/verifications", api::verifications::post)
        .post(Pod, "/api/verifications/{id}/answer", api::verifications::answer)
        .post(Pod, "/api/approvals", api::approvals::post)
        .post(Pod, "/api/approvals/{id}/answer", api::approvals::answer)
        .get(Pod, "/api/preflight", api::preflight::get)
        .get(Pod, "/api/resets/{id}", api::resets::get)
        .put(Pod, "/api/resets/{id}", api::resets::put)
        .get(Pod, "/api/resets/{id}/phones", api::resets::phones)
        .post(Pod, "/api/resets/{id}/resend", api::resets::resend)
        .post(Pod, "/api/resets/{id}/give-up", api::resets::give_up)
        // Frames of a PSA: let in, paired, and placed.
        .post(Anybody, "/api/frames/{id}/enter", api::frames::enter)
        .post(Anybody, "/api/frames/{id}/pairings", api::frames::begin_pairing)
        .post(Anybody, "/api/pairings/{id}/redeem", api::frames::redeem)
        .post(Pod, "/api/pod/place", api::frames::place)
        // Admins' programs, by the cookie.
        .get(Admin, "/api/integrations", integrations::list)
        .post(Admin, "/api/integrations", integrations::post)
        .get(Admin, "/api/integrations/{id}", integrations::get)
        .put(Admin, "/api/integrations/{id}", integrations::put)
        .delete(Admin, "/api/integrations/{id}", integrations::delete)
        .post(Admin, "/api/integrations/{id}/secret", integrations::secret)
        .post(Admin, "/api/integrations/{id}/certificate", integrations::make_certificate)
        .post(Admin, "/api/integrations/{id}/certificate/use", integrations::use_certificate)
        .post(Admin, "/api/integrations/{id}/switch", integrations::switch)
        .post(Admin, "/api/integrations/{id}/test", integrations::test)
        .get(Admin, "/api/duo", duo::list)
        .get(Admin, "/api/duo/{customer}", duo::get)
        .put(Admin, "/api/duo/{customer}", duo::put)
        .delete(Admin, "/api/duo/{customer}", duo::delete)
        .post(Admin, "/api/duo/{customer}/switch", duo::switch)
        .post(Admin, "/api/duo/{customer}/test", duo::test)
        .get(Admin, "/api/psas", psas::list)
        .post(Admin, "/api/psas", psas::post)
        .get(Admin, "/api/psas/{id}", psas::get)
        .put(Admin, "/api/psas/{id}", psas::put)
        .delete(Admin, "/api/psas/{id}", psas::delete)
        .post(Admin, "/api/psas/{id}/switch", psas::switch)
        .post(Admin, "/api/psas/{id}/list", psas::list_here)
        .post(Admin, "/api/psas/{id}/test", psas::test)
        .get(Admin, "/api/psas/{id}/companies", psas::companies)
        .post(Admin, "/api/psas/{id}/companies", psas::load)
        .get(Admin, "/api/psas/{id}/companies/{company}", psas::company)
        .put(Admin, "/api/psas/{id}/companies/{company}", psas::map)
        .get(Admin, "/api/brand", branding::get)
        .put(Admin, "/api/brand", branding::put)
        .get(Admin, "/api/customers/{id}/brand", branding::get_customer)
        .put(Admin, "/api/customers/{id}/brand", branding::put_customer)
        .delete(Admin, "/api/customers/{id}/brand", branding::delete_customer)
        .delete(Admin, "/api/brand/logo", branding::delete_logo)
        .delete(Admin, "/api/customers/{id}/brand/logo", branding::delete_customer_logo)
        .get(Admin, "/api/policy", policy::get)
        .put(Admin, "/api/policy", policy::put)
        .get(Admin, "/api/customers/{id}/policy", policy::get_customer)
        .put(Admin, "/api/customers/{id}/policy", policy::put_customer)
        .delete(Admin, "/api/customers/{id}/policy", policy::delete_customer)
        // Accounts' own programs, by a key.
        .get(Key(Scope::AuditRead), "/api/v1/audit", v1::audit::get)
        .get(Key(Scope::HistoryRead), "/api/v1/resets", v1::history::resets)
        .get(Key(Scope::HistoryRead), "/api/v1/verifications", v1::history::verifications)
        .get(Key(Scope::HealthRead), "/api/v1/health", v1::health::get)
        // End users, on the share hosts.
        .get(Anybody, "/s", reveal::get)
        .post(Anybody, "/s/look", share::look)
        .post(Anybody, "/s/open", share::open)
        .get(Anybody, "/s/assets/{name}", assets::of_share)
        .get(Anybody, "/s/logo/{hash}", logo::get)
        .get(Anybody, "/v", check::get)
        .post(Anybody, "/v/look", check::look)
        .post(Anybody, "/v/answer", check::answer)
        .post(Anybody, "/v/deny", check::deny)
        // Other companies' programs.
        .post(Anybody, "/hooks/twilio/{id}", hooks::twilio)
        // The operator's.
        .get(Anybody, "/healthz", health)
}

/// A customer's Microsoft 365, in the settings.
fn m365_routes(table: Table) -> Table {
    use settings::{m365, m365_acts, m365_contacts, m365_files, m365_new};
    table
        .get(Admin, "/new", m365_new::get)
        .post(Admin, "/new", m365_new::post)
        .get(Admin, "/new/connect.sh", m365_files::new_bash)
        .get(Admin, "/new/connect.ps1", m365_files::new_powershell)
        .get(Admin, "/{id}", m365::get)
        .post(Admin, "/{id}", m365_acts::change)
        .post(Admin, "/{id}/secret", m365_acts::secret)
        .post(Admin, "/{id}/certificate", m365_acts::make_certificate)
        .post(Admin, "/{id}/certificate/use", m365_acts::use_certificate)
        .get(Admin, "/{id}/certificate.cer", m365_files::certificate)
        .post(Admin, "/{id}/test", m365_acts::test)
        .post(Admin, "/{id}/switch", m365_acts::switch)
        .post(Admin, "/{id}/contacts", m365_contacts::choose)
        .post(Admin, "/{id}/contacts/sync", m365_contacts::sync)
        .get(Admin, "/{id}/delete", m365_acts::ask_delete)
        .post(Admin, "/{id}/delete", m365_acts::delete)
        .get(Admin, "/{id}/connect.sh", m365_files::bash)
        .get(Admin, "/{id}/connect.ps1", m365_files::powershell)
}

/// Keys of the account's own programs, and webhooks, in the settings.
fn api_routes(table: Table) -> Table {
    use settings::{keys, webhooks};
    table
        .get(Admin, "", keys::list)
        .get(Admin, "/keys/new", keys::new)
        .post(Admin, "/keys/new", keys::make)
        .post(Admin, "/keys/{id}/revoke", keys::revoke)
        .get(Admin, "/webhooks/new", webhooks::new)
        .post(Admin, "/webhooks/new", webhooks::add)
        .get(Admin, "/webhooks/{id}", webhooks::get)
        .post(Admin, "/webhooks/{id}", webhooks::change)
        .post(Admin, "/webhooks/{id}/test", webhooks::test)
        .post(Admin, "/webhooks/{id}/secret", webhooks::rekey)
        .post(Admin, "/webhooks/{id}/switch", webhooks::switch)
        .get(Admin, "/webhooks/{id}/delete", webhooks::ask_delete)
        .post(Admin, "/webhooks/{id}/delete", webhooks::delete)
}

/// A customer's Duo, in the settings.
fn duo_routes(table: Table) -> Table {
    use settings::duo;
    table
        .get(Admin, "/new", duo::new)
        .post(Admin, "/new", duo::add)
        .get(Admin, "/{customer}", duo::get)
        .post(Admin, "/{customer}", duo::change)
        .post(Admin, "/{customer}/test", duo::test)
        .post(Admin, "/{customer}/switch", duo::switch)
        .get(Admin, "/{customer}/delete", duo::ask_delete)
        .post(Admin, "/{customer}/delete", duo::delete)
}

/// The account's PSAs, in the settings.
fn psa_routes(table: Table) -> Table {
    use settings::{psa, psa_companies, psa_contacts};
    table
        .get(Admin, "/new/{kind}", psa::new)
        .post(Admin, "/new/{kind}", psa::add)
        .get(Admin, "/{id}", psa::get)
        .post(Admin, "/{id}", psa::change)
        .post(Admin, "/{id}/test", psa::test)
        .post(Admin, "/{id}/pod", psa::install_pod)
        .post(Admin, "/{id}/switch", psa::switch)
        .post(Admin, "/{id}/list", psa::list_here)
        .post(Admin, "/{id}/list/sync", psa_contacts::sync)
        .get(Admin, "/{id}/delete", psa::ask_delete)
        .post(Admin, "/{id}/delete", psa::delete)
        .get(Admin, "/{id}/companies", psa_companies::list)
        .post(Admin, "/{id}/companies/load", psa_companies::load)
        .post(Admin, "/{id}/companies/accept", psa_companies::accept)
        .get(Admin, "/{id}/company", psa_companies::one)
        .post(Admin, "/{id}/company", psa_companies::map)
        .post(Admin, "/{id}/people/remove", psa_companies::unlink)
}

/// What carries texts, or mails, in the settings.
fn sender_routes(kind: SenderKind, table: Table) -> Table {
    use settings::senders;
    table
        .get(Admin, "", move |app, who, just| senders::get(kind, app, who, just))
        .post(Admin, "", move |app, who, form| senders::save(kind, app, who, form))
        .post(Admin, "/test", move |app, who, form| senders::test(kind, app, who, form))
        .post(Admin, "/switch", move |app, who, form| senders::switch(kind, app, who, form))
        .get(Admin, "/delete", move |app, who| senders::ask_delete(kind, app, who))
        .post(Admin, "/delete", move |app, who, form| senders::delete(kind, app, who, form))
}

/// The account's people, in the settings.
fn team_routes(table: Table) -> Table {
    use settings::{team, team_customers, team_person};
    table
        .get(Admin, "", team::list)
        .post(Admin, "/second-factor", team::second_factor)
        .get(Admin, "/abilities", team::abilities)
        .get(Admin, "/new", team_person::new)
        .post(Admin, "/new", team_person::add)
        .get(Admin, "/{id}", team_person::get)
        .post(Admin, "/{id}", team_person::change)
        .get(Admin, "/{id}/customers", team_customers::get)
        .post(Admin, "/{id}/link", team_person::send_link)
        .post(Admin, "/{id}/link/withdraw", team_person::withdraw)
        .post(Admin, "/{id}/authenticator", team_person::take_authenticator)
        .post(Admin, "/{id}/sessions", team_person::sign_out)
        .get(Admin, "/{id}/remove", team_person::ask_remove)
        .post(Admin, "/{id}/remove", team_person::remove)
}

/// How technicians sign in, in the settings.
fn sign_in_routes(table: Table) -> Table {
    use settings::sign_in;
    table
        .get(Admin, "", sign_in::get)
        .post(Admin, "", sign_in::save)
        .post(Admin, "/test", sign_in::test)
        .post(Admin, "/trial", sign_in::trial)
        .post(Admin, "/switch", sign_in::switch)
        .get(Admin, "/delete", sign_in::ask_delete)
        .post(Admin, "/delete", sign_in::delete)
        .post(Admin, "/people/remove", sign_in::unlink)
}

/// How end users see the account, or one customer, in the settings.
fn brand_routes(table: Table) -> Table {
    use settings::{branding, branding_acts, branding_preview};
    table
        .get(Admin, "", branding::get)
        .post(Admin, "", branding::post)
        .get(Admin, "/preview", branding_preview::get)
        .post(Admin, "/preview", branding_preview::post)
        .post(Admin, "/text", branding_preview::text)
        .post(Admin, "/logo/remove", branding_acts::remove_logo)
}

/// The few that take a file of contacts.
pub(super) fn files() -> Table {
    use pages::contact_import;
    Table::new().post(Admin, "/contacts/import", contact_import::look).post(
        Admin,
        "/contacts/import/now",
        contact_import::import,
    )
}

/// The few that take more than a form does: pictures, hundreds of customers, and many contacts at once.
pub(super) fn large() -> Table {
    use settings::{branding_acts, team_customers};
    Table::new()
        .post(Admin, "/settings/team/{id}/customers", team_customers::post)
        .post(Admin, "/settings/branding/logo", branding_acts::logo)
        .post(Admin, "/settings/branding/{customer}/logo", branding_acts::logo)
        .post(Key(Scope::ContactsWrite), "/api/v1/contacts", v1::contacts::post)
        .put(Admin, "/api/brand/logo", branding::put_logo)
        .put(Admin, "/api/customers/{id}/brand/logo", branding::put_customer_logo)
}
