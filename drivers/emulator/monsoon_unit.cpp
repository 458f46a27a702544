// SPDX-License-Identifier: Apache-2.0
#include <drivers/emulator/monsoon_unit.h>
#include <drivers/sim/counter_random.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace joulemark::emulator {
namespace {

constexpr TimeNs k_leaving_ns = 4'000'000;  // from the stop to the end of sample mode
constexpr std::uint64_t k_random_voltage_stream = 18;

}  // namespace

MonsoonUnit::MonsoonUnit(const MonsoonSettings& settings, std::unique_ptr<MonsoonScenario> scenario,
                         MonsoonPackets& packets, MonsoonObserver observer)
    : settings_(settings),
      hardware_(monsoon_hardware(settings.kind)),
      scenario_(std::move(scenario)),
      packets_(packets),
      observer_(std::move(observer)),
      sampler_(settings.sampler, *scenario_, packets),
      output_v_(settings.output_v) {}

void MonsoonUnit::advance(TimeNs now_ns) {
  const bool was_sampling = sampler_.sampling();
  sampler_.advance(now_ns);
  if (was_sampling && !sampler_.sampling()) end_run();
  if (sampler_.tripped()) output_v_ = 0;
}

void MonsoonUnit::start(TimeNs now_ns, std::uint32_t calibration_interval_ms, MonsoonRun run) {
  run.calibration_interval_slots =
      std::max<std::int64_t>(1, std::llround(calibration_interval_ms * k_monsoon_slots_per_s / 1000));
  run.output_v = output_v_;
  violations_before_run_ = past_.violations;
  past_ = counters();
  ++past_.runs;
  sampler_.start(now_ns, run);
  log(fmt::format("sampling, calibrating every {} ms, output {:.4f} V", calibration_interval_ms, output_v_));
}

void MonsoonUnit::stop(TimeNs now_ns) {
  if (!sampler_.sampling()) return;
  finish();
  packets_.shorten(MonsoonPackets::k_default_slots);  // a longer queue is for slow hosts while it samples
  sample_mode_until_ns_ = now_ns + k_leaving_ns;
}

void MonsoonUnit::finish() {
  if (!sampler_.sampling()) return;
  sampler_.stop();
  end_run();
}

void MonsoonUnit::end_run() {
  log(fmt::format(
      "sampling ended after {} slots, {} dropped ({} with a queue of {}, {} with one of {}), {} not fetched "
      "yet",
      sampler_.slots(), packets_.dropped(), packets_.dropped_of_unit(), MonsoonPackets::k_unit_slots,
      packets_.dropped_of_default(), MonsoonPackets::k_default_slots, packets_.held()));
  if (!observer_.truth) return;
  const std::int64_t violations = past_.violations - violations_before_run_;
  if (violations > 0) {
    observer_.truth(
        fmt::format("{{\"schema_version\": \"1\", \"violations\": {}, \"energy_j\": null}}\n", violations));
  } else {
    observer_.truth(scenario_->truth_json(sampler_.powered_span(), sampler_.output_at_start_v()));
  }
}

void MonsoonUnit::order_output(TimeNs now_ns, double wanted_v, double error) {
  if (sample_mode(now_ns)) {
    violate(fmt::format("asked for {:.4f} V in sample mode", wanted_v), random_voltage());
  } else if (wanted_v != 0 &&
             (wanted_v < hardware_.lowest_voltage_v || wanted_v > hardware_.highest_voltage_v)) {
    violate(fmt::format("asked for {:.4f} V, out of range", wanted_v), output_v_);
  } else if (wanted_v != 0 && error != 1) {
    violate(fmt::format("asked for {:.4f} V with dacCal out of tolerance", wanted_v), wanted_v * error);
  } else {
    output_v_ = wanted_v;
    log(fmt::format("output {:.4f} V", wanted_v));
  }
  sampler_.change_output(output_v_);
}

void MonsoonUnit::violate(const std::string& what, double output_v) {
  ++past_.violations;
  output_v_ = output_v;
  log(fmt::format("VIOLATION: {}; the output is now {:.3f} V", what, output_v_));
}

double MonsoonUnit::random_voltage() {
  const sim::CounterRandom random(settings_.sampler.seed, k_random_voltage_stream);
  const double share = random.uniform(static_cast<std::uint64_t>(past_.violations));
  return hardware_.lowest_voltage_v + share * (hardware_.highest_voltage_v - hardware_.lowest_voltage_v);
}

void MonsoonUnit::count_refusal(const std::string& what) {
  ++past_.refused;
  log("refused: " + what);
}

bool MonsoonUnit::sample_mode(TimeNs now_ns) const {
  return sampler_.sampling() || now_ns < sample_mode_until_ns_;
}

MonsoonCounters MonsoonUnit::counters() const {
  MonsoonCounters counters = past_;
  counters.slots += sampler_.slots();
  counters.dropped += packets_.dropped();
  counters.dropped_of_unit += packets_.dropped_of_unit();
  return counters;
}

void MonsoonUnit::log(const std::string& line) const {
  if (observer_.log) observer_.log(line);
}

}  // namespace joulemark::emulator
