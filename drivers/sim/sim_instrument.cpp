// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/units.h>

#include <drivers/sim/pacer.h>
#include <drivers/sim/sim_instrument.h>
#include <drivers/sim/truth.h>

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>

namespace joulemark::sim {
namespace {

constexpr ChannelId k_current_channel{0};
constexpr ChannelId k_voltage_channel{1};
constexpr double k_block_s = 20e-3;
constexpr double k_largest_block = 16384;

Channel make_channel(std::string name, Quantity quantity, const Settings& settings, double scale) {
  Channel channel;
  channel.name = std::move(name);
  channel.quantity = quantity;
  channel.rate_hz = settings.rate_hz;
  channel.scale = scale;
  channel.aperture_s = {1 / settings.rate_hz, Provenance::specified};
  channel.dead_time_s = {0, Provenance::specified};
  return channel;
}

CaptureInfo make_info(const std::string& uri, const Settings& settings) {
  CaptureInfo info;
  info.instrument = {uri, "Joulemark", "sim:kws", fmt::format("seed-{}", settings.target.seed), "1", "exact"};
  info.channels = {make_channel("sim.current", Quantity::current, settings, k_current_step_a)};
  info.channels[0].ranges = {k_low_range, k_high_range};
  info.supply = {settings.voltage_v, VoltageBasis::setpoint};
  if (settings.voltage_channel) {
    info.channels.push_back(make_channel("sim.voltage", Quantity::voltage, settings, k_voltage_step_v));
    info.channels[1].ranges = {{0, 30, k_voltage_step_v}};
    info.supply.basis = VoltageBasis::measured;
  }
  for (const MarkerLine& line : k_marker_lines)
    info.lines.push_back({line.line, std::string(line.name)});
  return info;
}

std::vector<MetadataItem> event_rules() {
  std::vector<MetadataItem> items{{"useful", "keyword"}};
  std::ranges::transform(k_marker_lines, std::back_inserter(items), [](const MarkerLine& line) {
    return MetadataItem{fmt::format("event.{}", line.name), fmt::format("d{}", line.line.value)};
  });
  return items;
}

// Every run begins idle.
std::vector<MetadataItem> line_levels() {
  std::vector<MetadataItem> items;
  items.reserve(std::size(k_marker_lines));
  for (const MarkerLine& line : k_marker_lines)
    items.push_back({fmt::format("line.d{}.initial", line.line.value), "low"});
  return items;
}

Status write_file(const std::string& path, const std::string& text) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  return file ? Status() : fail(ErrorCode::io, fmt::format("{}: cannot write the truth file", path));
}

}  // namespace

Result<std::unique_ptr<Instrument>> SimInstrument::open(const std::string& uri, const Settings& settings,
                                                        std::vector<MetadataItem> given) {
  if (!settings.truth_file.empty()) JM_TRY(write_file(settings.truth_file, ""));
  const double block = std::clamp(settings.rate_hz * k_block_s, 1.0, k_largest_block);
  return std::make_unique<SimInstrument>(uri, settings, std::move(given), static_cast<std::size_t>(block));
}

SimInstrument::SimInstrument(const std::string& uri, const Settings& settings,
                             std::vector<MetadataItem> metadata, std::size_t block_samples)
    : settings_(settings),
      info_(make_info(uri, settings)),
      metadata_(std::move(metadata)),
      supply_current_(KwsTarget(settings.target), settings.decoupling_s, settings.rate_hz),
      marker_lines_(KwsTarget(settings.target), settings.edge_resolution_ns),
      current_converter_(settings.target.seed, {settings.noise, settings.quantization, settings.clip_a}),
      voltage_converter_(settings.target.seed, {settings.noise, settings.quantization, 0}),
      mean_a_(block_samples),
      values_(block_samples),
      clipped_(block_samples) {
  if (!settings.gap) return;
  const auto first = static_cast<std::int64_t>(std::llround(settings.gap->time_s * settings.rate_hz));
  gap_ = {first, first + settings.gap->samples};
}

Result<EndReason> SimInstrument::run(SampleSink& sink, const std::stop_token& stop) {
  for (const auto& items : {event_rules(), line_levels(), metadata_}) {
    for (const MetadataItem& item : items)
      JM_TRY(sink.accept(item));
  }
  JM_TRY(measure(sink, stop));
  JM_TRY(end_clipping(sink, next_));
  if (!settings_.truth_file.empty()) JM_TRY(write_truth());
  return next_ >= end_ ? EndReason::completed : EndReason::interrupted;
}

Status SimInstrument::measure(SampleSink& sink, const std::stop_token& stop) {
  const Pacer pacer;
  while (!stop.stop_requested() && next_ < end_) {
    if (next_ == gap_.begin && !gap_.empty()) {
      JM_TRY(lose_samples(sink));
      continue;
    }
    const std::int64_t until = next_ < gap_.begin ? std::min(gap_.begin, end_) : end_;
    const std::int64_t count = std::min(until - next_, static_cast<std::int64_t>(values_.size()));
    if (settings_.pace == Pace::real_time) pacer.wait_until(time_of(next_ + count), stop);
    if (stop.stop_requested()) break;
    JM_TRY(emit(sink, static_cast<std::size_t>(count)));
  }
  return {};
}

Status SimInstrument::lose_samples(SampleSink& sink) {
  gap_.end = std::min(gap_.end, end_);
  JM_TRY(end_clipping(sink, gap_.begin));
  for (std::uint32_t channel = 0; channel < info_.channels.size(); ++channel) {
    JM_TRY(sink.accept(Anomaly{AnomalyKind::gap,
                               Severity::data_loss,
                               ChannelId{channel},
                               {time_of(gap_.begin), time_of(gap_.end)},
                               gap_.begin,
                               gap_.count(),
                               format_count(gap_.count(), "sample") + " lost, as asked for"}));
  }
  next_ = gap_.end;
  return {};
}

Status SimInstrument::emit(SampleSink& sink, std::size_t count) {
  JM_TRY(emit_current(sink, count));
  if (settings_.voltage_channel) {
    const std::span<float> values(values_.data(), count);
    voltage_converter_.convert(next_, settings_.voltage_v, values);
    JM_TRY(sink.accept(SampleBlock{k_voltage_channel, next_, values, {}}));
  }
  next_ += static_cast<std::int64_t>(count);
  return emit_edges(sink);
}

Status SimInstrument::emit_current(SampleSink& sink, std::size_t count) {
  const std::span<double> mean_a(mean_a_.data(), count);
  const std::span<float> values(values_.data(), count);
  const std::span<std::uint8_t> clipped(clipped_.data(), count);
  supply_current_.average(next_, mean_a);
  current_converter_.convert(next_, mean_a, values, clipped);
  JM_TRY(sink.accept(SampleBlock{k_current_channel, next_, values, {}}));
  return follow_clipping(sink, clipped);
}

Status SimInstrument::emit_edges(SampleSink& sink) {
  const TimeNs end_ns = time_of(next_);
  while (const auto edge = marker_lines_.next_before(end_ns))
    JM_TRY(sink.accept(*edge));
  return {};
}

Status SimInstrument::follow_clipping(SampleSink& sink, std::span<const std::uint8_t> clipped) {
  if (!clipped_since_ && std::ranges::find(clipped, 1) == clipped.end()) return {};
  for (std::size_t i = 0; i < clipped.size(); ++i) {
    const std::int64_t index = next_ + static_cast<std::int64_t>(i);
    if (clipped[i] == 0) JM_TRY(end_clipping(sink, index));
    if (clipped[i] != 0 && !clipped_since_) clipped_since_ = index;
  }
  return {};
}

Status SimInstrument::end_clipping(SampleSink& sink, std::int64_t index) {
  if (!clipped_since_) return {};
  const std::int64_t first = *clipped_since_;
  clipped_since_.reset();
  return sink.accept(Anomaly{AnomalyKind::clipped,
                             Severity::doubtful,
                             k_current_channel,
                             {time_of(first), time_of(index)},
                             first,
                             index - first,
                             "current beyond the end of the range"});
}

Status SimInstrument::write_truth() const {
  std::optional<TimeRange> lost;
  if (!gap_.empty() && next_ >= gap_.end) lost = TimeRange{time_of(gap_.begin), time_of(gap_.end)};
  const Truth truth = truth_over(settings_, {0, time_of(next_)}, lost);
  return write_file(settings_.truth_file, to_json(truth, settings_));
}

TimeNs SimInstrument::time_of(std::int64_t index) const {
  return SampleGrid(info_.channels[0]).time_of(index);
}

}  // namespace joulemark::sim
