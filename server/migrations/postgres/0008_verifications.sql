-- How a verification travels and comes back: a link has an id that is derived from its token, the hash of
-- what proves that somebody holds it, and two digits for the technician, sealed until it ends. A push has
-- its id at the provider, and is looked after by one process at a time.
alter table verifications add column look_id bytea;
alter table verifications add column proof_hash bytea;
alter table verifications add column say_sealed bytea;
alter table verifications add column provider_id text;
alter table verifications add column lease uuid;
alter table verifications add column lease_until bigint not null default 0;
-- When it came to its end, whatever that was.
alter table verifications add column ended_at bigint;
-- Whose word it is, where somebody else vouches, and why.
alter table verifications add column voucher uuid references contacts (id);
alter table verifications add column note text;
-- What nobody answered had no end of its own before: it is not news now.
update verifications set outcome = 'expired', ended_at = expires_at, code_hash = null
    where outcome = 'pending';
create unique index verifications_look on verifications (look_id) where look_id is not null;
create index verifications_pending on verifications (expires_at) where outcome = 'pending';

-- The numbers on a contact's card, remembered so that a change is noticed. Keyed hash, never a number.
create table known_cards (
    contact uuid primary key references contacts (id),
    account uuid not null references accounts (id),
    hash bytea not null,
    seen_at bigint not null,
    changed_at bigint
);

-- A second technician's yes or no to one reset.
create table approvals (
    id uuid primary key,
    account uuid not null references accounts (id),
    customer uuid not null references customers (id),
    contact uuid not null references contacts (id),
    ticket uuid references tickets (id),
    directory_user text not null,
    asked_by uuid not null references technicians (id),
    asked_at bigint not null,
    -- Until when it can be answered; once approved, until when it counts.
    expires_at bigint not null,
    -- asked, approved, refused
    state text not null,
    answered_by uuid references technicians (id),
    answered_at bigint,
    used_by uuid
);
create index approvals_contact on approvals (account, contact, asked_at);
create index approvals_asked on approvals (account, expires_at) where state = 'asked';
create unique index approvals_used on approvals (used_by) where used_by is not null;

alter table resets add column approval uuid references approvals (id);
-- What the technician was warned of at the click, as codes.
alter table resets add column warnings text not null default '';

-- A ticket's note on a verification belongs to no reset.
alter table outbox add column verification uuid references verifications (id);
alter table outbox drop constraint outbox_check;
alter table outbox add check (reset is not null or recipient is not null or verification is not null);
