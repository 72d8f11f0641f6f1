//! Secrets that are known by their shape alone: tokens whose issuers gave them a prefix.

use std::sync::LazyLock;

use regex::{Regex, RegexSet};

use super::Finding;

/// Kind and pattern. Lengths are those that the issuers document, as lower bounds where they have grown.
const SHAPES: [(&str, &str); 20] = [
    ("aws-key", r"(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?-u:\b)"),
    ("github-token", r"gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{22,255}"),
    ("gitlab-token", r"gl(?:pat|ptt|dt|rt|cbt|soat)-[A-Za-z0-9_-]{20,}"),
    (
        "slack-token",
        r"xox[abeoprs]-[A-Za-z0-9-]{10,}|xapp-[A-Za-z0-9-]{20,}|hooks\.slack\.com/services/[A-Za-z0-9/]{20,}",
    ),
    ("stripe-key", r"[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|whsec_[A-Za-z0-9+/=]{24,}"),
    ("anthropic-key", r"sk-ant-[A-Za-z0-9_-]{16,}"),
    ("openai-key", r"sk-(?:(?:proj|svcacct|admin|None|or-v1)-)?[A-Za-z0-9_-]{20,}"),
    ("google-key", r"AIza[A-Za-z0-9_-]{35}|ya29\.[A-Za-z0-9_-]{20,}|GOCSPX-[A-Za-z0-9_-]{20,}"),
    ("npm-token", r"npm_[A-Za-z0-9]{36}(?-u:\b)"),
    ("pypi-token", r"pypi-[A-Za-z0-9_-]{32,}"),
    ("huggingface-token", r"hf_[A-Za-z0-9]{30,}"),
    ("sendgrid-key", r"SG\.[A-Za-z0-9_-]{16,32}\.[A-Za-z0-9_-]{16,64}"),
    ("twilio-key", r"SK[0-9a-f]{32}(?-u:\b)"),
    ("digitalocean-token", r"do[opr]_v1_[0-9a-f]{64}"),
    ("telegram-token", r"[0-9]{8,10}:AA[A-Za-z0-9_-]{33}(?-u:\b)"),
    ("shopify-token", r"shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}"),
    ("linear-key", r"lin_api_[A-Za-z0-9]{32,}"),
    ("jwt", r"eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
    // A private key in base64 once more, as in kubeconfig files.
    (
        "private-key",
        r"LS0tLS1CRUdJTi(?:BQUklWQVRF|BSU0EgUFJJVkFURS|BFQyBQUklWQVRF|BPUEVOU1NIIFBSSVZBVE)[A-Za-z0-9+/=]{40,}",
    ),
    ("bearer-token", r"(?i:bearer|basic)[ \t]+[A-Za-z0-9._~+/-]{16,}=*"),
];

static ANY: LazyLock<Regex> = LazyLock::new(|| {
    let all: Vec<String> = SHAPES.iter().map(|(_, pattern)| format!("(?:{pattern})")).collect();
    Regex::new(&format!(r"(?-u:\b)(?:{})", all.join("|"))).expect("constant patterns")
});

static EACH: LazyLock<RegexSet> = LazyLock::new(|| {
    RegexSet::new(SHAPES.iter().map(|(_, pattern)| format!("^(?:{pattern})$"))).expect("constant patterns")
});

pub(super) fn find(text: &str, findings: &mut Vec<Finding>) {
    for found in ANY.find_iter(text) {
        let Some(index) = EACH.matches(found.as_str()).iter().next() else { continue };
        let kind = SHAPES[index].0;
        // The scheme's name stays: it tells what was there.
        let scheme = if kind == "bearer-token" { found.as_str().find([' ', '\t']).unwrap_or(0) } else { 0 };
        let secret = found.as_str()[scheme..].trim_start();
        if looks_random(kind, secret) {
            findings.push(Finding { range: found.end() - secret.len()..found.end(), kind });
        }
    }
}

/// Some prefixes also begin ordinary words (`sk-loading-indicator`, `hf_dataset_name`, "basic understanding").
fn looks_random(kind: &str, secret: &str) -> bool {
    let has = |class: fn(&char) -> bool| secret.chars().any(|c| class(&c));
    match kind {
        "openai-key" | "huggingface-token" | "bearer-token" | "pypi-token" | "slack-token" | "gitlab-token" => {
            has(char::is_ascii_digit) && has(char::is_ascii_alphabetic) && !super::named::is_placeholder(secret)
        }
        _ => true,
    }
}
