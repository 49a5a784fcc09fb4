-- A deleted integration stays as a row without secrets: resets and the audit name it. A customer
-- may have a new one then.
alter table integrations add column ended_at bigint;
drop index integrations_m365;
create unique index integrations_m365 on integrations (customer)
    where kind = 'm365' and ended_at is null;

-- How an M365 integration was found to be, and what its admins were told of it.
create table integration_checks (
    integration uuid primary key references integrations (id),
    account uuid not null references accounts (id),
    -- Not looked at by the watcher before.
    due_at bigint not null,
    lease uuid,
    lease_until bigint not null default 0,
    checked_at bigint,
    -- JSON: what was tried and what came of it. Ids of the other side at most, never a secret.
    report text,
    -- When its secret or certificate ends, as Microsoft says.
    expires_at bigint,
    failing_since bigint,
    -- The newest warning about the end that was mailed: so many days before it.
    told_days bigint
);

-- A mail about an integration names it.
alter table outbox add column integration uuid references integrations (id);
