// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/unfinished_recordings.h>

#include <QCryptographicHash>
#include <QDateTime>
#include <QSettings>

namespace joulemark {
namespace {

constexpr auto k_group = "recording/unfinished";

QString key_of(const QString& name) {
  return QLatin1String(k_group) + QLatin1Char('/') + name;
}

// In the order in which they are sorted.
QStringList names(QSettings& settings) {
  settings.beginGroup(QLatin1String(k_group));
  QStringList names = settings.childKeys();
  settings.endGroup();
  names.sort();
  return names;
}

}  // namespace

void UnfinishedRecordings::add(const QString& file) {
  const QString now =
      QDateTime::currentDateTimeUtc().toString(QStringLiteral("yyyyMMddHHmmsszzz"));  // sorts by time
  const QByteArray hash = QCryptographicHash::hash(file.toUtf8(), QCryptographicHash::Sha1).toHex();
  settings_->setValue(key_of(now + QLatin1Char('-') + QString::fromLatin1(hash)), file);
  settings_->sync();
}

void UnfinishedRecordings::forget(const QString& file) {
  for (const QString& name : names(*settings_)) {
    if (settings_->value(key_of(name)).toString() == file) settings_->remove(key_of(name));
  }
  settings_->sync();
}

QStringList UnfinishedRecordings::files() const {
  settings_->sync();
  QStringList files;
  for (const QString& name : names(*settings_))
    files << settings_->value(key_of(name)).toString();
  return files;
}

}  // namespace joulemark
