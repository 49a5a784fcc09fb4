-- Integrations whose people stand on our own list of contacts: a customer's Microsoft 365 by an admin's choice
-- here, a PSA that is listed here (`integrations.list_here`); and the newest run of each. A run counts as it goes; what is left of one that died is told by the next.
create table contact_syncs (
    integration blob primary key not null references integrations (id),
    account blob not null references accounts (id),
    -- licensed, everybody
    whom text not null,
    due_at bigint not null,
    lease blob,
    lease_until bigint not null default 0,
    begun_at bigint,
    -- People that the run has met, and what it has written.
    seen bigint not null default 0,
    added bigint not null default 0,
    changed bigint not null default 0,
    unlisted bigint not null default 0,
    ended_at bigint,
    -- Why it broke off.
    code text
);
create index contact_syncs_due on contact_syncs (due_at);
insert into contact_syncs (integration, account, whom, due_at)
    select id, account, 'everybody', 0 from integrations where list_here and ended_at is null;

-- Who a contact is at Microsoft, as a sync has met them. (Whom a reset is for is looked up anew, by address.)
create table synced_people (
    contact blob primary key not null references contacts (id),
    account blob not null references accounts (id),
    integration blob not null references integrations (id),
    directory_user text not null
);
create unique index synced_people_person on synced_people (integration, directory_user);

create index contacts_of_list on contacts (customer, email) where psa is null;
