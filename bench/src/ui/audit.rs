//! A million audit entries, in statements of SQLite's. Their chain is none: nobody reads it here, and to
//! compute it would take longer than everything else.

/// So many entries after those that are there, a minute apart, the newest now. `$1` is the account.
pub(super) fn entries(count: u32) -> String {
    ENTRIES.replace("COUNT", &count.to_string())
}

const ENTRIES: &str = "
    insert into audit (account, seq, at, body, mac)
    with recursive n (i) as (select 1 union all select i + 1 from n
        where i < COUNT)
    select $1, (select audit_count from accounts where id = $1) + i,
        cast(strftime('%s', 'now') as integer) * 1000
            - (COUNT - i) * 60000,
        '{\"act\":\"' || case i % 5 when 0 then 'signed-in' when 1 then 'verification-sent'
            when 2 then 'verification-done' when 3 then 'reset-asked' else 'text-sent' end
            || '\",\"technician\":\"' || (select lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4)
                || '-' || substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-'
                || substr(hex(id), 21)) from technicians where account = $1)
            || '\",\"about\":\"entry ' || i || '\"}',
        zeroblob(32)
    from n";

/// The chain's head, so that what is written next goes on behind them.
pub(super) const HEAD: &str = "
    update accounts set audit_count = (select max(seq) from audit where account = $1),
        audit_head = zeroblob(32) where id = $1";
