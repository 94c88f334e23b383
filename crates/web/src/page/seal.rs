//! The seal: four separate questions about a claim, each with its own answer.
//!
//! A signature proves who said something, not that it is true; so there is never one tick for all.

use hypercerts_index::view::{Hypercert, RecordView};
use hypercerts_lexicon::Did;

use super::contributor::{
    Answer as Reply, ContributorRow, Contributors, acknowledgement, has_subject,
};
use super::evaluation::EvaluationNote;
use super::people::{INDEPENDENCE, Person};
use crate::format::date::Moment;
use crate::format::{count, listed};

/// One question with its answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub question: &'static str,
    /// Names the drawing beside the question.
    pub icon: &'static str,
    pub state: State,
    pub answer: String,
    pub detail: String,
    pub moment: Option<Moment>,
}

/// How an answer turned out. Never shown by colour alone: the words say it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Yes,
    Open,
    No,
}

impl State {
    /// The class that the style sheet knows.
    pub fn class(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::Open => "open",
            Self::No => "no",
        }
    }
}

/// The four answers, in order.
pub fn seal(
    hypercert: &Hypercert,
    contributors: &Contributors,
    notes: &[EvaluationNote],
) -> [Answer; 4] {
    let author = Person::from(&hypercert.author);
    [
        signed(&hypercert.claim, &author),
        intact(&hypercert.claim),
        acknowledged(hypercert, contributors),
        evaluated(notes),
    ]
}

/// The index lets in nothing whose signature it did not check; the words say whose it is.
pub fn signed(record: &RecordView, author: &Person) -> Answer {
    let own = record.verification.signed.by == record.did;
    Answer {
        question: "Signed",
        icon: "signed",
        state: if own { State::Yes } else { State::No },
        answer: match own {
            true => format!("by {}", author.words()),
            false => format!("by {}, which is not its author", record.verification.signed.by),
        },
        detail: "with the key that its DID document named when it was checked.".to_owned(),
        moment: None,
    }
}

/// Whether bytes, CID and commit belong together.
pub fn intact(record: &RecordView) -> Answer {
    Answer {
        question: "Intact",
        icon: "intact",
        state: State::Yes,
        answer: "The content matches its CID, and the signed commit holds that CID.".to_owned(),
        detail: "Checked".to_owned(),
        moment: Some(Moment::minute(record.verification.checked_at.as_str())),
    }
}

fn acknowledged(hypercert: &Hypercert, contributors: &Contributors) -> Answer {
    let names = |pick: fn(&Reply) -> bool| {
        let rows = contributors.asked().filter(|row| pick(&row.answer));
        rows.map(|row| row.name.words().to_owned()).collect::<Vec<_>>()
    };
    let declined = names(|reply| matches!(reply, Reply::Declined(_)));
    let agreed = names(|reply| matches!(reply, Reply::Acknowledged(_)));
    let asked = contributors.asked().count();
    let others = others(hypercert, contributors);
    let (state, answer) = match (asked, agreed.len(), declined.len()) {
        (_, _, 1..) => (State::No, format!("declined by {}", listed(&declined))),
        (0, ..) if others.is_empty() => {
            (State::Open, "by nobody: no other contributor is named by an account.".to_owned())
        }
        (0, ..) => (State::Yes, format!("by {}", listed(&others))),
        (_, 0, _) => (
            State::Open,
            format!(
                "by none of {} named by an account yet.",
                count(asked, "contributor", "contributors")
            ),
        ),
        (all, some, _) if all == some => (
            State::Yes,
            format!("by all of {} named by an account.", count(all, "contributor", "contributors")),
        ),
        (all, some, _) => {
            (State::Open, format!("by {some} of {}", count(all, "contributor", "contributors")))
        }
    };
    let detail = if agreed.is_empty() { listed(&others) } else { listed(&agreed) };
    Answer { question: "Acknowledged", icon: "acknowledged", state, answer, detail, moment: None }
}

/// Accounts that acknowledge the claim without being named in it, the claimant aside.
fn others(hypercert: &Hypercert, contributors: &Contributors) -> Vec<String> {
    let is_named = |did: &Did| contributors.rows.iter().any(|row| is_account(row, did));
    let agreed = hypercert.acknowledgements.items.iter().filter(|related| {
        has_subject(related)
            && related.author.did != hypercert.author.did
            && !is_named(&related.author.did)
            && acknowledgement(related).is_some_and(|(record, _)| record.acknowledged)
    });
    agreed.map(|related| Person::from(&related.author).words().to_owned()).collect()
}

fn is_account(row: &ContributorRow, did: &Did) -> bool {
    matches!(&row.name, super::contributor::Name::Account(person) if person.did() == did.as_str())
}

fn evaluated(notes: &[EvaluationNote]) -> Answer {
    let names = |independent| {
        let authors = EvaluationNote::authors(notes, independent);
        authors.iter().map(|author| author.words().to_owned()).collect::<Vec<_>>()
    };
    let (independent, involved) = (names(true), names(false));
    let (state, answer) = match (independent.is_empty(), involved.is_empty()) {
        (true, true) => (State::Open, "by nobody yet.".to_owned()),
        (true, false) => (State::Open, format!("by {}, not independently.", listed(&involved))),
        (false, true) => (State::Yes, format!("independently by {}.", listed(&independent))),
        (false, false) => (
            State::Yes,
            format!("independently by {}; also by {}.", listed(&independent), listed(&involved)),
        ),
    };
    Answer {
        question: "Evaluated",
        icon: "evaluated",
        state,
        answer,
        detail: INDEPENDENCE.to_owned(),
        moment: None,
    }
}
