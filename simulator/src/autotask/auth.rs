//! Who asks: integration code, API user and secret in headers, and in whose name (A§2).

use super::refuse;
use crate::front::{Answer, Call};
use crate::psa::Psa;
use crate::world::World;

/// Whose name the note is to be in, by login; `None`: the API user's.
pub(super) fn check(world: &World, call: &Call) -> Result<Option<String>, Answer> {
    world.read(|state| {
        let desk = state.psa.desk(Psa::Autotask);
        let keys = &desk.credentials;
        let right = [
            call.header("apiintegrationcode") == keys.application,
            call.header("username").eq_ignore_ascii_case(&keys.id),
            call.header("secret") == keys.secret,
        ];
        if right.contains(&false) {
            return Err(refuse(401, "Unauthorized"));
        }
        let resource = call.header("impersonationresourceid");
        if resource.is_empty() {
            return Ok(None);
        }
        let id: i64 = resource
            .parse()
            .map_err(|_| refuse(400, "The ImpersonationResourceId header is not a number."))?;
        // Both security levels have to allow it (A§2); status and words are [K].
        let found = desk.people.iter().find(|it| it.id == id && !it.disabled);
        match found {
            None => Err(refuse(403, "The impersonated resource does not exist or is inactive.")),
            Some(person) if !person.impersonable => {
                Err(refuse(403, "The resource's security level does not allow impersonation."))
            }
            Some(person) => Ok(Some(person.login.clone())),
        }
    })
}
