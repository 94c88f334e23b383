//! Handing mail to a mail server. It is the operator's, so it may be anywhere.

use std::time::Duration;

use lettre::message::{Mailbox, header::ContentType};
use lettre::transport::smtp::Error;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

/// How long the mail server may take for one command.
const PATIENCE: Duration = Duration::from_secs(30);

const NO_URL: &str =
    "the mail server's URL is not understood; the form is smtps://USER:PASSWORD@mail.example.org";
const NO_SENDER: &str = "the address that mails are from is not understood; the form is Hypercerts <noreply@example.org>";

/// A mail server, and whom mails are from.
#[derive(Debug, Clone)]
pub struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// Why a mail was not handed over.
#[derive(Debug, thiserror::Error)]
pub enum SmtpError {
    /// The configuration makes no sense. Never tells the URL, which has a password in it.
    #[error("{0}")]
    Config(&'static str),
    /// The mail cannot be written down.
    #[error("the mail cannot be made: {0}")]
    Message(String),
    /// The mail server did not take it.
    #[error("the mail server did not take it: {0}")]
    Refused(#[from] Error),
}

impl SmtpError {
    /// Whether trying again is pointless.
    pub fn is_final(&self) -> bool {
        match self {
            Self::Config(_) | Self::Message(_) => true,
            Self::Refused(error) => error.is_permanent(),
        }
    }
}

impl Smtp {
    /// `url` such as `smtps://user:password@mail.example.org`; `from` such as
    /// `Hypercerts <noreply@example.org>`.
    pub fn new(url: &str, from: &str) -> Result<Self, SmtpError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
            .map_err(|_| SmtpError::Config(NO_URL))?
            .timeout(Some(PATIENCE))
            .build();
        let from = from.parse().map_err(|_| SmtpError::Config(NO_SENDER))?;
        Ok(Self { transport, from })
    }

    /// Hands a mail over; success means the mail server has taken it.
    pub async fn send(&self, to: &str, subject: &str, text: &str) -> Result<(), SmtpError> {
        let unfit = |why: String| SmtpError::Message(why);
        let to: Mailbox = to.parse().map_err(|_| unfit("its address is none".to_owned()))?;
        let message = Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .header(ContentType::TEXT_PLAIN)
            .body(text.to_owned())
            .map_err(|error| unfit(error.to_string()))?;
        self.transport.send(message).await?;
        Ok(())
    }
}
