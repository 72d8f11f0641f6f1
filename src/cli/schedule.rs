//! What would sweep again and again: a line for cron, a unit and a timer for systemd. They are printed; nothing is installed.

use std::{ffi::OsString, path::Path};

use serde::Serialize;

use super::{Failure, output::Output};

/// How often, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Every(u32);

#[derive(Serialize)]
struct Answer {
    every_minutes: u32,
    command: String,
    /// Null where cron has no line for it.
    cron: Option<String>,
    service: String,
    timer: String,
}

const HOUR: u32 = 60;
const DAY: u32 = 24 * HOUR;
const WEEK: u32 = 7 * DAY;

/// `30m`, `6h`, `1d`, `1w`.
pub fn every(text: &str) -> Result<Every, String> {
    let split = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let unit = match &text[split..] {
        "m" => Some(1),
        "h" => Some(HOUR),
        "d" => Some(DAY),
        "w" => Some(WEEK),
        _ => None,
    };
    let minutes = unit.zip(text[..split].parse::<u32>().ok()).and_then(|(unit, count)| count.checked_mul(unit));
    match minutes {
        Some(minutes) if (5..=4 * WEEK).contains(&minutes) => Ok(Every(minutes)),
        _ => Err("give a time such as 30m, 6h, 1d or 1w, from 5 minutes to 4 weeks".into()),
    }
}

impl Every {
    /// Of a command of this program.
    pub fn print(self, arguments: &[OsString], json: bool) -> Result<(), Failure> {
        let program = std::env::current_exe()?;
        let words: Option<Vec<&str>> = [program.as_os_str()]
            .into_iter()
            .chain(arguments.iter().map(OsString::as_os_str))
            .map(|word| word.to_str())
            .collect();
        let words =
            words.ok_or_else(|| Failure::Failed("a path is not in UTF-8: rename it, or leave it out".into()))?;
        if words.iter().any(|word| word.contains(['\n', '\r'])) {
            return Err(Failure::WrongUse("a path holds a line break: rename it, or leave it out".into()));
        }
        let answer = self.answer(&words);
        let mut output = Output::new();
        if json {
            output.json(&answer)?;
            return output.finish();
        }
        output.line("# cron: `crontab -e`, and add")?;
        match &answer.cron {
            Some(line) => output.line(line)?,
            None => output.line("# (cron has no line for this interval: take one that divides an hour or a day)")?,
        }
        let folder = Path::new("~/.config/systemd/user");
        for (name, text) in [("haversack-sweep.service", &answer.service), ("haversack-sweep.timer", &answer.timer)] {
            output.line("")?;
            output.line(&format!("# systemd: {}", folder.join(name).display()))?;
            output.text(text)?;
        }
        output.line("")?;
        output.line("# and then: systemctl --user enable --now haversack-sweep.timer")?;
        output.finish()
    }

    fn answer(self, words: &[&str]) -> Answer {
        let command = words.iter().map(|word| for_shell(word)).collect::<Vec<_>>().join(" ");
        let exec = words.iter().map(|word| for_systemd(word)).collect::<Vec<_>>().join(" ");
        // In a crontab a percent sign ends the command.
        let cron = self.cron().map(|when| format!("{when} {}", command.replace('%', "\\%")));
        let Every(minutes) = self;
        Answer {
            every_minutes: minutes,
            cron,
            command,
            service: format!(
                "[Unit]\nDescription=Haversack: what agents have written into the store\n\n\
                 [Service]\nType=oneshot\nNice=10\nExecStart={exec}\n"
            ),
            timer: format!(
                "[Unit]\nDescription=Haversack: sweep every {minutes} minutes\n\n\
                 [Timer]\nOnBootSec=5min\nOnUnitActiveSec={minutes}min\n\n[Install]\nWantedBy=timers.target\n"
            ),
        }
    }

    /// The five fields, where cron can say it.
    fn cron(self) -> Option<String> {
        match self.0 {
            minutes if minutes < HOUR && HOUR.is_multiple_of(minutes) => Some(format!("*/{minutes} * * * *")),
            HOUR => Some("0 * * * *".into()),
            minutes if minutes < DAY && minutes.is_multiple_of(HOUR) && DAY.is_multiple_of(minutes) => {
                Some(format!("0 */{} * * *", minutes / HOUR))
            }
            DAY => Some("0 3 * * *".into()),
            WEEK => Some("0 3 * * 0".into()),
            _ => None,
        }
    }
}

fn is_plain(word: &str) -> bool {
    !word.is_empty() && word.chars().all(|c| c.is_ascii_alphanumeric() || "/._-+=:,@%".contains(c))
}

fn for_shell(word: &str) -> String {
    if is_plain(word) { word.to_owned() } else { format!("'{}'", word.replace('\'', r"'\''")) }
}

/// systemd splits at spaces and reads `%` and `$` itself.
fn for_systemd(word: &str) -> String {
    let word = word.replace('\\', r"\\").replace('"', "\\\"").replace('%', "%%").replace('$', "$$");
    if is_plain(&word) { word } else { format!("\"{word}\"") }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;

    use super::*;

    #[test]
    fn cron_says_what_it_can_and_nothing_else() {
        let cron = |text: &str| every(text).unwrap().cron();
        let said = ["5m", "30m", "1h", "60m", "6h", "1d", "24h", "1w"].map(|text| cron(text).unwrap());
        let lines = [
            "*/5 * * * *",
            "*/30 * * * *",
            "0 * * * *",
            "0 * * * *",
            "0 */6 * * *",
            "0 3 * * *",
            "0 3 * * *",
            "0 3 * * 0",
        ];
        assert_eq!(said, lines);
        assert_eq!(["7m", "90m", "5h", "2d", "36h"].map(cron), [None, None, None, None, None]);
        for bad in ["", "1", "d", "-1d", "1x", "4m", "0d", "5w", "99999999999d", "1 d", "1.5h"] {
            assert!(every(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_path_with_anything_in_it_stays_one_word() {
        let answer = every("1d").unwrap().answer(&["/opt/a b/haversack", "sweep", "/x/100%", "/y/$HOME/it's \"me\""]);
        assert_eq!(answer.cron.unwrap(), r#"0 3 * * * '/opt/a b/haversack' sweep /x/100\% '/y/$HOME/it'\''s "me"'"#);
        let exec = r#"ExecStart="/opt/a b/haversack" sweep /x/100%% "/y/$$HOME/it's \"me\"""#;
        assert!(answer.service.contains(exec), "{}", answer.service);
        assert!(answer.timer.contains("OnUnitActiveSec=1440min"), "{}", answer.timer);
    }
}
