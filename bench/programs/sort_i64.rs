// The twin of sort_i64.luma: the standard library's stable sort.

fn main() {
    let n: usize = std::env::args().nth(1).unwrap().parse().unwrap();
    let mut state = 42u64;
    let mut xs: Vec<i64> = Vec::with_capacity(n);
    for _ in 0..n {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        xs.push(state as i64);
    }
    xs.sort();
    let sum = xs.iter().fold(0u64, |sum, &x| sum.wrapping_mul(31).wrapping_add(x as u64));
    println!("{} {} {} {}", xs[0], xs[n / 2], xs[n - 1], sum);
}
