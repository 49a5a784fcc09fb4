-- What entries are filtered by, beside the body: at a million entries no list can read them all. Made of
-- the body; the check of the chain holds them against it.
-- A number, to keep its index small: server/src/audit/facets.rs.
alter table audit add column kind integer;
alter table audit add column technician blob;
alter table audit add column customer blob;
alter table audit add column contact blob;
alter table audit add column reset blob;

update audit set
    kind = case
        when json_extract(body, '$.act') in (
            'signed-in', 'sign-in-refused', 'signed-out', 'frame-paired', 'pairing-refused',
            'frame-replayed', 'frame-ended', 'set-up-link-made', 'set-up-done', 'authenticator-enrolled',
            'second-factor-confirmed', 'sso-confirmed', 'sso-linked', 'sso-unlinked',
            'authenticator-replaced', 'authenticator-taken', 'recovery-codes-made', 'recovery-code-used',
            'password-changed', 'password-forgotten', 'second-factor-forced', 'sessions-ended')
            then 1
        when json_extract(body, '$.act') in (
            'verification-sent', 'verification-unsent', 'verification-done', 'verification-wrong',
            'verification-denied', 'verification-expired')
            then 2
        when json_extract(body, '$.act') in (
            'approval-asked', 'approval-given', 'approval-refused', 'reset-asked', 'reset-applying',
            'reset-answered', 'reset-applied', 'reset-refused', 'reset-stuck', 'reset-completed',
            'reset-given-up', 'reset-superseded', 'password-resealed', 'sessions-revoked',
            'sessions-not-revoked', 'braked')
            then 3
        when json_extract(body, '$.act') in (
            'text-sent', 'text-failed', 'text-delivered', 'text-asked-again', 'link-replaced',
            'share-made', 'share-opened', 'share-unlock-wrong', 'share-locked', 'share-late-attempt',
            'share-expired', 'share-revoked')
            then 4
        when json_extract(body, '$.act') in (
            'note-written', 'note-failed', 'notice-sent', 'notice-failed', 'nobody-to-tell', 'mail-sent',
            'mail-failed')
            then 5
        when json_extract(body, '$.act') in (
            'imported', 'company-mapped', 'policy-changed', 'integration-added', 'integration-changed',
            'integration-moved', 'credential-replaced', 'certificate-made', 'integration-switched-on',
            'integration-switched-off', 'integration-deleted', 'integration-tested', 'self-test-begun',
            'integration-failing', 'integration-works', 'integration-expiring', 'brand-changed',
            'audit-exported', 'psa-listed', 'psa-unlisted', 'contacts-imported')
            then 6
        when json_extract(body, '$.act') in (
            'person-linked', 'person-unlinked', 'card-changed', 'directory-linked', 'directory-lost',
            'phone-seen', 'phone-changed', 'person-invited', 'invitation-withdrawn', 'person-changed',
            'person-removed')
            then 7
    end,
    technician = unhex(replace(json_extract(body, '$.technician'), '-', '')),
    customer = unhex(replace(json_extract(body, '$.customer'), '-', '')),
    contact = unhex(replace(json_extract(body, '$.contact'), '-', '')),
    reset = unhex(replace(json_extract(body, '$.reset'), '-', ''));

-- Each index costs every entry that has its column: one for each filter, and the pairs use the better one.
create index audit_kind on audit (account, kind, seq);
create index audit_technician on audit (account, technician, seq) where technician is not null;
create index audit_customer on audit (account, customer, seq) where customer is not null;
create index audit_contact on audit (account, contact, seq) where contact is not null;
create index audit_reset on audit (account, reset, seq) where reset is not null;
