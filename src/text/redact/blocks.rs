//! Secrets with an outer form: private key blocks, and the password in a URL.

use super::{Finding, named};

const BEGIN: &str = "-----BEGIN ";
const END: &str = "-----END ";

/// A key has at least this many base64 characters; a header without a body is a mention of one.
const LEAST_BODY: usize = 40;

pub(super) fn find(text: &str, findings: &mut Vec<Finding>) {
    find_private_keys(text, findings);
    find_url_passwords(text, findings);
}

/// `-----BEGIN … PRIVATE KEY-----` to the end of its block. Where the end is cut off, to the end of what can be its body.
fn find_private_keys(text: &str, findings: &mut Vec<Finding>) {
    let mut from = 0;
    while let Some(start) = text[from..].find(BEGIN).map(|at| from + at) {
        from = start + BEGIN.len();
        // Names are short: "OPENSSH PRIVATE KEY", "PGP PRIVATE KEY BLOCK".
        let name = text[from..].find("-----").filter(|&length| length <= 40).map(|length| &text[from..from + length]);
        let Some(name) = name.filter(|name| name.contains("PRIVATE KEY")) else { continue };
        let body = from + name.len() + "-----".len();
        let length = text[body..].find(|c: char| !is_body(c)).unwrap_or(text.len() - body);
        let key_bytes = text[body..body + length].bytes().filter(|byte| byte.is_ascii_alphanumeric()).count();
        if key_bytes < LEAST_BODY {
            continue;
        }
        // The dashes of the end line can be body characters, so it is looked for from the body's start.
        let close = text[body..body + length].find(END).map(|at| body + at + END.len());
        let end = close.and_then(|close| Some(close + text[close..].find("-----")? + "-----".len()));
        let end = end.unwrap_or_else(|| body + text[body..body + length].trim_end().len());
        findings.push(Finding { range: start..end, kind: "private-key" });
        from = end;
    }
}

/// What stands between the lines of a key: base64, headers such as `Proc-Type: 4,ENCRYPTED`, and line breaks, which in
/// quoted text are `\n`.
fn is_body(c: char) -> bool {
    c.is_ascii_alphanumeric() || c.is_ascii_whitespace() || "+/=\\:,-\"'".contains(c)
}

/// `scheme://user:password@host`: the password.
fn find_url_passwords(text: &str, findings: &mut Vec<Finding>) {
    let mut from = 0;
    while let Some(at) = text[from..].find("://") {
        from += at + "://".len();
        let rest = &text[from..];
        let authority =
            &rest[..rest.find(|c: char| c.is_whitespace() || "/\"'`<>()\\".contains(c)).unwrap_or(rest.len())];
        let Some((credentials, _)) = authority.rsplit_once('@') else { continue };
        let Some((_, password)) = credentials.split_once(':') else { continue };
        let start = from + credentials.len() - password.len();
        if password.len() >= 3 && !password.starts_with("[redacted:") && !named::is_placeholder(password) {
            findings.push(Finding { range: start..start + password.len(), kind: "password" });
        }
    }
}
