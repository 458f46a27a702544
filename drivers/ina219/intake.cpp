// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>

#include <drivers/ina219/intake.h>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <system_error>
#include <utility>

namespace joulemark::ina219 {
namespace {

constexpr TimeNs k_flush_every_ns = 50'000'000;
constexpr TimeNs k_clock_every_ns = 10'000'000'000;
constexpr TimeNs k_clock_uncertainty_ns = 100'000;       // between asking the two clocks
constexpr std::uint32_t k_usual_resolution_ns = 50'000;  // from the edge to the interrupt that stamps it

MetadataItem item(const char* key, double value) {
  return {key, fmt::format("{:.9g}", value)};
}

}  // namespace

Intake::Intake(const ChannelSetup& setup, const Settings& settings, gpio::EdgeSource* edges,
               Timebase& timebase, SampleSink& sink)
    : setup_(setup),
      timebase_(timebase),
      sink_(sink),
      decoder_(setup, sink),
      edges_(settings.markers.size(), edge_resolution_ns(settings, edges), sink),
      edge_acquisition_(edges) {}

Status Intake::accept(std::span<const Reading> readings) {
  for (const Reading& reading : readings)
    JM_TRY(decoder_.accept(reading));
  return {};
}

Status Intake::dropped(std::int64_t readings) {
  const std::int64_t more = readings - std::exchange(dropped_, readings);
  return more > 0 ? decoder_.overflowed(more) : Status();
}

Status Intake::pass_time() {
  const TimeNs now_ns = timebase_.steady_ns();
  JM_TRY(take_edges());
  if (decoder_.zero_ns() && now_ns >= next_clock_ns_) JM_TRY(tell_clock(now_ns));
  if (now_ns - flushed_ns_ < k_flush_every_ns) return {};
  flushed_ns_ = now_ns;
  return decoder_.flush();
}

Status Intake::take_edges() {
  std::array<TakenEdge, 256> edges;
  const TimeNs asked_ns = timebase_.steady_ns();
  if (const auto zero_ns = decoder_.zero_ns()) JM_TRY(edges_.follow(*zero_ns));
  while (const std::size_t count = edge_acquisition_.pop(edges)) {
    const TimeNs now_ns = timebase_.steady_ns();
    for (const TakenEdge& edge : std::span(edges).first(count))
      JM_TRY(edges_.accept(edge, now_ns));
  }
  const int error = edge_acquisition_.error();
  if (error == 0) lines_watched_ns_ = asked_ns;
  return error != 0 && !std::exchange(lines_lost_, true) ? lose_lines(error) : Status();
}

Status Intake::lose_lines(int error) {
  const TimeNs at_ns = decoder_.last_ns();
  return sink_.accept(Anomaly{AnomalyKind::lost_line,
                              Severity::data_loss,
                              std::nullopt,
                              {at_ns, at_ns},
                              0,
                              1,
                              fmt::format("the gpiochip has gone ({}): no edges from here on",
                                          std::generic_category().message(error))});
}

Status Intake::tell_clock(TimeNs now_ns) {
  next_clock_ns_ = now_ns + k_clock_every_ns;
  const TimeNs capture_ns = now_ns - *decoder_.zero_ns();
  return sink_.accept(ClockPoint{"utc", capture_ns, timebase_.utc_ns(), k_clock_uncertainty_ns});
}

Status Intake::finish(const Instrument::News& news) {
  JM_TRY(take_edges());
  JM_TRY(decoder_.finish());
  JM_TRY(edges_.finish(edge_acquisition_.dropped(), decoder_.last_ns()));
  if (lines_lost_) JM_TRY(edges_.unwatched(lines_watched_ns_, decoder_.last_ns()));
  return tell_rate(news);
}

Status Intake::tell_rate(const Instrument::News& news) {
  const double span_s = to_seconds(decoder_.last_ns());
  if (decoder_.samples() < 2 || span_s <= 0) return {};
  const double rate_hz = static_cast<double>(decoder_.samples()) / span_s;
  JM_TRY(sink_.accept(item("instrument.achieved_rate_hz", rate_hz)));
  JM_TRY(sink_.accept(item("instrument.conversions_missed", static_cast<double>(decoder_.missed()))));
  std::string text =
      fmt::format("{:.6g} samples a second, conversions missed: {}", rate_hz, decoder_.missed());
  if (const auto period_s = decoder_.measured_period_s(); period_s && setup_.timing.clocked) {
    JM_TRY(sink_.accept(item("instrument.conversion_period_s", *period_s)));
    text += fmt::format("; one conversion took {}", format_si(*period_s, "s", 5));
  }
  if (news) news(text);
  return {};
}

std::uint32_t edge_resolution_ns(const Settings& settings, const gpio::EdgeSource* edges) {
  if (settings.edge_resolution_s)
    return static_cast<std::uint32_t>(from_seconds(*settings.edge_resolution_s));
  return std::max(k_usual_resolution_ns, edges != nullptr ? edges->resolution_ns() : 0);
}

std::vector<MetadataItem> event_rules(const Settings& settings) {
  std::vector<MetadataItem> items;
  for (const MarkerPin& pin : settings.markers)
    items.push_back({"event." + pin.name, fmt::format("d{}", items.size())});
  return items;
}

std::vector<MetadataItem> describe(const ChannelSetup& setup, const Shunt& shunt) {
  const Timing& timing = setup.timing;
  std::vector<MetadataItem> items{
      item("instrument.shunt_ohm", shunt.ohm),
      {"instrument.shunt_basis", shunt.basis},
      item("instrument.range_a", full_scale_v(setup.configuration.range) / shunt.ohm),
      {"instrument.configuration", fmt::format("0x{:04x}", setup.configuration.code())},
      item("instrument.shunt_conversion_s", timing.shunt_s.value),
      {"instrument.shunt_conversion_basis", std::string(name_of(timing.shunt_s.provenance))},
  };
  if (!setup.voltage_v) items.push_back(item("instrument.bus_conversion_s", timing.bus_s));
  if (setup.voltage_follows()) {
    items.push_back(item("voltage.interval_s", timing.bus_interval_s));
    items.push_back({"voltage.between", TargetVoltage::k_description});
  }
  return items;
}

Status tell_shunt(const Shunt& shunt, SampleSink& sink, const Instrument::News& news) {
  if (shunt.basis != std::string_view("assumed")) return {};
  const std::string text = fmt::format(
      "no shunt is stated: {:.4g} ohm is assumed, as on most boards, and all currents "
      "are wrong by as much as it is (--option shunt=0.1)",
      shunt.ohm);
  if (news) news(text);
  return sink.accept(Anomaly{AnomalyKind::protocol, Severity::info, k_current_channel, {}, 0, 1, text});
}

Result<std::int64_t> drain(Ring<Reading>& ring, Intake& intake) {
  std::array<Reading, 256> readings;
  std::int64_t taken = 0;
  while (const std::size_t count = ring.pop(readings)) {
    JM_TRY(intake.accept(std::span(readings).first(count)));
    taken += static_cast<std::int64_t>(count);
  }
  JM_TRY(intake.dropped(ring.dropped()));
  return taken;
}

}  // namespace joulemark::ina219
