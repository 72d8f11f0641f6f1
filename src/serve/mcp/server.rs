//! What a client meets: the tools, resources and prompt, each asked of the workspace's thread.

use std::sync::Arc;

use rmcp::{
    ErrorData, RoleServer, ServerHandler,
    model::{
        CallToolRequestParams, CallToolResponse, GetPromptRequestParams, GetPromptResponse, Implementation,
        ListPromptsResult, ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, PaginatedRequestParams,
        ReadResourceRequestParams, ReadResourceResponse, ServerCapabilities, ServerConfig, Tool,
    },
    service::RequestContext,
};

use super::{
    caller::{self, Caller},
    prompt, resources,
    tool::{Failed, Route, result, told},
    tools,
};
use crate::{
    model::{Actor, Budget},
    pack::strategy::Strategy,
    serve::{Engine, Unavailable},
    workspace::{PushRules, Workspace},
};

/// What a model is told of the server as a whole.
const INSTRUCTIONS: &str = "\
Haversack keeps what is worth remembering of agent sessions, and decides under a token budget what is carried forward. A \
person may be looking at the same store, and every edit of yours is recorded under your name. At the start of work, or \
after your context was compacted, call session_context (format text) for what the session carries forward, or recall to \
find something by its words in all sessions. A line that was shortened or left out is read in full with expand_entry. \
While you work, push_session what matters, remember_fact goals, constraints and decisions, and pin the few entries that \
must never be lost. plan_context tells what another budget would carry. undo takes back your own edits, not a person's.";

/// Serves one client; cheap to clone, one for each connection.
#[derive(Clone)]
pub struct Server {
    engine: Engine,
    routes: Arc<Vec<Route>>,
    /// Its actor is that of each call, unless one was named for all.
    usual: Arc<Caller>,
    actor: Option<Actor>,
}

impl Server {
    pub fn new(engine: Engine, budget: Budget, strategy: Strategy, push: PushRules, actor: Option<Actor>) -> Server {
        let usual = Caller { actor: caller::actor(None), budget, strategy, push };
        Server { engine, routes: Arc::new(tools::all()), usual: Arc::new(usual), actor }
    }

    fn caller(&self, context: &RequestContext<RoleServer>) -> Caller {
        let named = || caller::actor(context.client_info().map(|client| client.name).as_deref());
        Caller { actor: self.actor.clone().unwrap_or_else(named), ..Caller::clone(&self.usual) }
    }

    /// Asks the workspace's thread something that is answered or is a protocol error.
    async fn ask<T: Send + 'static>(
        &self,
        question: impl FnOnce(&mut Workspace) -> Result<T, ErrorData> + Send + 'static,
    ) -> Result<T, ErrorData> {
        let unavailable = |why: Unavailable| ErrorData::internal_error(why.to_string(), None);
        self.engine.write(question).await.map_err(unavailable)?
    }
}

impl ServerHandler for Server {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder().enable_tools().enable_resources().enable_prompts().build();
        let program = Implementation::new("haversack", env!("CARGO_PKG_VERSION"))
            .with_title("Haversack")
            .with_description(env!("CARGO_PKG_DESCRIPTION"));
        ServerConfig::new(capabilities).with_server_info(program).with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(self.routes.iter().map(|route| route.tool.clone()).collect()))
    }

    fn get_tool(&self, name: &str) -> Option<Tool> {
        self.routes.iter().find(|route| route.tool.name == name).map(|route| route.tool.clone())
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        let Some(route) = self.routes.iter().find(|route| route.tool.name == request.name) else {
            let why = format!("there is no tool '{}': `tools/list` tells what there is", request.name.escape_debug());
            return Err(ErrorData::invalid_params(told(&why), None));
        };
        let (caller, run) = (self.caller(&context), route.run);
        let arguments = request.arguments.unwrap_or_default();
        let done = self.engine.write(move |workspace| run(arguments, &caller, workspace)).await;
        Ok(result(done.unwrap_or_else(|why| Err(Failed(why.to_string())))).into())
    }

    async fn list_resources(
        &self,
        request: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourcesResult, ErrorData> {
        let after = request.and_then(|request| request.cursor);
        self.ask(move |workspace| resources::list(workspace, after.as_deref())).await
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListResourceTemplatesResult, ErrorData> {
        Ok(resources::templates())
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<ReadResourceResponse, ErrorData> {
        let caller = self.caller(&context);
        let read = self.ask(move |workspace| resources::read(&request.uri, &caller, workspace)).await?;
        Ok(read.into())
    }

    async fn list_prompts(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListPromptsResult, ErrorData> {
        Ok(prompt::list())
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<GetPromptResponse, ErrorData> {
        let caller = self.caller(&context);
        let asked =
            self.ask(move |workspace| prompt::get(&request.name, request.arguments, &caller, workspace)).await?;
        Ok(asked.into())
    }
}
