//! What is printed: the machine, one line a measurement, and two servers beside each other.

use std::time::{Duration, Instant};

use crate::process::Usage;

/// The machine the figures belong to.
pub fn machine() {
    let read = |path: &str| std::fs::read_to_string(path).unwrap_or_default();
    let field = |text: &str, name: &str| {
        text.lines()
            .find_map(|line| {
                line.strip_prefix(name)?.split(':').nth(1).map(|value| value.trim().to_owned())
            })
            .unwrap_or_else(|| "unknown".to_owned())
    };
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!(
        "{cores} × {}, {} of memory",
        field(&read("/proc/cpuinfo"), "model name"),
        field(&read("/proc/meminfo"), "MemTotal")
    );
    println!(
        "{:<52} {:>16} {:>10} {:>10} {:>11} {:>10}",
        "", "rate", "p50", "p99", "CPU each", "peak"
    );
}

/// What was found, for comparison.
pub struct Figure {
    name: &'static str,
    value: f64,
    unit: String,
}

impl Figure {
    /// An amount, printed as it is found.
    pub fn amount(name: &'static str, value: f64, unit: &str) -> Self {
        let figure = Self { name, value, unit: unit.to_owned() };
        println!("{name:<52} {:>16}", figure.text());
        figure
    }

    fn text(&self) -> String {
        format!("{:.0} {}", self.value, self.unit)
    }
}

/// Figures of the same names, and how many times the one is the other.
pub fn beside(ours: &[Figure], theirs: &[Figure]) {
    println!("\n{:<52} {:>16} {:>16} {:>9}", "beside each other", "this server", "reference", "");
    for ours in ours {
        let Some(theirs) = theirs.iter().find(|theirs| theirs.name == ours.name) else { continue };
        let ratio = ours.value / theirs.value;
        println!("{:<52} {:>16} {:>16} {ratio:>7.2} ×", ours.name, ours.text(), theirs.text());
    }
}

/// A measurement under way: begun now, printed as one line when it is done.
pub struct Measurement {
    name: &'static str,
    begun: Instant,
    before: Usage,
}

impl Measurement {
    /// `before` is what the measured process had used up to now.
    pub fn begin(name: &'static str, before: Usage) -> Self {
        Self { name, begun: Instant::now(), before }
    }

    /// `amount` of `unit` are done; CPU is the process's, per `unit`.
    pub fn end(self, amount: usize, unit: &str, after: Usage) -> Figure {
        self.end_with(amount, unit, after, Vec::new())
    }

    /// The same, with how long each request took.
    pub fn end_with(
        self,
        amount: usize,
        unit: &str,
        after: Usage,
        mut each: Vec<Duration>,
    ) -> Figure {
        let elapsed = self.begun.elapsed().as_secs_f64();
        each.sort_unstable();
        let value = amount as f64 / elapsed;
        let figure = Figure { name: self.name, value, unit: format!("{unit}/s") };
        let cpu = after.cpu.saturating_sub(self.before.cpu).as_secs_f64() * 1e6 / amount as f64;
        let peak = after.peak_memory / (1024 * 1024);
        println!(
            "{:<52} {:>16} {:>10} {:>10} {cpu:>8.0} µs {peak:>7} MB",
            self.name,
            figure.text(),
            percentile(&each, 50),
            percentile(&each, 99),
        );
        figure
    }
}

/// Of sorted times; empty when there are none.
fn percentile(sorted: &[Duration], percent: usize) -> String {
    let time = sorted.get(sorted.len() * percent / 100);
    time.map_or_else(String::new, |time| format!("{:.1} ms", time.as_secs_f64() * 1e3))
}
