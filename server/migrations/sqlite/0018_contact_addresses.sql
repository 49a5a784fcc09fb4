-- Contacts of our own list are looked for by their address: a file's some hundred at a time, the audit's one.
create index contacts_email on contacts (account, lower(email)) where psa is null;
