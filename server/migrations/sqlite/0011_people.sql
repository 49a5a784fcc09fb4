-- Whether everybody of the account needs a second factor, whatever their own row says. True for accounts
-- that exist too: nobody is asked for less by this, and whoever has none is led to set one up.
alter table accounts add column must_use_mfa boolean not null default true;

alter table technicians add column last_sign_in_at bigint;

-- One-time codes in place of the authenticator. Keyed hashes; a used one is gone.
create table recovery_codes (
    technician blob not null references technicians (id),
    hash blob not null,
    account blob not null references accounts (id),
    primary key (technician, hash)
);

-- From where a session is used: browser and system in words, never what the browser called itself, and the
-- network without its last part. And whether a recovery code was its second factor.
alter table sessions add column browser text not null default '';
alter table sessions add column network text not null default '';
alter table sessions add column recovered boolean not null default false;

-- The token of a mailed one-time link, sealed until the mail is sent or given up.
alter table outbox add column token_sealed blob;
