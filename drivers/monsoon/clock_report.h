// SPDX-License-Identifier: Apache-2.0
// What an ArrivalClock found out, into the recording.
#pragma once

#include <analysis/model/sample_sink.h>

#include <drivers/instrument/timebase.h>
#include <drivers/monsoon/arrival_clock.h>

namespace joulemark::monsoon {

// When one is due (or at_once): a pairing of the capture clock with "utc" and with "steady", this computer's
// monotonic clock. Its uncertainty covers how late that arrival may have been; 0, unknown, in the first
// second. Errors (here and below): the sink's.
[[nodiscard]] Status tell_clock_point(ArrivalClock& clock, Timebase& timebase, bool at_once,
                                      SampleSink& sink);

// At the end: the last pairing; drift, its standard uncertainty and residual as metadata, or that they are
// unknown. A clock_drift Anomaly says of a drift beyond 150 ppm (a crystal keeps within 100) by more than
// twice its uncertainty, and, as info, of an uncertainty so large that the clock was not checked at all.
[[nodiscard]] Status tell_clock(ArrivalClock& clock, Timebase& timebase, TimeNs end_ns, SampleSink& sink);

}  // namespace joulemark::monsoon
