//! After a run has settled: the person opens the link, chooses a password, time passes. What must
//! be so then, whoever drove the reset and whatever was cut short.

use server::store::Reset;
use shared::{ShareState, Stage};

use super::check::{Finding, Look};
use super::scene::{Case, Scene};

/// Where a run takes place: in this process, or in others.
pub(crate) trait Ground {
    fn scene(&self) -> &Scene;

    /// Waits until nothing is under way; not for ever.
    async fn settle(&self) -> bool;

    /// What the link in this text reveals; or why it reveals nothing.
    async fn reveal(&self, text: &str, unlock: Option<&str>) -> Result<String, String>;

    /// Lets the time pass in which something old could still happen.
    async fn pass_much_time(&self);

    fn look<'a>(&'a self, case: &'a Case) -> Look<'a> {
        Look { app: self.scene().app(), outside: &self.scene().outside, case }
    }
}

/// The person signs in somewhere and chooses a password.
pub(crate) fn choose(scene: &Scene, case: &Case) -> String {
    let own = format!("Mine-{}-x7", scene.clock.now().0);
    scene.outside.set_password_by_person(&case.upn, &own);
    own
}

/// Looks at what has settled, opens the link, lets the person choose a password and the time pass,
/// and looks again. `own` is what they had chosen before.
pub(crate) async fn finish(ground: &impl Ground, case: &Case, own: Option<&str>) -> Vec<Finding> {
    let looked = ground.look(case);
    let mut found = looked.rows().await;
    found.extend(looked.patches().await);
    found.extend(looked.followed().await);
    match own {
        None => found.extend(looked.unopened().await),
        Some(own) if own != looked.held() => found.push(Finding::Overwritten),
        Some(_) => {}
    }
    let stage = looked.reset().await.map(|reset| reset.stage);
    if let Some(Stage::Applied | Stage::Completed) = stage {
        found.extend(open(ground, case, own.is_some()).await);
    }
    let own = choose(ground.scene(), case);
    ground.pass_much_time().await;
    ground.settle().await;
    let scene = ground.scene();
    scene.app().store.sweep_shares(scene.clock.now()).await.unwrap();
    // The ticket hears of a link that ended.
    ground.settle().await;
    if looked.held() != own {
        found.push(Finding::Overwritten);
    }
    found.extend(looked.rows().await);
    found
}

/// The text arrived, or does when it is asked for again; its link reveals what Microsoft holds.
async fn open(ground: &impl Ground, case: &Case, chosen: bool) -> Vec<Finding> {
    let (looked, resets) = (ground.look(case), &ground.scene().app().resets);
    if looked.links().is_empty() {
        if let Err(error) = resets.resend(&case.who, case.id).await {
            return vec![Finding::LostText(format!("{error:?}"))];
        }
        ground.settle().await;
    }
    let Some(text) = looked.links().pop() else {
        return vec![Finding::LostText("no text, asked again or not".into())];
    };
    let view = resets.get(&case.who, case.id).await.unwrap();
    if view.share == ShareState::Expired {
        // Nobody was there for longer than the link lives; the technician is told so.
        return Vec::new();
    }
    match ground.reveal(&text.body, view.unlock_code.as_deref()).await {
        Ok(shown) if chosen || shown == looked.held() => Vec::new(),
        Ok(_) => vec![Finding::UnknownPassword("the link reveals another".into())],
        Err(why) => vec![Finding::UnknownPassword(format!("the link reveals none: {why}"))],
    }
}

/// A stuck reset was followed by a new one, which has settled: both have come to their end.
pub(crate) async fn ended_anew(ground: &impl Ground, older: &Case, newer: &Case) -> Vec<Finding> {
    let mut found = finish(ground, newer, None).await;
    let stage = |reset: Option<Reset>| reset.map(|reset| reset.stage);
    for case in [older, newer] {
        let stage = stage(ground.look(case).reset().await);
        if stage != Some(Stage::Completed) {
            found.push(Finding::Unsettled(format!("a stuck reset and a new one: {stage:?}")));
        }
    }
    found
}
