// SPDX-License-Identifier: Apache-2.0
// What every emulated unit is behind its port: an output with a load, and the runs of sampling it.
#pragma once

#include <drivers/emulator/monsoon_hardware.h>
#include <drivers/emulator/monsoon_packets.h>
#include <drivers/emulator/monsoon_sampler.h>
#include <drivers/emulator/monsoon_scenario.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace joulemark::emulator {

struct MonsoonSettings {
  MonsoonKind kind = MonsoonKind::hvpm;
  std::uint16_t serial = 20519;
  double output_v = 0;  // left so by an earlier user; 0: off
  MonsoonSamplerSettings sampler{};
};

// Whom the unit tells what happens to it. Called from within the calls below; either may be empty.
struct MonsoonObserver {
  std::function<void(const std::string&)> log;  // one line
  // The exact energies of a run that ended (see MonsoonScenario::truth_json), from its start to its last
  // slot. Null energies where a violation made them unknown.
  std::function<void(const std::string&)> truth;
};

struct MonsoonCounters {
  std::int64_t runs = 0;
  std::int64_t slots = 0;            // of all runs
  std::int64_t dropped = 0;          // of all runs
  std::int64_t dropped_of_unit = 0;  // what the real unit's queue of 16 slots would have dropped
  std::int64_t refused = 0;          // orders and questions that make no sense then, answered as a unit does
  // Orders that put a target at risk: a voltage while in sample mode (a real unit may put out anything; this
  // one puts out a random voltage), one with dacCal out of tolerance, one out of range.
  std::int64_t violations = 0;
};

// Sample mode lasts 4 ms beyond a stop: the sources leave it open.
class MonsoonUnit {
 public:
  // The packets outlive the unit.
  MonsoonUnit(const MonsoonSettings& settings, std::unique_ptr<MonsoonScenario> scenario,
              MonsoonPackets& packets, MonsoonObserver observer);

  void advance(TimeNs now_ns);  // makes up the slots that have ended by then
  void start(TimeNs now_ns, std::uint32_t calibration_interval_ms, MonsoonRun run);
  void stop(TimeNs now_ns);
  void finish();  // ends a run that is still going on, so that its truth is told

  // error: what the output then is, in what was asked for; 1 unless the unit's own calibration is bad.
  void order_output(TimeNs now_ns, double wanted_v, double error = 1);
  void count_refusal(const std::string& what);
  void log(const std::string& line) const;

  [[nodiscard]] bool sampling() const { return sampler_.sampling(); }
  [[nodiscard]] bool sample_mode(TimeNs now_ns) const;
  [[nodiscard]] const MonsoonSampler& sampler() const { return sampler_; }
  [[nodiscard]] double output_v() const { return output_v_; }
  [[nodiscard]] MonsoonCounters counters() const;

 private:
  void violate(const std::string& what, double output_v);
  void end_run();
  [[nodiscard]] double random_voltage();

  MonsoonSettings settings_;
  const MonsoonHardware& hardware_;
  std::unique_ptr<MonsoonScenario> scenario_;
  MonsoonPackets& packets_;
  MonsoonObserver observer_;
  MonsoonSampler sampler_;
  MonsoonCounters past_;  // without the present run
  double output_v_;
  TimeNs sample_mode_until_ns_ = 0;
  std::int64_t violations_before_run_ = 0;
};

}  // namespace joulemark::emulator
