// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/rule_table.h>
#include <app/models/text.h>

#include <algorithm>
#include <array>

namespace joulemark {
namespace {

constexpr std::array<const char*, 4> k_pairings{
    QT_TRANSLATE_NOOP("joulemark::RuleTable", "level"), QT_TRANSLATE_NOOP("joulemark::RuleTable", "falling"),
    QT_TRANSLATE_NOOP("joulemark::RuleTable", "rising"), QT_TRANSLATE_NOOP("joulemark::RuleTable", "toggle")};
constexpr TimeNs k_time_step_ns = 1'000'000;

QString dash() {
  return QStringLiteral("\u2013");
}

// Of windows several may have it.
bool has_event(const EventSetup& setup, const std::string& name) {
  const auto called = [&](const auto& each) { return each.name == name; };
  return std::ranges::any_of(setup.rules, called) || std::ranges::any_of(setup.windows, called) ||
         std::ranges::any_of(setup.codes, called);
}

}  // namespace

void RuleTable::set(EventSetup setup, std::vector<Line> lines) {
  beginResetModel();
  setup_ = std::move(setup);
  lines_ = std::move(lines);
  list_rows();
  endResetModel();
}

void RuleTable::set_unnamed_codes(std::vector<std::uint32_t> codes) {
  if (codes == unnamed_codes_) return;
  beginResetModel();
  unnamed_codes_ = std::move(codes);
  list_rows();
  endResetModel();
}

void RuleTable::list_rows() {
  rows_.clear();
  const auto list = [this](Kind kind, std::size_t count) {
    for (std::size_t i = 0; i < count; ++i)
      rows_.push_back({kind, i});
  };
  list(Kind::rule, setup_.rules.size());
  std::vector<std::uint32_t> codes;
  if (setup_.code) codes = unnamed_codes_;
  for (const MarkerName& code : setup_.codes) {
    if (setup_.code && std::ranges::find(codes, code.number) == codes.end()) codes.push_back(code.number);
  }
  std::ranges::sort(codes);
  for (const std::uint32_t number : codes)
    rows_.push_back({Kind::code, number});
  list(Kind::window, setup_.windows.size());
  list(Kind::instant, setup_.instants.size());
}

const RuleTable::Row& RuleTable::row_of(const QModelIndex& index) const {
  return rows_[static_cast<std::size_t>(index.row())];
}

std::string RuleTable::name_in(const EventSetup& setup, const Row& row) const {
  switch (row.kind) {
    case Kind::rule:
      return setup.rules[row.at].name;
    case Kind::code:
      return name_of_code(setup, static_cast<std::uint32_t>(row.at));
    case Kind::window:
      return setup.windows[row.at].name;
    default:
      return setup.instants[row.at].name;
  }
}

QString RuleTable::line_text(LineId id) const {
  const auto found = std::ranges::find(lines_, id, &Line::id);
  QString number = QStringLiteral("d%1").arg(id.value);
  if (found == lines_.end() || found->name.empty()) return number;
  return number + QLatin1Char(' ') + to_qt(found->name);
}

// "d0-d3 = 5"
QString RuleTable::code_text(std::uint32_t number) const {
  const std::vector<LineId>& lines = setup_.code->lines;
  QString text = QStringLiteral("d%1").arg(lines.front().value);
  if (lines.size() > 1) text += dash() + QStringLiteral("d%1").arg(lines.back().value);
  return text + QStringLiteral(" = %1").arg(number);
}

QString RuleTable::place_text(const Row& row) const {
  if (row.kind == Kind::code) return code_text(static_cast<std::uint32_t>(row.at));
  if (row.kind == Kind::instant) return time_text(setup_.instants[row.at].time_ns, k_time_step_ns);
  const TimeRange& time = setup_.windows[row.at].time;
  return tr("%1 from %2")
      .arg(si_text(time.seconds(), "s", 3), time_text(time.begin_ns, time_step(time.length_ns())));
}

QString RuleTable::kind_text(const Row& row) const {
  if (row.kind == Kind::code) return tr("code");
  return row.kind == Kind::window ? tr("window") : tr("marker");
}

QStringList RuleTable::choices(const QModelIndex& index) const {
  QStringList list;
  if (!index.isValid() || row_of(index).kind != Kind::rule) return list;
  if (index.column() == line) {
    for (const Line& each : lines_)
      list << line_text(each.id);
  }
  if (index.column() == pairing) {
    for (const char* each : k_pairings)
      list << tr(each);
  }
  if (index.column() == polarity) list << tr("high") << tr("low");
  return list;
}

bool RuleTable::commit(EventSetup setup, const QString& what) {
  const Status done = commit_(std::move(setup), what);
  if (!done) Q_EMIT refused(to_qt(done.error().message));
  return done.has_value();
}

Status RuleTable::take_markers(const QString& code, const QString& elf_file) {
  EventSetup setup = setup_;
  JM_TRY(joulemark::take_markers(setup, code.trimmed().toStdString(), elf_file.toStdString(), lines_));
  return commit_(std::move(setup), tr("Change coded lines"));
}

void RuleTable::add_rule() {
  const auto coded = [&](LineId id) {
    return setup_.code && stands_behind({.name = {}, .line = id}, *setup_.code, {});
  };
  const auto used = [&](const Line& each) {
    return std::ranges::find(setup_.rules, each.id, &EventRule::line) != setup_.rules.end();
  };
  std::vector<Line> lines = lines_;
  std::erase_if(lines, [&](const Line& each) { return coded(each.id); });
  if (lines.empty()) {
    return Q_EMIT refused(lines_.empty() ? tr("This capture has no digital lines, so no rule can be made.")
                                         : tr("All lines show codes, so no line is left for a rule."));
  }
  EventSetup setup = setup_;
  EventRule rule;
  const auto free = std::ranges::find_if_not(lines, used);
  rule.line = free == lines.end() ? lines.front().id : free->id;
  const std::string base = "event-d" + std::to_string(rule.line.value);
  rule.name = base;
  for (int n = 2; std::ranges::find(setup.rules, rule.name, &EventRule::name) != setup.rules.end(); ++n)
    rule.name = base + "-" + std::to_string(n);
  setup.rules.push_back(rule);
  commit(std::move(setup), tr("Add rule"));
}

void RuleTable::remove_row(int row) {
  const Row which = rows_[static_cast<std::size_t>(row)];
  const auto at = static_cast<std::ptrdiff_t>(which.at);
  EventSetup setup = setup_;
  if (which.kind == Kind::code) {
    if (!std::ranges::any_of(setup.codes, [&](const MarkerName& code) { return code.number == which.at; }))
      return Q_EMIT refused(tr("The lines show this code. It has no name to take away."));
    rename(setup, which, {});
    commit(std::move(setup), tr("Take the name of a code away"));
    return;
  }
  const std::string before = name_in(setup, which);
  if (which.kind == Kind::rule) setup.rules.erase(setup.rules.begin() + at);
  if (which.kind == Kind::window) setup.windows.erase(setup.windows.begin() + at);
  if (which.kind == Kind::instant) setup.instants.erase(setup.instants.begin() + at);
  if (which.kind != Kind::instant && setup.useful == before && !has_event(setup, before))
    setup.useful.reset();
  commit(std::move(setup), tr("Remove %1").arg(which.kind == Kind::rule ? tr("rule") : kind_text(which)));
}

int RuleTable::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(rows_.size());
}

int RuleTable::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(k_columns);
}

QVariant RuleTable::rule_cell(const EventRule& rule, int column, int role) const {
  switch (column) {
    case line:
      return line_text(rule.line);
    case pairing:
      return tr(k_pairings[static_cast<std::size_t>(rule.pairing)]);
    case polarity:
      if (rule.pairing != Pairing::level) return role == Qt::DisplayRole ? dash() : QString();
      return rule.active_low ? tr("low") : tr("high");
    case skip:
      return static_cast<qlonglong>(rule.skip);
    default:
      return static_cast<qlonglong>(rule.repeat);
  }
}

QVariant RuleTable::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const Row& row = row_of(index);
  const std::string called = name_in(setup_, row);
  if (index.column() == useful) {
    if (role != Qt::CheckStateRole || row.kind == Kind::instant) return {};
    return static_cast<int>(setup_.useful == called ? Qt::Checked : Qt::Unchecked);
  }
  if (role == Qt::ToolTipRole && row.kind != Kind::rule) return place_text(row);
  if (role != Qt::DisplayRole && role != Qt::EditRole) return {};
  if (index.column() == name) return to_qt(called);
  if (row.kind == Kind::rule) return rule_cell(setup_.rules[row.at], index.column(), role);
  if (index.column() == line) return place_text(row);
  return index.column() == pairing ? kind_text(row) : dash();
}

bool RuleTable::change(EventRule& rule, int column, const QVariant& value) const {
  const QString text = value.toString().trimmed();
  switch (column) {
    case line: {
      const auto found =
          std::ranges::find_if(lines_, [&](const Line& each) { return line_text(each.id) == text; });
      if (found != lines_.end()) rule.line = found->id;
      return found != lines_.end();
    }
    case pairing: {
      const auto found = std::ranges::find_if(k_pairings, [&](const char* each) { return text == tr(each); });
      if (found == k_pairings.end()) return false;
      rule.pairing = static_cast<Pairing>(found - k_pairings.begin());
      if (rule.pairing != Pairing::level) rule.active_low = false;
      return true;
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

// False: an instant needs a name.
bool RuleTable::rename(EventSetup& setup, const Row& row, const std::string& wanted) const {
  const std::string before = name_in(setup, row);
  if (row.kind == Kind::rule) setup.rules[row.at].name = wanted;
  if (row.kind == Kind::window) setup.windows[row.at].name = wanted;
  if (row.kind == Kind::instant) {
    setup.instants[row.at].name = wanted;
    return !wanted.empty();
  }
  if (row.kind == Kind::code && wanted != before) {
    const auto number = static_cast<std::uint32_t>(row.at);
    std::erase_if(setup.codes, [&](const MarkerName& code) { return code.number == number; });
    if (!wanted.empty()) setup.codes.push_back({number, wanted, false});
    std::ranges::sort(setup.codes, {}, &MarkerName::number);
  }
  if (setup.useful == before && !has_event(setup, before)) setup.useful = name_in(setup, row);
  return true;
}

bool RuleTable::setData(const QModelIndex& index, const QVariant& value, int role) {
  if (!index.isValid() || (flags(index) & (Qt::ItemIsEditable | Qt::ItemIsUserCheckable)) == 0) return false;
  EventSetup setup = setup_;
  const Row row = row_of(index);
  if (index.column() == useful && role == Qt::CheckStateRole) {
    setup.useful = value.toInt() == Qt::Checked ? std::optional(name_in(setup, row)) : std::nullopt;
    return commit(std::move(setup), tr("Choose the useful event"));
  }
  if (role != Qt::EditRole) return false;
  if (index.column() == name)
    return rename(setup, row, value.toString().trimmed().toStdString()) &&
           commit(std::move(setup), tr("Rename"));
  return change(setup.rules[row.at], index.column(), value) && commit(std::move(setup), tr("Edit rule"));
}

Qt::ItemFlags RuleTable::flags(const QModelIndex& index) const {
  const Qt::ItemFlags base = Qt::ItemIsEnabled | Qt::ItemIsSelectable;
  if (!index.isValid()) return Qt::NoItemFlags;
  const Kind kind = row_of(index).kind;
  if (index.column() == useful) return kind == Kind::instant ? base : base | Qt::ItemIsUserCheckable;
  return index.column() == name || kind == Kind::rule ? base | Qt::ItemIsEditable : base;
}

QVariant RuleTable::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  const auto at = static_cast<std::size_t>(section);
  if (role == Qt::DisplayRole) {
    const std::array<QString, k_columns> k_titles{tr("Name"),   tr("Where"), tr("Pair"),
                                                  tr("Active"), tr("Skip"),  QStringLiteral("\u00d7"),
                                                  tr("Useful")};
    return k_titles[at];
  }
  if (role != Qt::ToolTipRole) return {};
  const std::array<QString, k_columns> k_tips{
      tr("What the event is called everywhere; of a code, empty takes the name away"),
      tr("The digital line that marks it, the number that coded lines show, or the time of a window or "
         "marker"),
      tr("level: from the edge to the active level to the one back; falling, rising, toggle: every two such "
         "edges; code: while the coded lines show it or what is nested in it"),
      tr("The level that means the event is under way"),
      tr("So many edges at the start are left out"),
      tr("Inferences that one window stands for; energy, charge and duration are divided by it"),
      tr("The event that the product exists for")};
  return k_tips[at];
}

}  // namespace joulemark
