//! A row of numbers as blocks, a cell each: their shape at a glance, in any terminal and without colour.

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// The largest number fills its cell, the smallest that is not 0 has an eighth; 0 is a dot.
pub fn sparkline(numbers: &[u64]) -> String {
    let most = numbers.iter().copied().max().unwrap_or(0);
    let block = |&number: &u64| match number {
        0 => '·',
        number => BLOCKS[((number as f64 / most as f64 * 8.0).ceil() as usize).clamp(1, 8) - 1],
    };
    numbers.iter().map(block).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_fills_its_cell_and_nothing_is_a_dot() {
        assert_eq!(sparkline(&[0, 1, 4_000, 8_000, u64::MAX / 2]), "·▁▁▁█");
        assert_eq!(sparkline(&[3, 0, 8, 16]), "▂·▄█");
        assert_eq!((sparkline(&[]), sparkline(&[0, 0])), (String::new(), "··".into()));
    }
}
