-- Contacts of our own list are looked for by their address: a file's some hundred at a time, the audit's one.
create index contacts_email on contacts (account, lower(email)) where psa is null;
-- What did not go out and is of no reset, for the dashboard.
create index outbox_failed on outbox (account, due_at) where state = 'failed' and reset is null;
