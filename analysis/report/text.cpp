// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>
#include <analysis/report/text.h>
#include <analysis/report/utc.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>

namespace joulemark {
namespace {

constexpr std::size_t k_width = 80;
constexpr std::size_t k_name_width = 12;
constexpr std::size_t k_amount_width = 22;
constexpr std::size_t k_bar_width = 30;
constexpr std::int64_t k_enough_for_spread = 20;

// The next word and the blank after it; an option and its value count as one word.
std::string_view next_word(std::string_view& text) {
  std::size_t end = std::min(text.find(' '), text.size());
  if (text.starts_with("--")) end = std::min(text.find(' ', end + 1), text.size());
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return word;
}

// Lines of words, the first after lead, the others indented as far as lead reaches.
std::string wrap(const std::string& lead, std::string_view text) {
  std::string out = lead;
  const std::string indent(lead.size(), ' ');
  std::size_t column = lead.size();
  bool fresh = true;
  while (!text.empty()) {
    const std::string_view word = next_word(text);
    if (!fresh && column + 1 + word.size() > k_width) {
      out += "\n" + indent;
      column = indent.size();
      fresh = true;
    }
    if (!fresh) out += ' ';
    column += word.size() + (fresh ? 0 : 1);
    out += word;
    fresh = false;
  }
  return out + "\n";
}

// Text from files must not steer the terminal.
std::string without_control(std::string text) {
  for (char& c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\n') || byte == 0x7F) c = '?';
  }
  return text;
}

std::string amount(const std::optional<double>& mean, const std::optional<Interval>& ci95,
                   std::string_view unit) {
  if (!mean) return "-";
  if (!ci95) return format_si(*mean, unit);
  std::string both = format_with_uncertainty(*mean, ci95->half_width(), unit);
  if (both.size() <= k_amount_width) return both;
  const double percent = 100 * ci95->half_width() / std::abs(*mean);  // in digits it would not fit
  if (percent < 1e-4) return format_si(*mean, unit, 6) + " +- <1e-4 %";
  return fmt::format("{} +- {:.1g} %", format_si(*mean, unit, 6), percent);
}

std::string amount(const Stats& stats, std::string_view unit) {
  return amount(stats.mean, stats.ci95, unit);
}

// As many digits as the interval of the mean supports, 2 to 4.
std::string plain(const Stats& stats, std::string_view unit) {
  if (!stats.mean) return "-";
  double digits = 4;
  if (stats.ci95 && stats.ci95->half_width() > 0)
    digits =
        std::clamp(std::ceil(std::log10(std::abs(*stats.mean) / stats.ci95->half_width())) + 1, 2.0, 4.0);
  return format_si(*stats.mean, unit, static_cast<int>(digits));
}

// What was measured, and where the voltage comes from that makes the rest of it.
std::string supply(const CaptureReport& capture) {
  const Quantity measured = capture.primary.quantity;
  std::string text = measured == Quantity::current ? "" : fmt::format("{} measured, ", name_of(measured));
  if (capture.voltage_basis == VoltageBasis::unknown) return text + "no voltage known";
  if (capture.voltage_basis == VoltageBasis::measured) return text + "voltage measured";
  text += fmt::format("{} {}", format_si(capture.supply_voltage_v.value_or(0), "V", 3),
                      name_of(capture.voltage_basis));
  return measured == Quantity::current ? text : text + " for currents";
}

std::string capture_lines(const CaptureReport& capture) {
  std::string device = capture.instrument.vendor;
  if (!capture.instrument.model.empty()) device += (device.empty() ? "" : " ") + capture.instrument.model;
  if (device.empty()) device = capture.instrument.uri;
  std::string facts = device.empty() ? "" : device + ", ";
  facts += format_si(capture.duration_s, "s", 4);
  if (capture.primary.rate_hz) facts += " at " + format_si(*capture.primary.rate_hz, "S/s", 3);
  if (capture.primary.uneven) facts += " on average, unevenly";
  facts += fmt::format(", {}, {}", format_count(capture.primary.samples, "sample"), supply(capture));
  if (capture.started_at_utc_ns) facts += ", started " + format_utc(*capture.started_at_utc_ns);
  const std::string title = capture.file.empty() ? capture.id : capture.file;
  return wrap("", "Energy report" + (title.empty() ? "" : ": " + title)) + wrap("  ", facts);
}

std::string quality_lines(const Report& report) {
  std::string line = fmt::format("Data {}", name_of(report.quality.grade));
  if (report.capture.primary.lost_samples > 0) {
    line += fmt::format(", {} lost", format_count(report.capture.primary.lost_samples, "sample"));
    const double part =
        report.capture.lost_s / report.capture.duration_s;  // 0: beyond the first or last one kept
    if (part > 0) line += fmt::format(" ({:.2g} % of the time)", 100 * part);
  }
  std::string out = wrap("  ", line);
  for (const AnomalyGroup& group : report.quality.told_once)
    out += wrap(fmt::format("    {} x{}: ", name_of(group.kind), group.count), group.message);
  return out;
}

// Where nine in ten of the values lie, told in one unit.
std::string spread(const Stats& stats, std::string_view unit) {
  const std::string low = format_si(*stats.p05, unit);
  const std::string high = format_si(*stats.p95, unit);
  const auto unit_of_low = low.substr(low.find(' '));
  const bool same = high.ends_with(unit_of_low);
  return fmt::format("9 in 10 from {} to {}", same ? low.substr(0, low.find(' ')) : low, high);
}

std::string how_measured(const EventReport& event) {
  std::string how =
      event.repeat == 1 ? std::string() : fmt::format("per inference, {} a window; ", event.repeat);
  how += fmt::format("by {}", name_of(event.method));
  if (event.method == Method::excess) how += fmt::format(", guard {}", format_si(event.guard_s, "s", 3));
  if (event.adequacy.bound_rel) {
    how += fmt::format("; adequacy {} ({})", name_of(event.adequacy.grade),
                       format_bound("within", *event.adequacy.bound_rel));
  }
  if (event.energy_left_out > 0) how += fmt::format("; {} left out", event.energy_left_out);
  if (event.energy_j.n >= k_enough_for_spread) how += "; " + spread(event.energy_j, "J");
  return how;
}

std::string event_row(const EventReport& event) {
  const auto& peak_a = event.peak_current_a.max;
  const std::string values =
      fmt::format("{:>6} {:>22} {:>22} {:>8} {:>7}", event.count, amount(event.energy_j, "J"),
                  amount(event.net_energy_j, "J"), plain(event.latency_s, "s"),
                  peak_a ? format_si(*peak_a, "A", 3) : "-");
  std::string out;
  if (event.name.size() > k_name_width - 1) {
    out = event.name + "\n" + std::string(k_name_width - 2, ' ') + values + "\n";
  } else {
    out = fmt::format("{:<{}}{}\n", event.name, k_name_width - 2, values);
  }
  out += wrap("    ", how_measured(event));
  if (!event.energy_j.mean && event.charge_c.mean)
    out += wrap("    ", "charge " + amount(event.charge_c, "C"));
  return out;
}

std::string event_table(const std::vector<EventReport>& events) {
  if (events.empty()) return {};
  std::string out = fmt::format("\n{:<10}{:>6} {:>22} {:>22} {:>8} {:>7}\n", "Event", "count", "mean energy",
                                "net of idle", "latency", "peak");
  for (const EventReport& event : events)
    out += event_row(event);
  const bool intervals = std::any_of(
      events.begin(), events.end(), [](const EventReport& event) { return event.energy_j.ci95.has_value(); });
  if (intervals) out += "  +- is the 95 % interval of the mean; the instrument's calibration is not in it\n";
  return out;
}

std::string rate_line(std::string_view label, const std::string& power, const std::string& current,
                      const std::string& rest) {
  std::string line = fmt::format("{:<10}", label);
  if (power != "-") line += power + ", ";
  if (current != "-") line += current + ", ";
  return line + rest + "\n";
}

std::string idle_lines(const Report& report) {
  const auto si = [](const std::optional<double>& value, std::string_view unit) {
    return value ? format_si(*value, unit) : std::string("-");
  };
  const TotalReport& total = report.total;
  std::string out = "\n";
  if (report.idle.time_s > 0) {
    out += rate_line("Idle", amount(report.idle.power_w, "W"), amount(report.idle.current_a, "A"),
                     "over " + format_si(report.idle.time_s, "s", 3));
    if (report.events.empty()) out += std::string(10, ' ') + "no event named: all of it counts as idle\n";
  }
  const std::string sum = total.energy_j ? format_si(*total.energy_j, "J") : si(total.charge_c, "C");
  out += rate_line("Overall", si(total.mean_power_w, "W"), si(total.mean_current_a, "A"), sum + " in all");
  return out;
}

std::string share_lines(const std::vector<Share>& shares) {
  std::size_t widest = 0;
  for (const Share& share : shares)
    widest = std::max(widest, share.name.size());
  widest = std::min<std::size_t>(widest, 36);
  std::string out;
  for (const Share& share : shares) {
    const double bars = std::clamp(share.fraction, 0.0, 1.0) * static_cast<double>(k_bar_width);
    const std::string bar(static_cast<std::size_t>(std::lround(bars)), '#');
    const bool fits = share.name.size() <= widest;
    if (!fits) out += "    " + share.name + "\n";
    std::string line =
        fmt::format("    {:<{}} {:>6.2f} %", fits ? share.name : "", widest, 100 * share.fraction);
    if (!bar.empty()) line += "  " + bar;
    out += line + "\n";
  }
  return out;
}

std::string useful_lines(const Report& report) {
  const UsefulEventReport& useful = report.useful_event;
  std::string out;
  if (useful.name && useful.energy_j) {
    out += wrap("", fmt::format("Energy per {}: {} ({} in {})", *useful.name,
                                amount(useful.energy_j, useful.ci95, "J"), useful.count,
                                format_si(report.capture.duration_s - report.capture.lost_s, "s", 3)));
  }
  if (useful.shares.size() <= 2) return out;  // without events everything is idle
  return out + "  Where it goes:\n" + share_lines(useful.shares);
}

std::string finding_lines(const std::vector<Finding>& findings) {
  if (findings.empty()) return {};
  std::string out = "\nFindings\n";
  for (const Finding& finding : findings)
    out += wrap(finding.severity == FindingSeverity::warning ? "  ! " : "  - ", whole_message(finding));
  return out;
}

}  // namespace

std::string to_text(const Report& report) {
  std::string out =
      capture_lines(report.capture) + quality_lines(report) + event_table(report.events) + idle_lines(report);
  const std::string useful = useful_lines(report);
  if (!useful.empty()) out += "\n" + useful;
  return without_control(out + finding_lines(report.findings));
}

}  // namespace joulemark
