// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <analysis/capture/capture_options.h>
#include <analysis/model/sample_sink.h>

#include <memory>

namespace joulemark {

// Writes a capture file. accept() copies into preallocated storage and returns: two threads behind it encode
// and write. At most 256 channels; texts (metadata values, messages) of at most 8 MiB.
//
// Errors of begin: usage (see validate; the file exists and overwrite is not set), io, busy. Of accept: usage
// for input that breaks the contract of SampleSink, which is not taken; io (disk full, say) when the writing
// failed behind it: what was committed until then is good, and end() closes the file as well as it can. Of
// end: io.
//
// live: end() leaves FILE alone in its folder whatever the reason, unless somebody reads it for seconds.
// bulk: end() with failed or disk_full, or one that fails itself, removes FILE.part, and a FILE that was
// there before stays. Destroyed without end(): live as end(failed), bulk as if nothing had been.
class CaptureWriter final : public SampleSink {
 public:
  explicit CaptureWriter(CaptureOptions options);
  ~CaptureWriter() override;

  [[nodiscard]] Status begin(const CaptureInfo& info) override;
  [[nodiscard]] Status accept(const SampleBlock& block) override;
  [[nodiscard]] Status accept(const Edge& edge) override;
  [[nodiscard]] Status accept(const Marker& marker) override;
  [[nodiscard]] Status accept(const Anomaly& anomaly) override;
  [[nodiscard]] Status accept(const ClockPoint& point) override;
  [[nodiscard]] Status accept(const MetadataItem& item) override;
  [[nodiscard]] Status accept(const RawBytes& bytes) override;
  [[nodiscard]] Status end(EndReason reason) override;

  // What Overflow::drop left out of a channel until now; 0 before begin and after end.
  [[nodiscard]] std::int64_t dropped_samples(ChannelId channel) const;
  // After end(): FILE was read all the while, so its -wal file is still beside it, to be kept with it until
  // whoever reads it last or next (a CaptureReader) has folded that in. Nothing is lost.
  [[nodiscard]] bool left_log() const { return left_log_; }

 private:
  class Recording;  // from begin to end

  [[nodiscard]] Status start(const std::string& file, const CaptureInfo& info);

  CaptureOptions options_;
  bool left_log_ = false;
  std::unique_ptr<Recording> recording_;
};

}  // namespace joulemark
