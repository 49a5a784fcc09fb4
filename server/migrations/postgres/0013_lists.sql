-- Lists of contacts and tickets that stay quick with a hundred thousand of each. `sort_name` is the name in
-- lower case (by Unicode, which not every database does); `found_by` is what a search finds the row by,
-- as lower-case words with a blank before each; null until they are made: then the next start makes them.
alter table contacts add column sort_name text collate "C" not null default '';
alter table contacts add column found_by text;
alter table tickets add column found_by text;

-- The same words, to be looked up by how they begin. They go and come with the row that they are of, in the
-- same transaction; nothing looks them up by the row, so there is no index for that.
create table contact_words (
    account uuid not null references accounts (id),
    word text collate "C" not null,
    contact uuid not null,
    primary key (account, word, contact)
);
create table ticket_words (
    account uuid not null references accounts (id),
    word text collate "C" not null,
    ticket uuid not null,
    primary key (account, word, ticket)
);

-- Whether our own pages list it. What is in a PSA is listed where an admin has said so for that PSA
-- (`list_here`); contacts that a pod has shown are listed anyway.
alter table integrations add column list_here boolean not null default false;
alter table contacts add column listed boolean not null default true;
alter table tickets add column listed boolean not null default true;
update tickets set listed = false where psa is not null;

drop index contacts_account;
drop index tickets_account;
create index contacts_by_name on contacts (account, sort_name, id) where listed;
create index contacts_by_age on contacts (account, id) where listed;
create index contacts_of_customer on contacts (customer, sort_name, id);
create index contacts_hash on contacts (account, address_hash) where address_hash is not null;
create index contacts_unmade on contacts (id) where found_by is null;
create index tickets_by_age on tickets (account, created_at, id) where listed;
create index tickets_open on tickets (account, created_at, id) where listed and closed_at is null;
create index tickets_of_customer on tickets (customer, created_at, id) where listed;
create index tickets_unmade on tickets (id) where found_by is null;
-- What a shield may still show.
create index verifications_recent on verifications (account, expires_at);
