// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/channels.h>
#include <drivers/monsoon/clock_report.h>
#include <drivers/monsoon/monsoon_instrument.h>
#include <drivers/monsoon/output_news.h>
#include <drivers/monsoon/silence.h>

#include <fmt/format.h>

#include <array>
#include <chrono>

namespace joulemark::monsoon {
namespace {

constexpr std::chrono::milliseconds k_read_timeout{50};
constexpr TimeNs k_flush_every = 50'000'000;

MetadataItem volts_item(const char* key, double volts) {
  return {key, fmt::format("{:.6g}", volts)};
}

}  // namespace

Result<std::unique_ptr<Instrument>> MonsoonInstrument::open(const std::string& uri,
                                                            std::unique_ptr<usb::Device> device,
                                                            const Settings& settings,
                                                            std::vector<MetadataItem> options,
                                                            Timebase& timebase, const std::stop_token& stop) {
  auto instrument = std::make_unique<MonsoonInstrument>(Unit(std::move(device), timebase), settings,
                                                        std::move(options), timebase);
  JM_TRY(instrument->look(stop));
  JM_TRY(instrument->check_settings());
  instrument->make_info(uri);
  return std::unique_ptr<Instrument>(std::move(instrument));
}

Status MonsoonInstrument::look(const std::stop_token& stop) {
  JM_TRY_ASSIGN(found_sampling_, unit_.settle(stop));
  JM_TRY_ASSIGN(facts_, unit_.facts());
  JM_TRY_ASSIGN(vout_before_v_, unit_.voltage());
  return {};
}

Status MonsoonInstrument::check_settings() const {
  if (settings_.vout_v) JM_TRY(check_voltage(facts_, *settings_.vout_v));
  if (settings_.vout_at_end == AtEnd::restore) JM_TRY(check_voltage(facts_, vout_before_v_));
  if (settings_.current_limit_a) JM_TRY(check_current_limit(facts_, *settings_.current_limit_a));
  for (const Rail rail : settings_.rails) {
    for (const GrainScale& grain : facts_.scale.rails[static_cast<std::size_t>(rail)].grains) {
      if (grain.reference_ma > 0) continue;
      return fail(ErrorCode::protocol,
                  fmt::format("the {} current's scale in the unit's memory is 0, so it cannot be measured",
                              name_of(rail)));
    }
  }
  return {};
}

void MonsoonInstrument::make_info(const std::string& uri) {
  columns_ = columns_for(settings_);
  info_.instrument = {uri,
                      "Monsoon",
                      std::string(name_of(facts_.model)),
                      std::to_string(facts_.serial),
                      fmt::format("{} (protocol {})", facts_.firmware, facts_.protocol),
                      facts_.calibration};
  for (const Column column : columns_)
    info_.channels.push_back(channel_for(column, facts_.scale));
  info_.supply = supply_for(columns_, settings_.vout_v.value_or(vout_before_v_));
  if (settings_.marker) info_.lines.push_back({LineId{0}, "marker"});
}

DecoderSetup MonsoonInstrument::decoder_setup() const {
  DecoderSetup setup{facts_.scale, columns_, std::nullopt};
  if (!settings_.marker) return setup;
  setup.marker = settings_.marker->with_step(settings_.aux_voltage() ? facts_.scale.main_voltage_step_v
                                                                     : facts_.scale.usb_voltage_step_v);
  return setup;
}

Result<EndReason> MonsoonInstrument::run(SampleSink& sink, const std::stop_token& stop) {
  if (stop.stop_requested()) return EndReason::interrupted;  // while it was being opened: nothing is changed
  const Status prepared = prepare(sink);
  Result<EndReason> ended = prepared ? measure(sink, stop) : tl::make_unexpected(prepared.error());
  const Status closed = close(sink);
  if (unit_.unplugged() && (!ended || !closed)) return EndReason::unplugged;
  if (ended && !closed) return tl::make_unexpected(closed.error());
  return ended;
}

Status MonsoonInstrument::prepare(SampleSink& sink) {
  for (const MetadataItem& item : options_)
    JM_TRY(sink.accept(item));
  JM_TRY(sink.accept(volts_item("instrument.vout_before_v", vout_before_v_)));
  if (settings_.marker) JM_TRY(sink.accept(MetadataItem{"event.marker", "d0"}));
  if (found_sampling_) {
    JM_TRY(sink.accept(MetadataItem{"instrument.found_sampling", "yes"}));
    tell("the unit was found sampling (left so by an earlier process); it was stopped first");
  }
  for (const Anomaly& doubt : doubts_about(columns_, facts_.model))
    JM_TRY(sink.accept(doubt));
  return apply_settings(sink);
}

Status MonsoonInstrument::apply_settings(SampleSink& sink) {
  JM_TRY(unit_.set(Opcode::voltage_channel, settings_.aux_voltage() ? 1 : 0));
  if (settings_.passthrough) {
    JM_TRY(unit_.set(Opcode::usb_passthrough, static_cast<std::uint32_t>(*settings_.passthrough)));
    JM_TRY(tell_passthrough(*settings_.passthrough, news_, sink));
  }
  if (settings_.current_limit_a) JM_TRY(unit_.set_current_limits(facts_, *settings_.current_limit_a));
  if (!settings_.vout_v) return {};
  vout_changed_ = true;
  JM_TRY(unit_.set_voltage(facts_, *settings_.vout_v));
  tell(fmt::format("main output: {:.4g} V before, {:.4g} V now", vout_before_v_, *settings_.vout_v));
  return {};
}

Result<EndReason> MonsoonInstrument::measure(SampleSink& sink, const std::stop_token& stop) {
  Decoder decoder(decoder_setup(), sink);
  if (end_index_) decoder.expect_end(*end_index_);
  JM_TRY(unit_.start());
  Result<EndReason> ended = fetch(decoder, sink, stop);
  JM_TRY(decoder.finish());
  JM_TRY(tell_clock(decoder.clock(), timebase_, decoder.stream().next_index() * k_slot_ns, sink));
  return ended;
}

Result<EndReason> MonsoonInstrument::fetch(Decoder& decoder, SampleSink& sink, const std::stop_token& stop) {
  std::array<usb::Packet, 64> packets;
  TimeNs flushed_ns = timebase_.steady_ns();
  Silence silence(flushed_ns);
  while (!stop.stop_requested()) {
    const auto count = unit_.read(packets, k_read_timeout);
    const TimeNs now_ns = timebase_.steady_ns();
    if (!count && unit_.unplugged()) return EndReason::unplugged;
    if (!count) return tl::make_unexpected(count.error());
    for (std::size_t i = 0; i < *count; ++i) {
      const usb::Packet& packet = packets[i];
      JM_TRY(decoder.accept(std::span(packet.bytes.data(), packet.size), packet.arrival_ns, packet.missed));
    }
    if (silence.too_long(now_ns, decoder.observations())) {
      tell("no data for 5 s, or none that can be read: the unit stalled");
      return EndReason::stalled;
    }
    if (now_ns - flushed_ns < k_flush_every) continue;
    flushed_ns = now_ns;
    JM_TRY(decoder.flush());
    JM_TRY(tell_clock_point(decoder.clock(), timebase_, false, sink));
  }
  return EndReason::interrupted;
}

// Whatever happened before, the unit is stopped, and only then its output is touched, if it was to be.
Status MonsoonInstrument::close(SampleSink& sink) {
  if (unit_.unplugged()) {
    tell(k_output_out_of_reach);
    return {};
  }
  Status status;
  if (const auto settled = unit_.settle(); !settled) status = tl::make_unexpected(settled.error());
  if (status) status = restore_output();
  if (!status) {
    tell("main output: left as it is, since " + status.error().message);
    return status;
  }
  JM_TRY_ASSIGN(const double now_v, unit_.voltage());
  tell(fmt::format("main output: {:.4g} V before, {:.4g} V after", vout_before_v_, now_v));
  return sink.accept(volts_item("instrument.vout_after_v", now_v));
}

Status MonsoonInstrument::restore_output() {
  if (!vout_changed_ || settings_.vout_at_end == AtEnd::keep) return {};
  return unit_.set_voltage(facts_, settings_.vout_at_end == AtEnd::off ? 0 : vout_before_v_);
}

}  // namespace joulemark::monsoon
