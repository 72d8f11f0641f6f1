//! The server itself: an address, connections, and an orderly end.

use std::{
    fmt,
    io::{self, Write},
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use axum::Router;
use hyper_util::{
    rt::{TokioIo, TokioTimer},
    server::graceful::GracefulShutdown,
    service::TowerToHyperService,
};
use tokio::sync::{Semaphore, watch};

use super::{
    App,
    app::Persons,
    guard::{Access, Guard},
    router,
};
use crate::{
    config::Config,
    model::Via,
    serve::{
        Clients, Engine,
        engine::Threads,
        stop::stopped,
        token::{Token, TokenError},
    },
    text::sanitize,
    workspace::WorkspaceError,
};

/// How long a client may take for the headers of a request, and a connection stay open between two.
const HEADERS: Duration = Duration::from_secs(60);
/// How long requests may go on once the server is to end.
const GRACE: Duration = Duration::from_secs(10);
const MOST_CONNECTIONS: usize = 1_024;

/// What the command line asked for.
#[derive(Clone, Debug)]
pub struct Options {
    pub address: SocketAddr,
    /// Whether clients have to show the token.
    pub token: Needed,
    pub persons: Persons,
    /// Names of this server besides localhost.
    pub hosts: Vec<String>,
    /// Pages that may ask.
    pub origins: Vec<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Needed {
    #[default]
    Yes,
    No,
}

/// A server that has its store and its address, and does not answer yet.
pub struct Server {
    listener: TcpListener,
    app: Arc<App>,
    guard: Guard,
    threads: Threads,
    close: watch::Sender<bool>,
}

#[derive(Debug)]
pub enum ServeError {
    Store(WorkspaceError),
    Token(TokenError),
    /// An address that others can reach, without a token.
    OpenToOthers(SocketAddr),
    Address {
        address: SocketAddr,
        why: io::Error,
    },
    Origin(String),
    Runtime(io::Error),
}

impl Server {
    /// Opens the store and takes the address.
    ///
    /// # Errors
    /// Where one of them cannot be had, or others could reach the server without a token.
    pub fn new(config: &Config, options: &Options) -> Result<Server, ServeError> {
        let access = match options.token {
            Needed::Yes => Access::Token(Token::of(config.data_folder()).map_err(ServeError::Token)?),
            Needed::No if options.address.ip().is_loopback() => Access::Anyone,
            Needed::No => return Err(ServeError::OpenToOthers(options.address)),
        };
        let guard = Guard::new(access, &options.hosts, &options.origins).map_err(ServeError::Origin)?;
        let no_address = |why| ServeError::Address { address: options.address, why };
        let listener = TcpListener::bind(options.address).map_err(no_address)?;
        listener.set_nonblocking(true).map_err(no_address)?;
        let (engine, threads) = Engine::open(config, Via::Http, Clients::Many).map_err(ServeError::Store)?;
        let (close, closing) = watch::channel(false);
        let app = Arc::new(App::new(config, engine, options.persons, closing));
        Ok(Server { listener, app, guard, threads, close })
    }

    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// What answers, for who brings requests of their own.
    pub fn router(&self) -> Router {
        router(self.app.clone(), self.guard.clone())
    }

    /// Answers until Ctrl-C or SIGTERM; then no new request is taken, those under way are answered, and what was handed
    /// in is written.
    ///
    /// # Errors
    /// Where the system gives no threads or no sockets.
    pub fn run(self) -> Result<(), ServeError> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(ServeError::Runtime)?;
        let threads = runtime.block_on(async move {
            let stop = stopped().map_err(ServeError::Runtime)?;
            self.answer_until(stop).await
        })?;
        // Connections that are still open after the grace go with the runtime, and with them the last engine.
        runtime.shutdown_timeout(Duration::from_secs(1));
        threads.finish();
        Ok(())
    }

    async fn answer_until(self, stop: impl Future<Output = ()>) -> Result<Threads, ServeError> {
        let Server { listener, app, guard, threads, close } = self;
        let listener = tokio::net::TcpListener::from_std(listener).map_err(ServeError::Runtime)?;
        let router = router(app, guard);
        let connections = GracefulShutdown::new();
        let free = Arc::new(Semaphore::new(MOST_CONNECTIONS));
        let mut stop = std::pin::pin!(stop);
        loop {
            let permit = free.clone().acquire_owned().await.expect("nobody closes it");
            let stream = tokio::select! {
                accepted = listener.accept() => match accepted {
                    Ok((stream, _)) => stream,
                    // One client's trouble, or too many open files: the others go on.
                    Err(_) => {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                        continue;
                    }
                },
                () = &mut stop => break,
            };
            let _ = stream.set_nodelay(true);
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(HEADERS)
                .serve_connection(TokioIo::new(stream), TowerToHyperService::new(router.clone()));
            let connection = connections.watch(connection);
            tokio::spawn(async move {
                // What goes wrong on a connection is its client's to see.
                let _ = connection.await;
                drop(permit);
            });
        }
        drop(listener);
        let _ = close.send(true);
        let _ = tokio::time::timeout(GRACE, connections.shutdown()).await;
        Ok(threads)
    }
}

/// Says where the server is, and what it lets pass; then answers until it is told to end.
///
/// # Errors
/// As for [`Server::new`] and [`Server::run`].
pub fn run(config: &Config, options: &Options) -> Result<(), ServeError> {
    let server = Server::new(config, options)?;
    let address = server.address().map_err(ServeError::Runtime)?;
    tell(&format!("serving {} on http://{address}, described at /openapi.json", config.store_path().display()));
    match options.token {
        Needed::Yes => tell("clients need the token that `haversack serve --print-token` prints"),
        Needed::No => tell("no token is needed: every program on this machine can read and change the store"),
    }
    if options.persons == Persons::Allowed {
        tell("clients may act as a person or a rule");
    }
    if !address.ip().is_loopback() {
        tell("other machines can reach this address, and nothing on the way is encrypted");
    }
    server.run()?;
    tell("ended; all that was accepted is stored");
    Ok(())
}

fn tell(words: &str) {
    let _ = writeln!(io::stderr(), "haversack: {}", sanitize::inert_line(words));
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ServeError::Store(why) => why.fmt(f),
            ServeError::Token(why) => why.fmt(f),
            ServeError::OpenToOthers(address) => {
                write!(f, "{address} can be reached by others: serve it with the token, or on 127.0.0.1 without")
            }
            ServeError::Address { address, why } => {
                write!(f, "cannot listen on {address} ({why}): give another with --http")
            }
            ServeError::Origin(why) => f.write_str(why),
            ServeError::Runtime(why) => write!(f, "the server cannot run ({why}): try again"),
        }
    }
}

impl std::error::Error for ServeError {}
