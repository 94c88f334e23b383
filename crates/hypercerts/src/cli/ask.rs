//! Questions to a person at a terminal, each answer checked before the next question.

use std::fmt::Display;
use std::io::{self, IsTerminal};
use std::str::FromStr;

use inquire::Text;
use inquire::validator::Validation;

use super::CliError;

/// Whether somebody is there to answer.
pub(super) fn possible() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// An answer that cannot be left out.
pub(super) fn text(question: &str, help: &str) -> Result<String, CliError> {
    let needed = |answer: &str| match answer.trim() {
        "" => Ok(Validation::Invalid("This is needed.".into())),
        _ => Ok(Validation::Valid),
    };
    let answer = Text::new(question).with_help_message(help).with_validator(needed).prompt()?;
    Ok(answer.trim().to_owned())
}

/// An answer that may be left out, read into its type.
pub(super) fn optional<T>(question: &str, help: &str) -> Result<Option<T>, CliError>
where
    T: FromStr<Err: Display>,
{
    let help = format!("{help} Enter to leave out.");
    let fits = |answer: &str| match read::<T>(answer) {
        Ok(_) => Ok(Validation::Valid),
        Err(why) => Ok(Validation::Invalid(why.to_string().into())),
    };
    let answer = Text::new(question).with_help_message(&help).with_validator(fits).prompt()?;
    read::<T>(&answer).map_err(|why| CliError::usage(why.to_string()))
}

/// As many answers as the person has.
pub(super) fn several<T>(question: &str, help: &str) -> Result<Vec<T>, CliError>
where
    T: FromStr<Err: Display>,
{
    let mut answers = Vec::new();
    while let Some(answer) = optional(question, help)? {
        answers.push(answer);
    }
    Ok(answers)
}

fn read<T: FromStr>(answer: &str) -> Result<Option<T>, T::Err> {
    Some(answer.trim()).filter(|text| !text.is_empty()).map(str::parse).transpose()
}
