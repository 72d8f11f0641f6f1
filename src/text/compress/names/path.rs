//! What counts as a file or folder.

/// The path in a part that holds slashes; `before` is the byte in front of it. `and/or`, `24/7`, `handle_input/2` and
/// closing tags are none: there must be a sign of a file system (a root, an extension, a dot file, a known folder, or a
/// component that is no dictionary word).
pub(super) fn with_slashes(part: &str, before: u8) -> Option<&str> {
    if before == b'<' {
        return None;
    }
    let part = after_expression(without_comment(part), before);
    let part = without_diff_side(part);
    let is_folder = part.len() > 1 && part.ends_with('/');
    let body = part.trim_end_matches('/');
    let rooted = body.starts_with('/') || body.starts_with("./") || body.starts_with("../") || body.starts_with("~/");
    let mut last = "";
    let (mut count, mut signs, mut letters) = (0, rooted || is_folder, false);
    for component in body.trim_start_matches('/').split('/') {
        if !is_component(component) || super::identifier::is_random(component) {
            return None;
        }
        letters |= component.bytes().any(|byte| byte.is_ascii_alphabetic() || byte >= 128);
        signs |= is_telling(component);
        last = component;
        count += 1;
    }
    let many_words = rooted && letters && body.len() > 2;
    let is_arity = !last.is_empty() && last.bytes().all(|byte| byte.is_ascii_digit()) && !rooted;
    let has_file = has_extension(last) || is_bare_file(last);
    let is_media_type =
        count == 2 && ["application/", "text/", "image/", "audio/", "video/"].iter().any(|kind| body.starts_with(kind));
    if is_arity || !letters || (is_media_type && !has_file) {
        return None;
    }
    ((has_file || many_words || signs) && body.len() > 1).then_some(if is_folder { part } else { body })
}

/// Whether a part without slashes is a file by its name: a dot file, a known extension or a known bare name.
pub(super) fn is_file_name(part: &str) -> bool {
    if part.len() < 4 {
        return false;
    }
    if let Some(rest) = part.strip_prefix('.') {
        return rest.len() > 2 && rest.as_bytes()[0].is_ascii_lowercase() && is_dot_file(rest);
    }
    if is_bare_file(part) {
        return true;
    }
    let Some((stem, extension)) = part.rsplit_once('.') else { return false };
    !stem.is_empty()
        && is_known_extension(extension)
        && stem.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-+@".contains(&byte) || byte >= 128)
        && stem.bytes().any(|byte| byte.is_ascii_alphanumeric())
        && !stem.contains("..")
        && !LOOK_LIKE_FILES.contains(&part)
        && (extension.len() > 1 || stem.len() > 2)
}

fn without_comment(part: &str) -> &str {
    if part.starts_with("//") { part.trim_start_matches('/') } else { part }
}

/// In `${dir}/file.ts` and `(a)/b` the slash is no root.
fn after_expression(part: &str, before: u8) -> &str {
    if matches!(before, b'}' | b')' | b']' | b'>') { part.trim_start_matches('/') } else { part }
}

/// git writes `a/src/db.rs` and `b/src/db.rs` for the two sides of a diff.
fn without_diff_side(part: &str) -> &str {
    match part.strip_prefix("a/").or_else(|| part.strip_prefix("b/")) {
        Some(rest) if rest.contains('/') || has_extension(rest) => rest,
        _ => part,
    }
}

fn is_component(component: &str) -> bool {
    if matches!(component, "." | ".." | "~" | "...") {
        return component != "...";
    }
    component.bytes().any(|byte| byte.is_ascii_alphanumeric() || byte >= 128) && !component.contains("..")
}

/// A component that no sentence holds: a known folder, a dot file, or a word with a sign or digit in it.
fn is_telling(component: &str) -> bool {
    let bytes = component.as_bytes();
    let letters = bytes.iter().any(u8::is_ascii_alphabetic);
    FOLDERS.contains(&component)
        || (letters && bytes.iter().any(|byte| b"_-@".contains(byte) || byte.is_ascii_digit()))
        || (letters && bytes.len() > 4 && component.trim_start_matches('.').contains('.'))
        || (bytes.len() > 2 && bytes[0] == b'.' && bytes[1].is_ascii_lowercase())
}

/// In a path any short extension will do.
fn has_extension(component: &str) -> bool {
    component.rsplit_once('.').is_some_and(|(stem, extension)| {
        !stem.is_empty()
            && (2..=12).contains(&extension.len())
            && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
            && extension.bytes().any(|byte| byte.is_ascii_alphabetic())
            || is_known_extension(extension)
    })
}

fn is_dot_file(rest: &str) -> bool {
    DOT_FILES.iter().any(|known| rest == *known || rest.strip_prefix(known).is_some_and(|tail| tail.starts_with('.')))
        || rest.rsplit_once('.').is_some_and(|(_, extension)| is_known_extension(extension))
}

fn is_bare_file(part: &str) -> bool {
    BARE_FILES.contains(&part)
}

fn is_known_extension(extension: &str) -> bool {
    extension.len() <= 10 && EXTENSIONS.binary_search(&extension).is_ok()
}

const BARE_FILES: &[&str] = &[
    "Makefile",
    "Dockerfile",
    "Gemfile",
    "Rakefile",
    "Justfile",
    "justfile",
    "Procfile",
    "Vagrantfile",
    "Jenkinsfile",
    "Brewfile",
    "CMakeLists.txt",
    "Containerfile",
    "CODEOWNERS",
    "Podfile",
];

const DOT_FILES: &[&str] = &[
    "gitignore",
    "gitattributes",
    "gitmodules",
    "gitconfig",
    "env",
    "envrc",
    "npmrc",
    "nvmrc",
    "editorconfig",
    "eslintrc",
    "prettierrc",
    "dockerignore",
    "bashrc",
    "zshrc",
    "profile",
    "claude",
    "github",
    "vscode",
    "cursor",
    "codex",
    "cargo",
    "config",
    "cache",
    "ssh",
    "local",
    "venv",
    "babelrc",
    "npmignore",
    "rustfmt",
    "clang-format",
    "tool-versions",
    "mise",
    "golangci",
];

const FOLDERS: &[&str] = &[
    "src",
    "lib",
    "libs",
    "test",
    "tests",
    "spec",
    "bin",
    "docs",
    "doc",
    "cmd",
    "pkg",
    "internal",
    "crates",
    "packages",
    "apps",
    "app",
    "assets",
    "scripts",
    "tools",
    "examples",
    "include",
    "vendor",
    "dist",
    "build",
    "target",
    "config",
    "configs",
    "api",
    "utils",
    "components",
    "pages",
    "public",
    "static",
    "migrations",
    "fixtures",
    "node_modules",
    "origin",
    "refs",
    "feature",
    "feat",
    "fix",
    "usr",
    "etc",
    "tmp",
    "var",
    "opt",
    "home",
    "Users",
    "Sources",
    "Tests",
    "modules",
    "services",
    "models",
    "views",
];

/// Members of well-known objects that end like a file.
const LOOK_LIKE_FILES: &[&str] =
    &["console.log", "Math.log", "math.log", "np.log", "process.env", "self.db", "this.db", "file.path"];

/// Sorted, for the binary search.
const EXTENSIONS: &[&str] = &[
    "astro", "avi", "avif", "awk", "bak", "bash", "bat", "bin", "bmp", "bz2", "c", "cc", "cfg", "cjs", "clj", "cmake",
    "cmd", "conf", "cpp", "crt", "cs", "csproj", "css", "csv", "cxx", "dart", "db", "diff", "dll", "dylib", "eex",
    "ejs", "el", "elm", "erl", "ex", "exe", "exs", "fish", "fs", "gemspec", "gif", "go", "gql", "gradle", "graphql",
    "gz", "h", "hbs", "hcl", "heex", "hpp", "hs", "htm", "html", "ico", "ini", "ipynb", "jar", "java", "jpeg", "jpg",
    "js", "json", "json5", "jsonc", "jsonl", "jsx", "kt", "kts", "less", "lock", "log", "lua", "m4a", "md", "mdc",
    "mdx", "mjs", "ml", "mli", "mod", "mov", "mp3", "mp4", "mts", "nim", "nix", "output", "patch", "pdf", "pem", "php",
    "pl", "plist", "png", "proto", "ps1", "py", "pyc", "pyi", "r", "rb", "rs", "rst", "scala", "scss", "sh", "so",
    "sql", "sqlite", "sqlite3", "sum", "sv", "svelte", "svg", "swift", "tar", "tex", "tf", "tgz", "toml", "ts", "tsv",
    "tsx", "ttf", "txt", "vim", "vue", "wasm", "wav", "webm", "webp", "woff", "woff2", "xls", "xlsx", "xml", "yaml",
    "yml", "zig", "zip", "zst",
];

#[cfg(test)]
mod tests {
    #[test]
    fn the_extensions_are_sorted_for_the_search() {
        assert!(super::EXTENSIONS.is_sorted());
    }
}
