// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/instrument_list.h>
#include <app/models/text.h>

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
    attached.push_back({to_qt(device.uri), to_qt(device.description), device.usable, to_qt(device.reason),
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
      if (entries != entries_) {
        beginResetModel();
        entries_ = entries;
        endResetModel();
      }
      Q_EMIT refreshed();
    });
  });
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
