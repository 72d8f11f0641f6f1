//! Sessions as resources: the list in pages, and a session, an entry or a pack by its address. All are looked at only:
//! nothing is recorded as sent.

use rmcp::{
    ErrorData,
    model::{
        ListResourceTemplatesResult, ListResourcesResult, ReadResourceResult, Resource, ResourceContents,
        ResourceTemplate,
    },
};

use super::{
    address::Address,
    caller::Caller,
    tool::{answer, result, told},
};
use crate::{
    model::{Budget, EntryName, Level, SessionId},
    text::{sanitize, words},
    workspace::{SessionRow, Workspace, WorkspaceError, answer::Overview},
};

/// Sessions of one page.
const PAGE: usize = 50;

/// The sessions that are not deleted, the most recently active first. `after` is the id that the last page ended with.
pub fn list(workspace: &Workspace, after: Option<&str>) -> Result<ListResourcesResult, ErrorData> {
    let mut rows = workspace.sessions().map_err(|why| fault(&why))?;
    rows.retain(|row| row.deleted_at.is_none());
    let from = match after {
        None => 0,
        Some(id) => {
            let gone = || ErrorData::invalid_params("the list has changed since that page: list from the start", None);
            rows.iter().position(|row| row.id.as_str() == id).ok_or_else(gone)? + 1
        }
    };
    let page = &rows[from.min(rows.len())..rows.len().min(from + PAGE)];
    let mut listed = ListResourcesResult::with_all_items(page.iter().map(resource).collect());
    if from + PAGE < rows.len() {
        listed.next_cursor = page.last().map(|row| row.id.to_string());
    }
    Ok(listed)
}

fn resource(row: &SessionRow) -> Resource {
    let title = sanitize::inert_line(&row.title).into_owned();
    let entries = words::plural(row.entries as usize, "entry", "entries");
    let about = format!("{entries}, {} tokens held, last active {}", row.held(), words::moment(row.updated));
    Resource::new(Address::Session(row.id.clone()).to_string(), sanitize::inert_line(row.id.as_str()))
        .with_title(title)
        .with_description(about)
        .with_mime_type("application/json")
}

pub fn templates() -> ListResourceTemplatesResult {
    let template = |uri: &str, name: &str, title: &str, about: &str, kind: &str| {
        ResourceTemplate::new(uri, name).with_title(title).with_description(about).with_mime_type(kind)
    };
    ListResourceTemplatesResult::with_all_items(vec![
        template(
            "haversack://session/{id}",
            "session",
            "Session",
            "What is known of a session, and a line for each entry",
            "application/json",
        ),
        template(
            "haversack://session/{id}/entry/{seq}",
            "entry",
            "Entry",
            "The whole text of an entry, by its number or its id",
            "text/plain",
        ),
        template(
            "haversack://session/{id}/pack{?budget,strategy}",
            "pack",
            "Pack",
            "What a session would carry forward under a budget: a preview, not recorded as sent",
            "text/plain",
        ),
    ])
}

/// What stands at an address.
pub fn read(uri: &str, caller: &Caller, workspace: &mut Workspace) -> Result<ReadResourceResult, ErrorData> {
    let address: Address = uri.parse().map_err(|why: String| ErrorData::resource_not_found(told(&why), None))?;
    let (text, kind) = match address {
        Address::Session(named) => (overview(&named, workspace)?, "application/json"),
        Address::Entry(named, entry) => (entry_text(&named, entry, workspace)?, "text/plain"),
        Address::Pack { session, budget, strategy } => {
            let id = find(&session, workspace)?;
            let budget = budget.map_or(caller.budget, Budget::Tokens);
            let desk =
                workspace.desk_by(&id, budget, strategy.unwrap_or(caller.strategy)).map_err(|why| fault(&why))?;
            (desk.pack_text(), "text/plain")
        }
    };
    Ok(ReadResourceResult::new(vec![ResourceContents::text(text, uri).with_mime_type(kind)]))
}

fn overview(named: &SessionId, workspace: &mut Workspace) -> Result<String, ErrorData> {
    let id = find(named, workspace)?;
    let rows = workspace.sessions().map_err(|why| fault(&why))?;
    let row = rows.iter().find(|row| row.id == id).ok_or_else(|| missing(named))?;
    let session = workspace.session(&id).map_err(|why| fault(&why))?;
    let content = result(answer(&Overview::new(row, &session))).content;
    Ok(content.first().and_then(|block| block.as_text()).map(|text| text.text.clone()).unwrap_or_default())
}

fn entry_text(named: &SessionId, entry: EntryName, workspace: &mut Workspace) -> Result<String, ErrorData> {
    let id = find(named, workspace)?;
    let session = workspace.session(&id).map_err(|why| fault(&why))?;
    let found = entry.find(&session).map_err(|why| ErrorData::resource_not_found(told(&why), None))?;
    let entry = session.entry(found).expect("it was found by its name just now");
    Ok(sanitize::inert(entry.text_at(Level::Full)).into_owned())
}

fn find(named: &SessionId, workspace: &Workspace) -> Result<SessionId, ErrorData> {
    workspace.live_session_named(named).map_err(|why| ErrorData::resource_not_found(told(&why.to_string()), None))
}

fn missing(named: &SessionId) -> ErrorData {
    ErrorData::resource_not_found(told(&format!("there is no session '{named}': list the resources")), None)
}

fn fault(why: &WorkspaceError) -> ErrorData {
    ErrorData::internal_error(told(&why.to_string()), None)
}
