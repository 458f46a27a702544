// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/model/channel.h>
#include <analysis/model/names.h>
#include <analysis/model/rail.h>

#include <app/models/sample_export.h>

#include <fmt/format.h>

#include <QSaveFile>
#include <algorithm>
#include <map>
#include <vector>

namespace joulemark {
namespace {

tl::unexpected<Error> cannot_write(const QFileDevice& file) {
  return fail(ErrorCode::io, file.fileName().toStdString() + ": " + file.errorString().toStdString());
}

std::string unit_suffix(Quantity quantity) {
  std::string unit(unit_of(quantity));
  std::ranges::transform(unit, unit.begin(), [](char c) { return static_cast<char>(std::tolower(c)); });
  return std::string(name_of(quantity)) + "_" + unit;
}

// Writes sample lines, with the level that each line had when the sample began.
class SampleLines {
 public:
  SampleLines(const CaptureInfo& info, std::vector<Edge> edges, QSaveFile& file)
      : lines_(info.lines), edges_(std::move(edges)), file_(file) {
    for (const Edge& edge : edges_)
      levels_.try_emplace(edge.line, !edge.level);
  }

  Status write(TimeNs time_ns, double value) {
    for (; next_ < edges_.size() && edges_[next_].time_ns <= time_ns; ++next_)
      levels_[edges_[next_].line] = edges_[next_].level;
    text_ += fmt::format("{:.9f},{:.9g}", to_seconds(time_ns), value);
    for (const Line& line : lines_) {
      const auto level = levels_.find(line.id);
      text_ += level == levels_.end() ? "," : level->second ? ",1" : ",0";
    }
    text_ += '\n';
    return text_.size() > (1 << 20) ? flush() : Status();
  }
  Status flush() {
    const auto size = static_cast<qint64>(text_.size());
    if (file_.write(text_.data(), size) != size) return cannot_write(file_);
    text_.clear();
    return {};
  }
  void head(const std::string& quantity) {
    text_ = "t_s," + quantity;
    for (const Line& line : lines_)
      text_ += fmt::format(",d{}", line.id.value);
    text_ += '\n';
  }

 private:
  std::vector<Line> lines_;
  std::vector<Edge> edges_;
  std::size_t next_ = 0;
  std::map<LineId, bool> levels_;
  QSaveFile& file_;
  std::string text_;
};

}  // namespace

Status export_samples(SampleSource& source, TimeRange range, const QString& file, const Progress& progress) {
  JM_TRY_ASSIGN(const ChannelId primary, primary_channel(source.info()));
  const Channel& channel = source.info().channels[primary.value];
  const SampleGrid grid(channel);
  JM_TRY_ASSIGN(const Extent extent, source.extent(primary));
  std::vector<Edge> edges;
  JM_TRY(source.edges({k_all_time.begin_ns, range.end_ns}, [&](std::span<const Edge> some) -> Status {
    edges.insert(edges.end(), some.begin(), some.end());
    return {};
  }));
  QSaveFile out(file);
  if (!out.open(QIODevice::WriteOnly)) return cannot_write(out);
  SampleLines lines(source.info(), std::move(edges), out);
  lines.head(unit_suffix(channel.quantity));
  const IndexRange indices = channel.timed ? extent.indices : grid.covering(range);
  const Status read = source.read(primary, indices, [&](const SampleBlock& block) -> Status {
    if (progress) {
      progress(static_cast<double>(block.first_index - indices.begin) / static_cast<double>(indices.count()));
    }
    for (std::size_t i = 0; i < block.values.size(); ++i) {
      const TimeNs time_ns =
          channel.timed ? block.stamps_ns[i] : grid.time_of(block.first_index + static_cast<std::int64_t>(i));
      if (channel.timed && !range.contains(time_ns)) continue;
      JM_TRY(lines.write(time_ns, static_cast<double>(block.values[i]) * channel.scale));
    }
    return {};
  });
  JM_TRY(read);
  JM_TRY(lines.flush());
  if (!out.commit()) return cannot_write(out);
  return {};
}

}  // namespace joulemark
