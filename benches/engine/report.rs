//! Runs the rows, round by round, and prints the table.

use std::env;
use std::io::BufRead;
use std::io::BufReader;
use std::process::Child;
use std::process::Command;
use std::process::Stdio;

use super::api;
use super::rows::Figure;
use super::rows::Judged;
use super::rows::ROWS;
use super::rows::Row;
use super::system;
use super::task::Job;
use super::task::Sample;
use super::task::Task;
use super::task::Who;

/// What the command line says.
pub(super) struct Options<'a> {
    short: bool,
    rounds: usize,
    two_cores: bool,
    library: Option<&'a str>,
    wanted: Vec<&'a str>,
}

impl<'a> Options<'a> {
    pub(super) fn parse(arguments: &[&'a str]) -> Option<Options<'a>> {
        let mut options =
            Options { short: false, rounds: 0, two_cores: false, library: None, wanted: Vec::new() };
        let mut rest = arguments.iter().copied();
        while let Some(argument) = rest.next() {
            match argument {
                "--short" => options.short = true,
                "--two-cores" => options.two_cores = true,
                "--rounds" => options.rounds = rest.next()?.parse().ok()?,
                "--library" => options.library = Some(rest.next()?),
                row if ROWS.iter().any(|known| known.name.contains(row)) => options.wanted.push(row),
                _ => return None,
            }
        }
        if options.rounds == 0 {
            options.rounds = if options.short { 3 } else { 7 };
        }
        Some(options)
    }

    fn wants(&self, row: &Row) -> bool {
        self.wanted.is_empty() || self.wanted.iter().any(|wanted| row.name.contains(wanted))
    }
}

pub(super) fn run(options: &Options<'_>) {
    let server = Server::start();
    let place =
        if options.two_cores { "server on core 0, clients free" } else { "server and clients on core 0" };
    println!("{} rounds, {place}\n", options.rounds);
    println!("| row | who | figure | limit | median | ratio | quartiles | reach | aim | |");
    println!("|---|---|---|---|---|---|---|---|---|---|");
    for row in ROWS.iter().filter(|row| options.wants(row)) {
        let (limit, subjects) = measure(row, options, &server);
        for (who, samples) in &subjects {
            for figure in row.figures {
                print_line(row, *who, figure, &limit, samples);
            }
        }
    }
}

/// The samples of the limit and of each subject, one a round.
fn measure(row: &Row, options: &Options<'_>, server: &Server) -> (Vec<Sample>, Vec<(Who, Vec<Sample>)>) {
    let mut limit = Vec::new();
    let mut subjects: Vec<_> = row.subjects.iter().map(|&who| (who, Vec::new())).collect();
    for round in 0..options.rounds {
        let measure = |who| client(&row.task(who, options.short), options, server);
        // Every other round goes the other way about: what drifts evens out.
        let backwards = round % 2 == 1;
        if !backwards {
            limit.push(measure(row.limit));
        }
        for n in 0..subjects.len() {
            let at = if backwards { subjects.len() - 1 - n } else { n };
            let (who, samples) = &mut subjects[at];
            samples.push(measure(*who));
        }
        if backwards {
            limit.push(measure(row.limit));
        }
    }
    (limit, subjects)
}

/// Runs `task` in a process of its own.
fn client(task: &Task, options: &Options<'_>, server: &Server) -> Sample {
    let mut client = Command::new(env::current_exe().expect("our own file"));
    client.arg("client").arg(server.port.to_string()).args(task.arguments());
    // Callbacks that sleep matter where there are cores to go on.
    if !options.two_cores && task.job != Job::Sleepers {
        client.env(system::CORE, "0");
    }
    if let Some(library) = options.library {
        client.env(api::LIBRARY, library);
    }
    let done = client.stderr(Stdio::inherit()).output().expect("client");
    assert!(done.status.success(), "{task:?}: {}", done.status);
    Sample::parse(&String::from_utf8_lossy(&done.stdout)).expect("a client's answer")
}

fn print_line(row: &Row, who: Who, figure: &Figure, limit: &[Sample], samples: &[Sample]) {
    let numbers = |samples: &[Sample]| samples.iter().map(|sample| (figure.of)(sample)).collect::<Vec<_>>();
    let (base, own) = (numbers(limit), numbers(samples));
    if own.iter().any(|own| own.is_nan()) {
        // Not to be had: the allocations of a library that was loaded.
        return;
    }
    let ratios: Vec<f64> = own.iter().zip(&base).map(|(own, base)| own / base).collect();
    let shown =
        |value: f64| format!("{:.*}", if value / figure.unit < 100.0 { 2 } else { 0 }, value / figure.unit);
    let (judged, spread): (f64, _) = match figure.judged {
        Judged::Ratio | Judged::Share => {
            (median(&ratios), format!("{:.2}–{:.2}", quantile(&ratios, 0.25), quantile(&ratios, 0.75)))
        }
        Judged::Number => {
            let spread = format!("{}–{}", shown(quantile(&own, 0.25)), shown(quantile(&own, 0.75)));
            (median(&own) / figure.unit, spread)
        }
    };
    let spread = if row.job == Job::Sleepers {
        format!("{spread}, longest {}", shown(quantile(&own, 1.0)))
    } else {
        spread
    };
    let within = |goal: f64| match figure.judged {
        Judged::Share => judged >= goal,
        Judged::Ratio | Judged::Number => judged <= goal,
    };
    let (reach, aim) = figure.goals;
    let mark = if within(aim) {
        "aim"
    } else if within(reach) {
        "reach"
    } else {
        "short"
    };
    let ratio = match figure.judged {
        Judged::Ratio | Judged::Share => format!("{judged:.2}"),
        Judged::Number => String::new(),
    };
    println!(
        "| {} | {} | {} | {} | {} | {ratio} | {spread} | {reach} | {aim} | {mark} |",
        row.name,
        format!("{who:?}").to_lowercase(),
        figure.name,
        shown(median(&base)),
        shown(median(&own)),
    );
}

fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// Interpolated between neighbours.
fn quantile(values: &[f64], at: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let place = at * (sorted.len() - 1) as f64;
    let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
    low + (high - low) * place.fract()
}

/// The server's process; it ends with us.
struct Server {
    port: u16,
    process: Child,
}

impl Server {
    fn start() -> Server {
        let mut process = Command::new(env::current_exe().expect("our own file"))
            .arg("server")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("server");
        let mut line = String::new();
        let output = process.stdout.take().expect("the server's output");
        BufReader::new(output).read_line(&mut line).expect("the server's port");
        Server { port: line.trim().parse().expect("the server's port"), process }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        _ = self.process.wait();
    }
}
