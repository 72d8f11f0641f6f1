//! Changes that keep most of a log readable: a value becomes another, a line is repeated. Bytes changed at random seldom
//! get past the JSON.

use libfuzzer_sys::fuzzer_mutate;
use serde_json::Value;

/// Numbers and texts that readers trip over.
const ODD: [&str; 20] = [
    "null",
    "true",
    "0",
    "-1",
    "1e308",
    "-1e308",
    "0.5",
    "18446744073709551615",
    "9223372036854775807",
    "-9223372036854775808",
    "4294967296",
    "\"\"",
    "\" \"",
    "\"s\"",
    "\"\\u0000\\u001b[31m\\u202e\"",
    "\"2026-13-99T99:99:99Z\"",
    "\"9999-12-31T23:59:60Z\"",
    "\"data:image/png;base64,A\"",
    "[]",
    "{}",
];

/// A change of the first `size` bytes of `data`, of which the answer are used then; `data` has room for `max`.
pub fn mutate(data: &mut [u8], size: usize, max: usize, seed: u32) -> usize {
    let mut dice = Dice(u64::from(seed) << 1 | 1);
    // Bytes have to be changed too.
    let changed = (dice.below(3) > 0).then(|| changed(&data[..size], &mut dice)).flatten();
    match changed {
        Some(bytes) if bytes.len() <= max && bytes.len() <= data.len() => {
            data[..bytes.len()].copy_from_slice(&bytes);
            bytes.len()
        }
        _ => fuzzer_mutate(data, size, max),
    }
}

fn changed(bytes: &[u8], dice: &mut Dice) -> Option<Vec<u8>> {
    let mut lines: Vec<Vec<u8>> = bytes.split(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect();
    let (one, other) = (dice.below(lines.len()), dice.below(lines.len()));
    match dice.below(12) {
        0 => lines.swap(one, other),
        1 => lines.insert(one, lines[other].clone()),
        2 if lines.len() > 1 => drop(lines.remove(one)),
        _ => {
            let (start, mut json) = json(&lines[one])?;
            let (_, donor) = json_or_odd(&lines[other], dice);
            for _ in 0..=dice.below(3) {
                change(&mut json, &donor, dice);
            }
            lines[one].truncate(start);
            lines[one].extend(json.to_string().bytes());
        }
    }
    Some(lines.join(&b'\n'))
}

/// Where the JSON of a line or row begins, and the JSON.
fn json(line: &[u8]) -> Option<(usize, Value)> {
    let start = line.iter().position(|byte| matches!(byte, b'{' | b'['))?;
    let value = serde_json::Deserializer::from_slice(&line[start..]).into_iter().next()?.ok()?;
    Some((start, value))
}

fn json_or_odd(line: &[u8], dice: &mut Dice) -> (usize, Value) {
    json(line).unwrap_or_else(|| (0, odd(dice)))
}

fn odd(dice: &mut Dice) -> Value {
    serde_json::from_str(ODD[dice.below(ODD.len())]).unwrap_or_default()
}

/// Changes one value somewhere in the JSON.
fn change(json: &mut Value, donor: &Value, dice: &mut Dice) {
    let target = somewhere(json, dice);
    match dice.below(8) {
        0..3 => *target = odd(dice),
        3 | 4 => {
            // Ids that meet are more telling than ids that do not.
            let mut donor = donor.clone();
            *target = somewhere(&mut donor, dice).clone();
        }
        5 => *target = Value::Array(vec![target.clone(), target.clone()]),
        6 => *target = Value::String(target.to_string()),
        _ => match target {
            Value::Array(items) if !items.is_empty() => {
                let copy = items[dice.below(items.len())].clone();
                items.push(copy);
            }
            Value::Object(fields) if !fields.is_empty() => {
                let key = fields.keys().nth(dice.below(fields.len())).cloned().unwrap_or_default();
                fields.remove(&key);
            }
            other => *other = odd(dice),
        },
    }
}

/// A value, however deep.
fn somewhere<'a>(json: &'a mut Value, dice: &mut Dice) -> &'a mut Value {
    let is_leaf = match json {
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => true,
    };
    if is_leaf || dice.below(6) == 0 {
        return json;
    }
    match json {
        Value::Array(items) => {
            let at = dice.below(items.len());
            somewhere(&mut items[at], dice)
        }
        Value::Object(fields) => {
            let at = dice.below(fields.len());
            let value = fields.values_mut().nth(at).expect("the dice stay below the number of fields");
            somewhere(value, dice)
        }
        _ => unreachable!("leaves were given back above"),
    }
}

/// Numbers that a seed decides (xorshift).
struct Dice(u64);

impl Dice {
    /// A number below `end`; 0 where there is none.
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % end.max(1)
    }
}
