//! What is on the screen. Views read the model and say what the technician wishes, no more.

mod approval;
mod confirm;
mod entry;
mod give_up;
mod history;
mod icons;
mod out;
mod person;
mod phones;
mod progress;
mod reset_button;
mod screen;
mod shields;
mod vouching;
mod widgets;

pub use screen::{Screen, ScreenProps};
