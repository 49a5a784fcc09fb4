-- Whether Microsoft is asked to have the person choose another password at the next sign-in: what
-- the link's page says must be what was asked for, whatever the policy says by then.
alter table resets add column must_change boolean not null default true;
