//! What an MSP of years has behind it, in statements of SQLite's: callers who were verified and reset, and the
//! audit that tells of them. Its chain is none: nobody reads it here, and to compute it would take longer
//! than everything else.

/// Entries of one call, a minute each: somebody signs in, verifies the caller, resets them and notes it.
/// Act, its kind's number, and whether the reset is there already.
const CALL: [(&str, u8, bool); 10] = [
    ("signed-in", 1, false),
    ("verification-sent", 2, false),
    ("verification-done", 2, false),
    ("note-written", 5, false),
    ("reset-asked", 3, true),
    ("reset-applying", 3, true),
    ("reset-applied", 3, true),
    ("text-sent", 4, true),
    ("share-opened", 4, true),
    ("note-written", 5, true),
];
/// Of so many resets one is refused.
const REFUSED: u32 = 12;
/// Of so many resets one has a text and a note that did not go out.
const UNSENT: u32 = 60;

/// The statements that write so many audit entries, the newest now, and the calls behind them. `$1` is the
/// account, which has contacts with tickets, technicians, and one Microsoft 365.
pub(super) fn statements(entries: u32) -> Vec<String> {
    let calls = entries.div_ceil(10);
    let at = |minutes: u32| format!("(n.now - ({calls} - n.i) * 600000 + {minutes} * 60000)");
    let (sent, done, asked, applied, opened) = (at(1), at(2), at(4), at(6), at(8));
    // Who calls, and who answers: spread, so that neighbours are not of one customer. One in ten calls, again and
    // again.
    let called = format!(
        "with recursive nth (i) as (select 0 union all select i + 1 from nth where i + 1 < {calls}),
        n as (select i, cast(strftime('%s', 'now') as integer) * 1000 as now,
            unhex(printf('%016x%016x', 1, i)) as verification,
            unhex(printf('%016x%016x', 2, i)) as reset from nth),
        who as materialized (select row_number() over (order by t.rowid) as place, c.id as contact,
            c.name as person, c.customer as customer, t.id as ticket
            from tickets t join contacts c on c.id = t.contact where t.account = $1),
        desk as materialized (select row_number() over (order by name) as place, id as technician
            from technicians where account = $1),
        calls as (select * from n
            join who on who.place = 1 + n.i * 7919 % (select max(count(*) / 10, 1) from who) * 10
            join desk on desk.place = 1 + n.i * 31 % (select count(*) from desk))"
    );
    let refused = format!("n.i % {REFUSED} = 0");
    let verifications = format!(
        "{called}
        insert into verifications (id, account, customer, contact, ticket, technician, directory_user,
            channel, source, destination_hash, contact_hash, masked, outcome, tries_left, sent_at,
            expires_at, verified_at, ended_at, used_by)
        select n.verification, $1, n.customer, n.contact, n.ticket, n.technician, 'person ' || n.place,
            'sms-code', 'contact', zeroblob(32), zeroblob(32), '••••', 'verified', 5, {sent},
            {sent} + 600000, {done}, {done}, n.reset
        from calls n"
    );
    let resets = format!(
        "{called}
        insert into resets (id, account, customer, contact, ticket, technician, integration, verification,
            directory_user, person, body_hash, stage, asked_at, apply_before, phone_masked, phone_sealed,
            phone_hash, one_factor, code, applied_at, settled_at)
        select n.reset, $1, n.customer, n.contact, n.ticket, n.technician,
            (select id from integrations where account = $1 and kind = 'm365'), n.verification,
            'person ' || n.place, n.person, zeroblob(32),
            case when {refused} then 'refused' else 'completed' end, {asked}, {asked} + 600000, '••••',
            x'', zeroblob(32), 1, case when {refused} then 'person-privileged' end,
            case when {refused} then null else {applied} end, {applied}
        from calls n"
    );
    let shares = format!(
        "{called}
        insert into shares (id, account, reset, look_id, proof_hash, ciphertext, state, life_ms, created_at,
            expires_at, opened_at)
        select randomblob(16), $1, n.reset, randomblob(16), zeroblob(32), x'', 'opened', 900000, {asked},
            {applied} + 900000, {opened}
        from calls n where not {refused}"
    );
    let outbox = format!(
        "{called}
        insert into outbox (id, account, reset, kind, state, attempts, due_at, give_up_at, code, done_at)
        select randomblob(16), $1, n.reset, way.kind, case when n.i % {UNSENT} = 1 then 'failed' else 'done' end,
            1, {applied}, {applied} + 3600000, case when n.i % {UNSENT} = 1 then 'sms-undelivered' end, {applied}
        from calls n join (select 'text' as kind union all select 'note-set') way where not {refused}"
    );
    let audit = format!(
        "{called}
        insert into audit (account, seq, at, kind, technician, customer, contact, reset, body, mac)
        select $1, (select audit_count from accounts where id = $1) + n.i * 10 + step.nth + 1,
            n.now - ({calls} - n.i) * 600000 + step.nth * 60000, step.kind, n.technician,
            case when step.nth > 0 then n.customer end, case when step.nth > 0 then n.contact end,
            case when step.of_reset then n.reset end,
            json_patch(json_object('technician', {technician}, 'act',
                    case when {refused} and step.act = 'reset-applied' then 'reset-refused' else step.act end),
                case when step.nth > 0 then json_object('customer', {customer}, 'contact', {contact},
                    'ticket', {ticket}, 'verification', {verification},
                    'reset', case when step.of_reset then {reset} end) else '{{}}' end),
            zeroblob(32)
        from calls n join ({steps}) step
        where n.i * 10 + step.nth < {entries}",
        technician = uuid("n.technician"),
        customer = uuid("n.customer"),
        contact = uuid("n.contact"),
        ticket = uuid("n.ticket"),
        verification = uuid("n.verification"),
        reset = uuid("n.reset"),
        steps = steps(),
    );
    vec![verifications, resets, shares, outbox, audit, HEAD.to_owned()]
}

/// [`CALL`] as rows.
fn steps() -> String {
    let row = |(nth, (act, kind, of_reset)): (usize, &(&str, u8, bool))| {
        format!("select {nth} as nth, '{act}' as act, {kind} as kind, {of_reset} as of_reset")
    };
    CALL.iter().enumerate().map(row).collect::<Vec<_>>().join(" union all ")
}

/// A column of 16 bytes as bodies have it.
fn uuid(column: &str) -> String {
    let hex = format!("lower(hex({column}))");
    let part = |from: u8, long: u8| format!("substr({hex}, {from}, {long})");
    let parts = [part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)];
    parts.join(" || '-' || ")
}

/// The chain's head, so that what is written next goes on behind them.
const HEAD: &str = "
    update accounts set audit_count = (select max(seq) from audit where account = $1),
        audit_head = zeroblob(32) where id = $1";

/// The id of a reset of these, one that was not refused, as addresses have it.
pub(super) fn reset(entries: u32) -> String {
    let call = (entries / 20) | 1;
    format!("00000000-0000-0002-0000-{call:012x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_is_ten_entries_and_what_is_looked_at_was_not_refused() {
        assert_eq!(steps().matches("select").count(), CALL.len());
        assert_eq!(reset(20 * 0xfe), "00000000-0000-0002-0000-0000000000ff");
        assert!(REFUSED.is_multiple_of(2), "an odd call is none of them");
        assert!(uuid("n.x").starts_with("substr(lower(hex(n.x)), 1, 8) || '-' || substr("));
    }
}
