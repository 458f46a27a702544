// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/instrument/instrument.h>
#include <drivers/instrument/timebase.h>
#include <drivers/monsoon/decoder.h>
#include <drivers/monsoon/settings.h>
#include <drivers/monsoon/unit.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace joulemark::monsoon {

// A unit that speaks the USB protocol: every HVPM, and LVPMs with firmware RevE or later. Opening stops a
// unit that some dead process left sampling, and reads; it changes no setting. run (once) applies the
// settings, measures, and leaves the unit stopped whatever happens.
class MonsoonInstrument final : public Instrument {
 public:
  // options: recorded as metadata. The timebase outlives it. Errors: protocol, usage (a setting outside what
  // this model takes), unsafe (see check_voltage).
  [[nodiscard]] static Result<std::unique_ptr<Instrument>> open(
      const std::string& uri, std::unique_ptr<usb::Device> device, const Settings& settings,
      std::vector<MetadataItem> options, Timebase& timebase, const std::stop_token& stop = {});

  MonsoonInstrument(Unit unit, Settings settings, std::vector<MetadataItem> options, Timebase& timebase)
      : unit_(std::move(unit)),
        settings_(std::move(settings)),
        options_(std::move(options)),
        timebase_(timebase) {}

  [[nodiscard]] const CaptureInfo& info() const override { return info_; }
  void expect_end(std::int64_t index) override { end_index_ = index; }
  void on_news(News news) override { news_ = std::move(news); }
  [[nodiscard]] Result<EndReason> run(SampleSink& sink, const std::stop_token& stop) override;

 private:
  [[nodiscard]] Status look(const std::stop_token& stop);
  [[nodiscard]] Status check_settings() const;
  void make_info(const std::string& uri);
  [[nodiscard]] DecoderSetup decoder_setup() const;

  [[nodiscard]] Status prepare(SampleSink& sink);
  [[nodiscard]] Status apply_settings(SampleSink& sink);
  [[nodiscard]] Result<EndReason> measure(SampleSink& sink, const std::stop_token& stop);
  [[nodiscard]] Result<EndReason> fetch(Decoder& decoder, SampleSink& sink, const std::stop_token& stop);
  [[nodiscard]] Status close(SampleSink& sink);
  [[nodiscard]] Status restore_output();
  void tell(const std::string& sentence) const {
    if (news_) news_(sentence);
  }

  Unit unit_;
  Settings settings_;
  std::vector<MetadataItem> options_;
  Timebase& timebase_;
  UnitFacts facts_;
  bool found_sampling_ = false;
  double vout_before_v_ = 0;
  bool vout_changed_ = false;
  std::vector<Column> columns_;
  std::optional<std::int64_t> end_index_;
  CaptureInfo info_;
  News news_;
};

}  // namespace joulemark::monsoon
