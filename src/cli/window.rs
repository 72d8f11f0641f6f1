//! `haversack window`: what the strategy `window` does to a session, in M31A's terms.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde::Serialize;

use super::{
    Failure,
    arguments::{TokenArguments, Which},
    context::Opened,
    output::{Output, moment},
    tell, unreadable,
};
use crate::{
    model::Time,
    pack::strategy::{Strategy, window, window::Compaction},
    text::words,
    workspace::Desk,
};

/// Show what the strategy window does: whether it compacts, the head that it sums up, its summary
#[derive(Args, Debug)]
#[command(after_help = "\
Examples:
  haversack window --session-id claude:4d5611e5 --budget 128k
  haversack window --session-id claude:4d5611e5 --budget 32k --show head
  haversack window --demo --budget 8k --show summary --template my-summary.md

A template is text with {{goal}}, {{constraints}}, {{current_state}}, {{key_decisions}}, {{technical_changes}}, {{done}},
{{in_progress}}, {{blocked}}, {{next_steps}}, {{critical_context}}, {{relevant_files}} and {{session_timeline}} in it.

JSON of result and last: {session_id, budget, at, duration_ms, should_compact, tokens_before, tokens_after,
messages_removed, summary, threshold, keep, buffer, summary_tokens}; at is when it was exported, null in a preview,
duration_ms what planning took now, null in the last. JSON of head, summary and template: {show, text}.")]
pub struct Window {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    budget: TokenArguments,
    /// What to print
    #[arg(long, value_enum, default_value_t)]
    show: Show,
    /// A file to fill in place of the built-in template
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Serialize)]
#[serde(rename_all = "lowercase")]
enum Show {
    /// Whether the budget makes it compact, and what that does
    #[default]
    Result,
    /// The result of the last exported pack
    Last,
    /// The entries before the cut, serialised as a model would be given them to sum up
    Head,
    /// The summary of the head, filled by rule
    Summary,
    /// The template of the summary
    Template,
}

#[derive(Serialize)]
struct Answer {
    session_id: String,
    budget: u32,
    at: Option<Time>,
    duration_ms: Option<u64>,
    #[serde(flatten)]
    compaction: Compaction,
}

impl Window {
    pub fn run(self, store: Option<PathBuf>) -> Result<(), Failure> {
        let mut settings = self.budget.settings();
        settings.push(("pack.strategy", Strategy::Window.to_string()));
        let template =
            self.template.as_ref().map(|path| std::fs::read_to_string(path).map_err(|error| unreadable(path, &error)));
        let template = template.transpose()?;
        if self.show == Show::Template {
            return self.print(template.as_deref().unwrap_or(window::TEMPLATE));
        }
        let mut opened = Opened::new(store, self.which.choice(), settings)?;
        let answer = match self.show {
            Show::Last => last(&opened)?,
            _ => {
                let desk = opened.desk()?;
                match self.show {
                    Show::Head => return self.print(&desk.window_head()),
                    Show::Summary => return self.print(&summary(&desk, template.as_deref())),
                    _ => {}
                }
                let began = opened.workspace.now();
                let compaction = desk.replanned().compaction().expect("the strategy is window");
                let took = opened.workspace.now().0.saturating_sub(began.0);
                Answer {
                    session_id: opened.id.to_string(),
                    budget: desk.budget().tokens(),
                    at: None,
                    duration_ms: u64::try_from(took).ok(),
                    compaction,
                }
            }
        };
        let mut output = Output::new();
        if self.json {
            output.json(&answer)?;
        } else {
            lines(&answer).iter().try_for_each(|line| output.line(line))?;
        }
        output.finish()
    }

    fn print(&self, text: &str) -> Result<(), Failure> {
        if text.is_empty() {
            tell("nothing is summed up: the session fits this budget");
        }
        let mut output = Output::new();
        match self.json {
            true => output.json(&Shown { show: self.show, text })?,
            false => output.text(text)?,
        }
        output.finish()
    }
}

#[derive(Serialize)]
struct Shown<'a> {
    show: Show,
    text: &'a str,
}

fn summary(desk: &Desk, template: Option<&str>) -> String {
    let compaction = desk.compaction().expect("the strategy is window");
    match template {
        Some(template) => desk.window_summary(template),
        None => compaction.summary,
    }
}

fn last(opened: &Opened) -> Result<Answer, Failure> {
    let none = || {
        Failure::Failed(format!(
            "no pack of {} was exported by window yet: `haversack session context --strategy window --session-id {}` does",
            opened.id, opened.id
        ))
    };
    let export = opened.workspace.last_export(&opened.id, Strategy::Window)?.ok_or_else(none)?;
    let compaction = serde_json::from_str(&export.result).map_err(|_| none())?;
    Ok(Answer {
        session_id: opened.id.to_string(),
        budget: export.budget,
        at: Some(export.at),
        duration_ms: None,
        compaction,
    })
}

fn lines(answer: &Answer) -> Vec<String> {
    let Compaction { should_compact, tokens_before, tokens_after, messages_removed, limits, .. } = &answer.compaction;
    let exact = |tokens: u32| words::exact(tokens.into());
    let mut lines = vec![
        format!("budget     {}, compacts above {}", exact(answer.budget), exact(limits.threshold)),
        format!("keeps      {} verbatim, a summary of at most {}", exact(limits.keep), exact(limits.summary_tokens)),
        format!("compacts   {}", if *should_compact { "yes" } else { "no, it fits" }),
        format!("before     {} tokens", words::exact(*tokens_before)),
        format!("after      {} tokens", exact(*tokens_after)),
        format!("removed    {}", words::plural(*messages_removed, "entry", "entries")),
    ];
    lines.extend(answer.duration_ms.map(|took| format!("took       {took} ms")));
    lines.extend(answer.at.map(|at| format!("exported   {}", moment(at))));
    lines
}
