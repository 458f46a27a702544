// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/model/channel.h>
#include <analysis/model/names.h>
#include <analysis/model/rail.h>

#include <app/models/channel_values.h>
#include <app/models/level_reader.h>
#include <app/models/sample_export.h>

#include <fmt/format.h>

#include <QSaveFile>
#include <algorithm>
#include <vector>

namespace joulemark {
namespace {

constexpr std::int64_t k_rows_at_once = 65'536;

tl::unexpected<Error> cannot_write(const QFileDevice& file) {
  return fail(ErrorCode::io, file.fileName().toStdString() + ": " + file.errorString().toStdString());
}

std::string unit_suffix(std::string_view name, Quantity quantity) {
  std::string unit(unit_of(quantity));
  std::ranges::transform(unit, unit.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
  return std::string(name) + "_" + unit;
}

// Power is a column of its own where it follows from the others.
std::optional<Derivation> derived_power(const CaptureInfo& info, ChannelId primary) {
  const bool stored =
      std::ranges::find(info.channels, Quantity::power, &Channel::quantity) != info.channels.end();
  const auto power = derive(info, k_power);
  if (stored || !power || power->channel != primary) return std::nullopt;
  return *power;
}

class Table {
 public:
  Table(SampleSource& source, ChannelId primary, TimeRange range, LevelReader lines, QSaveFile& file)
      : primary_(primary),
        power_(derived_power(source.info(), primary)),
        lines_(std::move(lines)),
        file_(file) {
    for (std::uint32_t i = 0; i < source.info().channels.size(); ++i)
      channels_.emplace_back(source, ChannelId{i}, range);
    head(source.info());
  }

  // All rows of these samples of the primary channel.
  Status write(IndexRange indices) {
    ChannelValues& primary = channels_[primary_.value];
    JM_TRY(primary.load(indices));
    if (primary.samples().empty()) return {};
    const TimeRange part{primary.samples().front().time_ns, primary.samples().back().time_ns + 1};
    JM_TRY(lines_.load_until(part.end_ns));
    for (ChannelValues& channel : channels_) {
      if (&channel != &primary) JM_TRY(channel.load_around(part));
    }
    for (const ChannelValues::Sample& sample : primary.samples()) {
      if (last_ && sample.index > last_->index + 1) write_row(primary.time_after(*last_), false);
      last_ = sample;
      write_row(sample.time_ns, true);
    }
    return flush();
  }

  Status flush() {
    const auto size = static_cast<qint64>(text_.size());
    if (file_.write(text_.data(), size) != size) return cannot_write(file_);
    text_.clear();
    return {};
  }

 private:
  void head(const CaptureInfo& info) {
    text_ = "t_s";
    std::vector<std::string> names;
    for (const Channel& channel : info.channels) {
      std::string name = unit_suffix(name_of(channel.quantity), channel.quantity);
      if (std::ranges::find(names, name) != names.end()) name = unit_suffix(channel.name, channel.quantity);
      names.push_back(name);
      text_ += ',' + name;
    }
    if (power_) text_ += ',' + unit_suffix(name_of(Quantity::power), Quantity::power);
    for (const Line& line : lines_.lines())
      text_ += fmt::format(",d{}", line.id.value);
    text_ += '\n';
  }

  // Not measured: time without samples, so that nobody draws a line across it.
  void write_row(TimeNs time_ns, bool measured) {
    text_ += fmt::format("{:.9f}", to_seconds(time_ns));
    for (const ChannelValues& channel : channels_)
      write_cell(measured ? channel.at(time_ns) : std::nullopt, channel.scale());
    if (power_) write_cell(measured ? power_at(time_ns) : std::nullopt, 1);
    lines_.go_to(time_ns);
    for (const Line& line : lines_.lines()) {
      const auto level = lines_.at(line.id);
      text_ += !level ? "," : *level ? ",1" : ",0";
    }
    text_ += '\n';
  }
  void write_cell(std::optional<double> value, double scale) {
    text_ += value ? fmt::format(",{:.9g}", *value * scale) : ",";
  }
  [[nodiscard]] std::optional<double> power_at(TimeNs time_ns) const {
    const auto value = channels_[primary_.value].at(time_ns);
    if (!value || !power_->voltage) return value ? std::optional(*value * power_->gain) : std::nullopt;
    const auto volts = channels_[power_->voltage->value].at(time_ns);
    return volts ? std::optional(*value * power_->gain * *volts * power_->voltage_gain) : std::nullopt;
  }
  ChannelId primary_;
  std::optional<Derivation> power_;
  std::vector<ChannelValues> channels_;
  LevelReader lines_;
  QSaveFile& file_;
  std::optional<ChannelValues::Sample> last_;
  std::string text_;
};

}  // namespace

Status export_samples(SampleSource& source, TimeRange range, const QString& file, const Progress& progress) {
  JM_TRY_ASSIGN(const ChannelId primary, primary_channel(source.info()));
  const Channel& channel = source.info().channels[primary.value];
  JM_TRY_ASSIGN(const Extent extent, source.extent(primary));
  JM_TRY_ASSIGN(LevelReader lines, LevelReader::of(source, range, extent.time.begin_ns));
  QSaveFile out(file);
  if (!out.open(QIODevice::WriteOnly)) return cannot_write(out);
  Table table(source, primary, range, std::move(lines), out);
  IndexRange indices = extent.indices;
  if (!channel.timed) {
    const IndexRange wanted = SampleGrid(channel).covering(range);
    indices = {std::max(indices.begin, wanted.begin), std::min(indices.end, wanted.end)};
  }
  for (std::int64_t at = indices.begin; at < indices.end; at += k_rows_at_once) {
    if (progress) progress(static_cast<double>(at - indices.begin) / static_cast<double>(indices.count()));
    JM_TRY(table.write({at, std::min(indices.end, at + k_rows_at_once)}));
  }
  JM_TRY(table.flush());
  if (!out.commit()) return cannot_write(out);
  return {};
}

}  // namespace joulemark
