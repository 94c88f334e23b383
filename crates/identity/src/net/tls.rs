//! One TLS configuration for HTTP and WebSockets.

use std::sync::Arc;

use rustls::crypto::aws_lc_rs;
use rustls::{ClientConfig, RootCertStore};

use super::NetError;

/// TLS that trusts the machine's own certificate authorities (`SSL_CERT_FILE` and `SSL_CERT_DIR` are honoured).
///
/// A machine without any can still run a private network over plain HTTP, so that is no error here: its TLS
/// handshakes fail, and say why.
pub(super) fn config() -> Result<ClientConfig, NetError> {
    let mut roots = RootCertStore::empty();
    let (added, _) =
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if added == 0 {
        tracing::warn!(
            "this machine has no certificate authorities; no TLS connection can be made"
        );
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| NetError::Setup(error.to_string()))?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}
