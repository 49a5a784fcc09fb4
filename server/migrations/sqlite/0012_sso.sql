-- Single sign-on: an account's issuer is an integration of kind 'oidc', one each; a deleted one stays as a
-- row without secrets.
create unique index integrations_oidc on integrations (account)
    where kind = 'oidc' and ended_at is null;

-- Whose addresses lead to it. A domain leads to one account on this server.
create table sso_domains (
    domain text primary key not null,
    account blob not null references accounts (id),
    integration blob not null references integrations (id)
);
create index sso_domains_integration on sso_domains (integration);

-- Who is who at the issuer: linked by an act of the person, one each.
create table sso_people (
    account blob not null references accounts (id),
    issuer text not null,
    subject text not null,
    technician blob not null unique references technicians (id),
    linked_at bigint not null,
    primary key (account, issuer, subject)
);

-- A browser's way to the issuer and back. `id` is a hash: the token itself is in the browser's cookie.
create table sso_trips (
    id blob primary key not null,
    account blob not null references accounts (id),
    integration blob not null references integrations (id),
    -- Which version of the integration it began with.
    version bigint not null,
    purpose text not null,
    -- Who asked, where somebody is known already; and by which session or set-up link (hashes).
    technician blob references technicians (id),
    proof blob,
    -- Whether the issuer was told to ask the person anew.
    forced boolean not null,
    next text not null,
    begun_at bigint not null,
    expires_at bigint not null
);
create index sso_trips_expires on sso_trips (expires_at);
