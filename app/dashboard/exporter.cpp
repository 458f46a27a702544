// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/dashboard/exporter.h>

#include <QBuffer>
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

Status cannot_write(const QString& file, const QString& why) {
  return fail(ErrorCode::io, file.toStdString() + ": " + why.toStdString());
}

// The file appears when it is whole.
Status write(const QString& file, const QByteArray& bytes) {
  QSaveFile out(file);
  const bool written = out.open(QIODevice::WriteOnly) && out.write(bytes) == bytes.size() && out.commit();
  return written ? Status() : cannot_write(file, out.errorString());
}

// Renders into a device that paints vectors.
Status render(QWidget& widget, QPaintDevice& device, double scale, const QString& file) {
  QPainter painter(&device);
  if (!painter.isActive()) return cannot_write(file, QStringLiteral("cannot be painted"));
  painter.scale(scale, scale);
  widget.render(&painter);
  return {};
}

}  // namespace

Status export_picture(QWidget& widget, const QString& file) {
  const QString ending = QFileInfo(file).suffix().toLower();
  QByteArray bytes;
  QBuffer buffer(&bytes);
  buffer.open(QIODevice::WriteOnly);
  if (ending == QStringLiteral("png")) {
    if (!widget.grab().save(&buffer, "PNG"))
      return cannot_write(file, QStringLiteral("no memory for the picture"));
  } else if (ending == QStringLiteral("svg")) {
    QSvgGenerator device;
    device.setOutputDevice(&buffer);
    device.setSize(widget.size());
    device.setViewBox(QRect(QPoint(0, 0), widget.size()));
    JM_TRY(render(widget, device, 1, file));
  } else if (ending == QStringLiteral("pdf")) {
    QPdfWriter device(&buffer);
    device.setPageSize(QPageSize(QSizeF(widget.size()) * 0.75, QPageSize::Point));
    device.setPageMargins({});
    JM_TRY(render(widget, device, device.logicalDpiX() / 96.0, file));
  } else {
    return fail(ErrorCode::usage, file.toStdString() + ": a picture ends in .png, .svg or .pdf");
  }
  return write(file, bytes);
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
