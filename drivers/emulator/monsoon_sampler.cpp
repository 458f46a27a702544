// SPDX-License-Identifier: Apache-2.0
#include <drivers/emulator/monsoon_sampler.h>

#include <algorithm>
#include <cmath>
#include <span>

namespace joulemark::emulator {
namespace {

constexpr double k_marker_v = 3.3;
constexpr double k_usb_host_v = 5;
constexpr double k_usb_current_a = 5e-3;  // what hangs on the other two channels
constexpr double k_aux_current_a = 1e-3;

}  // namespace

MonsoonSampler::MonsoonSampler(const MonsoonSamplerSettings& settings, MonsoonScenario& scenario,
                               MonsoonPackets& packets)
    : settings_(settings),
      scenario_(scenario),
      packets_(packets),
      slots_per_s_(k_monsoon_slots_per_s * (1 + settings.faults.drift_ppm * 1e-6)) {}

void MonsoonSampler::start(TimeNs now_ns, const MonsoonRun& run) {
  run_ = run;
  output_at_start_v_ = run.output_v;
  start_ns_ = now_ns;
  slots_ = measurements_ = to_drop_ = 0;
  sampling_ = true;
  tripped_ = stalled_ = false;
  packets_.clear();
  scenario_.begin(slots_per_s_);
}

void MonsoonSampler::stop() {
  sampling_ = false;
  packets_.close();
}

TimeNs MonsoonSampler::offset_ns(std::int64_t slots) const {
  return static_cast<TimeNs>(
      std::ceil(static_cast<long double>(slots) * 1e9L / static_cast<long double>(slots_per_s_)));
}

void MonsoonSampler::advance(TimeNs now_ns) {
  const auto due = static_cast<std::int64_t>(static_cast<long double>(now_ns - start_ns_) *
                                             static_cast<long double>(slots_per_s_) / 1e9L);
  while (sampling_ && slots_ < due)
    make_slots(static_cast<std::size_t>(std::min<std::int64_t>(due - slots_, k_batch)));
}

std::optional<TimeNs> MonsoonSampler::next_packet_ns() const {
  const std::size_t missing = packets_.missing();
  if (missing > 0 && (!sampling_ || stalled_)) return std::nullopt;
  return start_ns_ + offset_ns(slots_ + static_cast<std::int64_t>(missing));
}

void MonsoonSampler::make_slots(std::size_t count) {
  const auto mean_a = std::span(mean_a_).first(count);
  const auto marker = std::span(marker_).first(count);
  scenario_.next(mean_a, marker);
  for (std::size_t i = 0; i < count && sampling_; ++i)
    make_slot(mean_a[i], marker[i] != 0);
}

void MonsoonSampler::make_slot(double mean_a, bool marker) {
  apply_faults();
  const MonsoonSample kind = kind_of_slot();
  if (stalled_) {
    // Nothing comes any more, and nothing is counted.
  } else if (to_drop_ > 0) {
    --to_drop_;
    packets_.drop();
  } else {
    packets_.push(slot(kind, mean_a, marker));
  }
  ++slots_;
  if (kind == MonsoonSample::measurement) count_measurement();
}

void MonsoonSampler::count_measurement() {
  ++measurements_;
  if (run_.measurements > 0 && measurements_ >= run_.measurements) stop();
}

void MonsoonSampler::apply_faults() {
  const MonsoonFaults& faults = settings_.faults;
  for (const auto& drop : faults.drops) {
    if (drop.slot == slots_) to_drop_ += drop.count;
  }
  for (const auto& loss : faults.lost_packets) {
    if (loss.slot == slots_) packets_.lose_packets(loss.count);
  }
  if (std::ranges::find(faults.corrupted, slots_) != faults.corrupted.end()) packets_.corrupt_next();
  if (faults.stall == slots_) stalled_ = true;
  if (faults.trip == slots_) {
    tripped_ = true;
    trip_slot_ = slots_;
    run_.output_v = 0;
  }
}

MonsoonSample MonsoonSampler::kind_of_slot() const {
  const std::int64_t within = slots_ % run_.calibration_interval_slots;
  const std::int64_t each = settings_.calibration_observations;
  if (settings_.faults.no_calibration || within >= 2 * each) return MonsoonSample::measurement;
  return within < each ? MonsoonSample::zero : MonsoonSample::reference;
}

MonsoonSlot MonsoonSampler::slot(MonsoonSample kind, double mean_a, bool marker) const {
  const bool powered = run_.output_v > 0;
  const double marker_v = marker && powered ? k_marker_v : 0;
  return {slots_,
          kind,
          powered ? mean_a : 0,
          k_usb_current_a,
          k_aux_current_a,
          run_.aux_voltage ? marker_v : run_.output_v,
          run_.passthrough ? k_usb_host_v : marker_v,
          marker,
          powered,
          tripped_};
}

}  // namespace joulemark::emulator
