//! Names found and left alone, kind by kind.

use super::*;

fn found(text: &str) -> Vec<(NameKind, &str)> {
    names(text).map(|name| (name.kind, name.text)).collect()
}

fn texts(text: &str) -> Vec<&str> {
    names(text).map(|name| name.text).collect()
}

#[test]
fn every_kind_is_found() {
    use NameKind::*;
    for (text, kind, name) in [
        ("see src/store/db.rs:42:7 for it", Path, "src/store/db.rs"),
        ("/etc/hosts", Path, "/etc/hosts"),
        ("in ~/notes/today.md.", Path, "~/notes/today.md"),
        ("lib/Makefile", Path, "lib/Makefile"),
        ("vector-go@v1.9.0/vector.go", Path, "vector-go@v1.9.0/vector.go"),
        ("(main.go)", Path, "main.go"),
        ("`${dir}/panel.test.tsx`", Path, "panel.test.tsx"),
        ("+++ b/src/cart.ts", Path, "src/cart.ts"),
        ("ls .github/workflows/", Path, ".github/workflows/"),
        ("cat .gitignore", Path, ".gitignore"),
        (r"C:\dev\shop\Cart.cs(12,5)", Path, r"C:\dev\shop\Cart.cs"),
        (r"website\src\Studio\index.js:30: x", Path, r"website\src\Studio\index.js"),
        (r"D:\shop\Cart.go:75", Path, r"D:\shop\Cart.go"),
        ("修改src/db.rs文件", Path, "src/db.rs"),
        ("a roundToCents call", Identifier, "roundToCents"),
        ("HTTPServer", Identifier, "HTTPServer"),
        ("CART_TTL=5", Identifier, "CART_TTL"),
        ("self.parse_amount(x)", Identifier, "parse_amount"),
        ("crate::text::tokens", Identifier, "crate::text::tokens"),
        ("the `resume` command", Identifier, "resume"),
        (r#""a line\nparse_amount""#, Identifier, "parse_amount"),
        ("with --share=all", Flag, "--share"),
        ("commit b7636e2", Hash, "b7636e2"),
        ("0ccf1a04-1b4c-43b6-8aa5-79e41db43a68", Hash, "0ccf1a04-1b4c-43b6-8aa5-79e41db43a68"),
        ("(https://example.org/a_b?c=d#e).", Url, "https://example.org/a_b?c=d#e"),
        ("on localhost:3000", Url, "localhost:3000"),
        ("TypeError: x", Error, "TypeError"),
        ("error[E0382]: moved", Error, "E0382"),
        ("returns ErrNotFound", Error, "ErrNotFound"),
        ("std::io::Error", Error, "std::io::Error"),
        ("ENOENT", Error, "ENOENT"),
        ("since v1.2", Number, "v1.2"),
        ("node 22.1.0", Number, "22.1.0"),
        ("took 250ms", Number, "250ms"),
        ("4.14MB", Number, "4.14MB"),
        ("kept 83%", Number, "83%"),
        ("fixes #42", Number, "#42"),
        ("on 2026-01-05", Number, "2026-01-05"),
    ] {
        assert_eq!(found(text), [(kind, name)], "{text}");
    }
}

#[test]
fn prose_and_punctuation_are_no_names() {
    for text in [
        "and/or, 24/7, his/her, TCP/IP, 1/2, n/a",
        "e.g. this, i.e. that ...",
        "The URLs and APIs are well-known, up-to-date.",
        "</div><br/>",
        "application/json and text/plain",
        "res.json() and console.log(x)",
        "a -- b --- c ---- | * # ##",
        "3.14 and 42 and 1,000",
        "defaced facade",
        "中文没有名字。",
        "foo.component",
        "toolu_01HsiNfDudqahuLCxhzgXLxf 0lz3Ye6OSV8TFtPdzG8iiLZh8Lbh2/MloIvAXbZO6zm8wS",
        r"printf %f:\n",
        r"one\ntwo\nthree",
    ] {
        assert_eq!(texts(text), Vec::<&str>::new(), "{text}");
    }
}

#[test]
fn a_member_chain_gives_its_names_one_by_one() {
    assert_eq!(texts("client.sendBatch.max_retries"), ["sendBatch", "max_retries"]);
    assert_eq!(texts("handle_input/2"), ["handle_input"]);
}

#[test]
fn offsets_point_at_the_names_and_do_not_overlap() {
    let text = "é `x_y` at src/a.rs:3, --dry-run=src/b.rs — Foo::bar; 12ms";
    let mut end = 0;
    for name in names(text) {
        assert_eq!(&text[name.start..name.end()], name.text);
        assert!(name.start >= end);
        end = name.end();
    }
    assert_eq!(texts(text), ["x_y", "src/a.rs", "--dry-run", "src/b.rs", "Foo::bar", "12ms"]);
}

#[test]
fn a_run_of_one_character_is_no_name() {
    for run in ["a", "/", ":", "-", ".", "a/", "A_", "é", "0"] {
        assert_eq!(names(&run.repeat(200_000)).count(), 0, "{run:?}");
    }
}

proptest::proptest! {
    #[test]
    fn any_text_is_scanned_without_a_panic_and_in_order(text in "\\PC{0,200}|[a-zA-Z0-9_./:@#~ -]{0,200}") {
        let mut end = 0;
        for name in names(&text) {
            assert_eq!(&text[name.start..name.end()], name.text);
            assert!(name.start >= end && !name.text.is_empty());
            end = name.end();
        }
    }
}
