-- How end users see an account: one row for it (customer = zero UUID), one for each customer that differs.
create table brands (
    account blob not null references accounts (id),
    customer blob not null,
    -- JSON: what is said here; the rest is the account's, and there the default.
    body text not null,
    updated_at bigint not null,
    primary key (account, customer)
);

-- Logos as we made them anew, by the hash of their contents.
create table logos (
    account blob not null references accounts (id),
    hash text not null,
    png blob not null,
    created_at bigint not null,
    primary key (account, hash)
);
-- The page asks for one by its hash alone.
create index logos_hash on logos (hash);

-- What a mail tells of, where neither a reset nor an integration says it. Never a secret.
alter table outbox add column about text;

-- What a link's page needs to know, whatever the link is for: whose brand, in which language (null: the
-- browser's), and whether the secret is replaced at the next sign-in.
alter table shares add column customer blob;
alter table shares add column language text;
alter table shares add column must_change boolean not null default true;
update shares set
    customer = (select r.customer from resets r where r.id = shares.reset),
    must_change = coalesce((select r.must_change from resets r where r.id = shares.reset), true);

-- When somebody last tried an opened link from another device; when a link was revoked, locked or found
-- expired, and by which technician, where one did.
alter table shares add column late_at bigint;
alter table shares add column ended_at bigint;
alter table shares add column ended_by blob;

-- The person's language as Microsoft has it, where we speak it: their texts, mails and page.
alter table resets add column language text;

-- Unlock codes are hashed with what a link is looked up by now, and were with its row's id before: the
-- right code would be refused. Such links are closed; their passwords are kept for a new one.
update shares set state = 'locked', ciphertext = x'', token_sealed = null
    where state = 'open' and unlock_hash is not null;
