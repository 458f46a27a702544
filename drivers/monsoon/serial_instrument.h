// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/instrument/instrument.h>
#include <drivers/instrument/timebase.h>
#include <drivers/monsoon/serial_decoder.h>
#include <drivers/monsoon/serial_frames.h>
#include <drivers/monsoon/settings.h>
#include <drivers/transport/serial/byte_stream.h>

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace joulemark::monsoon {

// An LVPM with factory firmware. As with MonsoonInstrument, opening only stops and reads; the output is set
// only before sampling, on a unit that has answered a status request and sends no more data.
class SerialInstrument final : public Instrument {
 public:
  // options: recorded as metadata. The timebase outlives it. Errors: protocol, usage (a setting outside what
  // such a unit takes), capability (USB and aux currents, markers).
  [[nodiscard]] static Result<std::unique_ptr<Instrument>> open(
      const std::string& uri, std::unique_ptr<serial::ByteStream> port, const Settings& settings,
      std::vector<MetadataItem> options, Timebase& timebase, const std::stop_token& stop = {});

  SerialInstrument(std::unique_ptr<serial::ByteStream> port, Settings settings,
                   std::vector<MetadataItem> options, Timebase& timebase)
      : port_(std::move(port)),
        settings_(std::move(settings)),
        options_(std::move(options)),
        timebase_(timebase) {}

  [[nodiscard]] const CaptureInfo& info() const override { return info_; }
  void expect_end(std::int64_t index) override { end_index_ = index; }
  void on_news(News news) override { news_ = std::move(news); }
  [[nodiscard]] Result<EndReason> run(SampleSink& sink, const std::stop_token& stop) override;

 private:
  [[nodiscard]] Status check_settings() const;
  void make_info(const std::string& uri);
  [[nodiscard]] Status order(std::initializer_list<int> payload);
  [[nodiscard]] Result<bool> hears_data();
  [[nodiscard]] Result<SerialStatus> settle(const std::stop_token& stop = {});
  [[nodiscard]] Status set_limits_and_passthrough(SampleSink& sink);
  [[nodiscard]] Status set_voltage(double volts);
  [[nodiscard]] Status prepare(SampleSink& sink);
  [[nodiscard]] Result<EndReason> measure(SampleSink& sink, const std::stop_token& stop);
  [[nodiscard]] Result<EndReason> fetch(SerialDecoder& decoder, SampleSink& sink,
                                        const std::stop_token& stop);
  [[nodiscard]] Status close(SampleSink& sink);
  void tell(const std::string& sentence) const {
    if (news_) news_(sentence);
  }

  std::unique_ptr<serial::ByteStream> port_;
  Settings settings_;
  std::vector<MetadataItem> options_;
  Timebase& timebase_;
  SerialStatus before_;
  bool vout_changed_ = false;
  bool found_sampling_ = false;  // when it was opened
  std::optional<std::int64_t> end_index_;
  CaptureInfo info_;
  News news_;
};

}  // namespace joulemark::monsoon
