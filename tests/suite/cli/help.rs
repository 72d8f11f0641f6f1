//! Every command's help, manual page and completions come from one definition.

use clap::CommandFactory;
use haversack::cli::Cli;

use super::place::Place;

/// The names of every command, the program itself first: "", "session", "session pin".
fn commands() -> Vec<Vec<String>> {
    fn below(command: &clap::Command, path: &[String], found: &mut Vec<Vec<String>>) {
        found.push(path.to_vec());
        for sub in command.get_subcommands() {
            below(sub, &[path, &[sub.get_name().to_string()]].concat(), found);
        }
    }
    let mut found = Vec::new();
    below(&Cli::command(), &[], &mut found);
    found
}

#[test]
fn every_command_has_help_with_an_example() {
    let place = Place::new();
    for command in commands() {
        let mut arguments: Vec<&str> = command.iter().map(String::as_str).collect();
        arguments.push("--help");
        let said = place.run(&arguments);
        assert_eq!((said.code, said.err.as_str()), (0, ""), "{command:?}");
        assert!(said.out.contains("Example"), "{command:?} shows no example:\n{}", said.out);
        let name = if command.is_empty() { "help".into() } else { format!("help_{}", command.join("_")) };
        insta::assert_snapshot!(name, said.out);
    }
}

#[test]
fn every_command_has_a_manual_page() {
    let place = Place::new();
    for command in commands() {
        let mut arguments = vec!["man"];
        arguments.extend(command.iter().map(String::as_str));
        let said = place.run(&arguments);
        let name = [&["haversack".to_string()], command.as_slice()].concat().join("-").replace('-', "\\-");
        assert_eq!(said.code, 0, "{}", said.err);
        assert!(said.out.contains(".TH") && said.out.contains(&name), "{command:?}:\n{}", said.out);
    }
    let said = place.run(&["man", "session", "fly"]);
    assert_eq!(
        (said.code, said.err.as_str()),
        (2, "haversack: there is no command 'fly': haversack --help lists them\n")
    );
}

#[test]
fn completions_know_the_commands() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let said = place.run(&["completions", shell]);
        assert!(said.code == 0 && said.out.contains("undelete"), "{shell}");
    }
    assert_eq!(place.run(&["completions", "tcl"]).code, 2);
}
