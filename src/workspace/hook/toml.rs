//! Our hooks in Codex's `config.toml`: `notify`, and `[[hooks.EVENT]]` with its `[[hooks.EVENT.hooks]]`. Comments and order
//! stay.

use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, Table, TableLike, Value};

use super::{HookCommand, Installed, Trouble, settings::TIMEOUT};

pub fn with(text: &str, command: &HookCommand) -> Result<String, Trouble> {
    let mut document = parse(&without(text)?)?;
    if document.contains_key("notify") {
        // Another program is told there, and there can only be one.
        add(&mut document, "Stop", None, command)?;
    } else {
        document["notify"] = Item::Value(command.words().into_iter().collect::<Array>().into());
    }
    add(&mut document, "SessionStart", Some("compact"), command)?;
    Ok(document.to_string())
}

pub fn without(text: &str) -> Result<String, Trouble> {
    let mut document = parse(text)?;
    if installed(text)?.is_empty() {
        return Ok(text.to_owned());
    }
    if document.get("notify").and_then(notified).is_some() {
        document.remove("notify");
    }
    let Some(hooks) = document.get_mut("hooks").and_then(Item::as_table_like_mut) else {
        return Ok(document.to_string());
    };
    let events: Vec<String> = hooks.iter().map(|(event, _)| event.to_owned()).collect();
    let mut emptied = false;
    for event in events {
        let Some(groups) = hooks.get_mut(&event) else { continue };
        let is_emptied = match groups {
            Item::ArrayOfTables(groups) => {
                let emptied: Vec<bool> = groups.iter_mut().map(|group| take_ours(group.get_mut("hooks"))).collect();
                let mut emptied = emptied.into_iter();
                groups.retain(|_| emptied.next() != Some(true));
                groups.is_empty()
            }
            Item::Value(Value::Array(groups)) => {
                let emptied: Vec<bool> = groups.iter_mut().map(take_ours_of).collect();
                let mut emptied = emptied.into_iter();
                groups.retain(|_| emptied.next() != Some(true));
                groups.is_empty()
            }
            _ => false,
        };
        if is_emptied {
            hooks.remove(&event);
            emptied = true;
        }
    }
    if emptied && hooks.is_empty() {
        document.remove("hooks");
    }
    Ok(document.to_string())
}

pub fn installed(text: &str) -> Result<Vec<Installed>, Trouble> {
    let document = parse(text)?;
    let mut found = Vec::new();
    if let Some(command) = document.get("notify").and_then(notified) {
        found.push(Installed { event: "notify".into(), command });
    }
    let hooks = document.get("hooks").and_then(Item::as_table_like);
    for (event, groups) in hooks.into_iter().flat_map(|hooks| hooks.iter()) {
        let lists = tables(groups).into_iter().filter_map(|group| group.get("hooks"));
        let commands = lists.flat_map(tables).filter_map(command_of);
        found.extend(commands.map(|command| Installed { event: event.to_owned(), command }));
    }
    Ok(found)
}

fn parse(text: &str) -> Result<DocumentMut, Trouble> {
    text.parse::<DocumentMut>().map_err(|error| {
        let upto = &text[..error.span().map_or(0, |span| span.start.min(text.len()))];
        let line = upto.matches('\n').count() + 1;
        let column = upto.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        Trouble::Broken(format!("line {line}, column {column}: {}", error.message().replace('\n', ", ")))
    })
}

/// Adds a group with one hook to an event, in the form that the settings use there already.
fn add(document: &mut DocumentMut, event: &str, matcher: Option<&str>, command: &HookCommand) -> Result<(), Trouble> {
    let hooks = document.entry("hooks").or_insert_with(|| {
        let mut hooks = Table::new();
        hooks.set_implicit(true);
        Item::Table(hooks)
    });
    let is_inline = hooks.is_inline_table();
    let odd = |what: &str| Trouble::Odd(format!("'{what}' is not as Codex documents it"));
    let hooks = hooks.as_table_like_mut().ok_or_else(|| odd("hooks"))?;
    let fresh = || match is_inline {
        true => Item::Value(Array::new().into()),
        false => Item::ArrayOfTables(ArrayOfTables::new()),
    };
    match hooks.entry(event).or_insert_with(fresh) {
        Item::ArrayOfTables(groups) => {
            let mut group = Table::new();
            if let Some(matcher) = matcher {
                group.insert("matcher", toml_edit::value(matcher));
            }
            let mut list = ArrayOfTables::new();
            list.push(hook(command).into_table());
            group.insert("hooks", Item::ArrayOfTables(list));
            groups.push(group);
        }
        Item::Value(Value::Array(groups)) => {
            let mut group = InlineTable::new();
            if let Some(matcher) = matcher {
                group.insert("matcher", matcher.into());
            }
            group.insert("hooks", Value::Array([Value::InlineTable(hook(command))].into_iter().collect()));
            groups.push(group);
        }
        _ => return Err(odd(&format!("hooks.{event}"))),
    }
    Ok(())
}

fn hook(command: &HookCommand) -> InlineTable {
    let mut hook = InlineTable::new();
    hook.insert("type", "command".into());
    hook.insert("command", command.line().into());
    hook.insert("timeout", TIMEOUT.into());
    hook
}

/// Takes our hooks out of a group's list; true where nothing else was in it.
fn take_ours(list: Option<&mut Item>) -> bool {
    match list {
        Some(Item::ArrayOfTables(list)) => {
            let before = list.len();
            list.retain(|hook| command_of(hook).is_none());
            list.is_empty() && before > 0
        }
        Some(Item::Value(Value::Array(list))) => {
            let before = list.len();
            list.retain(|hook| hook.as_inline_table().is_none_or(|hook| command_of(hook).is_none()));
            list.is_empty() && before > 0
        }
        _ => false,
    }
}

/// The same of a group that is written inline.
fn take_ours_of(group: &mut Value) -> bool {
    let Some(Value::Array(list)) = group.as_inline_table_mut().and_then(|group| group.get_mut("hooks")) else {
        return false;
    };
    let before = list.len();
    list.retain(|hook| hook.as_inline_table().is_none_or(|hook| command_of(hook).is_none()));
    list.is_empty() && before > 0
}

fn tables(item: &Item) -> Vec<&dyn TableLike> {
    match item {
        Item::ArrayOfTables(tables) => tables.iter().map(|table| table as &dyn TableLike).collect(),
        Item::Value(Value::Array(values)) => {
            values.iter().filter_map(Value::as_inline_table).map(|table| table as &dyn TableLike).collect()
        }
        _ => Vec::new(),
    }
}

fn command_of(hook: &dyn TableLike) -> Option<HookCommand> {
    HookCommand::of_line(hook.get("command")?.as_str()?)
}

fn notified(item: &Item) -> Option<HookCommand> {
    let words: Option<Vec<String>> = item.as_array()?.iter().map(|word| word.as_str().map(str::to_owned)).collect();
    HookCommand::of_words(&words?)
}
