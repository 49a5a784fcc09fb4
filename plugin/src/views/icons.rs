//! Icons: each a shape (`a`) and a mark on it (`b`), coloured by the style sheet. They repeat
//! what a word beside them says, so screen readers pass over them.

use shared::StepState;

use crate::dom::{El, svg};
use crate::look::Look;
use crate::story::Tone;

const SHIELD: &str = "M12 2.4 4.2 5.3v6c0 4.9 3.2 8.8 7.8 10.4 4.6-1.6 7.8-5.5 7.8-10.4v-6z";
const CIRCLE: &str = "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18z";
const TRIANGLE: &str = "M12 3.4 2.6 20h18.8z";
const CHECK: &str = "m8 12.2 2.8 2.8 5.2-5.8";
const CROSS: &str = "m9.2 9.2 5.6 5.6m0-5.6-5.6 5.6";
const DOTS: &str = "M8.2 12h.01M12 12h.01M15.8 12h.01";
const DASH: &str = "M9.3 12h5.4";
const HANDS: &str = "M12 7.4V12l3.1 1.9";
const ARC: &str = "M12 3a9 9 0 0 1 9 9";
const CALL: &str = "M12 10v4.4M12 17.2h.01";
const NOTE: &str = "M12 11.2v5M12 7.9h.01";
const NOTHING: &str = "";

fn icon(class: &str, shape: &str, mark: &str) -> El {
    svg("svg")
        .set("class", class)
        .set("viewBox", "0 0 24 24")
        .set("aria-hidden", "true")
        .kid(svg("path").set("class", "a").set("d", shape))
        .kid(svg("path").set("class", "b").set("d", mark))
}

/// A shield.
pub(super) fn shield(look: Look) -> El {
    match look {
        Look::Grey => icon("icon shield grey", SHIELD, DASH),
        Look::Pending => icon("icon shield pending", SHIELD, DOTS),
        Look::Verified => icon("icon shield verified", SHIELD, CHECK),
        Look::Failed => icon("icon shield failed", SHIELD, CROSS),
    }
}

/// How a step stands.
pub(super) fn step(state: &StepState) -> El {
    match state {
        StepState::Waiting => icon("icon grey", CIRCLE, NOTHING),
        StepState::Running => spinner(),
        StepState::Done { .. } => icon("icon filled good", CIRCLE, CHECK),
        StepState::Failed { .. } => icon("icon filled bad", CIRCLE, CROSS),
    }
}

/// How a headline is meant.
pub(super) fn tone(tone: Tone) -> El {
    match tone {
        Tone::Busy => spinner(),
        Tone::Waiting => icon("icon wait", CIRCLE, HANDS),
        Tone::Good => icon("icon filled good", CIRCLE, CHECK),
        Tone::Bad => icon("icon bad", TRIANGLE, CALL),
    }
}

/// Something to mind.
pub(super) fn warning() -> El {
    icon("icon", TRIANGLE, CALL)
}

/// Something to know.
pub(super) fn note() -> El {
    icon("icon", CIRCLE, NOTE)
}

/// Going on.
pub(super) fn spinner() -> El {
    icon("icon spin", CIRCLE, ARC)
}
