// SPDX-License-Identifier: Apache-2.0
// What shall go wrong with the emulated unit.
#pragma once

#include <analysis/model/result.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark::emulator {

enum class MonsoonPhase {
  list,       // the first request after enumeration
  configure,  // the first request for a scale, an offset or a voltage
  calibrate,  // in the first calibration
  sample,     // one second after the start
  stop,       // on the order to stop
};

// Times are slots since the start of sampling, and happen in every run.
struct MonsoonFaults {
  struct Loss {
    std::int64_t slot = 0;
    std::int64_t count = 0;
  };

  std::vector<Loss> drops;              // observations the unit drops, and counts
  std::vector<Loss> lost_packets;       // packets that vanish on the way, seen in the sequence alone
  std::vector<std::int64_t> corrupted;  // slots whose packet gets an impossible observation count
  std::optional<std::int64_t> stall;    // no packets from then on
  std::optional<std::int64_t> unplug;
  std::optional<MonsoonPhase> unplug_in;
  std::optional<std::int64_t> trip;  // over-current: the output switches off and the flag is set
  double drift_ppm = 0;              // of the unit's clock, positive: fast
  bool wrap = false;                 // the dropped count starts at k_wrap_start
  bool bad_dac_calibration = false;  // dacCalLow out of tolerance
  bool found_sampling = false;       // some dead process left it so
  bool no_calibration = false;       // neither zero nor reference observations

  static constexpr std::uint16_t k_wrap_start = 65530;
};

// "drop:N@TIME", "lose:N@TIME" (packets), "corrupt@TIME", "stall@TIME", "unplug@TIME" or
// "unplug@list|configure|calibrate|sample|stop", "trip@TIME", "wrap@TIME" (12 observations dropped then,
// which wraps the count), "drift:PPM", "bad-daccal", "start-sampling", "no-calibration". Errors: usage.
[[nodiscard]] Result<MonsoonFaults> parse_monsoon_faults(std::span<const std::string> texts);

// Errors: usage, where one cannot happen on the serial port of an LVPM with factory firmware, which has
// neither a dropped count nor those phases.
[[nodiscard]] Status check_serial_faults(const MonsoonFaults& faults);

}  // namespace joulemark::emulator
