// SPDX-License-Identifier: Apache-2.0
// What hangs on the emulated unit: a current whose exact energies are known, and the target's marker line.
#pragma once

#include <analysis/model/result.h>
#include <analysis/model/time.h>

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace joulemark::emulator {

// Calls come from one thread. A scenario starts anew, at its time 0, with every begin.
class MonsoonScenario {
 public:
  MonsoonScenario() = default;
  MonsoonScenario(const MonsoonScenario&) = delete;
  MonsoonScenario& operator=(const MonsoonScenario&) = delete;
  virtual ~MonsoonScenario() = default;

  virtual void begin(double slots_per_s) = 0;

  // The slots that follow those asked for before: mean current of each (slot i spans [i, i + 1) / rate), and
  // the level of the marker line in its middle (0 or 1).
  virtual void next(std::span<double> mean_a, std::span<std::uint8_t> marker) = 0;

  // Exact energies over the span, supplied with voltage_v: JSON with the keys of sim:kws' truth, plus
  // "scenario". Times are seconds since the start of sampling.
  [[nodiscard]] virtual std::string truth_json(TimeRange span, double voltage_v) const = 0;
};

// kws[:Nx] (the target of sim:kws, its currents times N), constant:CURRENT or
// square:LOW,HIGH,PERIOD[,SHARE] (LOW first; the marker line is high while HIGH, which lasts SHARE of the
// period, half of it by default). Errors: usage.
[[nodiscard]] Result<std::unique_ptr<MonsoonScenario>> make_monsoon_scenario(std::string_view text,
                                                                             std::uint64_t seed);

}  // namespace joulemark::emulator
