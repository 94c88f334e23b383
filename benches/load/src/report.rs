//! What is printed: the machine, then one line a measurement.

use std::time::Duration;

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

/// How long each of some requests took.
pub struct Latencies(Vec<Duration>);

impl Latencies {
    pub fn of(mut each: Vec<Duration>) -> Self {
        each.sort_unstable();
        Self(each)
    }

    fn at(&self, percent: usize) -> Option<Duration> {
        self.0.get((self.0.len() * percent / 100).min(self.0.len().checked_sub(1)?)).copied()
    }
}

/// One line. `amount` of `unit` in `elapsed`; CPU is the server's, per `unit`.
pub struct Line<'a> {
    pub name: &'a str,
    pub amount: f64,
    pub unit: &'a str,
    pub elapsed: Duration,
    pub latencies: Latencies,
    pub before: Usage,
    pub after: Usage,
}

impl Line<'_> {
    pub fn print(&self) {
        let rate = format!("{:.0} {}/s", self.amount / self.elapsed.as_secs_f64(), self.unit);
        let time = |percent| {
            self.latencies
                .at(percent)
                .map_or_else(String::new, |time| format!("{:.1} ms", time.as_secs_f64() * 1e3))
        };
        let cpu = self.after.cpu.saturating_sub(self.before.cpu).as_secs_f64() * 1e6 / self.amount;
        let peak = self.after.peak_memory / (1024 * 1024);
        println!(
            "{:<52} {rate:>16} {:>10} {:>10} {cpu:>8.0} µs {peak:>7} MB",
            self.name,
            time(50),
            time(99)
        );
    }
}
