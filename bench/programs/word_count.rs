// The twin of word_count.luma: words counted in the standard library's HashMap, keyed by slices of the text.

use std::collections::HashMap;

fn random(state: &mut u64, below: u64) -> u64 {
    *state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
    (*state >> 33) % below
}

fn generate(size: usize) -> String {
    let mut text = String::with_capacity(size + 32);
    let mut state = 42u64;
    let mut words = 0;
    while text.len() < size {
        let a = random(&mut state, 60000);
        let k = a * random(&mut state, 60000) / 60000;
        let mut n = k + 1;
        while n > 0 {
            text.push((97 + n % 26) as u8 as char);
            n /= 26;
        }
        for i in 0..k % 8 {
            text.push((97 + (k * 7 + i) % 26) as u8 as char);
        }
        words += 1;
        text.push(if words % 12 == 0 { '\n' } else { ' ' });
    }
    text
}

fn main() {
    let args: Vec<usize> = std::env::args().skip(1).map(|a| a.parse().unwrap()).collect();
    let text = generate(args[0]);
    let mut counts: HashMap<&str, i64> = HashMap::new();
    let mut total = 0;
    for _ in 0..args[1] {
        counts = HashMap::new();
        for word in text.split_whitespace() {
            *counts.entry(word).or_insert(0) += 1;
            total += 1;
        }
    }
    println!("{} {} {}", text.len(), total, counts.len());
    let mut pairs: Vec<_> = counts.into_iter().collect();
    pairs.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    for (word, count) in &pairs[..10.min(pairs.len())] {
        println!("{} {}", word, count);
    }
}
