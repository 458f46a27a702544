// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/model/units.h>

#include <app/models/event_table.h>
#include <app/models/text.h>
#include <app/models/words.h>

#include <boost/sort/spreadsort/float_sort.hpp>

#include <QRegularExpression>
#include <algorithm>
#include <functional>
#include <iterator>
#include <limits>
#include <numeric>

namespace joulemark {
namespace {

constexpr double k_unknown = std::numeric_limits<double>::quiet_NaN();

std::optional<double> known(double value) {
  return value == value ? std::optional(value) : std::nullopt;
}

bool is_text(int column) {
  return column == EventTable::name || column == EventTable::method || column == EventTable::remarks;
}

}  // namespace

struct EventTable::Comparable {
  const char* name;
  const char* unit;
  const char* word;
  std::optional<double> (*of)(const EventRow& row, std::int64_t repeat);
};

namespace {

constexpr std::array<EventTable::Comparable, 7> k_quantities{
    {{"E", "J", QT_TRANSLATE_NOOP("joulemark::EventTable", "energy"),
      [](const EventRow& row, std::int64_t) { return row.energy_j; }},
     {"Q", "C", QT_TRANSLATE_NOOP("joulemark::EventTable", "charge"),
      [](const EventRow& row, std::int64_t) { return row.charge_c; }},
     {"net", "J", QT_TRANSLATE_NOOP("joulemark::EventTable", "net energy"),
      [](const EventRow& row, std::int64_t) { return row.net_energy_j; }},
     {"dt", "s", QT_TRANSLATE_NOOP("joulemark::EventTable", "duration"),
      [](const EventRow& row, std::int64_t repeat) {
        return std::optional(row.time.seconds() / static_cast<double>(repeat));
      }},
     {"t", "s", QT_TRANSLATE_NOOP("joulemark::EventTable", "start"),
      [](const EventRow& row, std::int64_t) { return std::optional(to_seconds(row.time.begin_ns)); }},
     {"P", "W", QT_TRANSLATE_NOOP("joulemark::EventTable", "power"),
      [](const EventRow& row, std::int64_t) { return row.power_w; }},
     {"I", "A", QT_TRANSLATE_NOOP("joulemark::EventTable", "peak current"),
      [](const EventRow& row, std::int64_t) { return row.peak_current_a; }}}};

// Errors: why a comparison makes no sense.
tl::expected<EventTable::Test, QString> parse_term(const QString& term) {
  const qsizetype at = std::max(term.indexOf(QLatin1Char('<')), term.indexOf(QLatin1Char('>')));
  if (at < 0) return EventTable::Test{nullptr, false, 0, term, {}, {}};
  const QString name = term.left(at);
  const auto quantity = std::ranges::find_if(k_quantities, [&](const EventTable::Comparable& each) {
    return name.compare(QLatin1String(each.name), Qt::CaseInsensitive) == 0;
  });
  if (quantity == k_quantities.end())
    return tl::make_unexpected(
        EventTable::tr("'%1' is nothing to compare: E, Q, net, dt, t, P and I are").arg(name));
  const auto limit = parse_quantity(term.mid(at + 1).toStdString(), quantity->unit);
  if (!limit)
    return tl::make_unexpected(EventTable::tr("%1: '%2' is not a number with its unit, like 10m%3")
                                   .arg(term, term.mid(at + 1), QLatin1String(quantity->unit)));
  return EventTable::Test{quantity, term[at] == QLatin1Char('>'), *limit, {}, {}, {}};
}

constexpr QLatin1String k_exact("=\"");

// Apart by blanks, but for those in an exact name.
QStringList terms_of(const QString& text) {
  static const QRegularExpression k_term(QStringLiteral("=\"(?:[^\"]|\"\")*\"?|\\S+"));
  QStringList terms;
  for (auto found = k_term.globalMatch(text); found.hasNext();)
    terms << found.next().captured();
  return terms;
}

// ="key": of that very name. A quotation mark in it is doubled.
std::optional<QString> exact_name(const QString& term) {
  if (!term.startsWith(k_exact)) return std::nullopt;
  QString name = term.mid(k_exact.size());
  if (name.endsWith(QLatin1Char('"'))) name.chop(1);
  return name.replace(QStringLiteral("\"\""), QStringLiteral("\""));
}

struct SortKey {
  double value;
  std::uint32_t event;
  bool operator<(const SortKey& other) const { return value < other.value; }
};

// What spreadsort sorts by: a double's bits, which order negative ones backwards, as it expects.
struct KeyBits {
  std::int64_t operator()(const SortKey& key, unsigned offset) const {
    return boost::sort::spreadsort::float_mem_cast<double, std::int64_t>(key.value) >> offset;
  }
};

void sort_keys(std::vector<SortKey>& keys) {
  boost::sort::spreadsort::float_sort(keys.begin(), keys.end(), KeyBits(), std::less<>());
  for (auto first = keys.begin(); first != keys.end();) {
    const auto last =
        std::find_if(first, keys.end(), [&](const SortKey& key) { return key.value != first->value; });
    if (std::distance(first, last) > 1) std::ranges::sort(first, last, {}, &SortKey::event);
    first = last;
  }
}

}  // namespace

QString EventTable::filter_for(const QString& name) {
  return QString(k_exact) + QString(name).replace(QStringLiteral("\""), QStringLiteral("\"\"")) +
         QLatin1Char('"');
}

double EventTable::figure(const EventRow& row, int column) const {
  switch (column) {
    case number:
      return static_cast<double>(row.index);
    case name:
      return row.name;
    case begin:
      return to_seconds(row.time.begin_ns);
    case length:
      return row.time.seconds() / static_cast<double>(repeat(row));
    case energy:
      return row.energy_j ? *row.energy_j : row.charge_c.value_or(k_unknown);
    case method:
      return static_cast<double>(row.method);
    case net_energy:
      return row.net_energy_j.value_or(k_unknown);
    case power:
      return row.power_w.value_or(k_unknown);
    case peak:
      return row.peak_current_a.value_or(k_unknown);
    default:
      return row.flags;
  }
}

void EventTable::set_analysis(std::shared_ptr<const Analysis> analysis) {
  beginResetModel();
  analysis_ = std::move(analysis);
  largest_.assign(analysis_ ? analysis_->report.events.size() : 0, 0);
  TimeNs shortest_ns = std::numeric_limits<TimeNs>::max();
  if (analysis_) {
    for (const EventRow& row : analysis_->rows) {
      largest_[row.name] = std::max(largest_[row.name], known(figure(row, energy)).value_or(0));
      shortest_ns = std::min(shortest_ns, row.time.length_ns());
    }
  }
  step_ns_ = time_step(shortest_ns);
  sort_all();
  filter();
  endResetModel();
}

bool EventTable::set_filter(const QString& text) {
  std::vector<Test> tests;
  for (const QString& term : terms_of(text)) {
    if (const auto exact = exact_name(term)) {
      tests.push_back({nullptr, false, 0, *exact, {}, {}, true});
      continue;
    }
    auto test = parse_term(term);
    if (!test) {
      refused_ = test.error();
      return false;
    }
    tests.push_back(std::move(*test));
  }
  refused_.clear();
  beginResetModel();
  tests_ = std::move(tests);
  filter();
  endResetModel();
  return true;
}

QString EventTable::filter_trouble() const {
  if (!refused_.isEmpty() || !analysis_ || analysis_->rows.empty()) return refused_;
  for (const Test& test : tests_) {
    const auto known = [&](const EventRow& row) { return test.quantity->of(row, repeat(row)).has_value(); };
    if (test.quantity == nullptr || std::ranges::any_of(analysis_->rows, known)) continue;
    const QString lacking = tr("%1 finds nothing: no event's %2 is known")
                                .arg(QLatin1String(test.quantity->name), tr(test.quantity->word));
    const bool of_energy = QLatin1String(test.quantity->unit) == QLatin1String("J");
    return of_energy && tells_charge() ? lacking + tr("; Q compares the charge") : lacking;
  }
  return {};
}

bool EventTable::tells_charge() const {
  return analysis_ && !analysis_->rows.empty() && !analysis_->report.total.energy_j;
}

// Words are looked for once among the few names and flags, not in a million rows.
void EventTable::look_up_words() {
  constexpr std::size_t k_flag_sets = 256;
  for (Test& test : tests_) {
    if (test.quantity != nullptr) continue;
    test.names.clear();
    for (const EventReport& event : analysis_->report.events)
      test.names.push_back(test.exact ? to_qt(event.name) == test.word
                                      : to_qt(event.name).contains(test.word, Qt::CaseInsensitive));
    test.remarks.assign(k_flag_sets, false);
    if (test.exact) continue;
    for (std::size_t flags = 1; flags < k_flag_sets; ++flags)
      test.remarks[flags] =
          words_of_flags(static_cast<std::uint8_t>(flags)).contains(test.word, Qt::CaseInsensitive);
  }
}

bool EventTable::passes(const EventRow& row) const {
  return std::ranges::all_of(tests_, [&](const Test& test) {
    if (test.quantity == nullptr) return test.names[row.name] || test.remarks[row.flags];
    const auto value = test.quantity->of(row, repeat(row));
    return value && (test.above ? *value > test.limit : *value < test.limit);
  });
}

// As sorted, those that pass.
void EventTable::filter() {
  order_.clear();
  if (!analysis_) return;
  if (tests_.empty()) {
    order_ = sorted_;
    return;
  }
  look_up_words();
  order_.reserve(sorted_.size());
  std::ranges::copy_if(sorted_, std::back_inserter(order_),
                       [this](std::uint32_t event) { return passes(analysis_->rows[event]); });
}

// Stable by begin, in which the analysis has them. Unknown figures stand at the end, whichever the direction.
void EventTable::sort_all() {
  sorted_.resize(analysis_ ? analysis_->rows.size() : 0);
  std::iota(sorted_.begin(), sorted_.end(), 0U);
  const bool up = sort_direction_ == Qt::AscendingOrder;
  if (sort_column_ == begin && up) return;
  std::vector<SortKey> keys;
  keys.reserve(sorted_.size());
  for (const std::uint32_t event : sorted_) {
    const auto value = known(figure(analysis_->rows[event], sort_column_));
    const double key = value ? (up ? *value : -*value) : std::numeric_limits<double>::infinity();
    keys.push_back({key + 0.0, event});  // no -0
  }
  sort_keys(keys);
  std::ranges::transform(keys, sorted_.begin(), &SortKey::event);
}

// What is selected stays so, wherever its row goes.
void EventTable::move_persistent_indexes(const std::vector<std::uint32_t>& before) {
  const QModelIndexList from = persistentIndexList();
  if (from.isEmpty()) return;
  std::vector<int> row_of_event(analysis_->rows.size(), -1);
  for (std::size_t row = 0; row < order_.size(); ++row)
    row_of_event[order_[row]] = static_cast<int>(row);
  QModelIndexList to;
  to.reserve(from.size());
  for (const QModelIndex& index : from)
    to << this->index(row_of_event[before[static_cast<std::size_t>(index.row())]], index.column());
  changePersistentIndexList(from, to);
}

void EventTable::sort(int column, Qt::SortOrder order) {
  sort_column_ = column;
  sort_direction_ = order;
  if (!analysis_) return;
  Q_EMIT layoutAboutToBeChanged({}, QAbstractItemModel::VerticalSortHint);
  const std::vector<std::uint32_t> before = order_;
  sort_all();
  filter();
  move_persistent_indexes(before);
  Q_EMIT layoutChanged({}, QAbstractItemModel::VerticalSortHint);
}

int EventTable::row_of(std::size_t event) const {
  const auto found = std::ranges::find(order_, event);
  return found == order_.end() ? -1 : static_cast<int>(found - order_.begin());
}

int EventTable::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(order_.size());
}

int EventTable::columnCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(k_columns);
}

QString EventTable::text_of(const EventRow& row, int column) const {
  switch (column) {
    case number:
      return QString::number(row.index + 1);
    case name:
      return to_qt(analysis_->report.events[row.name].name);
    case begin:
      return time_text(row.time.begin_ns, step_ns_);
    case length:
      return si_text(figure(row, length), "s");
    case energy:
      return row.energy_j ? si_text(row.energy_j, "J") : si_text(row.charge_c, "C");
    case method:
      return row.method == Method::excess
                 ? tr("%1, %2").arg(word_of(row.method), si_text(guard_s(row), "s", 3))
                 : word_of(row.method);
    case net_energy:
      return si_text(row.net_energy_j, "J");
    case power:
      return si_text(row.power_w, "W");
    case peak:
      return si_text(row.peak_current_a, "A");
    default:
      return words_of_flags(row.flags);
  }
}

double EventTable::guard_s(const EventRow& row) const {
  return analysis_->report.events[row.name].guard_s;
}

std::int64_t EventTable::repeat(const EventRow& row) const {
  return analysis_->report.events[row.name].repeat;
}

QVariant EventTable::tip_of(const EventRow& row, int column) const {
  if (column == method) return method_text(row.method, guard_s(row));
  if (column == length && repeat(row) > 1)
    return tr("The window: %1, %2 inferences").arg(si_text(row.time.seconds(), "s")).arg(repeat(row));
  return row.flags == 0 ? QVariant() : QVariant(words_of_flags(row.flags));
}

QVariant EventTable::data(const QModelIndex& index, int role) const {
  if (!index.isValid() || !analysis_) return {};
  const EventRow& row = analysis_->rows[event_at(index.row())];
  switch (role) {
    case Qt::DisplayRole:
      return text_of(row, index.column());
    case value_role:
      return figure(row, index.column());
    case name_role:
      return row.name;
    case part_role:
      if (index.column() != energy || largest_[row.name] <= 0) return {};
      return std::clamp(known(figure(row, energy)).value_or(0) / largest_[row.name], 0.0, 1.0);
    case Qt::TextAlignmentRole: {
      return QVariant((is_text(index.column()) ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
    }
    case Qt::ToolTipRole:
      return tip_of(row, index.column());
    default:
      return {};
  }
}

QVariant EventTable::headerData(int section, Qt::Orientation orientation, int role) const {
  if (orientation != Qt::Horizontal) return {};
  if (role == Qt::TextAlignmentRole)
    return QVariant((is_text(section) ? Qt::AlignLeft : Qt::AlignRight) | Qt::AlignVCenter);
  if (role == Qt::DisplayRole) {
    const std::array<QString, k_columns> k_titles{
        tr("#"),      tr("Name"), tr("Start"), tr("Duration"), tells_charge() ? tr("Charge") : tr("Energy"),
        tr("Method"), tr("Net"),  tr("Power"), tr("Peak"),     tr("Remarks")};
    return k_titles[static_cast<std::size_t>(section)];
  }
  if (role != Qt::ToolTipRole) return {};
  const std::array<QString, k_columns> k_tips{
      tr("Number among the events of its name"),
      tr("What the rule or window is called"),
      tr("Begin on the capture clock, in seconds"),
      tr("From the edge that begins it to the one that ends it, over the inferences that a window stands "
         "for"),
      tr("Energy of the window in joules, for one inference where a window stands for several"),
      tr("How energy and charge were measured; by excess, the guard on both sides is summed as well, and "
         "what "
         "idle draws meanwhile is subtracted"),
      tr("Energy above the mean power of idle, in joules"),
      tr("Mean power of the window in watts"),
      tr("Highest sample of current in the window, in amperes"),
      tr("What makes a figure doubtful or unknown")};
  return k_tips[static_cast<std::size_t>(section)];
}

}  // namespace joulemark
