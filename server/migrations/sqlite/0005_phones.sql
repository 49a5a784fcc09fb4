-- The phone that a link would go to, remembered so that a change is noticed. Never the number itself.
-- Keyed hash of it, or of there being none; null until somebody has looked.
alter table directory_links add column phone_hash blob;
-- When this person's phones were first looked at, and when a look last found another phone.
alter table directory_links add column phone_seen_at bigint;
alter table directory_links add column phone_changed_at bigint;
-- Since when the person is gone from the directory, or no longer has the contact's address.
alter table directory_links add column lost_at bigint;

-- Since when the phone that gets the link is a new one, where that is recent at the click.
alter table resets add column phone_changed_at bigint;
