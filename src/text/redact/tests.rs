//! What is redacted, what stays, and what holds for any text.

use pretty_assertions::assert_eq;
use proptest::prelude::*;

use super::*;

fn redacted(text: &str) -> String {
    clean(text).to_string()
}

/// Secrets of these tests are put together here, so that no scanner takes this file for a leak.
fn token(prefix: &str, length: usize) -> String {
    let random = "aB3dE6gH9jK2mN5pQ8sT1vW4xY7z".chars().cycle();
    prefix.chars().chain(random.take(length)).collect()
}

fn upper(prefix: &str, length: usize) -> String {
    prefix.chars().chain("Q7ZX2MK9".chars().cycle().take(length)).collect()
}

#[test]
fn tokens_of_known_shape_are_replaced_and_named() {
    let jwt = format!("{}.{}.{}", token("eyJ", 30), token("eyJ", 40), token("", 40));
    let secrets = [
        (upper("AKIA", 16), "aws-key"),
        (upper("ASIA", 16), "aws-key"),
        (token("ghp_", 36), "github-token"),
        (token("github_pat_", 82), "github-token"),
        (token("glpat-", 20), "gitlab-token"),
        (token("xoxb-123456789012-", 24), "slack-token"),
        (token("sk_live_", 24), "stripe-key"),
        (token("sk-ant-api03-", 80), "anthropic-key"),
        (token("sk-proj-", 60), "openai-key"),
        (token("sk-", 48), "openai-key"),
        (token("AIza", 35), "google-key"),
        (token("npm_", 36), "npm-token"),
        (token("pypi-", 60), "pypi-token"),
        (token("hf_", 34), "huggingface-token"),
        (jwt, "jwt"),
    ];
    for (secret, kind) in secrets {
        assert_eq!(redacted(&format!("use {secret}, now\nnext")), format!("use [redacted:{kind}], now\nnext"));
        assert_eq!(redacted(&format!("{{\"a\":\"{secret}\"}}")), format!("{{\"a\":\"[redacted:{kind}]\"}}"));
    }
}

#[test]
fn a_private_key_goes_as_a_whole_block() {
    let body = format!("{}\n{}", token("", 64), token("", 40));
    let key = format!("-----BEGIN RSA PRIVATE KEY-----\n{body}\n-----END RSA PRIVATE KEY-----");
    assert_eq!(redacted(&format!("before\n{key}\nafter")), "before\n[redacted:private-key]\nafter");
    let quoted = key.replace('\n', "\\n");
    assert_eq!(redacted(&format!("\"{quoted}\\n\",")), "\"[redacted:private-key]\\n\",");
}

#[test]
fn a_private_key_cut_off_goes_to_its_end() {
    let cut = format!("-----BEGIN OPENSSH PRIVATE KEY-----\n{}\n", token("", 64));
    assert_eq!(redacted(&cut), "[redacted:private-key]\n");
}

#[test]
fn a_mention_of_a_private_key_stays() {
    let code = "if text.startswith(\"-----BEGIN PRIVATE KEY-----\"): raise";
    assert_eq!(redacted(code), code);
    let public = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", token("", 64));
    assert_eq!(redacted(&public), public);
}

#[test]
fn a_password_in_a_url_is_replaced_and_the_rest_stays() {
    assert_eq!(redacted("postgres://app:hunter2@db:5432/shop"), "postgres://app:[redacted:password]@db:5432/shop");
    for url in [
        "http://localhost:3000/@scope",
        "git@github.com:a/b.git",
        "https://user:$TOKEN@x",
        "see https://a.b/c:d@e",
        "a://b:<pw>@c",
    ] {
        assert_eq!(redacted(url), url);
    }
}

#[test]
fn a_bearer_token_is_replaced_and_its_scheme_stays() {
    let header = format!("Authorization: Bearer {}\nAccept: */*", token("", 40));
    assert_eq!(redacted(&header), "Authorization: Bearer [redacted:bearer-token]\nAccept: */*");
    for words in ["bearer authentication-middleware", "Authorization: Bearer $TOKEN", "Bearer <your-token-here-please>"]
    {
        assert_eq!(redacted(words), words);
    }
}

#[test]
fn values_beside_telling_names_are_replaced() {
    for (text, expected) in [
        ("DB_PASSWORD=hunter2\n", "DB_PASSWORD=[redacted:password]\n"),
        ("password: s3cr3t!pw", "password: [redacted:password]"),
        ("password: hunter2-Zebra!", "password: [redacted:password]"),
        ("Is it DB_PASSWORD=hunter2?! Yes.", "Is it DB_PASSWORD=[redacted:password] Yes."),
        ("the password: hunter2.", "the password: [redacted:password]."),
        ("\"password\": \"Tr0ub4dor&3\",", "\"password\": \"[redacted:password]\","),
        ("{\\\"password\\\":\\\"Tr0ub4dor\\\"}", "{\\\"password\\\":\\\"[redacted:password]\\\"}"),
        ("api_key = \"9f8e7d6c5b4a3f2e1d0c\"", "api_key = \"[redacted:key]\""),
        ("STRIPE_SECRET=a8f5f167f44f4964e6c998dee827110c", "STRIPE_SECRET=[redacted:secret]"),
        ("aws_secret_access_key = wJalrXUtnF3MI/K7MDENG/bPxRfiCY", "aws_secret_access_key = [redacted:secret]"),
        ("SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "SECRET_ACCESS_KEY=[redacted:secret]"),
        ("deploy --token 9f8e7d6c5b4a3f2e now", "deploy --token [redacted:token] now"),
        ("clientSecret: '0a1b2c3d4e5f6a7b8c9d'", "clientSecret: '[redacted:secret]'"),
        ("?token=9f8e7d6c5b4a3f2e&page=2", "?token=[redacted:token]&page=2"),
    ] {
        assert_eq!(redacted(text), expected);
    }
}

#[test]
fn code_and_placeholders_stay() {
    for text in [
        "password: String,",
        "wrong password: required!",
        "let token = parse();",
        "token = tokens[0];",
        "const token = await getToken(user2);",
        "TOKEN=$TOKEN",
        "TOKEN=\"${API_TOKEN}\"",
        "api_key: process.env.OPENAI_API_KEY2",
        "password = config.db2.password",
        "API_KEY=<your-key>",
        "API_KEY=xxxxxxxxxxxxxxxx1",
        "password: \"********\"",
        "max_tokens: 128000",
        "\"input_tokens\":1234567890123,",
        "tokens = 15234",
        "tokenizer: o200k_base_v2_long",
        "secret: true",
        "password: required|min:8",
        "token_path=/home/a1/token-2024.json",
        "password_hash = bcrypt.hash2(pw)",
        "the token: it expires after 30 days",
        "api-key: see https://example.com/v2/keys",
        "password=\n1234abcd",
        "fn token(&self) -> Token2024Extended",
        "secret = Secret::new(v1)",
        "sk-loading-indicator-for-big-tables",
        "style={{ color: token.colorPrimary600 }}",
        "hf_dataset_for_training_and_testing_sets",
        "AKIA",
        "use tiktoken_rs::cl100k_base;",
    ] {
        assert_eq!(redacted(text), text);
    }
}

#[test]
fn every_secret_is_counted() {
    let text = format!("a {} b {} c PASSWORD=hunter2", upper("AKIA", 16), token("ghp_", 36));
    assert_eq!(clean_counted(&text).1, 3);
    assert_eq!(clean_counted("nothing here").1, 0);
}

#[test]
fn long_runs_take_linear_time() {
    for filler in ["a", "=", "\"", "-----BEGIN ", "://a:", "token=", "<", "eyJ", "sk-", "password: \""] {
        let text = filler.repeat((1 << 20) / filler.len());
        assert!(!clean(&text).is_empty());
    }
}

/// Pieces that secrets are made of, in any order.
fn pieces() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just(upper("AKIA", 16)),
        Just(token("ghp_", 36)),
        Just(token("sk-ant-", 40)),
        Just(token("eyJ", 20)),
        Just(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----", token("", 64))),
        Just("password=".to_owned()),
        Just("\"api_key\": \"".to_owned()),
        Just("Bearer ".to_owned()),
        Just("https://u:".to_owned()),
        Just("hunter2".to_owned()),
        Just("[redacted:token]".to_owned()),
        "[ -~\\n]{0,12}",
        "[.@:=\"'_é-]{1,2}",
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn redaction_is_idempotent(text in pieces()) {
        let (once, _) = clean_counted(&text);
        let (twice, count) = clean_counted(&once);
        prop_assert_eq!(&once, &twice);
        prop_assert_eq!(count, 0);
    }

    #[test]
    fn no_newline_is_lost_outside_key_blocks(text in "([a-z]{0,9}(password|token)=[a-z0-9!]{0,20}\n){0,9}") {
        prop_assert_eq!(clean(&text).matches('\n').count(), text.matches('\n').count());
    }

    #[test]
    fn secrets_never_land(before in "[ -~\n]{0,40}", after in "[ -~\n]{0,40}") {
        for secret in [upper("AKIA", 16), token("ghp_", 36), token("sk-ant-api03-", 60)] {
            let text = clean(&format!("{before} {secret} {after}"));
            prop_assert!(!text.contains(&secret));
        }
    }
}
