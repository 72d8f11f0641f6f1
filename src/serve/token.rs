//! The token that a client of the server has to show: made once, kept in a file that only its owner can read.

use std::{
    fmt, fs,
    fs::OpenOptions,
    io::{self, Write},
    path::{Path, PathBuf},
};

use subtle::ConstantTimeEq;

const FILE: &str = "http-token";
/// Of the system's random numbers: 256 bits cannot be guessed.
const BYTES: usize = 32;

/// 64 hex digits. Not shown by `{:?}`.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

/// Why there is no token.
#[derive(Debug)]
pub enum TokenError {
    File {
        path: PathBuf,
        why: io::Error,
    },
    /// Others can read it, or it holds something else.
    Unusable {
        path: PathBuf,
        why: &'static str,
    },
    NoRandomNumbers(String),
}

impl Token {
    /// The token of the data folder; made, with mode 0600, where there is none yet.
    ///
    /// # Errors
    /// Where the file cannot be read or made, holds no token, or can be read by others.
    pub fn of(folder: &Path) -> Result<Token, TokenError> {
        let path = folder.join(FILE);
        match fs::read_to_string(&path) {
            Ok(text) => {
                only_owners(&path)?;
                Token::stored(&path, &text)
            }
            Err(why) if why.kind() == io::ErrorKind::NotFound => Token::make(folder, &path),
            Err(why) => Err(TokenError::File { path, why }),
        }
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Compares in a time that does not tell how much of it is right.
    pub fn matches(&self, given: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(given).into()
    }

    fn make(folder: &Path, path: &Path) -> Result<Token, TokenError> {
        let mut bytes = [0; BYTES];
        getrandom::fill(&mut bytes).map_err(|why| TokenError::NoRandomNumbers(why.to_string()))?;
        let token = Token(bytes.iter().map(|byte| format!("{byte:02x}")).collect());
        let failed = |why: io::Error| TokenError::File { path: path.into(), why };
        make_folder(folder).map_err(failed)?;
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        match options.open(path) {
            Ok(mut file) => {
                file.write_all(format!("{}\n", token.0).as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
                Ok(token)
            }
            // Another server made one in this moment.
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {
                Token::stored(path, &fs::read_to_string(path).map_err(failed)?)
            }
            Err(why) => Err(failed(why)),
        }
    }

    fn stored(path: &Path, text: &str) -> Result<Token, TokenError> {
        let text = text.trim();
        let is_token = text.len() == BYTES * 2 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        match is_token {
            true => Ok(Token(text.into())),
            false => Err(TokenError::Unusable { path: path.into(), why: "holds no token: delete it" }),
        }
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

impl fmt::Display for TokenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TokenError::File { path, why } => {
                write!(f, "cannot read or make the token {} ({why}): check the folder", path.display())
            }
            TokenError::Unusable { path, why } => write!(f, "{} {why}, and a new one is made", path.display()),
            TokenError::NoRandomNumbers(why) => write!(f, "the system gives no random numbers ({why}): try again"),
        }
    }
}

impl std::error::Error for TokenError {}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(unix)]
fn only_owners(path: &Path) -> Result<(), TokenError> {
    use std::os::unix::fs::PermissionsExt;
    let mode = fs::metadata(path).map_err(|why| TokenError::File { path: path.into(), why })?.permissions().mode();
    match mode & 0o077 {
        0 => Ok(()),
        _ => Err(TokenError::Unusable { path: path.into(), why: "can be read by others: delete it" }),
    }
}

#[cfg(not(unix))]
fn only_owners(_: &Path) -> Result<(), TokenError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_made_once_and_only_its_owner_reads_it() {
        let home = tempfile::tempdir().expect("a temporary folder can be made");
        let folder = home.path().join("haversack");
        let token = Token::of(&folder).expect("it is made");
        assert_eq!(token.as_str().len(), 64);
        assert_eq!(Token::of(&folder).expect("it is read"), token);
        assert!(token.matches(token.as_str().as_bytes()) && !token.matches(b"") && !token.matches(&[b'0'; 64]));
        assert_eq!(format!("{token:?}"), "Token(…)");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let path = folder.join(FILE);
            let mode = |path: &Path| fs::metadata(path).expect("it is there").permissions().mode() & 0o777;
            assert_eq!((mode(&path), mode(&folder)), (0o600, 0o700));
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("it is ours");
            assert!(Token::of(&folder).expect_err("others can read it").to_string().contains("can be read by others"));
        }
    }

    #[test]
    fn what_is_no_token_is_not_taken_for_one() {
        let home = tempfile::tempdir().expect("a temporary folder can be made");
        let token = Token::of(home.path()).expect("it is made");
        fs::write(home.path().join(FILE), &token.as_str()[1..]).expect("it is ours");
        assert!(Token::of(home.path()).expect_err("a digit is missing").to_string().contains("holds no token"));
    }
}
