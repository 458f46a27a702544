// SPDX-License-Identifier: Apache-2.0
#include <drivers/instrument/go_on.h>
#include <drivers/monsoon/channels.h>
#include <drivers/monsoon/clock_report.h>
#include <drivers/monsoon/output_news.h>
#include <drivers/monsoon/serial_instrument.h>
#include <drivers/monsoon/silence.h>
#include <drivers/monsoon/unit.h>

#include <fmt/format.h>

#include <array>
#include <cmath>

namespace joulemark::monsoon {
namespace {

constexpr std::chrono::milliseconds k_read_timeout{50};
constexpr std::chrono::milliseconds k_quiet{100};
constexpr TimeNs k_settle_for = 4'000'000'000;
constexpr TimeNs k_flush_every = 50'000'000;

int limit_code(double amperes) {
  return 1023 - static_cast<int>(1023 * amperes / 8);
}

Status check_taken(const char* what, int ordered, int now) {
  if (ordered == now) return {};
  return fail(ErrorCode::protocol,
              fmt::format("the unit was given {} as its {} but says {}", ordered, what, now));
}

Status flush_and_tell(SerialDecoder& decoder, Timebase& timebase, SampleSink& sink) {
  JM_TRY(decoder.flush());
  return tell_clock_point(decoder.clock(), timebase, false, sink);
}

}  // namespace

Result<std::unique_ptr<Instrument>> SerialInstrument::open(const std::string& uri,
                                                           std::unique_ptr<serial::ByteStream> port,
                                                           const Settings& settings,
                                                           std::vector<MetadataItem> options,
                                                           Timebase& timebase, const std::stop_token& stop) {
  auto instrument =
      std::make_unique<SerialInstrument>(std::move(port), settings, std::move(options), timebase);
  JM_TRY(instrument->check_settings());
  JM_TRY_ASSIGN(instrument->found_sampling_, instrument->hears_data());
  JM_TRY_ASSIGN(instrument->before_, instrument->settle(stop));
  instrument->make_info(uri);
  return std::unique_ptr<Instrument>(std::move(instrument));
}

Status SerialInstrument::check_settings() const {
  UnitFacts facts;
  facts.model = Model::lvpm;
  if (settings_.vout_v) JM_TRY(check_voltage(facts, *settings_.vout_v));
  if (settings_.current_limit_a) JM_TRY(check_current_limit(facts, *settings_.current_limit_a));
  if (settings_.marker || settings_.rails != std::vector{Rail::main}) {
    return fail(
        ErrorCode::capability,
        "over its serial port an LVPM is read on the main channel alone, without markers; firmware RevE "
        "gives it the USB protocol");
  }
  return {};
}

void SerialInstrument::make_info(const std::string& uri) {
  info_.instrument = {uri,
                      "Monsoon",
                      "LVPM",
                      std::to_string(before_.serial),
                      fmt::format("{} (protocol {}, serial port)", before_.firmware, before_.protocol),
                      "33.2 mA 2880 mA"};
  const UnitScale scale = scale_of(LvpmMemory{});
  info_.channels = {channel_for(Column::main_current, scale), channel_for(Column::main_voltage, scale)};
  info_.supply = {std::nullopt, VoltageBasis::measured};
}

Status SerialInstrument::order(std::initializer_list<int> payload) {
  return port_->write(make_frame(payload));
}

// A unit that is not sampling says nothing by itself.
Result<bool> SerialInstrument::hears_data() {
  std::array<std::byte, 64> bytes;
  JM_TRY_ASSIGN(const std::size_t count, port_->read(bytes, k_quiet));
  return count > 0;
}

// Stops, waits until nothing comes, and asks for the status: the answer shows that it listens again.
Result<SerialStatus> SerialInstrument::settle(const std::stop_token& stop) {
  std::array<std::byte, 4096> bytes;
  for (const TimeNs end_ns = timebase_.steady_ns() + k_settle_for; timebase_.steady_ns() < end_ns;) {
    JM_TRY(order({0x03, 0x00}));
    for (std::size_t count = 1; count > 0 && timebase_.steady_ns() < end_ns;) {
      JM_TRY(go_on(stop));
      JM_TRY_ASSIGN(count, port_->read(bytes, k_quiet));
    }
    JM_TRY(order({0x01, 0x00, 0x00}));
    FrameReader frames;
    std::optional<SerialStatus> status;
    bool sampling = false;
    for (std::size_t count = 1; count > 0 && !status && timebase_.steady_ns() < end_ns;) {
      JM_TRY(go_on(stop));
      JM_TRY_ASSIGN(count, port_->read(bytes, k_quiet));
      frames.feed(std::span(bytes.data(), count), [&](std::span<const std::byte> payload) {
        if (const auto parsed = SerialStatus::parse(payload)) status = parsed;
        sampling = sampling || SerialDecoder::is_data(payload);
      });
    }
    if (status && !sampling) return *status;
  }
  return fail(ErrorCode::protocol,
              "the unit answers no status request; is it an LVPM with factory firmware?");
}

// None of these orders has an answer: the status shows what has become of them.
Status SerialInstrument::set_limits_and_passthrough(SampleSink& sink) {
  if (!settings_.passthrough && !settings_.current_limit_a) return {};
  const int mode = static_cast<int>(settings_.passthrough.value_or(Passthrough{}));
  const int limit = limit_code(settings_.current_limit_a.value_or(0));
  if (settings_.passthrough) JM_TRY(order({0x01, 0x10, mode}));
  if (settings_.current_limit_a) {
    for (const auto& [low, high] : {std::pair{0x08, 0x09}, std::pair{0x0A, 0x0B}}) {
      JM_TRY(order({0x01, low, limit & 0xFF}));
      JM_TRY(order({0x01, high, limit >> 8}));
    }
  }
  JM_TRY_ASSIGN(const SerialStatus now, settle());
  if (settings_.current_limit_a) {
    JM_TRY(check_taken("power-up current limit", limit, now.power_up_limit));
    JM_TRY(check_taken("run-time current limit", limit, now.run_limit));
  }
  if (!settings_.passthrough) return {};
  JM_TRY(check_taken("USB passthrough", mode, now.passthrough));
  return tell_passthrough(*settings_.passthrough, news_, sink);
}

Status SerialInstrument::set_voltage(double volts) {
  JM_TRY(order({0x01, 0x01, volts == 0 ? 0 : static_cast<int>(std::lround((volts - 2) * 100))}));
  JM_TRY_ASSIGN(const SerialStatus now, settle());
  if (std::abs(now.output_v - volts) < 0.006) return {};
  return fail(ErrorCode::protocol,
              fmt::format("the unit was set to {} V but says {} V; check its output", volts, now.output_v));
}

Result<EndReason> SerialInstrument::run(SampleSink& sink, const std::stop_token& stop) {
  if (stop.stop_requested()) return EndReason::interrupted;  // while it was being opened: nothing is changed
  const Status prepared = prepare(sink);
  Result<EndReason> ended = prepared ? measure(sink, stop) : tl::make_unexpected(prepared.error());
  const Status closed = close(sink);
  if (port_->closed() && (!ended || !closed)) return EndReason::unplugged;
  if (ended && !closed) return tl::make_unexpected(closed.error());
  return ended;
}

Status SerialInstrument::prepare(SampleSink& sink) {
  for (const MetadataItem& item : options_)
    JM_TRY(sink.accept(item));
  JM_TRY(sink.accept(MetadataItem{"instrument.vout_before_v", fmt::format("{:.6g}", before_.output_v)}));
  if (found_sampling_) {
    JM_TRY(sink.accept(MetadataItem{"instrument.found_sampling", "yes"}));
    tell("the unit was found sampling (left so by an earlier process); it was stopped first");
  }
  JM_TRY(set_limits_and_passthrough(sink));
  if (!settings_.vout_v) return {};
  vout_changed_ = true;
  JM_TRY(set_voltage(*settings_.vout_v));
  tell(fmt::format("main output: {:.4g} V before, {:.4g} V now", before_.output_v, *settings_.vout_v));
  return {};
}

Result<EndReason> SerialInstrument::measure(SampleSink& sink, const std::stop_token& stop) {
  SerialDecoder decoder(sink);
  if (end_index_) decoder.expect_end(*end_index_);
  JM_TRY(order({0x01, 0x1B, 0x01}));
  JM_TRY(order({0x02, 0xFF, 0xFF, 0xFF, 0xFF, 0x03, 0xE8}));
  Result<EndReason> ended = fetch(decoder, sink, stop);
  JM_TRY(decoder.finish());
  JM_TRY(tell_clock(decoder.clock(), timebase_, decoder.stream().next_index() * k_slot_ns, sink));
  return ended;
}

Result<EndReason> SerialInstrument::fetch(SerialDecoder& decoder, SampleSink& sink,
                                          const std::stop_token& stop) {
  std::array<std::byte, 4096> bytes;
  FrameReader frames;
  std::int64_t damaged = 0;
  TimeNs flushed_ns = timebase_.steady_ns();
  Silence silence(flushed_ns);
  while (!stop.stop_requested()) {
    const auto count = port_->read(bytes, k_read_timeout);
    if (!count) return EndReason::unplugged;
    const TimeNs now_ns = timebase_.steady_ns();
    const auto arrived = std::span<const std::byte>(bytes.data(), *count);
    if (*count > 0) JM_TRY(sink.accept(RawBytes{decoder.stream().next_index() * k_slot_ns, arrived}));
    Status status;
    frames.feed(arrived, [&](std::span<const std::byte> payload) {
      if (status) status = decoder.accept(payload, now_ns);
    });
    JM_TRY(std::move(status));
    for (; damaged < frames.damaged(); ++damaged)
      JM_TRY(decoder.damaged());
    if (silence.too_long(now_ns, decoder.records())) {
      tell("no data for 5 s, or none that can be read: the unit stalled");
      return EndReason::stalled;
    }
    if (now_ns - flushed_ns < k_flush_every) continue;
    flushed_ns = now_ns;
    JM_TRY(flush_and_tell(decoder, timebase_, sink));
  }
  return EndReason::interrupted;
}

Status SerialInstrument::close(SampleSink& sink) {
  if (port_->closed()) {
    tell(k_output_out_of_reach);
    return {};
  }
  auto now = settle();
  if (now && vout_changed_ && settings_.vout_at_end != AtEnd::keep) {
    const Status restored = set_voltage(settings_.vout_at_end == AtEnd::off ? 0 : before_.output_v);
    if (restored) now = settle();
    if (!restored) now = tl::make_unexpected(restored.error());
  }
  if (!now) {
    tell("main output: left as it is, since " + now.error().message);
    return tl::make_unexpected(now.error());
  }
  tell(fmt::format("main output: {:.4g} V before, {:.4g} V after", before_.output_v, now->output_v));
  return sink.accept(MetadataItem{"instrument.vout_after_v", fmt::format("{:.6g}", now->output_v)});
}

}  // namespace joulemark::monsoon
