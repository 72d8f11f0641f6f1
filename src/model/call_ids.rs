//! Keeps the ids of calls unique where entries of several logs come together: an id joins one call with its results.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use super::Kind;

/// The ids in use, and what later logs' calls are called instead.
#[derive(Clone, Debug, Default)]
pub struct CallIds {
    taken: HashSet<Arc<str>>,
    instead: HashMap<Arc<str>, Arc<str>>,
}

impl CallIds {
    /// With the calls that are there already.
    pub fn of<'a>(there: impl Iterator<Item = (Kind, Option<&'a Arc<str>>)>) -> CallIds {
        let calls = there.filter(|(kind, _)| *kind == Kind::Call);
        CallIds { taken: calls.filter_map(|(_, id)| id.cloned()).collect(), instead: HashMap::new() }
    }

    /// A log tells a call that is there already, under the id `known`: so its results are.
    pub fn meet(&mut self, told: Option<&Arc<str>>, known: Option<&Arc<str>>) {
        if let (Some(told), Some(known)) = (told, known)
            && told != known
        {
            self.instead.insert(told.clone(), known.clone());
        }
    }

    /// The id of an entry that comes in: a call whose id another one has gets one of its own, and so do its results.
    pub fn admit(&mut self, kind: Kind, id: &mut Option<Arc<str>>) {
        let Some(told) = id.clone() else { return };
        if kind == Kind::Call && !self.taken.insert(told.clone()) {
            let free = (2u32..).map(|use_| Arc::from(format!("{told}~{use_}"))).find(|id| !self.taken.contains(id));
            let free: Arc<str> = free.expect("there are more numbers than calls");
            self.taken.insert(free.clone());
            self.instead.insert(told.clone(), free);
        }
        if let (Kind::Call | Kind::Result, Some(instead)) = (kind, self.instead.get(&told)) {
            *id = Some(instead.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admitted(ids: &mut CallIds, kind: Kind, id: &str) -> String {
        let mut id = Some(Arc::from(id));
        ids.admit(kind, &mut id);
        id.expect("it had one").to_string()
    }

    #[test]
    fn a_call_of_another_log_with_the_same_id_gets_its_own_and_so_does_its_result() {
        let there = Arc::from("c");
        let mut ids = CallIds::of([(Kind::Call, Some(&there)), (Kind::Result, Some(&there))].into_iter());
        assert_eq!(admitted(&mut ids, Kind::Result, "c"), "c", "of the call that is there");
        assert_eq!(admitted(&mut ids, Kind::Call, "c"), "c~2");
        assert_eq!(admitted(&mut ids, Kind::Result, "c"), "c~2");
        assert_eq!(admitted(&mut ids, Kind::Call, "d"), "d");
        assert_eq!(admitted(&mut ids, Kind::Call, "c"), "c~3");
        assert_eq!(admitted(&mut ids, Kind::Result, "c"), "c~3");
    }

    #[test]
    fn a_result_that_comes_later_joins_the_call_as_it_was_renamed() {
        let (told, known) = (Arc::from("c"), Arc::from("c~2"));
        let mut ids = CallIds::of([(Kind::Call, Some(&known))].into_iter());
        ids.meet(Some(&told), Some(&known));
        assert_eq!(admitted(&mut ids, Kind::Result, "c"), "c~2");
    }
}
