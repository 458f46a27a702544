// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/model/sample_sink.h>

#include <drivers/instrument/trouble.h>
#include <drivers/probe/capture_clock.h>
#include <drivers/probe/edge_stream.h>
#include <drivers/probe/frame_reader.h>
#include <drivers/probe/listener.h>
#include <drivers/probe/sample_stream.h>
#include <drivers/probe/setup.h>
#include <drivers/probe/status_watch.h>

#include <optional>
#include <utility>

namespace joulemark::probe {

// The probe's bytes, cut anywhere, into samples, edges and Anomalies on the capture clock. Pure: knows no
// clock but the probe's. What is damaged is dropped, and the numbers say what is missing.
class Decoder final : public Listener {
 public:
  // The sink outlives this.
  Decoder(const Setup& setup, SampleSink& sink);

  [[nodiscard]] Status accept(std::span<const std::byte> bytes) override;

  // What comes now belongs to another connection.
  void reconnected();
  // True once when the probe was reset or has other settings: they, and its clock, may be new, and what it
  // sends is left out until resume.
  [[nodiscard]] bool take_reset() { return std::exchange(reset_, false); }
  // It has the settings that its samples are understood by again.
  void resume() { altered_ = false; }
  // The clock of that boot: its time + offset_ns is capture time.
  void resume(std::uint16_t boot, TimeNs offset_ns);
  // It has others than those.
  [[nodiscard]] bool altered() const { return altered_; }
  // Nothing was heard until then (capture time): no samples, no edges.
  [[nodiscard]] Status unobserved_until(TimeNs time_ns) { return edges_.unobserved_until(time_ns); }

  [[nodiscard]] Status flush() { return samples_.flush(); }
  // final: the status after STOP, which counts all there was; none when it did not come.
  [[nodiscard]] Status finish(const std::optional<jm_wire_status>& final);

  // Capture time of the probe's ticks; none before the first sample.
  [[nodiscard]] std::optional<TimeNs> time_of(const jm_wire_time& ticks) const;
  [[nodiscard]] const CaptureClock& clock() const { return clock_; }
  [[nodiscard]] const SampleStream& samples() const { return samples_; }
  [[nodiscard]] const EdgeStream& edges() const { return edges_; }
  [[nodiscard]] std::int64_t damaged() const { return damaged_.total(); }

 private:
  [[nodiscard]] Status take(const Frame& frame);
  [[nodiscard]] Status take_samples(const jm_wire_samples& samples);
  [[nodiscard]] Status take_answer(const Frame& frame);
  [[nodiscard]] Status follow_hello(const Hello& hello);
  [[nodiscard]] Status follow_boot(std::uint16_t boot, const std::string& cause);
  [[nodiscard]] Status tell_altered();
  [[nodiscard]] Status fall_out(const std::string& what);
  void started();
  [[nodiscard]] TimeNs now_ns() const { return samples_.last_ns(); }
  static constexpr int k_told_resets = 3;
  [[nodiscard]] bool mapped() const { return boot_ == setup_.hello.facts.boot && !altered_; }

  Setup setup_;
  SampleSink& sink_;
  FrameReader frames_;
  CaptureClock clock_;
  SampleStream samples_;
  EdgeStream edges_;
  StatusWatch status_;
  Tally damaged_;
  Tally skipped_;
  Tally resets_;  // after the first few
  int told_resets_ = 0;
  std::optional<std::uint8_t> sequence_;  // of the last frame
  std::uint16_t boot_;                    // as last heard; setup_'s is the one that clock_ is of
  bool reset_ = false;
  bool altered_ = false;
  std::optional<TimeNs> heard_ns_;  // what its clock said last, but for edges
};

}  // namespace joulemark::probe
