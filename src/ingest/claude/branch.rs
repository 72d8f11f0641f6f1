//! Which rows the agent's context still held at the end of the log, from the tree that the rows form.
//!
//! The live branch is the walk from the last conversation row back along `parentUuid`. Where it meets a compaction
//! boundary (whose `parentUuid` is null) it goes on along `logicalParentUuid`, and all it meets from there on was lost
//! in that compaction, except what the boundary says it preserved. A row off the walk is on a dead branch, unless it
//! belongs to a live reply: replies with several calls make siblings (each result hangs off its own call), and hooks and
//! progress make side chains. Those are no rewinds.

use std::collections::{HashMap, HashSet, VecDeque};

use super::read::PlacedRow;

/// What became of a row. Indices are into the rows given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Held,
    /// Dropped by the compaction whose boundary row this is.
    Compacted(usize),
    /// On the dead branch with this index.
    Dead(usize),
}

/// A part of the tree that the conversation no longer continues: the human rewound or edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeadBranch {
    /// The first row of the branch, up the tree.
    pub root: usize,
    /// The row of the branch that comes last in the file.
    pub last: usize,
}

#[derive(Debug, Default)]
pub struct Branches {
    /// One for each row; rows without a `uuid` are `Held` and make no difference.
    pub standings: Vec<Standing>,
    pub dead: Vec<DeadBranch>,
}

/// Follows the tree of one session's rows, in the order of the file.
pub fn follow(rows: &[&PlacedRow]) -> Branches {
    let tree = Tree::of(rows);
    let mut standings = tree.walk();
    tree.join_side_chains(&mut standings);
    tree.keep_preserved(&mut standings);
    tree.settle(standings)
}

struct Tree<'a> {
    rows: &'a [&'a PlacedRow],
    by_uuid: HashMap<&'a str, usize>,
    children: HashMap<usize, Vec<usize>>,
}

impl<'a> Tree<'a> {
    fn of(rows: &'a [&'a PlacedRow]) -> Self {
        let mut by_uuid = HashMap::new();
        for (index, placed) in rows.iter().enumerate() {
            if let Some(uuid) = &placed.record.uuid {
                by_uuid.entry(&**uuid).or_insert(index);
            }
        }
        let mut tree = Self { rows, by_uuid, children: HashMap::new() };
        for index in 0..rows.len() {
            if let Some(parent) = tree.parent(index) {
                tree.children.entry(parent).or_default().push(index);
            }
        }
        tree
    }

    fn parent(&self, index: usize) -> Option<usize> {
        self.find(self.rows[index].record.parent_uuid.as_deref())
    }

    fn find(&self, uuid: Option<&str>) -> Option<usize> {
        self.by_uuid.get(uuid?).copied()
    }

    /// The row that the walk goes to next. A parent that the log does not hold (a damaged line, a log cut at a
    /// compaction) is taken to be the conversation row before.
    fn before(&self, index: usize) -> Option<usize> {
        let row = &self.rows[index].record;
        let uuid = if row.is_system("compact_boundary") {
            row.logical_parent_uuid.as_deref()
        } else {
            row.parent_uuid.as_deref()
        };
        match self.find(uuid) {
            Some(parent) if parent != index => Some(parent),
            _ if uuid.is_some() || row.is_system("compact_boundary") => {
                (0..index).rev().find(|&row| self.converses(row))
            }
            _ => None,
        }
    }

    fn converses(&self, index: usize) -> bool {
        let row = &self.rows[index].record;
        row.uuid.is_some() && matches!(&*row.kind, "user" | "assistant")
    }

    fn walk(&self) -> Vec<Option<Standing>> {
        let mut standings = vec![None; self.rows.len()];
        let tip = (0..self.rows.len()).rev().find(|&row| self.converses(row));
        let mut at = tip.or_else(|| self.rows.iter().rposition(|placed| placed.record.uuid.is_some()));
        let mut standing = Standing::Held;
        while let Some(index) = at.filter(|&index| standings[index].is_none()) {
            standings[index] = Some(standing);
            if self.rows[index].record.is_system("compact_boundary") {
                standing = Standing::Compacted(index);
            }
            at = self.before(index);
        }
        standings
    }

    /// Rows beside the walk that belong to it take the standing of the row they hang off.
    fn join_side_chains(&self, standings: &mut [Option<Standing>]) {
        let on_walk = |index: &usize| standings[*index].is_some();
        let messages: HashSet<&str> =
            (0..self.rows.len()).filter(on_walk).filter_map(|index| self.rows[index].record.message_id()).collect();
        let mut queue: VecDeque<usize> = (0..self.rows.len()).filter(on_walk).collect();
        while let Some(index) = queue.pop_front() {
            for &child in self.children.get(&index).map_or(&[][..], Vec::as_slice) {
                if standings[child].is_none() && self.joins(child, &messages) {
                    standings[child] = standings[index];
                    queue.push_back(child);
                }
            }
        }
    }

    /// Whether a row beside the walk continues what it hangs off, rather than starting a branch of its own.
    fn joins(&self, index: usize, messages: &HashSet<&str>) -> bool {
        let row = &self.rows[index].record;
        match &*row.kind {
            "user" => row.has_result() || row.source_tool_use_id.is_some(),
            "assistant" => row.message_id().is_some_and(|id| messages.contains(id)),
            "system" => !row.is_system("compact_boundary"),
            _ => true,
        }
    }

    /// What a boundary preserved stands as the boundary itself does. Oldest first: a row can be kept over two of them.
    fn keep_preserved(&self, standings: &mut [Option<Standing>]) {
        for boundary in 0..self.rows.len() {
            let Some(metadata) = &self.rows[boundary].record.compact_metadata else { continue };
            let listed = metadata
                .preserved_messages
                .iter()
                .flat_map(|kept| &kept.uuids)
                .filter_map(|uuid| self.find(Some(uuid)));
            let mut kept: Vec<usize> = listed.collect();
            if let Some(segment) = &metadata.preserved_segment {
                kept.extend(self.segment(segment.head_uuid.as_deref(), segment.tail_uuid.as_deref()));
            }
            for index in kept {
                if standings[index] == Some(Standing::Compacted(boundary)) {
                    standings[index] = standings[boundary];
                }
            }
        }
    }

    /// The rows from tail up to head; none where the one does not lead to the other.
    fn segment(&self, head: Option<&str>, tail: Option<&str>) -> Vec<usize> {
        let (Some(head), Some(tail)) = (self.find(head), self.find(tail)) else { return Vec::new() };
        let mut rows = vec![tail];
        let mut at = tail;
        while at != head {
            match self.parent(at) {
                Some(parent) if rows.len() <= self.rows.len() => at = parent,
                _ => return Vec::new(),
            }
            rows.push(at);
        }
        rows
    }

    /// Gathers what has no standing into dead branches.
    fn settle(&self, standings: Vec<Option<Standing>>) -> Branches {
        let mut branches = Branches { standings: Vec::with_capacity(standings.len()), dead: Vec::new() };
        let mut branch_of: Vec<Option<usize>> = vec![None; standings.len()];
        for index in 0..standings.len() {
            let standing = match standings[index] {
                Some(standing) => standing,
                None if self.rows[index].record.uuid.is_none() => Standing::Held,
                None => Standing::Dead(self.branch(index, &standings, &mut branch_of, &mut branches.dead)),
            };
            branches.standings.push(standing);
        }
        branches
    }

    fn branch(
        &self,
        index: usize,
        standings: &[Option<Standing>],
        branch_of: &mut [Option<usize>],
        dead: &mut Vec<DeadBranch>,
    ) -> usize {
        let mut path = vec![index];
        let mut on_path = HashSet::from([index]);
        let branch = loop {
            let at = path[path.len() - 1];
            if let Some(branch) = branch_of[at] {
                break branch;
            }
            match self.parent(at) {
                // A parent already on the path is a cycle of a hostile log: it is cut here.
                Some(parent) if standings[parent].is_none() && on_path.insert(parent) => path.push(parent),
                _ => {
                    dead.push(DeadBranch { root: at, last: at });
                    break dead.len() - 1;
                }
            }
        };
        for at in path {
            branch_of[at] = Some(branch);
            dead[branch].last = dead[branch].last.max(at);
        }
        branch
    }
}
