//! What a service manager looks at: how many resets, how they came out, how long they took. Pure: rows in,
//! figures out.

pub mod figures;

pub use figures::{Days, Figures, Share, percentile};
