-- What carries texts and mails can be deleted and connected anew: one of each that has not ended.
drop index integrations_sms;
create unique index integrations_sms on integrations (account)
    where kind = 'twilio' and ended_at is null;
drop index integrations_smtp;
create unique index integrations_smtp on integrations (account)
    where kind = 'smtp' and ended_at is null;
