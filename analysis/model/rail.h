// SPDX-License-Identifier: Apache-2.0
// How power and current follow from the stored channels and the supply.
#pragma once

#include <analysis/model/capture_info.h>
#include <analysis/model/ids.h>
#include <analysis/model/result.h>

#include <optional>

namespace joulemark {

// value in SI = stored x gain, and x the stored voltage nearest in time x voltage_gain when there is a
// voltage.
struct Derivation {
  ChannelId channel;  // whose grid it lives on
  double gain = 1;    // includes Channel.scale
  std::optional<ChannelId> voltage;
  double voltage_gain = 1;

  [[nodiscard]] double whole_gain() const { return voltage ? gain * voltage_gain : gain; }
  bool operator==(const Derivation&) const = default;
};

// The channel that times the capture: the first current channel, else the first power, else the first energy
// one. Errors: inadequate when there is none.
[[nodiscard]] Result<ChannelId> primary_channel(const CaptureInfo& info);

// Resolves any ChannelId. A stored channel is itself times its scale. k_power is, in this order of
// preference, the primary channel itself (power; energy x rate), current x measured voltage, current x
// Supply::voltage_v. k_current is the primary itself, or power / Supply::voltage_v. Errors: inadequate, with
// the sentence that says what is missing; usage for an id that is not in the capture.
[[nodiscard]] Result<Derivation> derive(const CaptureInfo& info, ChannelId id);

// How the voltage was come by that turns current into power, or (energy and power channels) power into
// current.
[[nodiscard]] VoltageBasis voltage_basis(const CaptureInfo& info);

}  // namespace joulemark
