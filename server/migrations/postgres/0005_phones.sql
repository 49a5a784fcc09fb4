-- The phone that a link would go to, remembered so that a change is noticed. Of a person at Microsoft,
-- whose object id no other tenant has: it outlives links, contacts and integrations.
create table known_phones (
    account uuid not null references accounts (id),
    directory_user text not null,
    -- Keyed hash of the number, or of there being none. Never the number itself.
    hash bytea not null,
    -- When this person's phones were first looked at, and when a look last found another phone.
    seen_at bigint not null,
    changed_at bigint,
    primary key (account, directory_user)
);

-- Since when the person is gone from the directory, or no longer has the contact's address.
alter table directory_links add column lost_at bigint;

-- Since when the phone that gets the link is a new one, where that is recent at the click.
alter table resets add column phone_changed_at bigint;
-- Keyed hash of the tenant that was asked before the click: no other one is asked after it.
alter table resets add column tenant_hash bytea not null default '';
