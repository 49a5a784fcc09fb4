//! Pods in frames of the three PSAs, by the calls that the door makes; in a browser: `frame_page`.

mod cards;
mod conformance;
mod connectwise;
mod hosts;
mod notes;
mod pairing;
mod proof;
