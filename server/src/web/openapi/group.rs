//! Operations that belong together: chapters of the page, tags of the document.

/// Operations that belong together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    /// `/api/v1`.
    Programs,
    /// A pod's.
    Pods,
    /// A frame's.
    Frames,
    /// Signing in, and this document.
    Doors,
    /// Customers' Microsoft 365 and Duo.
    Customers,
    /// The account's PSAs.
    Psas,
    /// Brand and policy.
    Rules,
    /// Behind links.
    Links,
}

impl Group {
    /// In the order of the page.
    pub const ALL: [Self; 8] = [
        Self::Programs,
        Self::Pods,
        Self::Frames,
        Self::Doors,
        Self::Customers,
        Self::Psas,
        Self::Rules,
        Self::Links,
    ];

    /// Its heading.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Programs => "Programs",
            Self::Pods => "Pods",
            Self::Frames => "Frames of a PSA",
            Self::Doors => "Signing in",
            Self::Customers => "Customers’ Microsoft 365 and Duo",
            Self::Psas => "PSAs",
            Self::Rules => "Brand and policy",
            Self::Links => "Links",
        }
    }

    /// What it is for.
    #[must_use]
    pub const fn about(self) -> &'static str {
        match self {
            Self::Programs => "For programs of an account, by a key. This part stays as it is.",
            Self::Pods => "For the pod beside a ticket, by its token.",
            Self::Frames => "How a pod in a frame of a PSA is let in and paired.",
            Self::Doors => "For our own pages: a session, a pod’s token, and this document.",
            Self::Customers => "For admins, by the cookie of our own pages.",
            Self::Psas => "For admins, by the cookie of our own pages.",
            Self::Rules => "For admins, by the cookie of our own pages.",
            Self::Links => "For the pages behind one-time links, on the host of links.",
        }
    }

    /// Its anchor.
    #[must_use]
    pub const fn anchor(self) -> &'static str {
        match self {
            Self::Programs => "programs",
            Self::Pods => "pods",
            Self::Frames => "frames",
            Self::Doors => "doors",
            Self::Customers => "customers",
            Self::Psas => "psas",
            Self::Rules => "rules",
            Self::Links => "links",
        }
    }
}
