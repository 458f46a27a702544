// SPDX-License-Identifier: Apache-2.0
// The sampling half of the emulated unit: slots of 200 us, measured or given to calibration, go to its queue.
#pragma once

#include <analysis/model/time.h>

#include <drivers/emulator/monsoon_faults.h>
#include <drivers/emulator/monsoon_front_end.h>
#include <drivers/emulator/monsoon_packets.h>
#include <drivers/emulator/monsoon_scenario.h>

#include <array>
#include <cstdint>
#include <optional>

namespace joulemark::emulator {

struct MonsoonSamplerSettings {
  std::uint64_t seed = 1;
  double noise = 1;
  std::size_t queue_slots = MonsoonPackets::k_default_slots;
  // Zero observations per calibration, followed by as many reference ones. The sources do not say how many a
  // real unit takes; five fill the vendor's windows at once.
  std::int64_t calibration_observations = 5;
  bool marker_bits = false;  // the marker is bit 0 of the main voltage word too; bit 1 is 0
  MonsoonFaults faults{};
};

// As set by the host before sampling.
struct MonsoonRun {
  std::int64_t calibration_interval_slots = 6250;
  std::int64_t measurements = 0;  // to take before sampling ends by itself; 0: until stopped
  double output_v = 0;
  bool aux_voltage = false;  // in place of the main voltage
  bool passthrough = false;  // the host drives the USB channel, 5 V
};

// A calibration begins with every interval, the first one with slot 0. Slots keep to a clock of 5000 a
// second, off by the drift.
class MonsoonSampler {
 public:
  // Scenario and packets outlive the sampler.
  MonsoonSampler(const MonsoonSamplerSettings& settings, MonsoonScenario& scenario, MonsoonPackets& packets);

  void start(TimeNs now_ns, const MonsoonRun& run);
  void stop();                  // what is queued stays readable
  void advance(TimeNs now_ns);  // makes up the slots that have ended by then
  void change_output(double output_v) { run_.output_v = output_v; }

  // When the next packet will be there. None: not before another start.
  [[nodiscard]] std::optional<TimeNs> next_packet_ns() const;

  [[nodiscard]] bool sampling() const { return sampling_; }
  [[nodiscard]] bool tripped() const { return tripped_; }
  [[nodiscard]] std::int64_t slots() const { return slots_; }  // since the start, dropped ones too
  // From the start to the end of the last slot, or to the trip of the output; on the clock outside.
  [[nodiscard]] TimeRange powered_span() const { return {0, offset_ns(tripped_ ? trip_slot_ : slots_)}; }
  [[nodiscard]] double output_at_start_v() const { return output_at_start_v_; }

 private:
  static constexpr std::size_t k_batch = 64;

  [[nodiscard]] TimeNs offset_ns(std::int64_t slots) const;
  void make_slots(std::size_t count);
  void make_slot(double mean_a, bool marker);
  void apply_faults();
  [[nodiscard]] MonsoonSample kind_of_slot() const;
  [[nodiscard]] MonsoonSlot slot(MonsoonSample kind, double mean_a, bool marker) const;
  void count_measurement();

  MonsoonSamplerSettings settings_;
  MonsoonScenario& scenario_;
  MonsoonPackets& packets_;
  MonsoonRun run_;
  double slots_per_s_;
  TimeNs start_ns_ = 0;
  std::int64_t slots_ = 0;
  std::int64_t measurements_ = 0;
  std::int64_t to_drop_ = 0;
  std::int64_t trip_slot_ = 0;
  double output_at_start_v_ = 0;
  bool sampling_ = false;
  bool tripped_ = false;
  bool stalled_ = false;
  std::array<double, k_batch> mean_a_{};
  std::array<std::uint8_t, k_batch> marker_{};
};

}  // namespace joulemark::emulator
