//! What a run comes to, in a few lines.

use super::limits;
use crate::number::{grouped, whole};
use crate::report;
use crate::result::RunResult;
use std::io::{self, Write};

/// Writes the verdict, and what it rests on.
pub(super) fn write(result: &RunResult, out: &mut impl Write) -> io::Result<()> {
    let verdict = report::verdict(result);
    writeln!(out, "{} {}", verdict.word, verdict.sentence)?;
    for violation in &result.violations {
        writeln!(
            out,
            "  VIOLATED {} times: {}",
            grouped(violation.count),
            violation.kind.meaning()
        )?;
        for example in &violation.examples {
            writeln!(out, "    {example}")?;
        }
    }
    result
        .invalid_because
        .iter()
        .chain(&result.remarks)
        .try_for_each(|sentence| writeln!(out, "  {sentence}"))?;
    operations(result, out)?;
    limits::write(result, out)?;
    bookings(result, out)?;
    doses(result, out)?;
    sessions(result, out)?;
    writeln!(
        out,
        "  send lag p99 {:.3} ms, {} MB/s received, generator {:.1} CPU seconds, {} MiB at most",
        result.send_lag_ms.p99,
        whole(result.bytes_per_s / 1e6),
        result.machine.generator_cpu_s,
        grouped(result.machine.generator_peak_mib)
    )?;
    for threshold in &result.slo {
        let verdict = if threshold.met { "met" } else { "MISSED" };
        let whose = threshold.operation.as_deref().unwrap_or("all");
        writeln!(out, "  {verdict:6} {} for {whose}: {:.4}", threshold.rule, threshold.measured)?;
    }
    Ok(())
}

fn operations(result: &RunResult, out: &mut impl Write) -> io::Result<()> {
    writeln!(
        out,
        "  {:20} {:>10} {:>9} {:>9} {:>9} {:>9}  refusals, errors",
        "", "count", "p50 ms", "p99 ms", "p99.9 ms", "max ms"
    )?;
    for (name, one) in result.timed() {
        let told: Vec<String> = one
            .refused
            .iter()
            .chain(&one.errors)
            .map(|(code, count)| format!("{code} {}", grouped(*count)))
            .collect();
        let latency = &one.latency_ms;
        let line = format!(
            "  {name:20} {:>10} {:>9.2} {:>9.2} {:>9.2} {:>9.2}  {}",
            grouped(one.count),
            latency.p50,
            latency.p99,
            latency.p999,
            latency.max,
            told.join(", ")
        );
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn doses(result: &RunResult, out: &mut impl Write) -> io::Result<()> {
    let Some(doses) = &result.doses else { return Ok(()) };
    writeln!(
        out,
        "  {} doses recorded ({:.1}/s); {} facilities read back: {} lost, {} doubled, {} refused and there; report of {} districts: {} wrong",
        grouped(doses.recorded),
        doses.per_s,
        grouped(doses.facilities),
        grouped(doses.lost),
        grouped(doses.doubled),
        grouped(doses.ghosts),
        grouped(doses.districts),
        grouped(doses.wrong_figures)
    )?;
    if doses.unknown_outcomes > 0 {
        writeln!(
            out,
            "  {} doses unknown: {} had been recorded, {} had not, {} did not settle",
            grouped(doses.unknown_outcomes),
            grouped(doses.unknown_found_done),
            grouped(doses.unknown_found_undone),
            grouped(doses.unknown_unsettled)
        )?;
    }
    Ok(())
}

fn sessions(result: &RunResult, out: &mut impl Write) -> io::Result<()> {
    let Some(sessions) = &result.sessions else { return Ok(()) };
    writeln!(
        out,
        "  {} sessions published ({:.1}/s), {} searches after that: {} hidden; {} facilities read back: {} lost, {} doubled, {} with wrong seats, {} refused and there",
        grouped(sessions.published),
        sessions.per_s,
        grouped(sessions.searches),
        grouped(sessions.hidden),
        grouped(sessions.facilities),
        grouped(sessions.lost),
        grouped(sessions.doubled),
        grouped(sessions.wrong_seats),
        grouped(sessions.ghosts)
    )?;
    if sessions.unknown_outcomes > 0 {
        writeln!(
            out,
            "  {} sessions unknown: {} had been published, {} had not, {} did not settle",
            grouped(sessions.unknown_outcomes),
            grouped(sessions.unknown_found_done),
            grouped(sessions.unknown_found_undone),
            grouped(sessions.unknown_unsettled)
        )?;
    }
    Ok(())
}

fn bookings(result: &RunResult, out: &mut impl Write) -> io::Result<()> {
    let sold = &result.bookings;
    if sold.attempts == 0 {
        return Ok(());
    }
    writeln!(
        out,
        "  {} booked in {} sessions ({:.0}/s, {:.2} attempts each), {} cancelled; {} accounts read back: {} lost, {} doubled, {} oversold",
        grouped(sold.confirmed),
        grouped(sold.sessions),
        sold.goodput_per_s,
        sold.attempts_per_booking,
        grouped(sold.cancelled),
        grouped(sold.read_back),
        grouped(sold.lost),
        grouped(sold.doubled),
        grouped(sold.oversold)
    )?;
    if sold.unknown_outcomes > 0 {
        writeln!(
            out,
            "  {} outcomes unknown: {} had happened, {} had not, {} did not settle",
            grouped(sold.unknown_outcomes),
            grouped(sold.unknown_found_done),
            grouped(sold.unknown_found_undone),
            grouped(sold.unknown_unsettled)
        )?;
    }
    if let Some(seconds) = sold.time_to_sell_out_s {
        let answer = &sold.sold_out_answer_ms;
        writeln!(
            out,
            "  sold out after {seconds:.3} s; being told so took {:.2} ms at p50, {:.2} ms at p99",
            answer.p50, answer.p99
        )?;
    }
    let fresh = &result.freshness;
    writeln!(
        out,
        "  {} searches compared with {} sessions: {} stale, oldest {:.1} ms; {} bodies against the contract: {} malformed",
        grouped(fresh.answers),
        grouped(fresh.sessions),
        grouped(fresh.stale),
        fresh.age_ms.max,
        grouped(fresh.bodies),
        grouped(fresh.malformed)
    )
}
