-- PSAs: one of each kind for an account; a deleted one stays as a row without secrets.
create unique index integrations_psa on integrations (account, kind)
    where kind in ('connectwise', 'halo', 'autotask') and ended_at is null;

-- Companies of a PSA that somebody has seen, and which customer each one is.
create table psa_companies (
    integration uuid not null references integrations (id),
    company text not null,
    account uuid not null references accounts (id),
    name text not null,
    domain text not null,
    customer uuid references customers (id),
    seen_at bigint not null,
    primary key (integration, company)
);
create index psa_companies_customer on psa_companies (customer);

-- Where a contact and a ticket come from. Address and phones of a PSA's contact are read there each
-- time: of the address only a keyed hash stays, to find the person whom somebody reports to.
alter table contacts add column psa uuid references integrations (id);
alter table contacts add column psa_id text;
alter table contacts add column address_hash bytea;
create unique index contacts_psa on contacts (psa, psa_id) where psa is not null;
create index contacts_address on contacts (customer, address_hash) where address_hash is not null;
-- `number` is unique in an account, and two PSAs may count alike: of a PSA's ticket it is the
-- integration and the id there, and what people say stands beside it.
alter table tickets add column psa uuid references integrations (id);
alter table tickets add column psa_id text;
alter table tickets add column psa_number text;
create unique index tickets_psa on tickets (psa, psa_id) where psa is not null;

-- Who technicians are in a PSA, by the id there: linked once, by their own sign-in.
create table psa_people (
    integration uuid not null references integrations (id),
    person text not null,
    account uuid not null references accounts (id),
    technician uuid not null references technicians (id),
    login text not null,
    linked_at bigint not null,
    primary key (integration, person)
);
create unique index psa_people_technician on psa_people (integration, technician);

-- Frames. One that was paired has a row of its own, found by the cookie that continues it; the cookie
-- before is good for a moment, for frames that ask at the same time.
alter table sessions add column psa uuid references integrations (id);
alter table sessions add column cookie bytea;
alter table sessions add column cookie_before bytea;
alter table sessions add column cookie_before_until bigint;
create unique index sessions_cookie on sessions (cookie) where cookie is not null;
create index sessions_cookie_before on sessions (cookie_before) where cookie_before is not null;

-- Frames that wait for their technician's own sign-in, for two minutes.
create table pairings (
    id uuid primary key,
    account uuid not null references accounts (id),
    integration uuid not null references integrations (id),
    -- SHA-256 of what only the frame holds.
    challenge bytea not null,
    -- Keyed hash of what the frame shows.
    code_hash bytea not null,
    -- From where the frame asked, and with which browser: what the technician is told.
    address text not null,
    browser text not null,
    -- Whom the host has confirmed in that frame.
    person text,
    login text,
    created_at bigint not null,
    expires_at bigint not null,
    approved_by uuid references technicians (id),
    second_factor_at bigint,
    unique (account, code_hash)
);
create index pairings_ending on pairings (expires_at);
