// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/drawing_reader.h>

#include <algorithm>
#include <type_traits>
#include <utility>

namespace joulemark {
namespace {

constexpr int k_again_ms = 50;
constexpr int k_most_tries = 60;  // what lasts longer is no moment
constexpr qint64 k_idle_ms = 200;
constexpr qint64 k_longest_hold_ms = 1000;  // while pictures follow one another; a recorder tries for longer

}  // namespace

DrawingReader::DrawingReader(QObject* parent) : QObject(parent) {
  for (QTimer* timer : {&let_go_, &again_})
    timer->setSingleShot(true);
  connect(&let_go_, &QTimer::timeout, this, [this] { reader_.reset(); });
  connect(&again_, &QTimer::timeout, this, &DrawingReader::worthAnotherTry);
}

void DrawingReader::take(OpenedCapture capture, std::unique_ptr<CaptureReader> reader) {
  capture_ = std::move(capture);
  info_ = reader->info();
  closed_ = reader->closed();
  stands_alone_ = reader->stands_alone();
  reader_ = std::move(reader);
  reader_->set_patience({});
  held_.start();
  if (!stands_alone_) let_go_.start(k_idle_ms);
}

Result<CaptureReader*> DrawingReader::reader() {
  if (!reader_) {
    JM_TRY_ASSIGN(reader_, open_again(capture_, {}));
    closed_ = reader_->closed();
    stands_alone_ = reader_->stands_alone();
    held_.start();
  }
  if (!stands_alone_)
    let_go_.start(static_cast<int>(std::clamp<qint64>(k_longest_hold_ms - held_.elapsed(), 0, k_idle_ms)));
  return reader_.get();
}

// What was drawn of another range, where that and this one meet.
template <typename Column>
std::vector<Column> DrawingReader::shifted(const Picture<Column>& last, TimeRange range, std::size_t count) {
  if (last.columns.empty()) return {};
  const auto time_at = [&](double column) {
    return static_cast<double>(range.begin_ns) +
           static_cast<double>(range.length_ns()) * column / static_cast<double>(count);
  };
  const double last_width =
      static_cast<double>(last.range.length_ns()) / static_cast<double>(last.columns.size());
  std::vector<Column> columns(count);
  for (std::size_t c = 0; c < count; ++c) {
    const double middle = time_at(static_cast<double>(c) + 0.5);
    const double from = (middle - static_cast<double>(last.range.begin_ns)) / last_width;
    if (from >= 0 && from < static_cast<double>(last.columns.size()))
      columns[c] = last.columns[static_cast<std::size_t>(from)];
    if constexpr (std::is_same_v<Column, ViewColumn>)
      columns[c].time = {static_cast<TimeNs>(time_at(static_cast<double>(c))),
                         static_cast<TimeNs>(time_at(static_cast<double>(c + 1)))};
  }
  return columns;
}

template <typename Column, typename Read>
std::vector<Column> DrawingReader::draw(Picture<Column>& last, TimeRange range, std::size_t count,
                                        const Read& read) {
  const auto read_now = [&]() -> Result<std::vector<Column>> {
    JM_TRY_ASSIGN(CaptureReader * from, reader());
    return read(*from);
  };
  auto columns = read_now();
  if (columns) {
    tries_ = 0;
    last = {range, *columns};
    return std::move(*columns);
  }
  const bool may_pass = columns.error().code == ErrorCode::busy && tries_ < k_most_tries;
  if (!may_pass) {
    trouble_ = columns.error().message;
    return {};
  }
  if (!again_.isActive()) {
    ++tries_;
    again_.start(k_again_ms);
  }
  return shifted(last, range, count);
}

std::vector<ViewColumn> DrawingReader::columns(ChannelId channel, TimeRange range, std::size_t count) {
  return draw(last_columns_[channel], range, count,
              [&](CaptureReader& reader) { return reader.view(channel, range, count); });
}

std::vector<LaneColumn> DrawingReader::lanes(std::size_t first, const LaneIndex& index, TimeRange range,
                                             std::size_t count) {
  return draw(last_lanes_[first], range, count,
              [&](CaptureReader& reader) { return index.columns(reader, range, count); });
}

}  // namespace joulemark
