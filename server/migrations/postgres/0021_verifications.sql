-- With the id, so that it gives the order, too: SQLite took the one by age for that, and read all of an account's
-- verifications at each look of a pod at a contact without any.
create index verifications_of_contact on verifications (account, contact, sent_at, id);
drop index verifications_contact;
-- The one by age begins with the same columns.
drop index verifications_sent;
