//! `haversack inspect`: what logs hold, counted, without storing anything.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use clap::Args;
use serde::Serialize;

use super::{Failure, output::Output, tell};
use crate::{
    text::words,
    workspace::{Inspected, inspect},
};

/// Count what agents' logs hold: records, prompts, replies, calls, images, compactions, tokens; nothing is stored
///
/// A path is a log, a folder whose logs are all counted, or a pattern such as '~/logs/*.jsonl'. Each file is counted by
/// itself: what it copies from another one is counted again. A dash or null stands for what a format does not record.
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack inspect LOG.jsonl
  haversack inspect ~/.claude/projects ~/.codex/sessions --json | jq '.files[] | select(.bad_spans > 0)'

JSON: {files[{path, agent, records, bad_spans, odd_records, unknown{TYPE: records}, prompts, delegated_prompts, messages,
tool_calls, tool_results, tool_errors, calls_without_result, images, compactions, models[],
usage{input, output, cache_read, cache_write}}]}. usage is as the log reports it, each amount once; whether input holds the
cached part differs by agent.")]
pub struct Inspect {
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    files: Vec<File<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    path: String,
    agent: String,
    records: u64,
    bad_spans: u64,
    odd_records: u64,
    unknown: &'a BTreeMap<String, u64>,
    prompts: u64,
    delegated_prompts: Option<u64>,
    messages: u64,
    tool_calls: u64,
    tool_results: u64,
    tool_errors: Option<u64>,
    calls_without_result: u64,
    images: u64,
    compactions: Option<u64>,
    models: Option<&'a BTreeSet<String>>,
    usage: Option<Usage>,
}

#[derive(Serialize)]
struct Usage {
    input: u64,
    output: u64,
    cache_read: Option<u64>,
    cache_write: Option<u64>,
}

impl Inspect {
    pub fn run(self) -> Result<(), Failure> {
        let mut files = Vec::new();
        let (mut failures, mut passed_over) = (Vec::new(), Vec::new());
        for path in &self.paths {
            match inspect(path) {
                Ok(found) => {
                    for file in found {
                        match file {
                            Ok(file) => files.push(file),
                            Err(error) => passed_over.push(error.to_string()),
                        }
                    }
                }
                Err(error) => failures.push(error.to_string()),
            }
        }
        self.print(&files)?;
        passed_over.iter().for_each(|words| tell(words));
        // Each path stands for itself: one that fails does not hold up the others, and is told at the end.
        match failures.pop() {
            None => Ok(()),
            Some(last) => {
                failures.iter().for_each(|words| tell(words));
                Err(Failure::Failed(last))
            }
        }
    }

    fn print(&self, files: &[Inspected]) -> Result<(), Failure> {
        let mut output = Output::new();
        if self.json {
            output.json(&Answer { files: files.iter().map(file).collect() })?;
            return output.finish();
        }
        if files.is_empty() {
            return output.finish();
        }
        let mut rows: Vec<Vec<String>> = files.iter().map(cells).collect();
        if files.len() > 1 {
            rows.push(total(files));
        }
        let headings =
            ["agent", ">records", ">prompts", ">replies", ">calls", ">failed", ">images", ">compacted", "file"];
        output.table(&headings, &rows)?;
        for file in files {
            let problems = file.tally.problems();
            if !problems.is_empty() {
                output.line(&format!("{}: {}", file.path.display(), problems.join("; ")))?;
            }
        }
        output.finish()
    }
}

fn cells(file: &Inspected) -> Vec<String> {
    let counts = &file.counts;
    let mut row = vec![file.agent.to_string()];
    row.extend(numbers([
        Some(counts.records),
        Some(counts.prompts + counts.delegated_prompts.unwrap_or(0)),
        Some(counts.messages),
        Some(counts.tool_calls),
        counts.tool_errors,
        Some(counts.images),
        counts.compactions,
    ]));
    row.push(file.path.display().to_string());
    row
}

fn total(files: &[Inspected]) -> Vec<String> {
    let sum = |number: fn(&Inspected) -> u64| Some(files.iter().map(number).sum());
    let mut row = vec!["all".to_owned()];
    row.extend(numbers([
        sum(|file| file.counts.records),
        sum(|file| file.counts.prompts + file.counts.delegated_prompts.unwrap_or(0)),
        sum(|file| file.counts.messages),
        sum(|file| file.counts.tool_calls),
        sum(|file| file.counts.tool_errors.unwrap_or(0)),
        sum(|file| file.counts.images),
        sum(|file| file.counts.compactions.unwrap_or(0)),
    ]));
    row.push(words::plural(files.len(), "file", "files"));
    row
}

fn numbers<const N: usize>(numbers: [Option<u64>; N]) -> [String; N] {
    numbers.map(|number| number.map_or_else(|| "–".into(), words::exact))
}

fn file(file: &Inspected) -> File<'_> {
    let counts = &file.counts;
    File {
        path: file.path.display().to_string(),
        agent: file.agent.to_string(),
        records: counts.records,
        bad_spans: counts.bad_spans,
        odd_records: file.tally.odd_records,
        unknown: &file.tally.unknown,
        prompts: counts.prompts,
        delegated_prompts: counts.delegated_prompts,
        messages: counts.messages,
        tool_calls: counts.tool_calls,
        tool_results: counts.tool_results,
        tool_errors: counts.tool_errors,
        calls_without_result: counts.calls_without_result,
        images: counts.images,
        compactions: counts.compactions,
        models: counts.models.as_ref(),
        usage: counts.usage.map(|usage| Usage {
            input: usage.input,
            output: usage.output,
            cache_read: usage.cache_read,
            cache_write: usage.cache_write,
        }),
    }
}
