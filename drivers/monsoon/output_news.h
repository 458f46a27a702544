// SPDX-License-Identifier: Apache-2.0
// What both ways to a unit say of its output in the same words.
#pragma once

#include <drivers/instrument/instrument.h>
#include <drivers/monsoon/settings.h>

namespace joulemark::monsoon {

inline constexpr const char* k_output_out_of_reach =
    "the unit was unplugged; its output could not be read or changed any more";

// Set so, as news and as metadata. Errors: the sink's.
[[nodiscard]] Status tell_passthrough(Passthrough set, const Instrument::News& news, SampleSink& sink);

}  // namespace joulemark::monsoon
