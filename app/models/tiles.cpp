// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/tiles.h>
#include <app/models/words.h>

#include <QCoreApplication>
#include <algorithm>
#include <array>
#include <cmath>

namespace joulemark {
namespace {

constexpr std::size_t k_history = 120;

struct Tiles {
  Q_DECLARE_TR_FUNCTIONS(Tiles)
};

// The useful event is often an outcome; the headline is the name that costs most in all.
const EventReport* main_event(const Report& report) {
  const auto cost = [](const EventReport& event) {
    const Stats& amount = event.energy_j.mean ? event.energy_j : event.charge_c;
    return amount.mean.value_or(0) * static_cast<double>(event.count * event.repeat);
  };
  const auto most = std::ranges::max_element(report.events, {}, cost);
  return most == report.events.end() ? nullptr : &*most;
}

QString relative(const std::optional<double>& mean, const std::optional<Interval>& ci95) {
  if (!mean || !ci95 || *mean == 0) return {};
  return QStringLiteral("\u00b1 ") + percent_text(ci95->half_width() / std::abs(*mean));
}

QString absolute(const std::optional<Interval>& ci95, std::string_view unit) {
  return ci95 ? QStringLiteral("\u00b1 ") + si_text(ci95->half_width(), unit, 2) : QString();
}

std::vector<double> history_of(const Analysis& analysis, const EventReport& event, bool energy) {
  const auto name = static_cast<std::uint32_t>(&event - analysis.report.events.data());
  std::vector<double> all;
  for (const EventRow& row : analysis.rows) {
    if (row.name != name) continue;
    if (!energy) all.push_back(row.time.seconds() / static_cast<double>(event.repeat));
    if (energy && row.energy_j) all.push_back(*row.energy_j);
    if (energy && !row.energy_j && row.charge_c) all.push_back(*row.charge_c);
  }
  if (all.size() > k_history) all.erase(all.begin(), all.end() - static_cast<std::ptrdiff_t>(k_history));
  return all;
}

QString method_note(const EventReport& event) {
  const QString method = method_text(event.method, event.guard_s);
  return event.count == 1 ? Tiles::tr("1 window, by %1").arg(method)
                          : Tiles::tr("%1 windows, by %2").arg(event.count).arg(method);
}

std::size_t index_of(const Analysis& analysis, const EventReport& event) {
  return static_cast<std::size_t>(&event - analysis.report.events.data());
}

// "newest 1.483 mJ, 132 by excess"
QString newest_note(const Analysis& analysis, const EventReport& event, bool energy) {
  const auto name = static_cast<std::uint32_t>(index_of(analysis, event));
  const auto newest = std::ranges::find(analysis.rows.rbegin(), analysis.rows.rend(), name, &EventRow::name);
  if (newest == analysis.rows.rend()) return method_note(event);
  return Tiles::tr("newest %1, %2 by %3")
      .arg(energy ? si_text(newest->energy_j, "J") : si_text(newest->charge_c, "C"))
      .arg(event.count)
      .arg(word_of(event.method));
}

void fill_event(Tile& tile, const Analysis& analysis, const EventReport& event, bool live) {
  tile.event = index_of(analysis, event);
  const bool energy = event.energy_j.mean.has_value();
  const Stats& stats = energy ? event.energy_j : event.charge_c;
  tile.title = (energy ? Tiles::tr("Energy / %1") : Tiles::tr("Charge / %1")).arg(to_qt(event.name));
  tile.figure = si_figure(stats.mean, energy ? "J" : "C");
  tile.uncertainty = relative(stats.mean, stats.ci95);
  tile.note = live ? newest_note(analysis, event, energy) : method_note(event);
  tile.history = history_of(analysis, event, true);
}

void fill_idle(Tile& tile, const IdleReport& idle) {
  const bool current = idle.current_a.mean.has_value();
  tile.figure = current ? si_figure(idle.current_a.mean, "A") : si_figure(idle.power_w.mean, "W");
  tile.uncertainty = current ? absolute(idle.current_a.ci95, "A") : absolute(idle.power_w.ci95, "W");
  tile.note = Tiles::tr("over %1").arg(si_text(idle.time_s, "s", 3));
  if (current && idle.power_w.mean)
    tile.note = si_text(idle.power_w.mean, "W") + QStringLiteral(", ") + tile.note;
  if (idle.floor_current_a) {
    tile.note = Tiles::tr("floor %1%2, %3")
                    .arg(idle.floor_is_upper_bound.value_or(false) ? QStringLiteral("\u2264 ") : QString(),
                         si_text(idle.floor_current_a, "A", 3), tile.note);
  }
}

void fill_useful(Tile& tile, const Report& report) {
  const UsefulEventReport& useful = report.useful_event;
  if (useful.name) tile.title = Tiles::tr("All energy / %1").arg(to_qt(*useful.name));
  tile.figure = si_figure(useful.energy_j, "J");
  tile.uncertainty = relative(useful.energy_j, useful.ci95);
  tile.note = useful.name ? Tiles::tr("of the whole recording, over %1 of them").arg(useful.count)
                          : Tiles::tr("tick the useful event under Rules");
  for (const Share& share : useful.shares) {
    const auto event = std::ranges::find(report.events, share.name, &EventReport::name);
    const bool known = event != report.events.end();
    tile.parts.push_back({known ? to_qt(share.name) : share_text(share.name), share.fraction,
                          known ? static_cast<int>(event - report.events.begin()) : -1,
                          &share == &useful.shares.back()});
  }
}

// "22.9 ms to 23.4 ms"; nothing where all are alike.
QString range_note(const Stats& latency_s) {
  if (!latency_s.min || !latency_s.max) return {};
  const std::array ends{*latency_s.min, *latency_s.max};
  const int digits = digits_that_differ(ends, "s", 3);
  const QString low = si_text(ends[0], "s", digits);
  const QString high = si_text(ends[1], "s", digits);
  return low == high ? QString() : Tiles::tr("%1 to %2").arg(low, high);
}

void fill_latency(Tile& tile, const Analysis& analysis, const EventReport& event) {
  tile.event = index_of(analysis, event);
  tile.title = Tiles::tr("Duration / %1").arg(to_qt(event.name));
  tile.figure = si_figure(event.latency_s.mean, "s");
  if (event.latency_s.p95) tile.uncertainty = Tiles::tr("p95 %1").arg(si_text(event.latency_s.p95, "s"));
  tile.note = range_note(event.latency_s);
  tile.history = history_of(analysis, event, false);
}

void fill_total(Tile& tile, const Report& report) {
  const TotalReport& total = report.total;
  tile.figure =
      total.mean_current_a ? si_figure(total.mean_current_a, "A") : si_figure(total.mean_power_w, "W");
  const QString amount = total.energy_j ? si_text(total.energy_j, "J") : si_text(total.charge_c, "C");
  tile.uncertainty =
      total.mean_current_a && total.mean_power_w ? si_text(total.mean_power_w, "W") : QString();
  tile.note =
      Tiles::tr("%1 in %2").arg(amount, si_text(report.capture.duration_s - report.capture.lost_s, "s", 4));
}

}  // namespace

std::vector<Tile> empty_tiles() {
  using enum Tile::Meaning;
  const Figure none = si_figure(std::nullopt, "");
  return {
      {event,
       0,
       Tiles::tr("Energy / event"),
       none,
       {},
       Tiles::tr("name a line under Rules"),
       Tiles::tr("Mean energy of one event; the interval is that of the long-run mean (95 %)"),
       {},
       {}},
      {idle,
       0,
       Tiles::tr("Idle draw"),
       none,
       {},
       Tiles::tr("no idle time"),
       Tiles::tr("Mean current outside events and their guards"),
       {},
       {}},
      {useful,
       0,
       Tiles::tr("Energy / useful event"),
       none,
       {},
       Tiles::tr("tick the useful event under Rules"),
       Tiles::tr(
           "All energy of the recording over the number of useful events: what one of them costs in the end"),
       {},
       {}},
      {time,
       0,
       Tiles::tr("Duration"),
       none,
       {},
       {},
       Tiles::tr("Mean time from the edge that begins an event to the one that ends it"),
       {},
       {}},
      {total,
       0,
       Tiles::tr("Overall"),
       none,
       {},
       {},
       Tiles::tr("Mean current of all that was recorded"),
       {},
       {}}};
}

std::vector<Tile> headline_tiles(const Analysis& analysis, bool live) {
  std::vector<Tile> tiles = empty_tiles();
  const Report& report = analysis.report;
  if (const EventReport* event = main_event(report)) {
    fill_event(tiles[0], analysis, *event, live);
    fill_latency(tiles[3], analysis, *event);
  }
  if (report.idle.time_s > 0) fill_idle(tiles[1], report.idle);
  fill_useful(tiles[2], report);
  fill_total(tiles[4], report);
  return tiles;
}

}  // namespace joulemark
