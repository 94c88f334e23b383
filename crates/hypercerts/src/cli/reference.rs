//! The reference of all commands in Markdown, made from what `--help` says.

use clap::{Command, CommandFactory};

use super::Cli;

const HEAD: &str = "\
# The command line

Made from the program's own help; every command also tells it with `--help`.
Where an option names an environment variable, the variable is used when the option is not given.
";

/// The text of `docs/cli.md`.
pub fn markdown() -> String {
    // A width of its own, and no values: neither the terminal nor the environment matters.
    let mut program = without_values(Cli::command().term_width(100));
    program.build();
    let mut text = HEAD.to_owned();
    describe(&mut program, &mut text);
    text
}

fn without_values(command: Command) -> Command {
    command.mut_args(|arg| arg.hide_env_values(true)).mut_subcommands(without_values)
}

fn describe(command: &mut Command, text: &mut String) {
    let name = command.get_bin_name().unwrap_or_else(|| command.get_name()).to_owned();
    let help = command.render_long_help().to_string();
    let help: Vec<&str> = help.lines().map(str::trim_end).collect();
    text.push_str(&format!("\n## {name}\n\n```text\n{}\n```\n", help.join("\n").trim_end()));
    for subcommand in command.get_subcommands_mut().filter(|command| !command.is_hide_set()) {
        describe(subcommand, text);
    }
}
