// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/ina219/acquisition.h>
#include <drivers/ina219/intake.h>
#include <drivers/ina219/settings.h>
#include <drivers/ina219/survey.h>
#include <drivers/instrument/instrument.h>
#include <drivers/instrument/timebase.h>
#include <drivers/transport/gpio/edge_source.h>
#include <drivers/transport/i2c/register_bus.h>

#include <memory>
#include <string>
#include <vector>

namespace joulemark::ina219 {

// An INA219 whose registers are read by us. Opening identifies it as far as it can be, configures it and
// times its conversions; run (once) reads each of them. At the end it is configured as it was found.
class I2cInstrument final : public Instrument {
 public:
  // edges: of settings.markers, or null; options: recorded as metadata. The timebase outlives it. Errors:
  // no_instrument, usage, protocol.
  [[nodiscard]] static Result<std::unique_ptr<Instrument>> open(
      const std::string& uri, std::unique_ptr<i2c::RegisterBus> bus, std::unique_ptr<gpio::EdgeSource> edges,
      const Settings& settings, std::vector<MetadataItem> options, Timebase& timebase,
      const std::stop_token& stop = {});

  I2cInstrument(std::unique_ptr<i2c::RegisterBus> bus, std::unique_ptr<gpio::EdgeSource> edges,
                Settings settings, std::vector<MetadataItem> options, Timebase& timebase);
  ~I2cInstrument() override;

  [[nodiscard]] const CaptureInfo& info() const override { return info_; }
  void on_news(News news) override { news_ = std::move(news); }
  [[nodiscard]] Result<EndReason> run(SampleSink& sink, const std::stop_token& stop) override;

 private:
  [[nodiscard]] Status look(const std::string& uri, const std::stop_token& stop);
  [[nodiscard]] Status prepare(SampleSink& sink);
  [[nodiscard]] Result<EndReason> measure(SampleSink& sink, const std::stop_token& stop);
  void tell(const std::string& sentence) const {
    if (news_) news_(sentence);
  }

  std::unique_ptr<i2c::RegisterBus> bus_;
  std::unique_ptr<gpio::EdgeSource> edges_;
  Settings settings_;
  std::vector<MetadataItem> options_;
  Timebase& timebase_;
  std::optional<ChipState> found_;  // what to restore
  Shunt shunt_;
  Survey survey_;
  ChannelSetup setup_;
  CaptureInfo info_;
  News news_;
};

}  // namespace joulemark::ina219
