// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/capture/inspector.h>
#include <analysis/model/sample_sink.h>

namespace joulemark::capture {

// Feeds a sink, from begin to end, with what is good in a file and an Anomaly for each loss. After inspect().
// Errors: the sink's, io.
[[nodiscard]] Status salvage(Database& db, Inspector& inspector, SampleSink& sink);

}  // namespace joulemark::capture
