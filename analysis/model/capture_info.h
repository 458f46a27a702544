// SPDX-License-Identifier: Apache-2.0
// What is known of a recording before its first sample.
#pragma once

#include <analysis/model/channel.h>
#include <analysis/model/ids.h>
#include <analysis/model/result.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark {

struct InstrumentIdentity {
  std::string uri;  // how it was opened: "monsoon:?serial=20519", "import:eembc"
  std::string vendor;
  std::string model;
  std::string serial;
  std::string firmware;
  std::string calibration;

  bool operator==(const InstrumentIdentity&) const = default;
};

// Where the voltage of k_power comes from. unknown: no energy can be told, only charge.
enum class VoltageBasis { unknown, measured, setpoint, assumed };

struct Supply {
  std::optional<double> voltage_v;  // a constant, for setpoint and assumed
  VoltageBasis basis = VoltageBasis::unknown;

  bool operator==(const Supply&) const = default;
};

struct Line {
  LineId id;
  std::string name;  // "" when nobody named it

  bool operator==(const Line&) const = default;
};

struct CaptureInfo {
  std::string id;                                 // unique; a sink that stores captures makes one when empty
  std::optional<std::int64_t> started_at_utc_ns;  // UTC of capture time 0, when known
  InstrumentIdentity instrument;
  Supply supply;
  std::vector<Channel> channels;  // ChannelId{i} is channels[i]
  std::vector<Line> lines;

  bool operator==(const CaptureInfo&) const = default;
};

// Free key and value. Keys: "event.<name>" a rule as of --event ("d0,pair=falling"), "withheld.<name>" why an
// importer gives none, "useful" its name, "markers", "marker.<code>" coded lines and names, "source.*" an
// import's origin, "instrument.*" settings, "line.d<n>.initial" high/low, "voltage.interval_s" of readings.
struct MetadataItem {
  std::string key;
  std::string value;

  bool operator==(const MetadataItem&) const = default;
};

// The instrument's own bytes, kept on request (--keep-raw) so that a field problem can be replayed.
struct RawBytes {
  TimeNs time_ns = 0;  // capture time of arrival
  std::span<const std::byte> bytes;
};

enum class EndReason {
  completed,    // as long as was asked for, or the whole file
  interrupted,  // a person or signal stopped it
  unplugged,
  stalled,
  failed,  // the instrument or importer gave up; what came before is good
  disk_full,
  killed,  // never written by a recorder: what a reader says of a capture without an end
};

[[nodiscard]] std::string_view name_of(EndReason reason);
[[nodiscard]] std::string_view name_of(VoltageBasis basis);
[[nodiscard]] std::optional<EndReason> end_reason_from_name(std::string_view name);
[[nodiscard]] std::optional<VoltageBasis> voltage_basis_from_name(std::string_view name);

// Checks what every sink relies on: names present and unique, rates finite and positive where needed, scales
// finite and not 0, at most 256 lines. Errors: usage.
[[nodiscard]] Status validate(const CaptureInfo& info);

}  // namespace joulemark
