// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/instrument/instrument.h>
#include <drivers/instrument/timebase.h>
#include <drivers/probe/recording.h>
#include <drivers/probe/settings.h>
#include <drivers/probe/setup.h>
#include <drivers/transport/serial/byte_stream.h>

#include <memory>
#include <string>
#include <vector>

namespace joulemark::probe {

// A firmware probe. Opening it asks who it is, has it take the settings and times its conversions; run (once)
// records. Its settings last until its next reset.
class ProbeInstrument final : public Instrument {
 public:
  // connect: opens the port, now and when the probe comes back; options: recorded as metadata. The timebase
  // outlives it. Errors: connect's, and survey's.
  [[nodiscard]] static Result<std::unique_ptr<Instrument>> open(const std::string& uri, Connect connect,
                                                                const Settings& settings,
                                                                std::vector<MetadataItem> options,
                                                                Timebase& timebase,
                                                                const std::stop_token& stop = {});

  ProbeInstrument(Connect connect, Settings settings, std::vector<MetadataItem> options, Timebase& timebase)
      : connect_(std::move(connect)),
        settings_(std::move(settings)),
        options_(std::move(options)),
        timebase_(timebase) {}

  [[nodiscard]] const CaptureInfo& info() const override { return info_; }
  void on_news(News news) override { news_ = std::move(news); }
  [[nodiscard]] Result<EndReason> run(SampleSink& sink, const std::stop_token& stop) override;

 private:
  [[nodiscard]] Status look(const std::string& uri, const std::stop_token& stop);
  [[nodiscard]] Status prepare(SampleSink& sink);

  Connect connect_;
  Settings settings_;
  std::vector<MetadataItem> options_;
  Timebase& timebase_;
  std::unique_ptr<serial::ByteStream> port_;
  Setup setup_;
  CaptureInfo info_;
  News news_;
};

}  // namespace joulemark::probe
