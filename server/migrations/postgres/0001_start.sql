-- The same tables as for SQLite (a test compares them); whole numbers are BIGINT throughout.
-- Times are milliseconds since 1970, ids are UUIDs.
-- Every row belongs to one account; nothing clear that a thief could use stands in any of them.

create table key_checks (
    key_id text primary key,
    value bytea not null
);

create table accounts (
    id uuid primary key,
    name text not null,
    is_on boolean not null default true,
    created_at bigint not null,
    -- Head of the audit chain: how many entries, and the MAC of the newest.
    audit_count bigint not null default 0,
    audit_head bytea not null default ''
);

-- One row for the account (customer = zero UUID), one for each customer that overrides it.
create table policies (
    account uuid not null references accounts (id),
    customer uuid not null,
    body text not null,
    updated_at bigint not null,
    primary key (account, customer)
);

create table technicians (
    id uuid primary key,
    account uuid not null references accounts (id),
    name text not null,
    -- Lower case. One person, one address on this server, while sign-in is by e-mail.
    email text not null unique,
    role text not null,
    may_reset boolean not null,
    may_use_ui boolean not null,
    must_use_mfa boolean not null,
    password_hash text,
    -- The newest time step whose code was taken: a code works once.
    totp_step bigint not null default 0,
    -- Keyed hash of a one-time set-up link, and its end.
    set_up_hash bytea unique,
    set_up_until bigint,
    ended_at bigint,
    created_at bigint not null
);

-- Web sessions and pod tokens. `id` is a hash: the token itself is only with its holder.
create table sessions (
    id bytea primary key,
    account uuid not null references accounts (id),
    technician uuid not null references technicians (id),
    kind text not null,
    host text not null,
    -- A pod token ends with the web session that it was made from.
    parent bytea references sessions (id) on delete cascade,
    second_factor_at bigint,
    created_at bigint not null,
    seen_at bigint not null,
    expires_at bigint not null
);
create index sessions_technician on sessions (technician);
create index sessions_parent on sessions (parent);

create table customers (
    id uuid primary key,
    account uuid not null references accounts (id),
    name text not null,
    is_on boolean not null default true
);
create index customers_account on customers (account, name);

create table contacts (
    id uuid primary key,
    account uuid not null references accounts (id),
    customer uuid not null references customers (id),
    name text not null,
    email text not null,
    -- JSON array of numbers as the contact's card has them.
    phones text not null,
    changed_at bigint not null
);
create index contacts_account on contacts (account, name);

create table tickets (
    id uuid primary key,
    account uuid not null references accounts (id),
    customer uuid not null references customers (id),
    contact uuid not null references contacts (id),
    number text not null,
    summary text not null,
    created_at bigint not null,
    closed_at bigint,
    unique (account, number)
);
create index tickets_account on tickets (account, created_at);
create index tickets_contact on tickets (contact);

create table ticket_notes (
    id uuid primary key,
    account uuid not null references accounts (id),
    ticket uuid not null references tickets (id),
    technician uuid,
    body text not null,
    -- What the note is about; a retry finds it and does not write twice.
    mark text not null,
    created_at bigint not null,
    unique (ticket, mark)
);

create table integrations (
    id uuid primary key,
    account uuid not null references accounts (id),
    customer uuid references customers (id),
    kind text not null,
    name text not null,
    is_on boolean not null default true,
    -- JSON by kind: hosts, ids, numbers. Never a secret.
    settings text not null,
    changed_at bigint not null
);
create unique index integrations_m365 on integrations (customer) where kind = 'm365';
create unique index integrations_sms on integrations (account) where kind = 'twilio';

-- AES-256-GCM under the master key; what it is for is associated data (design §9).
create table secrets (
    account uuid not null references accounts (id),
    kind text not null,
    row uuid not null,
    sealed bytea not null,
    updated_at bigint not null,
    primary key (account, kind, row)
);

create table directory_links (
    contact uuid primary key references contacts (id),
    account uuid not null references accounts (id),
    integration uuid not null references integrations (id),
    directory_user text not null,
    -- Keyed hash of the address that it was found by: another address is looked up again.
    address_hash bytea not null,
    linked_at bigint not null
);

create table verifications (
    id uuid primary key,
    account uuid not null references accounts (id),
    customer uuid not null references customers (id),
    contact uuid not null references contacts (id),
    ticket uuid references tickets (id),
    technician uuid not null references technicians (id),
    -- Who it is at Microsoft, at the moment of sending.
    directory_user text,
    channel text not null,
    source text not null,
    destination_hash bytea not null,
    -- Keyed hash of what the contact's card said at the moment of sending.
    contact_hash bytea not null,
    masked text not null,
    code_hash bytea,
    outcome text not null,
    -- Why it could not be sent.
    code text,
    tries_left bigint not null,
    sent_at bigint not null,
    expires_at bigint not null,
    verified_at bigint,
    used_by uuid
);
create index verifications_contact on verifications (account, contact, sent_at);
create unique index verifications_used on verifications (used_by) where used_by is not null;

create table resets (
    id uuid primary key,
    account uuid not null references accounts (id),
    customer uuid not null references customers (id),
    contact uuid not null references contacts (id),
    ticket uuid references tickets (id),
    technician uuid not null references technicians (id),
    integration uuid not null references integrations (id),
    verification uuid not null references verifications (id),
    directory_user text not null,
    person text not null,
    body_hash bytea not null,
    stage text not null,
    asked_at bigint not null,
    apply_before bigint not null,
    -- Where the link goes: masked for people, sealed for sending.
    phone_masked text not null,
    phone_sealed bytea not null,
    phone_hash bytea not null,
    unlock_sealed bytea,
    one_factor boolean not null,
    tries bigint not null default 0,
    -- Tries whose answer was recorded; fewer than `tries` means that one was lost.
    answers bigint not null default 0,
    -- Any answer was `Unknown`.
    unknown boolean not null default false,
    -- The newest answer, as the plan reads it.
    answer text,
    retry_at bigint not null default 0,
    -- Passwords that Microsoft said it refused.
    reseals bigint not null default 0,
    code text,
    about text,
    applied_at bigint,
    settled_at bigint,
    lease uuid,
    lease_until bigint not null default 0
);
-- P5: one live reset per person. Object ids are unique across tenants, so two integrations that
-- lead to one tenant make no difference.
create unique index resets_live on resets (account, directory_user)
    where stage in ('staged', 'applying');
create index resets_person on resets (account, directory_user);
create index resets_contact on resets (account, contact, asked_at);
create index resets_sealed on resets (stage) where phone_sealed <> '';
create index resets_due on resets (lease_until) where stage in ('staged', 'applying');

create table shares (
    id uuid primary key,
    account uuid not null references accounts (id),
    reset uuid references resets (id),
    -- Derived from the token; says nothing about it.
    look_id bytea not null unique,
    proof_hash bytea not null,
    ciphertext bytea not null,
    state text not null,
    life_ms bigint not null,
    created_at bigint not null,
    -- Null until the provider accepted the text: the link's life starts then.
    expires_at bigint,
    -- 24 hours after the password was set, at the latest.
    latest_at bigint,
    opened_at bigint,
    opener_hash bytea,
    unlock_hash bytea,
    unlock_tries bigint not null default 5,
    -- Needed to text the link again, and to make a new one; erased when it can't matter any more.
    token_sealed bytea,
    password_sealed bytea,
    late_attempts bigint not null default 0
);
create index shares_of_reset on shares (reset, created_at);
create index shares_ending on shares (state) where state in ('open', 'locked');
create unique index shares_reset on shares (reset) where state in ('closed', 'open', 'opened');
create index shares_sealed on shares (opened_at) where password_sealed is not null;
create index shares_account on shares (account, created_at);

create table outbox (
    id uuid primary key,
    account uuid not null references accounts (id),
    reset uuid not null references resets (id),
    kind text not null,
    -- waiting, done, failed
    state text not null,
    attempts bigint not null default 0,
    due_at bigint not null,
    give_up_at bigint not null,
    lease uuid,
    lease_until bigint not null default 0,
    code text,
    done_at bigint,
    -- The text at the provider: its id and how far it says it is.
    provider_id text,
    provider_rank bigint not null default 0,
    delivered_at bigint
);
create index outbox_due on outbox (due_at) where state = 'waiting';
create index outbox_reset on outbox (reset);
create index outbox_provider on outbox (provider_id) where provider_id is not null;

-- Append-only, chained per account by HMAC. Ids only; names stand in audit_names and can go.
create table audit (
    account uuid not null references accounts (id),
    seq bigint not null,
    at bigint not null,
    body text not null,
    mac bytea not null,
    primary key (account, seq)
);

create table audit_names (
    account uuid not null references accounts (id),
    id uuid not null,
    name text not null,
    primary key (account, id)
);

create table limits (
    account uuid not null,
    name text not null,
    since bigint not null,
    count bigint not null,
    primary key (account, name)
);
