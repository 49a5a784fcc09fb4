-- No statement looks for an account's shares by age. SQLite took this index all the same wherever one names the account
-- beside the reset, and read every share of the account: at each reset, and at each look of a pod.
drop index shares_account;
