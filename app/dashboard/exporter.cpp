// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/energy/build_report.h>
#include <analysis/report/json.h>

#include <app/dashboard/exporter.h>
#include <app/dashboard/gui_version.h>
#include <app/models/text.h>

#include <fmt/format.h>

#include <QFileInfo>
#include <QPainter>
#include <QPdfWriter>
#include <QPixmap>
#include <QSaveFile>
#include <QSvgGenerator>
#include <QWidget>
#include <algorithm>
#include <map>
#include <vector>

namespace joulemark {
namespace {

tl::unexpected<Error> cannot_write(const QFileDevice& file) {
  return fail(ErrorCode::io, file.fileName().toStdString() + ": " + file.errorString().toStdString());
}

Status commit(QSaveFile& file) {
  if (!file.commit()) return cannot_write(file);
  return {};
}

// Renders into a device that paints vectors.
Status render(QWidget& widget, QPaintDevice& device, double scale, const QString& file) {
  QPainter painter(&device);
  if (!painter.isActive()) return fail(ErrorCode::io, file.toStdString() + ": cannot be written");
  painter.scale(scale, scale);
  widget.render(&painter);
  return {};
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

Status export_picture(QWidget& widget, const QString& file) {
  const QString ending = QFileInfo(file).suffix().toLower();
  if (ending == QStringLiteral("png")) {
    if (widget.grab().save(file)) return {};
    return fail(ErrorCode::io, file.toStdString() + ": cannot be written");
  }
  if (ending == QStringLiteral("svg")) {
    QSvgGenerator device;
    device.setFileName(file);
    device.setSize(widget.size());
    device.setViewBox(QRect(QPoint(0, 0), widget.size()));
    return render(widget, device, 1, file);
  }
  if (ending == QStringLiteral("pdf")) {
    QPdfWriter device(file);
    device.setPageSize(QPageSize(QSizeF(widget.size()) * 0.75, QPageSize::Point));
    device.setPageMargins({});
    return render(widget, device, device.logicalDpiX() / 96.0, file);
  }
  return fail(ErrorCode::usage, file.toStdString() + ": a picture ends in .png, .svg or .pdf");
}

Status export_report(const Analysis& analysis, const QString& file) {
  Report report = analysis.report;
  report.tool = {"joulemark", JOULEMARK_GUI_VERSION};
  QSaveFile out(file);
  if (!out.open(QIODevice::WriteOnly)) return cannot_write(out);
  const std::string text = to_json(report);
  out.write(text.data(), static_cast<qint64>(text.size()));
  return commit(out);
}

Status export_samples(SampleSource& source, TimeRange range, const QString& file) {
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
  return commit(out);
}

}  // namespace joulemark
