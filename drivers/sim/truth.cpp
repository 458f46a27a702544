// SPDX-License-Identifier: Apache-2.0
#include <drivers/sim/decoupling.h>
#include <drivers/sim/truth.h>

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <string_view>

namespace joulemark::sim {
namespace {

// Sums up phase by phase; phases of one activity that follow each other are one event.
class Accountant {
 public:
  Accountant(double voltage_v, TimeRange span, std::optional<TimeRange> lost) : voltage_v_(voltage_v) {
    truth_.span = span;
    truth_.lost = lost;
  }

  void add(const Phase& phase, const Segment& segment) {
    const TimeNs end_ns = truth_.span.end_ns;
    const double energy_j = voltage_v_ * segment.charge_before_c(end_ns);
    truth_.energy_j += energy_j;
    if (truth_.lost) {
      truth_.lost_energy_j += voltage_v_ * (segment.charge_before_c(truth_.lost->end_ns) -
                                            segment.charge_before_c(truth_.lost->begin_ns));
    }
    if (phase.activity == Activity::sleep) {
      truth_.idle_time_s += intersect(phase.time, truth_.span).seconds();
      truth_.idle_energy_j += energy_j;
    }
    if (phase.activity != open_.activity) {
      close();
      open_ = {phase.activity, phase.time, 0, 0};
    }
    open_.time.end_ns = phase.time.end_ns;
    open_.energy_j += energy_j;
    open_.energy_load_j += voltage_v_ * phase.time.seconds() * (phase.begin_a + phase.end_a) / 2;
  }

  [[nodiscard]] Truth finish() {
    close();
    return std::move(truth_);
  }

 private:
  void close() {
    if (open_.activity != Activity::sleep && open_.time.end_ns <= truth_.span.end_ns)
      truth_.events.push_back(open_);
    open_ = {};
  }

  double voltage_v_;
  Truth truth_;
  TrueEvent open_;
};

nlohmann::ordered_json json_of(const TrueEvent& event) {
  return {{"name", marker_line(event.activity)->name},
          {"begin_s", to_seconds(event.time.begin_ns)},
          {"end_s", to_seconds(event.time.end_ns)},
          {"energy_j", event.energy_j},
          {"energy_load_j", event.energy_load_j}};
}

nlohmann::ordered_json counts_and_means(const Truth& truth) {
  nlohmann::ordered_json totals;
  for (const MarkerLine& line : k_marker_lines) {
    std::int64_t count = 0;
    double energy_j = 0;
    double length_s = 0;
    for (const TrueEvent& event : truth.events) {
      if (event.activity != line.activity) continue;
      ++count;
      energy_j += event.energy_j;
      length_s += event.time.seconds();
    }
    nlohmann::ordered_json total{{"count", count}, {"energy_j", nullptr}, {"latency_s", nullptr}};
    if (count > 0) {
      total["energy_j"] = energy_j / static_cast<double>(count);
      total["latency_s"] = length_s / static_cast<double>(count);
    }
    totals[std::string(line.name)] = total;
  }
  return totals;
}

}  // namespace

Truth truth_over(const Settings& settings, TimeRange span, std::optional<TimeRange> lost) {
  KwsTarget target(settings.target);
  Decoupling decoupling(settings.decoupling_s);
  Accountant accountant(settings.voltage_v, span, lost);
  for (Phase phase = target.next(); phase.time.begin_ns < span.end_ns; phase = target.next())
    accountant.add(phase, decoupling.respond(phase));
  return accountant.finish();
}

std::string to_json(const Truth& truth, const Settings& settings) {
  nlohmann::ordered_json events = nlohmann::ordered_json::array();
  std::ranges::transform(truth.events, std::back_inserter(events), json_of);
  nlohmann::ordered_json json{
      {"schema_version", "1"},
      {"seed", settings.target.seed},
      {"rate_hz", settings.rate_hz},
      {"voltage_v", settings.voltage_v},
      {"decoupling_s", settings.decoupling_s},
      {"duration_s", truth.span.seconds()},
      {"energy_j", truth.energy_j},
      {"sleep_power_w", settings.voltage_v * k_sleep_current_a},
      {"idle", {{"time_s", truth.idle_time_s}, {"energy_j", truth.idle_energy_j}, {"power_w", nullptr}}},
      {"lost", nullptr},
      {"means", counts_and_means(truth)},
      {"events", events}};
  if (truth.idle_time_s > 0) json["idle"]["power_w"] = truth.idle_energy_j / truth.idle_time_s;
  if (truth.lost) {
    json["lost"] = {{"begin_s", to_seconds(truth.lost->begin_ns)},
                    {"end_s", to_seconds(truth.lost->end_ns)},
                    {"energy_j", truth.lost_energy_j}};
  }
  return json.dump(1) + "\n";
}

}  // namespace joulemark::sim
