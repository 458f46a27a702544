// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>

#include <drivers/emulator/monsoon_faults.h>
#include <drivers/emulator/monsoon_hardware.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

namespace joulemark::emulator {
namespace {

constexpr std::int64_t k_wrapping_drop = 12;
constexpr double k_most_drift_ppm = 10'000;

constexpr std::array<std::pair<std::string_view, MonsoonPhase>, 5> k_phases{
    {{"list", MonsoonPhase::list},
     {"configure", MonsoonPhase::configure},
     {"calibrate", MonsoonPhase::calibrate},
     {"sample", MonsoonPhase::sample},
     {"stop", MonsoonPhase::stop}}};

// name[:number][@place]
struct Parts {
  std::string_view name;
  std::string_view number;
  std::string_view place;
};

Parts split(std::string_view text) {
  Parts parts;
  if (const auto at = text.find('@'); at != std::string_view::npos) {
    parts.place = text.substr(at + 1);
    text = text.substr(0, at);
  }
  if (const auto colon = text.find(':'); colon != std::string_view::npos) {
    parts.number = text.substr(colon + 1);
    text = text.substr(0, colon);
  }
  parts.name = text;
  return parts;
}

Result<std::int64_t> slot_at(std::string_view time) {
  JM_TRY_ASSIGN(const double time_s, parse_quantity(time, "s"));
  if (time_s >= 0 && time_s <= 1e7) return std::llround(time_s * k_monsoon_slots_per_s);
  return fail(ErrorCode::usage, "the time is 0 s or later");
}

Result<std::int64_t> count_of(std::string_view text) {
  const auto number = parse_number(text);
  if (number && *number >= 1 && *number <= 1e6 && *number == std::floor(*number))
    return static_cast<std::int64_t>(*number);
  return fail(ErrorCode::usage, fmt::format("'{}' is not a number from 1 to 1000000", text));
}

Status read_unplug(std::string_view place, MonsoonFaults& into) {
  const auto phase = std::ranges::find(k_phases, place, &std::pair<std::string_view, MonsoonPhase>::first);
  if (phase != k_phases.end()) {
    into.unplug_in = phase->second;
    return {};
  }
  JM_TRY_ASSIGN(into.unplug, slot_at(place));
  return {};
}

// Those that happen at a time. False when it is none of them.
Result<bool> read_timed(const Parts& parts, MonsoonFaults& into) {
  if (parts.name == "unplug") {
    JM_TRY(read_unplug(parts.place, into));
    return true;
  }
  const bool counted = parts.name == "drop" || parts.name == "lose";
  const std::array<std::string_view, 4> plain{"corrupt", "stall", "trip", "wrap"};
  if (!counted && std::ranges::find(plain, parts.name) == plain.end()) return false;
  JM_TRY_ASSIGN(const std::int64_t slot, slot_at(parts.place));
  if (counted) {
    JM_TRY_ASSIGN(const std::int64_t count, count_of(parts.number));
    (parts.name == "drop" ? into.drops : into.lost_packets).push_back({slot, count});
  } else if (parts.name == "corrupt") {
    into.corrupted.push_back(slot);
  } else if (parts.name == "wrap") {
    into.wrap = true;
    into.drops.push_back({slot, k_wrapping_drop});
  } else {
    (parts.name == "stall" ? into.stall : into.trip) = slot;
  }
  return true;
}

Status read(std::string_view text, MonsoonFaults& into) {
  const Parts parts = split(text);
  JM_TRY_ASSIGN(const bool timed, read_timed(parts, into));
  if (timed) return {};
  if (parts.name == "drift") {
    const auto ppm = parse_number(parts.number);
    if (!ppm || !(std::abs(*ppm) <= k_most_drift_ppm))
      return fail(ErrorCode::usage, "the drift is written like drift:50, in ppm, at most 10000");
    into.drift_ppm = *ppm;
    return {};
  }
  const std::array<std::pair<std::string_view, bool*>, 3> flags{{{"bad-daccal", &into.bad_dac_calibration},
                                                                 {"start-sampling", &into.found_sampling},
                                                                 {"no-calibration", &into.no_calibration}}};
  const auto* const flag = std::ranges::find(flags, text, &std::pair<std::string_view, bool*>::first);
  if (flag != flags.end()) {
    *flag->second = true;
    return {};
  }
  return fail(ErrorCode::usage,
              "known are drop:N@TIME, lose:N@TIME, corrupt@TIME, stall@TIME, unplug@TIME, "
              "unplug@list|configure|calibrate|sample|stop, trip@TIME, wrap@TIME, drift:PPM, bad-daccal, "
              "start-sampling and no-calibration");
}

}  // namespace

Result<MonsoonFaults> parse_monsoon_faults(std::span<const std::string> texts) {
  MonsoonFaults faults;
  for (const std::string& text : texts) {
    if (const auto status = read(text, faults); !status)
      return fail_at(fmt::format("fault '{}'", text), status.error());
  }
  return faults;
}

Status check_serial_faults(const MonsoonFaults& faults) {
  if (faults.drops.empty() && !faults.wrap && !faults.unplug_in && !faults.bad_dac_calibration) return {};
  return fail(
      ErrorCode::usage,
      "lvpm-serial knows the faults lose, corrupt, stall, unplug@TIME, trip, drift, start-sampling and "
      "no-calibration");
}

}  // namespace joulemark::emulator
