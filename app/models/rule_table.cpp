// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/rule_table.h>
#include <app/models/text.h>

#include <algorithm>
#include <array>

namespace joulemark {
namespace {

constexpr std::array<const char*, 4> k_pairings{"level", "falling", "rising", "toggle"};

}  // namespace

void RuleTable::set(EventSetup setup, std::vector<Line> lines) {
  beginResetModel();
  setup_ = std::move(setup);
  lines_ = std::move(lines);
  endResetModel();
}

QString RuleTable::line_text(LineId id) const {
  const auto found = std::ranges::find(lines_, id, &Line::id);
  QString number = QStringLiteral("d%1").arg(id.value);
  if (found == lines_.end() || found->name.empty()) return number;
  return number + QLatin1Char(' ') + to_qt(found->name);
}

QStringList RuleTable::choices(int column) const {
  QStringList list;
  if (column == line) {
    for (const Line& each : lines_)
      list << line_text(each.id);
  }
  if (column == pairing) list.append(QStringList(k_pairings.begin(), k_pairings.end()));
  if (column == polarity) list << tr("high") << tr("low");
  return list;
}

bool RuleTable::commit(EventSetup setup, const QString& what) {
  const Status done = commit_(std::move(setup), what);
  if (!done) Q_EMIT refused(to_qt(done.error().message));
  return done.has_value();
}

void RuleTable::add_rule() {
  if (lines_.empty()) return Q_EMIT refused(tr("This capture has no digital lines, so no rule can be made."));
  EventSetup setup = setup_;
  EventRule rule;
  const auto used = [&](const Line& each) {
    return std::ranges::find(setup.rules, each.id, &EventRule::line) != setup.rules.end();
  };
  const auto free = std::ranges::find_if_not(lines_, used);
  rule.line = free == lines_.end() ? lines_.front().id : free->id;
  const std::string base = "event-d" + std::to_string(rule.line.value);
  rule.name = base;
  for (int n = 2; std::ranges::find(setup.rules, rule.name, &EventRule::name) != setup.rules.end(); ++n)
    rule.name = base + "-" + std::to_string(n);
  setup.rules.push_back(rule);
  commit(std::move(setup), tr("Add rule"));
}

void RuleTable::remove_rule(int row) {
  EventSetup setup = setup_;
  if (setup.useful == setup.rules[static_cast<std::size_t>(row)].name) setup.useful.reset();
  setup.rules.erase(setup.rules.begin() + row);
  commit(std::move(setup), tr("Remove rule"));
}

int RuleTable::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(setup_.rules.size());
}

int RuleTable::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(k_columns);
}

QVariant RuleTable::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const EventRule& rule = setup_.rules[static_cast<std::size_t>(index.row())];
  if (index.column() == useful) {
    if (role != Qt::CheckStateRole) return {};
    return static_cast<int>(setup_.useful == rule.name ? Qt::Checked : Qt::Unchecked);
  }
  if (role != Qt::DisplayRole && role != Qt::EditRole) return {};
  switch (index.column()) {
    case name:
      return to_qt(rule.name);
    case line:
      return line_text(rule.line);
    case pairing:
      return QLatin1String(k_pairings[static_cast<std::size_t>(rule.pairing)]);
    case polarity:
      if (rule.pairing != Pairing::level)
        return role == Qt::DisplayRole ? QStringLiteral("\u2013") : QString();
      return rule.active_low ? tr("low") : tr("high");
    case skip:
      return static_cast<qlonglong>(rule.skip);
    case repeat:
      return static_cast<qlonglong>(rule.repeat);
    default:
      return {};
  }
}

bool RuleTable::change(EventSetup& setup, EventRule& rule, int column, const QVariant& value) const {
  const QString text = value.toString().trimmed();
  switch (column) {
    case name:
      if (setup.useful == rule.name) setup.useful = text.toStdString();
      rule.name = text.toStdString();
      return true;
    case line: {
      const qsizetype at = choices(line).indexOf(text);
      if (at >= 0) rule.line = lines_[static_cast<std::size_t>(at)].id;
      return at >= 0;
    }
    case pairing: {
      const qsizetype at = choices(pairing).indexOf(text);
      if (at >= 0) rule.pairing = static_cast<Pairing>(at);
      if (rule.pairing != Pairing::level) rule.active_low = false;
      return at >= 0;
    }
    case polarity:
      rule.active_low = text == tr("low");
      return rule.pairing == Pairing::level;
    case skip:
      rule.skip = std::clamp<qlonglong>(value.toLongLong(), 0, 1'000'000'000);
      return true;
    case repeat:
      rule.repeat = std::clamp<qlonglong>(value.toLongLong(), 1, 1'000'000'000);
      return true;
    default:
      return false;
  }
}

bool RuleTable::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (!index.isValid()) return false;
  EventSetup setup = setup_;
  EventRule& rule = setup.rules[static_cast<std::size_t>(index.row())];
  if (index.column() == useful && role == Qt::CheckStateRole) {
    setup.useful = value.toInt() == Qt::Checked ? std::optional(rule.name) : std::nullopt;
    return commit(std::move(setup), tr("Choose the useful event"));
  }
  if (role != Qt::EditRole || !change(setup, rule, index.column(), value)) return false;
  return commit(std::move(setup), tr("Edit rule"));
}

Qt::ItemFlags RuleTable::flags(const QModelIndex& index) const {
  const Qt::ItemFlags base = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
  return base | (index.column() == useful ? Qt::ItemIsUserCheckable : Qt::ItemIsEditable);
}

QVariant RuleTable::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  const auto at = static_cast<std::size_t>(section);
  if (role == Qt::DisplayRole) {
    const std::array<QString, k_columns> k_titles{tr("Name"), tr("Line"),   tr("Pair"),  tr("Active"),
                                                  tr("Skip"), tr("Repeat"), tr("Useful")};
    return k_titles[at];
  }
  if (role != Qt::ToolTipRole) return {};
  const std::array<QString, k_columns> k_tips{
      tr("What the event is called everywhere"),
      tr("The digital line that marks it"),
      tr("level: from the edge to the active level to the one back; falling, rising, toggle: every two such "
         "edges"),
      tr("The level that means the event is under way"),
      tr("So many edges at the start are left out"),
      tr("Inferences that one window stands for; energy, charge and duration are divided by it"),
      tr("The event that the product exists for")};
  return k_tips[at];
}

}  // namespace joulemark
