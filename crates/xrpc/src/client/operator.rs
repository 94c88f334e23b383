//! Acting as whoever runs a server: with its admin password instead of an account.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{ClientError, XrpcClient};

const NAME: &str = "admin";

/// Calls the methods that are the operator's. Cheap to clone.
#[derive(Clone)]
pub struct Operator {
    client: XrpcClient,
    password: String,
}

impl std::fmt::Debug for Operator {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Operator").field("server", self.client.base()).finish_non_exhaustive()
    }
}

impl Operator {
    pub fn new(client: XrpcClient, password: String) -> Self {
        Self { client, password }
    }

    /// The server, without the operator's authority.
    pub fn client(&self) -> &XrpcClient {
        &self.client
    }

    /// As [`XrpcClient::query`], as the operator.
    pub async fn query<T: DeserializeOwned>(
        &self,
        nsid: &str,
        params: &impl Serialize,
    ) -> Result<T, ClientError> {
        let request = self.client.get(nsid, params)?.basic(NAME, &self.password);
        Ok(self.client.send(nsid, request).await?.json()?)
    }

    /// As [`XrpcClient::procedure`], as the operator.
    pub async fn procedure<T: DeserializeOwned>(
        &self,
        nsid: &str,
        input: &impl Serialize,
    ) -> Result<T, ClientError> {
        let request = self.client.post(nsid)?.basic(NAME, &self.password).json(input);
        Ok(self.client.send(nsid, request).await?.json()?)
    }

    /// As [`XrpcClient::procedure_without_answer`], as the operator.
    pub async fn command(&self, nsid: &str, input: &impl Serialize) -> Result<(), ClientError> {
        let request = self.client.post(nsid)?.basic(NAME, &self.password).json(input);
        self.client.send(nsid, request).await.map(drop)
    }
}
