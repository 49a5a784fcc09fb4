-- Contacts of our own list are looked for by their address in small letters: contacts_email of 0018 has that.
drop index contacts_of_list;
