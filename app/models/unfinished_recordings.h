// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

class QSettings;

namespace joulemark {

// Recordings that began and were not seen to end, in settings which several windows share: each has a key of
// its own, so that no window writes over what another one put there.
class UnfinishedRecordings {
 public:
  explicit UnfinishedRecordings(QSettings& settings) : settings_(&settings) {}  // which outlive it

  void add(const QString& file);
  void forget(const QString& file);
  [[nodiscard]] QStringList files() const;  // the oldest first, as all windows know them now

 private:
  QSettings* settings_;
};

}  // namespace joulemark
