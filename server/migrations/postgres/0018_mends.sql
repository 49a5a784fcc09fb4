-- Contacts of our own list are looked for by their address: a file's some hundred at a time, the audit's one.
create index contacts_email on contacts (account, lower(email)) where psa is null;
-- What did not go out and is of no reset, for the dashboard.
create index outbox_failed on outbox (account, due_at) where state = 'failed' and reset is null;
-- The check of an account's chain: one at a time, by whichever process. What came of it is sealed with its run, so
-- that whoever has the database alone can't make up that all is well; they could put back an older row, with its time.
create table audit_checks (
    account uuid primary key not null references accounts (id),
    run uuid not null,
    begun_at bigint not null,
    seen_at bigint not null,
    entries bigint not null,
    walked bigint not null,
    sealed bytea
);
