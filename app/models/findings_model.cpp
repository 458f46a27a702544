// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/model/told_once.h>

#include <app/models/findings_model.h>
#include <app/models/text.h>
#include <app/models/words.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <map>
#include <utility>

namespace joulemark {
namespace {

constexpr int k_most_of_a_kind = 200;
// Findings that a rule mends, by code.
constexpr std::array<std::string_view, 6> k_of_rules{"edges_ignored", "event_not_found", "event_withheld",
                                                     "no_events",     "no_useful_event", "no_useful_events"};

// What a window does where a command line has an option, by code.
struct Remedy {
  std::string_view code;
  const char* text;
};
constexpr std::array<Remedy, 11> k_remedies{
    {{"no_voltage",
      QT_TRANSLATE_NOOP("joulemark::FindingsModel",
                        "Import the file again and state its voltage, or record the voltage too.")},
     {"shunt_not_stated", QT_TRANSLATE_NOOP("joulemark::FindingsModel",
                                            "State it among the instrument's options before you record.")},
     {"output_off",
      QT_TRANSLATE_NOOP("joulemark::FindingsModel", "Set the instrument's output before you record.")},
     {"negative_power",
      QT_TRANSLATE_NOOP("joulemark::FindingsModel",
                        "Importing a CSV file again turns the sign, with COLUMN:-mA as its current.")},
     {"no_supply_voltage",
      QT_TRANSLATE_NOOP("joulemark::FindingsModel",
                        "State the supply among the instrument's options before you record, or measure it.")},
     {"no_events", QT_TRANSLATE_NOOP("joulemark::FindingsModel",
                                     "Name a line under Rules, or select a stretch of time by Shift+drag and "
                                     "name it by W.")},
     {"event_withheld",
      QT_TRANSLATE_NOOP("joulemark::FindingsModel",
                        "Name the windows by hand: select each by Shift+drag and press W, or name a line "
                        "under Rules.")},
     {"edges_ignored", QT_TRANSLATE_NOOP("joulemark::FindingsModel",
                                         "If they mark real events: the command joulemark report takes a "
                                         "shorter hold time.")},
     {"idle_unsettled",
      QT_TRANSLATE_NOOP("joulemark::FindingsModel", "The command joulemark report takes a longer guard.")},
     {"inadequate", QT_TRANSLATE_NOOP("joulemark::FindingsModel",
                                      "A faster instrument would do, or several inferences per window, "
                                      "as many as its rule states.")},
     {"no_useful_event",
      QT_TRANSLATE_NOOP("joulemark::FindingsModel", "Tick the Useful box of its rule under Rules.")}}};

QString in_words(const Finding& finding) {
  QString message = typeset(to_qt(finding.message));
  if (finding.remedy.empty()) return message;
  const auto* own = std::ranges::find(k_remedies, finding.code, &Remedy::code);
  const QString remedy = own == k_remedies.end() ? to_qt(finding.remedy) : FindingsModel::tr(own->text);
  return message + QLatin1Char(' ') + remedy;
}

struct OfAKind {
  int entries = 0;
  std::size_t first = 0;   // of its items
  std::int64_t count = 0;  // samples or occurrences, as groups sum them
};

// What is as it should be is told once.
int most_of_a_kind(Severity severity) {
  return severity == Severity::info ? 1 : k_most_of_a_kind;
}

FindingsModel::Level level_of_severity(Severity severity) {
  if (severity == Severity::data_loss) return FindingsModel::Level::lost;
  return severity == Severity::doubtful ? FindingsModel::Level::warning : FindingsModel::Level::info;
}

QString sentence(const Anomaly& anomaly) {
  QString kind = word_of(anomaly.kind);
  kind[0] = kind[0].toUpper();
  return FindingsModel::tr("%1 at %2: %3")
      .arg(kind,
           time_text(anomaly.time.begin_ns,
                     anomaly.time.empty() ? 1'000'000 : time_step(10 * anomaly.time.length_ns())),
           to_qt(anomaly.message));
}

bool is_of_markers(AnomalyKind kind) {
  using enum AnomalyKind;
  return kind == unpaired_marker || kind == doubled_marker || kind == zero_length || kind == never_ending ||
         kind == glitch;
}

// A message that names one event is about that; one that names several compares them.
FindingPlace place_of(const Finding& finding, const Report& report) {
  using enum FindingPlace::Kind;
  if (std::ranges::find(k_of_rules, finding.code) != k_of_rules.end()) return {rules, {}, {}};
  std::vector<std::string_view> named;
  for (const EventReport& each : report.events) {
    if (finding.message.find("'" + each.name + "'") != std::string::npos) named.push_back(each.name);
  }
  if (named.size() != 1) return {};
  return {event, {}, to_qt(named.front())};
}

QString way_to(const FindingPlace& place) {
  switch (place.kind) {
    case FindingPlace::Kind::time:
      return FindingsModel::tr("A click goes to that time.");
    case FindingPlace::Kind::event:
      return FindingsModel::tr("A click lists the events of '%1'.").arg(place.event);
    case FindingPlace::Kind::rules:
      return FindingsModel::tr("A click shows the rules.");
    default:
      return FindingsModel::tr("A click shows the whole recording.");
  }
}

}  // namespace

void FindingsModel::set(const Report& report, const std::vector<Anomaly>& anomalies,
                        const CaptureInfo& info) {
  using enum FindingPlace::Kind;
  std::vector<Item> items;
  for (const Finding& finding : report.findings) {
    const bool warning = finding.severity == FindingSeverity::warning;
    items.push_back(
        {warning ? Level::warning : Level::info, in_words(finding), joulemark::place_of(finding, report)});
  }
  std::map<std::pair<AnomalyKind, Severity>, OfAKind> own;
  for (const Anomaly& anomaly : told_once(anomalies, channel_names(info))) {
    OfAKind& of_kind = own[{anomaly.kind, anomaly.severity}];
    of_kind.count += anomaly.count;
    if (of_kind.entries == 0) of_kind.first = items.size();
    if (++of_kind.entries <= most_of_a_kind(anomaly.severity))
      items.push_back({level_of_severity(anomaly.severity), sentence(anomaly), {time, anomaly.time, {}}});
  }
  for (const auto& [key, of_kind] : own) {
    const int more = of_kind.entries - most_of_a_kind(key.second);
    if (more <= 0) continue;
    if (key.second == Severity::info) {
      items[of_kind.first].text += QLatin1Char(' ') + tr("(and %n more like it)", "", more);
    } else {
      items.push_back(
          {level_of_severity(key.second), tr("%n more of kind %1", "", more).arg(word_of(key.first)), {}});
    }
  }
  // Doubts about the markers are found by the analysis, so the capture's own do not tell all of a group.
  for (const AnomalyGroup& group : report.quality.told_once) {
    const auto told = own.find({group.kind, group.severity});
    if (told == own.end() || told->second.count < group.count)
      items.push_back({level_of_severity(group.severity),
                       to_qt(group.message),
                       {is_of_markers(group.kind) ? rules : whole, {}, {}}});
  }
  std::ranges::stable_sort(items, {}, &Item::level);
  if (items == items_) return;
  beginResetModel();
  items_ = std::move(items);
  endResetModel();
}

void FindingsModel::clear() {
  beginResetModel();
  items_.clear();
  endResetModel();
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
  if (role == Qt::DisplayRole) return item.text;
  if (role == Qt::ToolTipRole) return item.text + QLatin1Char('\n') + way_to(item.place);
  if (role == severity_role) return static_cast<int>(item.level);
  return {};
}

}  // namespace joulemark
