// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/instrument_list.h>
#include <app/models/text.h>

#include <algorithm>

namespace joulemark {
namespace {

constexpr int k_look_ms = 2000;

void list_family(const InstrumentFamily& family, std::vector<InstrumentList::Entry>& attached,
                 std::vector<InstrumentList::Entry>& simulated) {
  if (!family.discover) {
    simulated.push_back({to_qt(family.example), to_qt(family.description), true, {}, {}});
    return;
  }
  const auto found = family.discover();
  if (!found) {
    attached.push_back({to_qt(family.scheme) + QLatin1Char(':'),
                        to_qt(family.description),
                        false,
                        to_qt(found.error().message),
                        {}});
    return;
  }
  for (const DeviceListing& device : *found)
    attached.push_back({verbatim(device.uri), to_qt(device.description), device.usable, to_qt(device.reason),
                        to_qt(device.advice)});
}

}  // namespace

InstrumentList::InstrumentList(InstrumentRegistry registry, QObject* parent)
    : QAbstractListModel(parent), registry_(std::move(registry)) {
  timer_.setInterval(k_look_ms);
  connect(&timer_, &QTimer::timeout, this, [this] { refresh(); });
}

void InstrumentList::watch(bool on) {
  if (!on) return timer_.stop();
  refresh();
  timer_.start();
}

void InstrumentList::refresh() {
  worker_.post(0, [this](const std::stop_token&) {
    std::vector<Entry> entries;
    std::vector<Entry> simulated;
    for (const InstrumentFamily& family : registry_.families())
      list_family(family, entries, simulated);
    entries.insert(entries.end(), simulated.begin(), simulated.end());
    deliver(this, [this, entries = std::move(entries)] {
      if (entries != entries_) merge(entries);
      Q_EMIT refreshed();
    });
  });
}

// Row by row: whoever has the list open keeps his place in it.
void InstrumentList::merge(const std::vector<Entry>& found) {
  Q_EMIT aboutToChange();
  const auto listed = [](const std::vector<Entry>& list, const Entry& entry) {
    return std::ranges::find(list, entry.uri, &Entry::uri) != list.end();
  };
  for (int row = rowCount(); row-- > 0;) {
    if (!listed(found, entry(row))) remove(row);
  }
  for (int row = 0; row < static_cast<int>(found.size()); ++row) {
    const Entry& wanted = found[static_cast<std::size_t>(row)];
    if (row >= rowCount() || entry(row).uri != wanted.uri) {
      beginInsertRows({}, row, row);
      entries_.insert(entries_.begin() + row, wanted);
      endInsertRows();
    } else if (entry(row) != wanted) {
      entries_[static_cast<std::size_t>(row)] = wanted;
      Q_EMIT dataChanged(index(row), index(row));
    }
  }
  while (rowCount() > static_cast<int>(found.size()))  // stood in another order before
    remove(rowCount() - 1);
  Q_EMIT changed();
}

void InstrumentList::remove(int row) {
  beginRemoveRows({}, row, row);
  entries_.erase(entries_.begin() + row);
  endRemoveRows();
}

std::vector<OptionSpec> InstrumentList::options_of(const QString& uri) const {
  const auto parsed = InstrumentUri::parse(uri.toStdString());
  const InstrumentFamily* family = parsed ? registry_.find(parsed->scheme) : nullptr;
  return family == nullptr ? std::vector<OptionSpec>{} : family->options;
}

int InstrumentList::rowCount(const QModelIndex& parent) const {
  return parent.isValid() ? 0 : static_cast<int>(entries_.size());
}

QVariant InstrumentList::data(const QModelIndex& index, int role) const {
  if (!index.isValid()) return {};
  const Entry& item = entry(index.row());
  switch (role) {
    case Qt::DisplayRole:
      return item.usable ? item.uri : tr("%1 (%2)").arg(item.uri, item.reason);
    case Qt::ToolTipRole:
      return item.usable ? item.title
                         : tr("%1\nNot usable: %2\nWhat to do: %3").arg(item.title, item.reason, item.advice);
    case Qt::EditRole:  // what stands in an editable box
    case uri_role:
      return item.uri;
    case usable_role:
      return item.usable;
    case advice_role:
      return item.advice;
    default:
      return {};
  }
}

Qt::ItemFlags InstrumentList::flags(const QModelIndex& index) const {
  const bool usable = index.isValid() && entry(index.row()).usable;
  return usable ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::NoItemFlags;
}

}  // namespace joulemark
