//! What counts as the same, as nearly the same, and as neither.

use pretty_assertions::assert_eq;

use super::*;

/// A text of so many words, another one for each seed.
fn text(seed: u64, words: usize) -> Vec<String> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state >> 33
    };
    (0..words).map(|_| format!("w{}", next() % 4000)).collect()
}

/// The same with one word in `every` replaced.
fn edited(words: &[String], every: usize) -> String {
    let other = |(at, word): (usize, &String)| if at % every == every / 2 { format!("x{at}") } else { word.clone() };
    words.iter().enumerate().map(other).collect::<Vec<_>>().join(" ")
}

#[test]
fn line_numbers_and_white_space_make_no_other_text() {
    let plain = "fn main() {\n    print();\n}\n";
    let like_cat = "     1\tfn main() {\n     2\t    print();\n     3\t}\n";
    let like_agents = "    41→fn main() {\n    42→\tprint();\n    43→}";
    for other in [like_cat, like_agents, "fn main() { print(); }", "fn  main()\t{\r\nprint();\r\n}"] {
        assert_eq!(normalised_key(plain), normalised_key(other), "{other:?}");
        assert_ne!(exact_key(plain), exact_key(other), "{other:?}");
    }
    for other in ["fn main() {\n    print()\n}\n", "1\tfn main() {\n    print();\n}", "7\ta\n9\tb"] {
        assert_ne!(normalised_key(plain), normalised_key(other), "{other:?}");
    }
    assert_ne!(normalised_key("7\ta\n9\tb"), normalised_key("6\ta\n9\tb"), "no lines in a row");
    assert_ne!(normalised_key("1\tone row of data"), normalised_key("2\tone row of data"), "a number may be data");
    assert_ne!(normalised_key("ab c"), normalised_key("a bc"));
}

#[test]
fn jaccard_is_the_share_of_three_words_in_a_row() {
    let [one, other] = ["a b c d", "a b c e"].map(Features::new);
    assert_eq!(one.jaccard(&other), 1.0 / 3.0, "abc of abc, bcd, bce");
    assert_eq!(one.jaccard(&one), 1.0);
    assert_eq!(Features::new("").jaccard(&Features::new("")), 0.0);
    assert!(Features::new("one two three four five six seven").is_short());
    assert!(!Features::new("one two three four five six seven eight").is_short());
}

#[test]
fn what_is_near_is_found_and_what_is_not_is_left() {
    let mut index = NearIndex::default();
    let texts: Vec<Vec<String>> = (0..400).map(|seed| text(seed, 100)).collect();
    for (id, words) in texts.iter().enumerate() {
        assert_eq!(index.insert(id as u32, &words.join(" "), 0.5), None, "unrelated texts are not near");
    }
    // Every 40th word is another: 3 shingles each of 2 or 3 words, a Jaccard of about 0.86.
    let mut found = 0;
    for (id, words) in texts.iter().enumerate() {
        let near = index.near(&Features::new(&edited(words, 40)), 0.75);
        found += usize::from(near.first().is_some_and(|near| near.id == id as u32 && near.jaccard >= 0.8));
        assert!(near.len() <= 1);
    }
    assert!(found * 100 >= texts.len() * 95, "only {found} of {} near texts were found", texts.len());
    let far = index.near(&Features::new(&edited(&texts[0], 5)), 0.75);
    assert_eq!(far, [], "a fifth of the words is too much");
}

#[test]
fn the_nearest_stands_first_and_of_equal_ones_the_newest() {
    let words = text(7, 120);
    let mut index = NearIndex::default();
    for (id, every) in [(1, 30), (2, 120), (3, 120), (4, 40)] {
        index.add(id, Features::new(&edited(&words, every)));
    }
    let near: Vec<u32> = index.near(&Features::new(&words.join(" ")), 0.5).iter().map(|near| near.id).collect();
    assert_eq!(near, [3, 2, 4, 1]);
}

#[test]
fn embeddings_that_cannot_be_compared_are_never_near() {
    assert_eq!(cosine_distance(&[1.0, 0.0], &[2.0, 0.0]), Some(0.0));
    assert_eq!(cosine_distance(&[1.0, 0.0], &[0.0, 3.0]), Some(1.0));
    assert_eq!(cosine_distance(&[1.0, 0.0], &[-1.0, 0.0]), Some(2.0));
    assert_eq!(cosine_distance(&[1.0, 0.0], &[1.0, 0.0, 0.0]), None, "distill cuts the longer one off");
    assert_eq!(cosine_distance(&[0.0, 0.0], &[1.0, 0.0]), None);
    assert_eq!(cosine_distance(&[], &[]), None);
    assert_eq!(cosine_distance(&[f32::INFINITY], &[1.0]), None);
}
