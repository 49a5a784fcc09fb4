-- A customer's Duo, one each; a deleted one stays as a row without secrets.
create unique index integrations_duo on integrations (customer)
    where kind = 'duo' and ended_at is null;
