-- Which customers a technician has: all, or those listed here. Admins have all, whatever stands here. People
-- who exist keep all.
alter table technicians add column all_customers boolean not null default true;

create table technician_customers (
    technician blob not null references technicians (id),
    customer blob not null references customers (id),
    account blob not null references accounts (id),
    primary key (technician, customer)
) without rowid;
