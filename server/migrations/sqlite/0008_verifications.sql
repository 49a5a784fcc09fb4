-- How a verification travels and comes back: a link has an id that is derived from its token, the hash of
-- what proves that somebody holds it, and two digits for the technician, sealed until it ends. A push has
-- its id at the provider, and is looked after by one process at a time.
alter table verifications add column look_id blob;
alter table verifications add column proof_hash blob;
alter table verifications add column say_sealed blob;
alter table verifications add column provider_id text;
alter table verifications add column lease blob;
alter table verifications add column lease_until bigint not null default 0;
-- When it came to its end, whatever that was.
alter table verifications add column ended_at bigint;
-- Whose word it is, where somebody else vouches, and why.
alter table verifications add column voucher blob references contacts (id);
alter table verifications add column note text;
-- What nobody answered had no end of its own before: it is not news now.
update verifications set outcome = 'expired', ended_at = expires_at, code_hash = null
    where outcome = 'pending';
create unique index verifications_look on verifications (look_id) where look_id is not null;
create index verifications_pending on verifications (expires_at) where outcome = 'pending';

-- The numbers on a contact's card, remembered so that a change is noticed. Keyed hash, never a number.
create table known_cards (
    contact blob primary key references contacts (id),
    account blob not null references accounts (id),
    hash blob not null,
    seen_at bigint not null,
    changed_at bigint
);

-- A second technician's yes or no to one reset.
create table approvals (
    id blob primary key,
    account blob not null references accounts (id),
    customer blob not null references customers (id),
    contact blob not null references contacts (id),
    ticket blob references tickets (id),
    directory_user text not null,
    asked_by blob not null references technicians (id),
    asked_at bigint not null,
    -- Until when it can be answered; once approved, until when it counts.
    expires_at bigint not null,
    -- asked, approved, refused
    state text not null,
    answered_by blob references technicians (id),
    answered_at bigint,
    used_by blob
);
create index approvals_contact on approvals (account, contact, asked_at);
create index approvals_asked on approvals (account, expires_at) where state = 'asked';
create unique index approvals_used on approvals (used_by) where used_by is not null;

alter table resets add column approval blob references approvals (id);
-- What the technician was warned of at the click, as codes.
alter table resets add column warnings text not null default '';

-- A ticket's note on a verification belongs to no reset.
create table outbox_new (
    id blob primary key,
    account blob not null references accounts (id),
    reset blob references resets (id),
    kind text not null,
    recipient blob references technicians (id),
    state text not null,
    attempts integer not null default 0,
    due_at bigint not null,
    give_up_at bigint not null,
    lease blob,
    lease_until bigint not null default 0,
    code text,
    done_at bigint,
    provider_id text,
    provider_rank integer not null default 0,
    delivered_at bigint,
    integration blob references integrations (id),
    about text,
    verification blob references verifications (id),
    check (reset is not null or recipient is not null or verification is not null)
);
insert into outbox_new (id, account, reset, kind, recipient, state, attempts, due_at, give_up_at, lease,
    lease_until, code, done_at, provider_id, provider_rank, delivered_at, integration, about)
select id, account, reset, kind, recipient, state, attempts, due_at, give_up_at, lease,
    lease_until, code, done_at, provider_id, provider_rank, delivered_at, integration, about
from outbox;
drop table outbox;
alter table outbox_new rename to outbox;
create index outbox_due on outbox (due_at) where state = 'waiting';
create index outbox_reset on outbox (reset);
create index outbox_provider on outbox (provider_id) where provider_id is not null;
