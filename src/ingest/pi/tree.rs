//! The tree of a Pi session: which entries lie on the branch that the agent is on, and which of those its compactions kept.

use std::{collections::HashMap, ops::Range, sync::Arc};

use crate::{
    ingest::{
        conversation::boundary,
        draft::{Draft, Key, Standing},
    },
    model::LossCause,
};

/// Records in the order of the file. The last one is the leaf: the agent is on the branch that ends in it.
#[derive(Debug, Default)]
pub struct Tree {
    nodes: Vec<Node>,
    by_name: HashMap<Arc<str>, usize>,
    /// For each record of the file its node; the session's header has none.
    by_record: Vec<Option<usize>>,
}

#[derive(Debug)]
struct Node {
    name: Arc<str>,
    parent: Option<usize>,
    drafts: Range<usize>,
    compaction: Option<Compaction>,
}

/// What a compaction left beside its summary.
#[derive(Debug)]
pub struct Compaction {
    /// Of its boundary.
    pub key: Key,
    /// The oldest node that stayed.
    pub first_kept: Option<usize>,
}

/// What a record says of its parent.
pub enum Parent<'a> {
    /// Version 1 is a list.
    Before,
    Root,
    Named(&'a str),
}

impl Tree {
    pub fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// The node of a name; of the record with an index from 0, the header counted.
    pub fn named(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    pub fn record(&self, index: usize) -> Option<usize> {
        self.by_record.get(index).copied().flatten()
    }

    /// A record that is no part of the tree.
    pub fn pass(&mut self) {
        self.by_record.push(None);
    }

    /// A parent stands before its children; one that does not is none.
    pub fn add(&mut self, name: Arc<str>, parent: Parent, drafts: Range<usize>, compaction: Option<Compaction>) {
        let parent = match parent {
            Parent::Before => self.nodes.len().checked_sub(1),
            Parent::Root => None,
            Parent::Named(name) => self.named(name),
        };
        self.by_record.push(Some(self.nodes.len()));
        self.by_name.insert(name.clone(), self.nodes.len());
        self.nodes.push(Node { name, parent, drafts, compaction });
    }

    /// Tells of each entry whether the agent still has it, and puts a boundary where it left a branch.
    pub fn settle(&self, mut drafts: Vec<Draft>) -> Vec<Draft> {
        let path = self.path();
        self.lose_compacted(&path, &mut drafts);
        let mut live = vec![false; self.nodes.len()];
        path.iter().for_each(|&node| live[node] = true);
        let mut settled = Vec::with_capacity(drafts.len());
        let mut rest = drafts.into_iter();
        for (index, node) in self.nodes.iter().enumerate() {
            let own = rest.by_ref().take(node.drafts.len());
            if !live[index] {
                settled.extend(own);
                continue;
            }
            let start = settled.len() - left_drafts(&self.nodes, &live, index);
            let key: Key = (node.name.clone(), u32::MAX);
            let mut left = 0;
            for draft in settled[start..].iter_mut().filter(|draft| draft.standing == Standing::Held) {
                draft.standing = Standing::Lost { at: key.clone(), cause: LossCause::Rewind };
                left += 1;
            }
            let own: Vec<Draft> = own.collect();
            if left > 0 {
                let place = own.first().or(settled.last()).map(|draft| (draft.line, draft.offset, draft.at));
                let (line, offset, at) = place.unwrap_or((1, 0, None));
                settled.push(Draft { at, ..boundary(key, line, offset, "rewind: back to an earlier entry".into()) });
            }
            settled.extend(own);
        }
        settled.extend(rest);
        settled
    }

    /// From the root to the leaf.
    fn path(&self) -> Vec<usize> {
        let mut path: Vec<usize> =
            std::iter::successors(self.nodes.len().checked_sub(1), |&node| self.nodes[node].parent).collect();
        path.reverse();
        path
    }

    /// The newest compaction decides what the context holds: its summary, and what stands on the path from the first kept
    /// entry on, without older summaries of compactions. What is not held was lost at the first one that left it out.
    fn lose_compacted(&self, path: &[usize], drafts: &mut [Draft]) {
        let cuts: Vec<(usize, usize, &Compaction)> = path
            .iter()
            .enumerate()
            .filter_map(|(place, &node)| {
                let compaction = self.nodes[node].compaction.as_ref()?;
                let kept = path[..place].iter().position(|&node| Some(node) == compaction.first_kept);
                Some((place, kept.unwrap_or(place), compaction))
            })
            .collect();
        let Some(&(newest, _, _)) = cuts.last() else { return };
        for (place, &node) in path[..newest].iter().enumerate() {
            let summary = self.nodes[node].compaction.is_some();
            let left_out = |(at, kept, _): &&(usize, usize, &Compaction)| *at > place && (summary || place < *kept);
            let held = cuts.last().is_some_and(|newest| !left_out(&newest));
            let Some((_, _, first)) = cuts.iter().find(left_out).filter(|_| !held) else { continue };
            let own = &mut drafts[self.nodes[node].drafts.clone()];
            for draft in own.iter_mut().filter(|draft| draft.standing == Standing::Held) {
                draft.standing = Standing::Lost { at: first.key.clone(), cause: LossCause::Compaction };
            }
        }
    }
}

/// Entries of the dead nodes just before a live one.
fn left_drafts(nodes: &[Node], live: &[bool], node: usize) -> usize {
    let dead = (0..node).rev().take_while(|&before| !live[before]);
    dead.map(|before| nodes[before].drafts.len()).sum()
}
