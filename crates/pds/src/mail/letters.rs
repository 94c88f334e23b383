//! What mails say: who asked for what, the code, how long it is good for, and what to do if it was
//! not the reader.

use hypercerts_lexicon::Handle;

use super::Message;
use crate::account::mailed_token::Purpose;

/// The mail that brings a code.
pub fn code(to: &str, handle: &Handle, host: &str, purpose: Purpose, code: &str) -> Message {
    let Words { subject, wish, otherwise } = words(purpose);
    let text = format!(
        "Hello @{handle},\n\n\
         {wish} Enter this code where you were asked for it:\n\n    {code}\n\n\
         It is good for 15 minutes.\n\n{otherwise}\n\n{host}\n"
    );
    Message { to: to.to_owned(), subject: format!("{subject}: {code}"), text }
}

struct Words {
    subject: &'static str,
    wish: &'static str,
    otherwise: &'static str,
}

fn words(purpose: Purpose) -> Words {
    match purpose {
        Purpose::ConfirmEmail => Words {
            subject: "Confirm your e-mail address",
            wish: "This address was given for your account.",
            otherwise: "If you know nothing of such an account, ignore this mail.",
        },
        Purpose::UpdateEmail => Words {
            subject: "Change your e-mail address",
            wish: "You asked to change the e-mail address of your account.",
            otherwise: "If it was not you, somebody may be logged in to your account: change its \
                        password and end its sessions.",
        },
        Purpose::ResetPassword => Words {
            subject: "Choose a new password",
            wish: "You asked for a new password.",
            otherwise: "If it was not you, ignore this mail: your password stays as it is.",
        },
        Purpose::DeleteAccount => Words {
            subject: "Delete your account",
            wish: "You asked to delete your account, with all its records and files, for good.",
            otherwise: "If it was not you, somebody may be logged in to your account: change its \
                        password and end its sessions.",
        },
        Purpose::PlcOperation => Words {
            subject: "Change your identity",
            wish: "You asked to change what your account's identity says, which is how an \
                   account moves to another server.",
            otherwise: "If it was not you, somebody may be logged in to your account and trying \
                        to take it away: do not give them this code, change your password, and \
                        end the account's sessions.",
        },
    }
}
