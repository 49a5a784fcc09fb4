//! Duo as tests and the page hold it.

use super::office::DuoUser;
use super::push::{DuoPush, PushAnswer, settle};
use crate::world::World;

impl World {
    /// Pushes to a person at Duo, by their username or an alias, oldest first.
    pub fn pushes(&self, username: &str) -> Vec<DuoPush> {
        settle(self, self.clock().now_ms());
        self.read(|state| {
            let names = |push: &DuoPush| {
                let mut users = state.duo.companies.iter().flat_map(|it| &it.users);
                users.any(|user| user.is_called(username) && user.username == push.username)
            };
            let all = state.duo.pushes.iter().map(|push| &push.shown);
            all.filter(|push| names(push)).cloned().collect()
        })
    }

    /// Waits (a minute at most) until a person got `count` pushes; the last of them.
    pub async fn wait_for_push(&self, username: &str, count: usize) -> Option<DuoPush> {
        let last = count.checked_sub(1)?;
        self.wait_for(|| self.pushes(username).into_iter().nth(last)).await
    }

    /// Somebody taps an answer, or Duo gives one; false when the push has ended before, or is unknown.
    pub fn answer_push(&self, id: &str, answer: PushAnswer) -> bool {
        settle(self, self.clock().now_ms());
        self.change(|state| {
            let waits = state.duo.pushes.iter_mut().find(|it| it.shown.id == id && it.waits());
            waits.map(|push| push.shown.answer = Some(answer)).is_some()
        })
    }

    /// Changes a person at Duo (standing, devices). Nobody by that name: a warning says so.
    pub fn edit_duo_user(&self, username: &str, edit: impl FnOnce(&mut DuoUser)) {
        self.change(|state| {
            let mut users = state.duo.companies.iter_mut().flat_map(|it| &mut it.users);
            match users.find(|user| user.is_called(username)) {
                Some(user) => edit(user),
                None => tracing::warn!("there is nobody called {username} at Duo"),
            }
        });
    }

    /// A company's API hostname, integration key and secret key at Duo, by the company's name.
    pub fn duo_keys(&self, company: &str) -> Option<(String, String, String)> {
        self.read(|state| {
            let found = state.duo.companies.iter().find(|it| it.name == company)?;
            Some((found.host.clone(), found.ikey.clone(), found.skey.clone()))
        })
    }

    /// A company makes a new secret key for its application; the old one ends at once.
    pub fn set_duo_secret(&self, company: &str, skey: &str) {
        self.change(|state| {
            let found = state.duo.companies.iter_mut().find(|it| it.name == company);
            found.map(|company| company.skey = skey.to_owned())
        });
    }
}
