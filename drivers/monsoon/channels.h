// SPDX-License-Identifier: Apache-2.0
// The channel table: what is recorded, for the sink and for the decoder.
#pragma once

#include <analysis/model/anomaly.h>
#include <analysis/model/capture_info.h>
#include <analysis/model/channel.h>

#include <drivers/monsoon/decoder.h>
#include <drivers/monsoon/settings.h>

#include <span>
#include <vector>

namespace joulemark::monsoon {

// In the order main, USB, aux. Power is current times the first voltage channel, so that one always belongs
// to the first current: where the main voltage is not measured (its word carries the aux voltage) there is no
// other voltage beside the main current.
[[nodiscard]] std::vector<Column> columns_for(const Settings& settings);

[[nodiscard]] Channel channel_for(Column column, const UnitScale& scale);

// vout_v: what the main output was set to, for when its voltage is not measured.
[[nodiscard]] Supply supply_for(std::span<const Column> columns, double vout_v);

// What is known to be uncertain about these channels, to stand in the capture.
[[nodiscard]] std::vector<Anomaly> doubts_about(std::span<const Column> columns, Model model);

}  // namespace joulemark::monsoon
