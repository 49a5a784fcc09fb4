-- The one by age begins with the same columns. (A migration of its own for each table: none waits for one table while it
-- holds another.)
drop index resets_asked;
