//! What a PSA says, in one shape for all of them. Ids are the PSA's own, as texts.

/// A ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PsaTicket {
    /// Its id over there.
    pub id: String,
    /// As people say it: ConnectWise and HaloPSA say the id, Autotask has a number of its own.
    pub number: String,
    /// Its headline.
    pub summary: String,
    /// Whose it is.
    pub company: Option<Company>,
    /// The id of whom it is about; `None` for a ticket about nobody.
    pub contact: Option<String>,
    /// Whether it is closed.
    pub closed: bool,
    /// When it was opened, milliseconds since 1970; `None` where the PSA does not say.
    pub opened_at: Option<i64>,
}

/// A company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// Its id over there.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The domain of its website, in lower case without `www.`; empty where there is none.
    pub domain: String,
}

/// A contact's card. No `Debug`: phones are not for logs.
#[derive(Clone, PartialEq, Eq)]
pub struct Card {
    /// Its id over there.
    pub id: String,
    /// Whose person it is: the company's id.
    pub company: String,
    /// The company's name.
    pub company_name: String,
    /// The person's name.
    pub name: String,
    /// The address that counts; may be empty.
    pub email: String,
    /// Numbers as they stand there, the most personal first, each once; what has no digit is left out.
    pub phones: Vec<String>,
}

/// What a test of the connection found out.
#[derive(utoipa::ToSchema)]
#[schema(as = PsaAbout)]
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct About {
    /// The PSA and its version, as far as it says.
    pub product: String,
    /// As whom we are there.
    pub identity: String,
    /// What is not as it should be and does not keep us from working: whole sentences.
    pub remarks: Vec<String>,
}

/// Whom a note should show as its author.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The technician's name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their id at the PSA, where they are linked.
    pub person: Option<String>,
    /// Their login there, where they are linked.
    pub login: Option<String>,
}

/// An internal note.
#[derive(Debug, Clone, Copy)]
pub struct NewNote<'a> {
    /// A headline, for PSAs that have one.
    pub title: &'a str,
    /// Plain text, with the mark.
    pub text: &'a str,
    /// Stands in the text and in no other note.
    pub mark: &'a str,
    /// Whom it should show as its author.
    pub author: Option<&'a Author>,
}
