-- Notification mails. A mail to an admin names the technician, never an address; one about the
-- account as a whole belongs to no reset. SQLite changes no column's `not null`: the table is made
-- anew (nothing refers to it).
create table outbox_new (
    id blob primary key,
    account blob not null references accounts (id),
    reset blob references resets (id),
    kind text not null,
    -- Which technician gets it; null for the contact and for what is no mail.
    recipient blob references technicians (id),
    -- waiting, done, failed
    state text not null,
    attempts integer not null default 0,
    due_at bigint not null,
    give_up_at bigint not null,
    lease blob,
    lease_until bigint not null default 0,
    code text,
    done_at bigint,
    -- The text at the provider: its id and how far it says it is.
    provider_id text,
    provider_rank integer not null default 0,
    delivered_at bigint,
    check (reset is not null or recipient is not null)
);
insert into outbox_new (id, account, reset, kind, state, attempts, due_at, give_up_at, lease,
    lease_until, code, done_at, provider_id, provider_rank, delivered_at)
select id, account, reset, kind, state, attempts, due_at, give_up_at, lease,
    lease_until, code, done_at, provider_id, provider_rank, delivered_at
from outbox;
drop table outbox;
alter table outbox_new rename to outbox;
create index outbox_due on outbox (due_at) where state = 'waiting';
create index outbox_reset on outbox (reset);
create index outbox_provider on outbox (provider_id) where provider_id is not null;

create unique index integrations_smtp on integrations (account) where kind = 'smtp';
