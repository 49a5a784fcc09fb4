//! What an admin enters for each PSA: every field with its label, what it is, and what is usual.

use crate::psa::PsaKind;

/// A field of a PSA's form.
pub(super) struct Field {
    /// Its name in the form and in the settings.
    pub(super) name: &'static str,
    /// What people call it, in the PSA's own words.
    pub(super) label: &'static str,
    /// What it is for, and where it stands in the PSA.
    pub(super) hint: &'static str,
    /// What it looks like.
    pub(super) placeholder: &'static str,
    /// What it is for most.
    pub(super) usual: &'static str,
    /// Whether it is sealed and never shown again.
    pub(super) secret: bool,
    /// Whether it may be left empty.
    pub(super) optional: bool,
}

impl Field {
    const fn new(name: &'static str, label: &'static str, hint: &'static str) -> Self {
        Self { name, label, hint, placeholder: "", usual: "", secret: false, optional: false }
    }

    const fn such_as(self, placeholder: &'static str) -> Self {
        Self { placeholder, ..self }
    }

    /// Filled in for a new one; an empty field means it too.
    const fn usually(self, usual: &'static str) -> Self {
        Self { usual, optional: true, ..self }
    }

    const fn sealed(self) -> Self {
        Self { secret: true, ..self }
    }

    const fn optional(self) -> Self {
        Self { optional: true, ..self }
    }
}

const CONNECTWISE: &[Field] = &[
    Field::new(
        "site",
        "Address of ConnectWise",
        "Where your technicians sign in; paste any page’s address. Only this address may show the pod.",
    )
    .such_as("https://na.myconnectwise.net"),
    Field::new("company", "Company", "What your technicians type into the field Company when they sign in.")
        .such_as("brightline"),
    Field::new(
        "client_id",
        "clientId",
        "Names your program at ConnectWise. You get it at developer.connectwise.com, step 1.",
    )
    .such_as("a1b2c3d4-0001-4000-8000-000000000001"),
    Field::new("public_key", "Public Key", "The first half of the API member’s key, step 4."),
    Field::new(
        "secret",
        "Private Key",
        "The second half; ConnectWise shows it once. It is sealed when you save, for this address, company and Public Key only, and never shown again.",
    )
    .sealed(),
];

const HALO: &[Field] = &[
    Field::new(
        "site",
        "Address of HaloPSA",
        "Where your technicians sign in; paste any page’s address. Only this address may show the pod.",
    )
    .such_as("https://brightline.halopsa.com"),
    Field::new("client_id", "Client ID", "From the API application’s page, step 2."),
    Field::new(
        "secret",
        "Client Secret",
        "From the same page; HaloPSA shows it once. It is sealed when you save, for this address and Client ID only, and never shown again.",
    )
    .sealed(),
    Field::new(
        "tenant",
        "Tenant",
        "Only where several tenants share one address: the name that your host has given you.",
    )
    .optional(),
    Field::new(
        "outcome",
        "Outcome of a private note",
        "The action that writes a note which end users don’t see, as it is called in your HaloPSA.",
    )
    .usually("Private Note"),
    Field::new(
        "ticket_variable",
        "Variable for the ticket",
        "What HaloPSA puts the ticket’s number in place of. We know no list of these from HaloPSA: if the pod says that it has no ticket, look at what your HaloPSA offers beside the field URL.",
    )
    .usually("{$ID}"),
    Field::new(
        "frame_secret",
        "Secret of the custom tab",
        "If the tab sends a secure URL parameter: with its secret, the pod can tell which agent’s HaloPSA it is in. That is a hint and never a sign-in.",
    )
    .optional()
    .sealed(),
];

const AUTOTASK: &[Field] = &[
    Field::new(
        "site",
        "Address of Autotask",
        "Any page’s address while you are signed in; it names your zone. Only this address may show the pod.",
    )
    .such_as("https://ww5.autotask.net"),
    Field::new("username", "Username (Key)", "Of the API user, step 2."),
    Field::new(
        "secret",
        "Password (Secret)",
        "Of the API user. It is sealed when you save, for this zone, user and tracking identifier only, and never shown again.",
    )
    .sealed(),
    Field::new(
        "integration_code",
        "Tracking Identifier",
        "Of the API user’s integration vendor, step 2. Autotask calls it API integration code too.",
    ),
    Field::new(
        "internal_label",
        "Label of an internal note",
        "What “Publish to” says for notes that only your own people read. Left empty we look for Internal Project Team and Internal Users Only; where none of them stands, no note is written.",
    )
    .optional(),
    Field::new(
        "note_type_label",
        "Label of the note type",
        "As in your list of note types. Left empty we take the first usual one.",
    )
    .optional(),
    Field::new(
        "ticket_parameter",
        "Parameter for the ticket",
        "The part of the insight’s address that holds the ticket’s id. We know no list of these from Autotask: look at your LiveLink.",
    )
    .usually("ticketId"),
];

/// The fields of this PSA's form, in the order in which its steps give them.
pub(super) fn fields(kind: PsaKind) -> &'static [Field] {
    match kind {
        PsaKind::ConnectWise => CONNECTWISE,
        PsaKind::Halo => HALO,
        PsaKind::Autotask => AUTOTASK,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::psa::PsaAsk;
    use crate::settings::Settings;

    /// Each field that the domain refuses stands in the form, and what is usual is what it takes for empty.
    #[test]
    fn a_form_has_every_field_that_can_be_wrong() {
        let operator = Settings::defaults().unwrap().psa;
        for kind in PsaKind::ALL {
            let mut ask = PsaAsk::default();
            let bad = "\u{7}".repeat(3);
            for text in [
                &mut ask.site,
                &mut ask.company,
                &mut ask.public_key,
                &mut ask.client_id,
                &mut ask.tenant,
                &mut ask.outcome,
                &mut ask.ticket_variable,
                &mut ask.username,
                &mut ask.integration_code,
                &mut ask.internal_label,
                &mut ask.note_type_label,
                &mut ask.ticket_parameter,
            ] {
                text.clone_from(&bad);
            }
            ask.frame_secret = crate::sign_in::Typed::new(bad);
            let mut wrong: Vec<_> =
                ask.check(kind, None, &operator).unwrap_err().iter().map(|it| it.field).collect();
            let mut mine: Vec<_> = fields(kind).iter().map(|field| field.name).collect();
            wrong.sort_unstable();
            mine.sort_unstable();
            assert_eq!(wrong, mine, "{kind:?}");
        }
    }
}
