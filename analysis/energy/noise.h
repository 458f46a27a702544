// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/energy/measure.h>
#include <analysis/model/sample_source.h>

namespace joulemark {

// Estimates the noise of the primary channel's samples in the events of each name and in idle, into noise and
// idle_noise, from up to 8192 samples in each, spread over the recording and over the event; a
// mean voltage makes it that of energy and charge, without noise of its own. Unknown where there are too few
// samples, and on timed channels, whose samples hold for times of their own. The rest of the measurement is
// done. Errors: the source's.
[[nodiscard]] Status read_noise(SampleSource& source, Measurement& measurement);

}  // namespace joulemark
