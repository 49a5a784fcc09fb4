-- Keys of an account's own programs. The key itself is only with its holder: here stand a keyed hash and
-- the characters that people recognise it by.
create table api_keys (
    id uuid primary key,
    account uuid not null references accounts (id),
    name text not null,
    prefix text not null,
    hash bytea not null unique,
    -- What it may do, with a blank between.
    scopes text not null,
    made_by uuid not null references technicians (id),
    created_at bigint not null,
    expires_at bigint not null,
    -- To the hour.
    used_at bigint,
    revoked_at bigint,
    -- So many days before its end admins were told last.
    warned bigint
);
create index api_keys_account on api_keys (account, created_at);
create index api_keys_ending on api_keys (expires_at) where revoked_at is null;

-- Where an account's own programs hear of what happens. The signing key stands in `secrets`, sealed for
-- this row and address; a deleted one stays as a row without it.
create table webhooks (
    id uuid primary key,
    account uuid not null references accounts (id),
    url text not null,
    -- Which events, each with a blank before and behind it.
    events text not null,
    with_names boolean not null,
    is_on boolean not null default true,
    created_at bigint not null,
    -- Its version.
    changed_at bigint not null,
    -- Since when nothing has been taken there.
    failing_since bigint,
    -- When the head of the audit was told last.
    head_at bigint not null default 0,
    ended_at bigint
);
create index webhooks_account on webhooks (account) where ended_at is null;

-- What is to be told, written in the transaction that it tells of. `body` goes when it is settled.
create table deliveries (
    id uuid primary key,
    account uuid not null references accounts (id),
    webhook uuid not null references webhooks (id),
    event text not null,
    body text not null,
    -- waiting, done, failed
    state text not null,
    attempts bigint not null default 0,
    created_at bigint not null,
    due_at bigint not null,
    give_up_at bigint not null,
    lease uuid,
    lease_until bigint not null default 0,
    -- The newest try: HTTP status, where there was one, how long it took, and when.
    status bigint,
    took_ms bigint,
    tried_at bigint
);
create index deliveries_due on deliveries (due_at) where state = 'waiting';
create index deliveries_recent on deliveries (webhook, created_at);

-- What another system calls a contact that it has imported.
alter table contacts add column external_id text;
create unique index contacts_external on contacts (customer, external_id) where external_id is not null;

-- History, read by programs in the order of time.
create index resets_by_age on resets (account, asked_at, id);
create index verifications_by_age on verifications (account, sent_at, id);
