//! Our hooks in Claude Code's `settings.json`: `hooks.EVENT[].hooks[].command`. What is not ours stays byte for byte.

use jsonc_parser::{
    ParseOptions,
    cst::{CstArray, CstInputValue, CstNode, CstObject, CstRootNode},
};

use super::{HookCommand, Installed, Trouble, settings::TIMEOUT};

/// Each event, and what it has to match.
const EVENTS: [(&str, Option<&str>); 3] = [("Stop", None), ("SessionEnd", None), ("SessionStart", Some("compact"))];

pub fn with(text: &str, command: &HookCommand) -> Result<String, Trouble> {
    let text = without(text)?;
    let root = parse(if text.trim().is_empty() { "{}\n" } else { &text })?;
    let top = root.object_value().ok_or_else(|| Trouble::Odd("its whole is no object".into()))?;
    let hooks = match top.get("hooks") {
        Some(hooks) => hooks.object_value().ok_or_else(|| Trouble::Odd("'hooks' is no object".into()))?,
        None => top.object_value_or_create("hooks").ok_or_else(|| Trouble::Odd("'hooks' is no object".into()))?,
    };
    for (event, matcher) in EVENTS {
        let groups = hooks
            .array_value_or_create(event)
            .ok_or_else(|| Trouble::Odd(format!("'hooks.{event}' is no list of hooks")))?;
        groups.append(group(matcher, command));
    }
    Ok(root.to_string())
}

pub fn without(text: &str) -> Result<String, Trouble> {
    if text.trim().is_empty() {
        return Ok(text.to_owned());
    }
    let root = parse(text)?;
    let Some(top) = root.object_value() else { return Ok(text.to_owned()) };
    let Some(hooks) = top.object_value("hooks") else { return Ok(text.to_owned()) };
    let mut found = false;
    for property in hooks.properties() {
        let Some(groups) = property.array_value() else { continue };
        let mut taken = false;
        for group in groups.elements() {
            let Some(list) = group.as_object().and_then(|group| group.array_value("hooks")) else { continue };
            let ours: Vec<CstNode> = list.elements().into_iter().filter(|hook| command_of(hook).is_some()).collect();
            taken |= !ours.is_empty();
            let is_ours_alone = !ours.is_empty() && ours.len() == list.elements().len();
            match is_ours_alone {
                true => group.remove(),
                false => ours.into_iter().for_each(CstNode::remove),
            }
        }
        found |= taken;
        if taken && groups.elements().is_empty() {
            property.remove();
        }
    }
    if found && hooks.properties().is_empty() {
        top.get("hooks").into_iter().for_each(|hooks| hooks.remove());
    }
    Ok(root.to_string())
}

pub fn installed(text: &str) -> Result<Vec<Installed>, Trouble> {
    if text.trim().is_empty() {
        return Ok(Vec::new());
    }
    let root = parse(text)?;
    let hooks = root.object_value().and_then(|top| top.object_value("hooks"));
    let mut found = Vec::new();
    for property in hooks.iter().flat_map(CstObject::properties) {
        let Some(event) = property.decoded_name() else { continue };
        let groups = property.array_value();
        let groups = groups.iter().flat_map(CstArray::elements).filter_map(|group| group.as_object());
        let hooks = groups.filter_map(|group| group.array_value("hooks")).flat_map(|list| list.elements());
        found.extend(
            hooks.filter_map(|hook| command_of(&hook)).map(|command| Installed { event: event.clone(), command }),
        );
    }
    Ok(found)
}

/// As agents write settings themselves; comments and a comma too many are a person's, and stay.
fn parse(text: &str) -> Result<CstRootNode, Trouble> {
    let options = ParseOptions {
        allow_comments: true,
        allow_trailing_commas: true,
        allow_loose_object_property_names: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    CstRootNode::parse(text, &options).map_err(|error| {
        Trouble::Broken(format!("line {}, column {}: {}", error.line_display(), error.column_display(), error.kind()))
    })
}

fn command_of(hook: &CstNode) -> Option<HookCommand> {
    let command = hook.as_object()?.get("command")?.value()?.as_string_lit()?.decoded_value().ok()?;
    HookCommand::of_line(&command)
}

fn group(matcher: Option<&str>, command: &HookCommand) -> CstInputValue {
    let text = |text: &str| CstInputValue::String(text.to_owned());
    let hook = CstInputValue::Object(vec![
        ("type".into(), text("command")),
        ("command".into(), text(&command.line())),
        ("timeout".into(), CstInputValue::Number(TIMEOUT.to_string())),
    ]);
    let matcher = matcher.map(|matcher| ("matcher".to_owned(), text(matcher)));
    let hooks = ("hooks".to_owned(), CstInputValue::Array(vec![hook]));
    CstInputValue::Object(matcher.into_iter().chain([hooks]).collect())
}
