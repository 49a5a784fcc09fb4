//! What admins' pages and scripts call, by the cookie.

use axum::http::Method;
use shared::Code;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

use super::answers::{DUO, MICROSOFT, PSA};
use super::group::Group;
use super::operation::{Operation, op};
use crate::duo::{DuoAsk, DuoView, PushTest};
use crate::integration::{IntegrationView, M365Ask};
use crate::psa::{Companies, CompanyView, PsaAsk, PsaTest, PsaView};
use crate::web::api::integrations::{Nothing, SecretAsk, SwitchAsk, TestAsk};
use crate::web::api::{branding, duo, policy, psas};

/// Fields that can't be kept, and a version that is none any more.
const EDITED: &[Code] = &[Code::InvalidFields, Code::ChangedMeanwhile, Code::IdTaken];

const PICTURES: &[&str] = &["image/png", "image/jpeg", "application/octet-stream"];

pub(super) fn all() -> Vec<Operation> {
    let mut all = m365();
    all.extend(of_duo());
    all.extend(of_psas());
    all.extend(brands());
    all.extend(policies());
    all
}

fn m365() -> Vec<Operation> {
    let admin = |method, path, says| op(Group::Customers, method, path, says);
    vec![
        admin(Method::GET, "/api/integrations", "Lists customers’ Microsoft 365.")
            .gives_list::<IntegrationView>("All of the account."),
        admin(Method::POST, "/api/integrations", "Connects a customer’s Microsoft 365.")
            .takes::<M365Ask>()
            .gives::<IntegrationView>(201, "As it is stored: test it next.")
            .refuses(&[Code::M365Taken, Code::NotFound])
            .refuses(EDITED),
        admin(Method::GET, "/api/integrations/{id}", "Shows one.")
            .gives::<IntegrationView>(200, "As it is."),
        admin(Method::PUT, "/api/integrations/{id}", "Changes name, dates, and where it leads.")
            .takes::<M365Ask>()
            .gives::<IntegrationView>(200, "As it is now.")
            .refuses(EDITED),
        admin(Method::DELETE, "/api/integrations/{id}", "Deletes it with its secrets.")
            .takes::<Nothing>()
            .gives_nothing(204, "It is gone.")
            .refuses(EDITED),
        admin(
            Method::POST,
            "/api/integrations/{id}/secret",
            "Puts a new client secret in place, once Microsoft takes it.",
        )
        .takes::<SecretAsk>()
        .gives::<IntegrationView>(200, "As it is now.")
        .refuses(EDITED)
        .refuses(MICROSOFT),
        admin(
            Method::POST,
            "/api/integrations/{id}/certificate",
            "Makes a certificate that is not in use yet.",
        )
        .takes::<Nothing>()
        .gives::<IntegrationView>(200, "With `next_certificate`, to be uploaded at Microsoft.")
        .refuses(EDITED),
        admin(
            Method::POST,
            "/api/integrations/{id}/certificate/use",
            "Puts the new certificate in place, once Microsoft takes it.",
        )
        .takes::<Nothing>()
        .gives::<IntegrationView>(200, "As it is now.")
        .refuses(EDITED)
        .refuses(MICROSOFT),
        admin(Method::POST, "/api/integrations/{id}/switch", "Switches it on or off.")
            .takes::<SwitchAsk>()
            .gives::<IntegrationView>(200, "As it is now.")
            .refuses(EDITED),
        admin(Method::POST, "/api/integrations/{id}/test", "Tests the connection now.")
            .takes::<TestAsk>()
            .gives::<IntegrationView>(200, "What was found stands in `health`.")
            .refuses(EDITED)
            .refuses(MICROSOFT),
    ]
}

fn of_duo() -> Vec<Operation> {
    let admin = |method, path, says| op(Group::Customers, method, path, says);
    vec![
        admin(Method::GET, "/api/duo", "Lists customers’ Duo.")
            .gives_list::<DuoView>("All of the account."),
        admin(Method::GET, "/api/duo/{customer}", "Shows a customer’s Duo.")
            .gives::<DuoView>(200, "As it is."),
        admin(Method::PUT, "/api/duo/{customer}", "Connects a customer’s Duo, or changes it.")
            .takes::<DuoAsk>()
            .gives::<DuoView>(200, "As it is now: test it next.")
            .refuses(EDITED),
        admin(Method::DELETE, "/api/duo/{customer}", "Deletes it with its secret key.")
            .takes::<Nothing>()
            .gives_nothing(204, "It is gone.")
            .refuses(EDITED),
        admin(Method::POST, "/api/duo/{customer}/switch", "Switches it on or off.")
            .takes::<duo::SwitchAsk>()
            .gives::<DuoView>(200, "As it is now.")
            .refuses(EDITED),
        admin(Method::POST, "/api/duo/{customer}/test", "Tests the connection now.")
            .takes::<duo::TestAsk>()
            .gives::<PushTest>(200, "What was found.")
            .refuses(EDITED)
            .refuses(DUO),
    ]
}

fn of_psas() -> Vec<Operation> {
    let admin = |method, path, says| op(Group::Psas, method, path, says);
    let loaded: Schema = ObjectBuilder::new()
        .property("companies", ObjectBuilder::new().schema_type(Type::Integer))
        .required("companies")
        .into();
    vec![
        admin(Method::GET, "/api/psas", "Lists the account’s PSAs.")
            .gives_list::<PsaView>("All of the account."),
        admin(Method::POST, "/api/psas", "Connects a PSA.")
            .takes::<PsaAsk>()
            .gives::<PsaView>(201, "As it is stored: test it next.")
            .refuses(EDITED),
        admin(Method::GET, "/api/psas/{id}", "Shows one.").gives::<PsaView>(200, "As it is."),
        admin(Method::PUT, "/api/psas/{id}", "Changes it.")
            .takes::<PsaAsk>()
            .gives::<PsaView>(200, "As it is now.")
            .refuses(EDITED),
        admin(Method::DELETE, "/api/psas/{id}", "Deletes it with secrets, companies and people.")
            .takes::<Nothing>()
            .gives_nothing(204, "It is gone.")
            .refuses(EDITED),
        admin(Method::POST, "/api/psas/{id}/switch", "Switches it on or off.")
            .takes::<psas::SwitchAsk>()
            .gives::<PsaView>(200, "As it is now.")
            .refuses(EDITED),
        admin(
            Method::POST,
            "/api/psas/{id}/list",
            "Lists its contacts and tickets on our own pages, or does so no more.",
        )
        .takes::<psas::SwitchAsk>()
        .gives::<PsaView>(200, "As it is now.")
        .refuses(EDITED),
        admin(Method::POST, "/api/psas/{id}/test", "Tests the connection now.")
            .takes::<Nothing>()
            .gives::<PsaTest>(200, "What was found.")
            .refuses(EDITED)
            .refuses(PSA),
        admin(
            Method::GET,
            "/api/psas/{id}/companies",
            "Lists its companies, as they were read last.",
        )
        .query("q", "A part of the name or the domain; nothing for all.")
        .query_number("page", "Which page, from 0.", (0, u32::MAX.into()))
        .gives::<Companies>(200, "A page, those without a customer first."),
        admin(Method::POST, "/api/psas/{id}/companies", "Reads the companies from the PSA.")
            .takes::<Nothing>()
            .gives_object("How many there are.", loaded)
            .refuses(EDITED)
            .refuses(PSA),
        admin(Method::GET, "/api/psas/{id}/companies/{company}", "Shows a company.")
            .gives::<CompanyView>(200, "With its customer, or a suggestion."),
        admin(
            Method::PUT,
            "/api/psas/{id}/companies/{company}",
            "Says which customer a company is.",
        )
        .takes::<psas::MapAsk>()
        .gives::<CompanyView>(200, "As it is now.")
        .refuses(EDITED),
    ]
}

fn brands() -> Vec<Operation> {
    let admin = |method, path, says| op(Group::Rules, method, path, says);
    let logo = |operation: Operation| {
        operation.takes_file(PICTURES).gives::<branding::View>(200, "As it is now.").refuses(EDITED)
    };
    let changed = |operation: Operation| {
        operation.gives::<branding::View>(200, "As it is now.").refuses(EDITED)
    };
    vec![
        admin(Method::GET, "/api/brand", "Shows how end users see the account.")
            .gives::<branding::View>(200, "As it is."),
        changed(
            admin(Method::PUT, "/api/brand", "Says the account’s brand anew.")
                .takes::<branding::Ask>(),
        ),
        admin(Method::GET, "/api/customers/{id}/brand", "Shows how a customer’s people see it.")
            .gives::<branding::View>(200, "As it is."),
        changed(
            admin(Method::PUT, "/api/customers/{id}/brand", "Says a customer’s brand anew.")
                .takes::<branding::Ask>(),
        ),
        admin(
            Method::DELETE,
            "/api/customers/{id}/brand",
            "Has a customer take over the account’s brand.",
        )
        .takes::<Nothing>()
        .gives_nothing(204, "It says nothing of its own.")
        .refuses(EDITED),
        logo(admin(Method::PUT, "/api/brand/logo", "Makes a picture the account’s logo.")),
        changed(
            admin(Method::DELETE, "/api/brand/logo", "Goes without a logo.").takes::<Nothing>(),
        ),
        logo(admin(
            Method::PUT,
            "/api/customers/{id}/brand/logo",
            "Makes a picture a customer’s logo.",
        )),
        changed(
            admin(
                Method::DELETE,
                "/api/customers/{id}/brand/logo",
                "Has a customer take over the account’s logo.",
            )
            .takes::<Nothing>(),
        ),
    ]
}

fn policies() -> Vec<Operation> {
    let admin = |method, path, says| op(Group::Rules, method, path, says);
    vec![
        admin(Method::GET, "/api/policy", "Shows what the account demands.")
            .gives::<policy::View>(200, "What is said, and what holds."),
        admin(Method::PUT, "/api/policy", "Says the account’s policy anew.")
            .takes::<policy::Ask>()
            .gives::<policy::View>(200, "As it is now.")
            .refuses(EDITED),
        admin(
            Method::GET,
            "/api/customers/{id}/policy",
            "Shows what a customer says itself, and what holds.",
        )
        .gives::<policy::View>(200, "What is said, and what holds."),
        admin(Method::PUT, "/api/customers/{id}/policy", "Says a customer’s policy anew.")
            .takes::<policy::Ask>()
            .gives::<policy::View>(200, "As it is now.")
            .refuses(EDITED),
        admin(
            Method::DELETE,
            "/api/customers/{id}/policy",
            "Has a customer take over the account’s policy.",
        )
        .takes::<Nothing>()
        .gives_nothing(204, "It says nothing of its own.")
        .refuses(EDITED),
    ]
}
