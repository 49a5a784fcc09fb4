//! Single sign-on in a browser: an admin connects the issuer step by step, people link themselves and sign in.
