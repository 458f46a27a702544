// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/findings_model.h>
#include <app/models/text.h>
#include <app/models/words.h>

#include <algorithm>
#include <map>

namespace joulemark {
namespace {

constexpr int k_most_of_a_kind = 200;

FindingsModel::Level level_of_severity(Severity severity) {
  if (severity == Severity::data_loss) return FindingsModel::Level::lost;
  return severity == Severity::doubtful ? FindingsModel::Level::warning : FindingsModel::Level::info;
}

QString sentence(const Anomaly& anomaly) {
  QString kind = word_of(anomaly.kind);
  kind[0] = kind[0].toUpper();
  return FindingsModel::tr("%1 at %2: %3")
      .arg(kind, time_text(anomaly.time.begin_ns, 1'000'000), to_qt(anomaly.message));
}

}  // namespace

void FindingsModel::set(const Report& report, const std::vector<Anomaly>& anomalies) {
  beginResetModel();
  items_.clear();
  std::map<AnomalyKind, int> of_kind;
  for (const Anomaly& anomaly : anomalies) {
    if (++of_kind[anomaly.kind] <= k_most_of_a_kind)
      items_.push_back({level_of_severity(anomaly.severity), sentence(anomaly), anomaly.time});
  }
  for (const auto& [kind, count] : of_kind) {
    if (count > k_most_of_a_kind)
      items_.push_back(
          {Level::warning, tr("%n more of kind %1", "", count - k_most_of_a_kind).arg(word_of(kind)), {}});
  }
  // Doubts about the markers are found by the analysis, so they are not among the capture's own.
  for (const AnomalyGroup& group : report.quality.anomalies) {
    if (!of_kind.contains(group.kind))
      items_.push_back({level_of_severity(group.severity), to_qt(group.message), {}});
  }
  for (const Finding& finding : report.findings) {
    const bool warning = finding.severity == FindingSeverity::warning;
    items_.push_back({warning ? Level::warning : Level::info, to_qt(finding.message), {}});
  }
  std::ranges::stable_sort(items_, {}, &Item::level);
  endResetModel();
}

void FindingsModel::clear() {
  beginResetModel();
  items_.clear();
  endResetModel();
}

std::optional<TimeRange> FindingsModel::time_of(int row) const {
  return items_[static_cast<std::size_t>(row)].time;
}

int FindingsModel::count(Level level) const {
  return static_cast<int>(std::ranges::count(items_, level, &Item::level));
}

int FindingsModel::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(items_.size());
}

QVariant FindingsModel::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const Item& item = items_[static_cast<std::size_t>(index.row())];
  if (role == Qt::DisplayRole || role == Qt::ToolTipRole) return item.text;
  if (role == severity_role) return static_cast<int>(item.level);
  return {};
}

}  // namespace joulemark
