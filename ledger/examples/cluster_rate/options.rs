//! What the command line says.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

/// See the [crate](crate).
pub(crate) struct Options {
    pub(crate) cluster_file: PathBuf,
    pub(crate) clear: bool,
    pub(crate) hot: bool,
    pub(crate) gateways: usize,
    pub(crate) clients: Vec<usize>,
    pub(crate) rounds: usize,
    pub(crate) time: Duration,
    pub(crate) pause: Duration,
    pub(crate) seats: u16,
    pub(crate) server: Option<u32>,
}

impl Options {
    pub(crate) fn parse(mut arguments: impl Iterator<Item = String>) -> Self {
        let cluster_file = arguments.next().expect("the cluster file").into();
        let mut options = Self {
            cluster_file,
            clear: false,
            hot: false,
            gateways: 1,
            clients: vec![16, 64, 256, 1024],
            rounds: 3,
            time: Duration::from_secs(5),
            pause: Duration::from_secs(6),
            seats: 65_000,
            server: None,
        };
        while let Some(name) = arguments.next() {
            let mut value = || arguments.next().unwrap_or_else(|| panic!("{name} needs a value"));
            match &*name {
                "--clear" => options.clear = true,
                "--hot" => options.hot = true,
                "--gateways" => options.gateways = parse(&value()),
                "--clients" => options.clients = value().split(',').map(parse).collect(),
                "--rounds" => options.rounds = parse(&value()),
                "--seconds" => options.time = Duration::from_secs_f64(parse(&value())),
                "--pause" => options.pause = Duration::from_secs_f64(parse(&value())),
                "--seats" => options.seats = parse(&value()),
                "--server-pid" => options.server = Some(parse(&value())),
                _ => panic!("there is no option {name}"),
            }
        }
        options
    }
}

fn parse<T: FromStr>(text: &str) -> T {
    text.parse().unwrap_or_else(|_| panic!("{text} is not what belongs there"))
}
