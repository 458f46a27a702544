// SPDX-License-Identifier: Apache-2.0
// The options of monsoon: as values.
#pragma once

#include <analysis/model/option.h>
#include <analysis/model/result.h>

#include <drivers/monsoon/marker_line.h>
#include <drivers/monsoon/protocol.h>

#include <optional>
#include <string>
#include <vector>

namespace joulemark::monsoon {

enum class AtEnd { keep, off, restore };
enum class Passthrough { off = 0, on = 1, automatic = 2 };  // as the unit encodes it

struct MarkerSettings {
  MarkerSetup::Source source = MarkerSetup::Source::usb_voltage;
  double threshold_v = 1.5;
  double hysteresis_v = 0.3;  // from the falling to the rising threshold

  [[nodiscard]] MarkerSetup with_step(double step_v) const {
    return {source, (threshold_v + hysteresis_v / 2) / step_v, (threshold_v - hysteresis_v / 2) / step_v};
  }
};

struct Settings {
  std::string serial;            // "": the only one attached
  std::optional<double> vout_v;  // none: the output is never touched; 0: off
  AtEnd vout_at_end = AtEnd::keep;
  std::optional<double> current_limit_a;
  std::optional<Passthrough> passthrough;  // none: left as it is
  std::vector<Rail> rails{Rail::main};
  std::optional<MarkerSettings> marker;

  [[nodiscard]] bool aux_voltage() const {
    return marker && marker->source == MarkerSetup::Source::aux_voltage;
  }
};

[[nodiscard]] std::vector<OptionSpec> option_specs();

// Errors: usage, naming the option and what it takes.
[[nodiscard]] Result<Settings> read_settings(const OptionValues& options);

}  // namespace joulemark::monsoon
