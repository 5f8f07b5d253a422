//! Connections that the sandbox can cut without a farewell.
//!
//! A polite close tells a client more than a broken line would, so a cut socket is reset: no lingering data, no
//! end-of-stream.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::extract::connect_info::Connected;
use axum::serve::{IncomingStream, Listener};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

use crate::clock::wait;
use crate::server::{World, hold};

/// A listener of one store; it resets new connections while a fault says that the store refuses them.
pub(crate) struct CuttableListener {
    inner: TcpListener,
    world: Arc<World>,
    store: usize,
}

impl CuttableListener {
    pub(crate) fn new(inner: TcpListener, world: Arc<World>, store: usize) -> CuttableListener {
        CuttableListener { inner, world, store }
    }
}

impl Listener for CuttableListener {
    type Io = CuttableStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (CuttableStream, SocketAddr) {
        loop {
            let Ok((stream, address)) = self.inner.accept().await else {
                // Out of descriptors or the like: spinning would only make it worse.
                wait(50).await;
                continue;
            };
            let key = self.world.stores[self.store].kind.key;
            let wire = Wire::default();
            if hold(&self.world.faults).refuses_connection(key) {
                wire.cut();
            }
            let _ = stream.set_nodelay(true);
            let refused = wire.is_cut();
            let cuttable = CuttableStream { inner: stream, wire };
            if !refused {
                return (cuttable, address);
            }
        }
    }

    fn local_addr(&self) -> io::Result<SocketAddr> {
        self.inner.local_addr()
    }
}

/// The handle by which the handler of a request cuts the connection that the request came on.
#[derive(Clone, Default)]
pub(crate) struct Wire(Arc<AtomicBool>);

impl Wire {
    pub(crate) fn cut(&self) {
        self.0.store(true, Ordering::SeqCst);
    }

    fn is_cut(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}

impl Connected<IncomingStream<'_, CuttableListener>> for Wire {
    fn connect_info(stream: IncomingStream<'_, CuttableListener>) -> Wire {
        stream.io().wire.clone()
    }
}

pub(crate) struct CuttableStream {
    inner: TcpStream,
    wire: Wire,
}

impl CuttableStream {
    fn check(&self) -> io::Result<()> {
        if self.wire.is_cut() { Err(io::ErrorKind::ConnectionReset.into()) } else { Ok(()) }
    }
}

impl Drop for CuttableStream {
    fn drop(&mut self) {
        if self.wire.is_cut() {
            let _ = self.inner.set_zero_linger();
        }
    }
}

impl AsyncRead for CuttableStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl AsyncWrite for CuttableStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.inner).poll_write(context, buffer)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffers: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        Pin::new(&mut self.inner).poll_write_vectored(context, buffers)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.check()?;
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
