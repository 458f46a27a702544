// SPDX-License-Identifier: Apache-2.0
// The options of sim:kws as values.
#pragma once

#include <analysis/model/option.h>
#include <analysis/model/result.h>

#include <drivers/sim/kws_target.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

namespace joulemark::sim {

enum class Pace { real_time, maximum };

struct SampleGap {
  double time_s = 0;
  std::int64_t samples = 0;  // lost
};

struct Settings {
  double rate_hz = 100e3;
  Pace pace = Pace::real_time;
  TargetSettings target;
  double voltage_v = 3;
  bool voltage_channel = false;
  double decoupling_s = 20e-6;
  std::uint32_t edge_resolution_ns = 1;
  double noise = 1;  // times the usual noise
  bool quantization = true;
  double clip_a = std::numeric_limits<double>::infinity();
  std::optional<SampleGap> gap;
  std::string truth_file;  // "" = none
};

[[nodiscard]] std::vector<OptionSpec> option_specs();

// Errors: usage, naming the option and what it takes.
[[nodiscard]] Result<Settings> read_settings(const OptionValues& options);

}  // namespace joulemark::sim
