//! Connecting customers' tenants: what an admin is told, and the scripts made for it.

pub mod guide;
pub mod scripts;
