-- What became of the newest texts of an account, looked up before each reset.
create index verifications_sent on verifications (account, sent_at);
create index resets_asked on resets (account, asked_at);
