-- Notification mails. A mail to an admin names the technician, never an address; one about the
-- account as a whole belongs to no reset.
alter table outbox alter column reset drop not null;
-- Which technician gets it; null for the contact and for what is no mail.
alter table outbox add column recipient uuid references technicians (id);
alter table outbox add check (reset is not null or recipient is not null);

create unique index integrations_smtp on integrations (account) where kind = 'smtp';
