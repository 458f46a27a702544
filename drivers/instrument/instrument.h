// SPDX-License-Identifier: Apache-2.0
// What every driver offers. An Instrument is opened by URI (see registry.h), says what it measures, and runs.
#pragma once

#include <analysis/model/capture_info.h>
#include <analysis/model/result.h>
#include <analysis/model/sample_sink.h>

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>

namespace joulemark {

// One thread at a time, except that the stop token may be triggered from anywhere.
class Instrument {
 public:
  Instrument() = default;
  Instrument(const Instrument&) = delete;
  Instrument& operator=(const Instrument&) = delete;
  virtual ~Instrument() = default;  // stops whatever still runs; never changes an output

  // Identity, channels, lines and supply as they will be recorded.
  [[nodiscard]] virtual const CaptureInfo& info() const = 0;

  // Told before run: the caller takes samples of the primary channel below this index and then stops. An
  // instrument that can end exactly there does so (EndReason::completed); most need not care.
  virtual void expect_end(std::int64_t index) { static_cast<void>(index); }

  // True when nothing is lost by making it wait in the sink: a file or a simulation. What is measured goes on
  // without us.
  [[nodiscard]] virtual bool can_wait() const { return false; }

  // What a person should know at once, a sentence each: an output was switched, the unit had to be stopped
  // first. Given before run; called during run, on its thread.
  using News = std::function<void(const std::string&)>;
  // NOLINTNEXTLINE(performance-unnecessary-value-param): who has news keeps it
  virtual void on_news(News /*news*/) {}

  // Measures into the sink on the calling thread until stop is requested, the instrument has no more to give
  // (EndReason::completed) or it fails. Only accept is called: begin(info()) and end are the caller's.
  // Stopping takes effect within 100 ms. An instrument that leaves or falls silent is no Error but
  // EndReason::unplugged or stalled. Errors: protocol for the instrument's own, unsafe for a change that was
  // refused, or the sink's first one.
  [[nodiscard]] virtual Result<EndReason> run(SampleSink& sink, const std::stop_token& stop) = 0;
};

}  // namespace joulemark
