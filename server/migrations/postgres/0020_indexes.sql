-- SQLite took these indexes where another one leads to a handful of rows, and read all of the account's: its shares at
-- each reset, its verifications at each look of a pod at a contact without any.

-- No statement looks for an account's shares by age.
drop index shares_account;

-- With the id, so that it gives the order, too, for which the one by age was taken.
drop index verifications_contact;
create index verifications_contact on verifications (account, contact, sent_at, id);

-- The ones by age begin with the same columns.
drop index verifications_sent;
drop index resets_asked;
