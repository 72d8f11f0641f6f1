//! Streamable HTTP, on a loopback address only, behind the guard of the other server: the same token, host and origin.

use std::{net::SocketAddr, sync::Arc};

use axum::Router;
use rmcp::transport::streamable_http_server::{
    StreamableHttpServerConfig, StreamableHttpService, session::local::LocalSessionManager,
};
use tokio::net::TcpListener;

use super::server::Server;
use crate::serve::{
    http::{Access, Guard, guarded},
    stop::stopped,
};

/// Where the server answers below its address.
const PATH: &str = "/mcp";
/// Bytes of a request: an entry of 4 MiB in which every byte is escaped fits.
const LARGEST: usize = 32 * 1024 * 1024;

/// Serves until the process is told to stop; what is being answered then is answered.
pub async fn serve(server: Server, address: SocketAddr, access: Access, tell: &dyn Fn(&str)) -> Result<(), String> {
    if !address.ip().is_loopback() {
        return Err(format!(
            "{address} can be reached from elsewhere: give a loopback address, such as 127.0.0.1:8601"
        ));
    }
    let cannot = |why: std::io::Error| format!("cannot listen at {address} ({why}): give another with --http ADDRESS");
    let listener = TcpListener::bind(address).await.map_err(cannot)?;
    let address = listener.local_addr().map_err(cannot)?;
    // A page in a browser has an origin; no page has a business here. Hosts other than loopback names are refused too.
    let config = StreamableHttpServerConfig::default().enforce_origin_validation().with_max_request_body_bytes(LARGEST);
    let stop = config.cancellation_token.clone();
    let sessions = Arc::new(LocalSessionManager::default());
    let service = StreamableHttpService::new(move || Ok(server.clone()), sessions, config);
    tell(&format!("MCP at http://{address}{PATH}, for programs on this machine"));
    match &access {
        Access::Token(_) => tell("clients need the token that `haversack serve --print-token` prints"),
        Access::Anyone => tell("no token is asked for: every program of this machine may read and push"),
    }
    let router = guarded(Router::new().route_service(PATH, service), Guard::new(access, &[], &[])?);
    let asked = stopped().map_err(|why| format!("cannot wait for the end ({why}): try again"))?;
    let stopped = async move {
        asked.await;
        stop.cancel();
    };
    let served = axum::serve(listener, router).with_graceful_shutdown(stopped);
    served.await.map_err(|why| format!("the server has stopped: {why}"))
}
