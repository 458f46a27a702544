// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/energy/build_report.h>
#include <analysis/report/json.h>

#include <app/dashboard/exporter.h>
#include <app/dashboard/gui_version.h>
#include <app/models/text.h>

#include <QFileInfo>
#include <QPainter>
#include <QPdfWriter>
#include <QPixmap>
#include <QRegularExpression>
#include <QSaveFile>
#include <QSvgGenerator>
#include <QWidget>

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

QString with_ending_of(const QString& filter, const QString& file) {
  static const QRegularExpression k_ending(QStringLiteral("\\*\\.(\\w+)"));
  QStringList endings;
  for (auto match = k_ending.globalMatch(filter); match.hasNext();)
    endings << match.next().captured(1);
  const QString ending = QFileInfo(file).suffix().toLower();
  if (endings.isEmpty() || endings.contains(ending)) return file;
  const bool of_another = QStringList{QStringLiteral("png"), QStringLiteral("svg"), QStringLiteral("pdf"),
                                      QStringLiteral("json"), QStringLiteral("csv")}
                              .contains(ending);
  return (of_another ? file.chopped(ending.size() + 1) : file) + QLatin1Char('.') + endings.front();
}

}  // namespace joulemark
