// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/ina219/acquisition.h>
#include <drivers/ina219/iio_chip.h>
#include <drivers/ina219/intake.h>
#include <drivers/ina219/settings.h>
#include <drivers/instrument/instrument.h>
#include <drivers/instrument/timebase.h>
#include <drivers/transport/gpio/edge_source.h>
#include <drivers/transport/iio/device.h>

#include <memory>
#include <string>
#include <vector>

namespace joulemark::ina219 {

// An INA219 that the kernel's ina2xx-adc driver reads. Opening runs its buffer for a moment to see how fast
// records really come. At the end its attributes are as they were.
class IioInstrument final : public Instrument {
 public:
  // edges: of settings.markers, or null; options: recorded as metadata. The timebase outlives it. Errors:
  // busy, usage, protocol.
  [[nodiscard]] static Result<std::unique_ptr<Instrument>> open(
      const std::string& uri, std::unique_ptr<iio::Device> device, std::unique_ptr<gpio::EdgeSource> edges,
      const Settings& settings, std::vector<MetadataItem> options, Timebase& timebase,
      const std::stop_token& stop = {});

  IioInstrument(std::unique_ptr<iio::Device> device, std::unique_ptr<gpio::EdgeSource> edges,
                Settings settings, std::vector<MetadataItem> options, Timebase& timebase);

  [[nodiscard]] const CaptureInfo& info() const override { return info_; }
  void on_news(News news) override { news_ = std::move(news); }
  [[nodiscard]] Result<EndReason> run(SampleSink& sink, const std::stop_token& stop) override;

 private:
  [[nodiscard]] Status look(const std::string& uri, const std::stop_token& stop);
  [[nodiscard]] Status choose_adc(const std::stop_token& stop);
  [[nodiscard]] Result<double> try_adc(const AdcSetting& adc, const std::stop_token& stop);
  [[nodiscard]] Result<std::vector<TimeNs>> sample_stamps(double seconds, const std::stop_token& stop);
  [[nodiscard]] Status prepare(SampleSink& sink);
  [[nodiscard]] Result<EndReason> measure(SampleSink& sink, const std::stop_token& stop);
  [[nodiscard]] EndReason why_silent() const;

  std::unique_ptr<iio::Device> device_;
  std::unique_ptr<gpio::EdgeSource> edges_;
  Settings settings_;
  std::vector<MetadataItem> options_;
  Timebase& timebase_;
  Shunt shunt_;
  std::optional<iio::ScanLayout> layout_;
  std::optional<RecordReader> reader_;
  ChannelSetup setup_;
  std::vector<std::string> doubts_;  // what a person should know, a sentence each
  CaptureInfo info_;
  News news_;
};

}  // namespace joulemark::ina219
