//! Whether a wallet agreed to be linked with the account that says so.

use hypercerts_lexicon::{Did, Value};
use hypercerts_repo::{SignatureError, keys};
use serde::{Serialize, Serializer};

use super::number::Uint256;
use super::signature::WalletSignature;
use super::typed_data::LinkMessage;
use super::{AddressError, EvmAddress};
use crate::attestation::Outcome;
use crate::nsid::shape::EIP712_PROOF;

/// An `app.certified.link.evm` record, checked.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LinkVerdict {
    /// Whose repository holds the record.
    pub account: Did,
    /// The wallet, if the record names one readably.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<EvmAddress>,
    #[serde(flatten)]
    pub outcome: Outcome<LinkReason>,
    /// All of it in a sentence.
    pub message: String,
}

/// Why a link does not hold, or could not be checked. Written as its code, such as `other-signer`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkReason {
    /// A field is missing or holds something else than it should.
    #[error("its field {0} is missing or cannot be read")]
    Unreadable(&'static str),
    /// The proof is of a kind that came later.
    #[error(
        "its proof is not of the kind app.certified.link.evm#eip712Proof, the only one known here"
    )]
    UnknownProof,
    /// The wallet's address is none.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The message is about another wallet.
    #[error("the signed message is about the wallet {0}, not about the one the record names")]
    OtherWallet(EvmAddress),
    /// The message is about another account.
    #[error("the signed message is about the account {0}, not about the one that holds the record")]
    OtherAccount(Did),
    /// The signature is too short to be one.
    #[error("a wallet's signature has 64 or 65 bytes, not {0}")]
    Length(usize),
    /// The signature's last byte makes no sense.
    #[error("the last byte of a wallet's signature is 27, 28, 0 or 1, not {0}")]
    Parity(u8),
    /// The signature is one for a contract to judge.
    #[error(
        "its signature has {0} bytes, as those for contract wallets do; only the contract could judge it"
    )]
    Contract(usize),
    /// s is in the upper half, or no key can have signed.
    #[error("its signature is not valid: {0}")]
    Signature(#[from] SignatureError),
    /// Another key signed, or the same key something else.
    #[error(
        "the signature leads to the wallet {0}: another wallet signed, or this one signed another \
         message, or another definition of it"
    )]
    OtherSigner(EvmAddress),
}

/// Checks the record `link` in the repository of the account `holder`.
#[must_use]
pub fn check_link(link: &Value, holder: &Did) -> LinkVerdict {
    let address = text(link, &["address"]).and_then(|text| EvmAddress::parse(text).ok());
    let outcome = match verify(link, holder) {
        Ok(()) => Outcome::Holds,
        Err(why) if why.leaves_open() => Outcome::NotChecked { why },
        Err(why) => Outcome::Fails { why },
    };
    let wallet = address.map_or_else(|| "a wallet".to_owned(), |a| format!("the wallet {a}"));
    let message = sentence(&outcome, &wallet, holder);
    LinkVerdict { account: holder.clone(), address, outcome, message }
}

fn verify(link: &Value, holder: &Did) -> Result<(), LinkReason> {
    let address = address(link, &["address"], "address")?;
    let kind = link.get("proof").and_then(Value::type_name);
    if kind.ok_or(LinkReason::Unreadable("proof"))? != EIP712_PROOF {
        return Err(LinkReason::UnknownProof);
    }
    let message = message(link)?;
    if message.address != address {
        return Err(LinkReason::OtherWallet(message.address));
    }
    if message.did != *holder {
        return Err(LinkReason::OtherAccount(message.did));
    }
    let signer = signer(link, &message)?;
    if signer == address { Ok(()) } else { Err(LinkReason::OtherSigner(signer)) }
}

fn message(link: &Value) -> Result<LinkMessage, LinkReason> {
    const PATH: [&str; 2] = ["proof", "message"];
    let field = |name: &'static str| text(link, &[PATH[0], PATH[1], name]);
    let number = |name: &'static str, path| {
        field(name).and_then(Uint256::parse).ok_or(LinkReason::Unreadable(path))
    };
    let did = field("did").and_then(|text| Did::parse(text).ok());
    Ok(LinkMessage {
        did: did.ok_or(LinkReason::Unreadable("proof.message.did"))?,
        address: address(link, &[PATH[0], PATH[1], "evmAddress"], "proof.message.evmAddress")?,
        chain_id: number("chainId", "proof.message.chainId")?,
        timestamp: number("timestamp", "proof.message.timestamp")?,
        nonce: number("nonce", "proof.message.nonce")?,
    })
}

fn signer(link: &Value, message: &LinkMessage) -> Result<EvmAddress, LinkReason> {
    let signature = text(link, &["proof", "signature"]);
    let signature = signature.ok_or(LinkReason::Unreadable("proof.signature"))?;
    let WalletSignature { rs, odd } = WalletSignature::parse(signature)?;
    let key = keys::recover_k256(&message.digest(), &rs, odd)?;
    Ok(EvmAddress::of_key(&key))
}

fn address(link: &Value, path: &[&str], name: &'static str) -> Result<EvmAddress, LinkReason> {
    Ok(EvmAddress::parse(text(link, path).ok_or(LinkReason::Unreadable(name))?)?)
}

fn text<'a>(link: &'a Value, path: &[&str]) -> Option<&'a str> {
    path.iter().try_fold(link, |value, name| value.get(name))?.as_str()
}

fn sentence(outcome: &Outcome<LinkReason>, wallet: &str, holder: &Did) -> String {
    match outcome {
        Outcome::Holds => format!(
            "Whoever held the key of {wallet} once agreed to link it with {holder}. \
             Whether they still hold it, the signature cannot tell."
        ),
        Outcome::Fails { why } => {
            format!("That {wallet} agreed to be linked with {holder} is not shown: {why}.")
        }
        Outcome::NotChecked { why } => {
            format!(
                "Whether {wallet} agreed to be linked with {holder} could not be checked: {why}."
            )
        }
    }
}

impl LinkReason {
    /// The stable name of this reason.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::UnknownProof => "unknown-proof",
            Self::Address(_) => "address",
            Self::OtherWallet(_) => "other-wallet",
            Self::OtherAccount(_) => "other-account",
            Self::Length(_) | Self::Parity(_) => "signature-form",
            Self::Contract(_) => "contract",
            Self::Signature(_) => "signature",
            Self::OtherSigner(_) => "other-signer",
        }
    }

    /// Whether nothing speaks against the link, only that it cannot be checked here.
    fn leaves_open(&self) -> bool {
        matches!(self, Self::UnknownProof | Self::Contract(_))
    }
}

impl Serialize for LinkReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}
