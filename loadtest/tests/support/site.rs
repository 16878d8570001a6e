//! A small web site that is one file, served in every way in which the harness can ask for it.

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::JoinHandle;
use tempfile::TempDir;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::sync::oneshot;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

/// The file.
pub const FILE: &str = "The same for everyone.\n";

/// A running site. It ends when it is dropped.
pub struct Site {
    address: SocketAddr,
    counts: Arc<Counts>,
    end: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What a site has seen.
#[derive(Default)]
struct Counts {
    requests: AtomicU64,
    connections: AtomicU64,
}

/// How a site is served.
#[derive(Clone)]
enum Manner {
    /// HTTP/1.1, or HTTP/2 by prior knowledge.
    Plain { http2: bool },
    /// Whichever HTTP is agreed on.
    Tls(TlsAcceptor),
    /// These bytes to whatever asks, and whether the connection is closed after them.
    Bytes { answer: &'static [u8], closes: bool },
}

/// A certificate that nobody has signed but its owner.
pub struct Encryption {
    acceptor: TlsAcceptor,
    home: TempDir,
}

impl Encryption {
    /// One for `localhost`, 127.0.0.1 and ::1.
    pub fn new() -> Self {
        let names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
        let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
        let home = tempfile::tempdir().expect("a directory");
        std::fs::write(home.path().join("roots.pem"), made.cert.pem()).expect("a file");
        let key = PrivateKeyDer::try_from(made.signing_key.serialize_der()).expect("a key");
        let certificate: CertificateDer<'static> = made.cert.der().clone();
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions that the provider knows")
            .with_no_client_auth()
            .with_single_cert(vec![certificate], key)
            .expect("a key that fits");
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Self { acceptor: TlsAcceptor::from(Arc::new(config)), home }
    }

    /// What `--tls-roots` takes.
    pub fn roots(&self) -> PathBuf {
        self.home.path().join("roots.pem")
    }
}

impl Site {
    /// HTTP/1.1 without encryption.
    pub fn http1() -> Self {
        Self::start("127.0.0.1:0", Manner::Plain { http2: false })
    }

    /// HTTP/2 by prior knowledge.
    pub fn http2() -> Self {
        Self::start("127.0.0.1:0", Manner::Plain { http2: true })
    }

    /// Both under TLS.
    pub fn tls(encryption: &Encryption, address: &str) -> Self {
        Self::start(address, Manner::Tls(encryption.acceptor.clone()))
    }

    /// These bytes to every request; closes the connection after them, or keeps it.
    pub fn bytes(answer: &'static [u8], closes: bool) -> Self {
        Self::start("127.0.0.1:0", Manner::Bytes { answer, closes })
    }

    fn start(address: &str, manner: Manner) -> Self {
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let listener = runtime.block_on(TcpListener::bind(address)).expect("a free port");
        let address = listener.local_addr().expect("a bound socket");
        let counts = Arc::<Counts>::default();
        let (end, ended) = oneshot::channel();
        let seen = Arc::clone(&counts);
        let thread = std::thread::spawn(move || {
            runtime.block_on(async {
                tokio::select! { () = accept(listener, &manner, &seen) => {}, _ = ended => {} }
            });
        });
        Self { address, counts, end: Some(end), thread: Some(thread) }
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Requests that it has answered.
    pub fn requests(&self) -> u64 {
        self.counts.requests.load(Ordering::Relaxed)
    }

    /// Connections that it has taken.
    pub fn connections(&self) -> u64 {
        self.counts.connections.load(Ordering::Relaxed)
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(self.end.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn accept(listener: TcpListener, manner: &Manner, counts: &Arc<Counts>) {
    loop {
        let Ok((stream, _)) = listener.accept().await else { continue };
        counts.connections.fetch_add(1, Ordering::Relaxed);
        tokio::spawn(serve(stream, manner.clone(), Arc::clone(counts)));
    }
}

/// Serves a connection. A client that goes away, or trusts nobody, is no concern of the server's.
async fn serve(stream: TcpStream, manner: Manner, counts: Arc<Counts>) {
    let _ = stream.set_nodelay(true);
    match manner {
        Manner::Plain { http2 } => speak(stream, http2, counts).await,
        Manner::Tls(acceptor) => {
            let Ok(stream) = acceptor.accept(stream).await else { return };
            let http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            speak(stream, http2, counts).await;
        }
        Manner::Bytes { answer, closes } => {
            let _ = repeat(stream, answer, closes, &counts).await;
        }
    }
}

async fn speak<S>(stream: S, http2: bool, counts: Arc<Counts>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(move |request: Request<Incoming>| {
        counts.requests.fetch_add(1, Ordering::Relaxed);
        let status = if request.uri().path() == "/file" { 200 } else { 404 };
        let answer = Response::builder().status(status).body(FILE.to_owned());
        async move { Ok::<_, Infallible>(answer.expect("a known status")) }
    });
    let io = TokioIo::new(stream);
    let _ = if http2 {
        let server = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
        server.serve_connection(io, service).await
    } else {
        hyper::server::conn::http1::Builder::new().serve_connection(io, service).await
    };
}

async fn repeat(
    mut stream: TcpStream,
    answer: &[u8],
    closes: bool,
    counts: &Counts,
) -> std::io::Result<()> {
    let mut asked = Vec::new();
    loop {
        while !asked.ends_with(b"\r\n\r\n") {
            if stream.read_buf(&mut asked).await? == 0 {
                return Ok(());
            }
        }
        asked.clear();
        counts.requests.fetch_add(1, Ordering::Relaxed);
        stream.write_all(answer).await?;
        if closes {
            return stream.shutdown().await;
        }
    }
}
