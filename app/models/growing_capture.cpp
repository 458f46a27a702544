// SPDX-License-Identifier: GPL-3.0-or-later
#include <app/models/growing_capture.h>

#include <algorithm>
#include <system_error>
#include <utility>

namespace joulemark {
namespace {

constexpr qint64 k_look_ms = 1000;
constexpr qint64 k_pause_per_work = 4;  // of a capture of days the looks alone take seconds
constexpr qint64 k_still_ms = 5000;     // a recorder writes four times a second
constexpr int k_look = 1;

}  // namespace

Result<CaptureContents> read_contents(CaptureReader& reader) {
  CaptureContents contents;
  JM_TRY_ASSIGN(const ChannelId primary, primary_channel(reader.info()));
  JM_TRY_ASSIGN(contents.extent, reader.extent(primary));
  JM_TRY_ASSIGN(contents.anomalies, reader.anomalies());
  JM_TRY_ASSIGN(contents.setup, read_setup(reader));
  contents.closed = reader.closed();
  contents.stands_alone = reader.stands_alone();
  return contents;
}

GrowingCapture::GrowingCapture(QObject* parent) : QObject(parent) {
  next_.setSingleShot(true);
  connect(&next_, &QTimer::timeout, this, [this] { look(); });
}

void GrowingCapture::follow(OpenedCapture capture) {
  capture_ = std::move(capture);
  worker_.emplace();
  look();
}

GrowingCapture::Written GrowingCapture::written(const std::string& file) {
  std::error_code none;
  const auto at = std::filesystem::last_write_time(file, none);
  if (none) return {};
  const std::uintmax_t bytes = std::filesystem::file_size(file, none);
  return none ? Written{} : Written{at, bytes};
}

// A file that is closed and has a log all the same is read without being written to, so that the log is
// folded in once nobody else reads it.
void GrowingCapture::look() {
  worker_->post(k_look, [this, capture = capture_, seen = seen_, closed = closed_](const std::stop_token&) {
    QElapsedTimer work;
    work.start();
    Look look{{written(capture.path), written(capture.path + "-wal")}, std::nullopt};
    if (closed || seen != look.state) {
      const auto reader = open_again(capture);
      if (auto contents = reader ? read_contents(**reader) : tl::make_unexpected(reader.error()); contents)
        look.contents = std::move(*contents);
    }
    look.took_ms = work.elapsed();
    deliver(this, [this, look = std::move(look)] { take(look); });
  });
}

void GrowingCapture::take(const Look& look) {
  const bool first = !seen_;
  const bool ends = look.contents && look.contents->closed && !closed_;
  const bool grows = look.contents && !look.contents->closed && !first;  // a killed recorder's does not
  if (look.contents) seen_ = look.state;
  if (look.contents) closed_ = look.contents->closed;
  if (grows) since_written_.start();
  set_recorded(!closed_ && since_written_.isValid() && since_written_.elapsed() < k_still_ms);
  if (look.contents && look.contents->stands_alone) {
    worker_.reset();
  } else {
    next_.start(static_cast<int>(std::max(k_look_ms, k_pause_per_work * look.took_ms)));
  }
  if (grows || ends) Q_EMIT grew(*look.contents);
}

void GrowingCapture::set_recorded(bool recorded) {
  if (std::exchange(recorded_, recorded) != recorded) Q_EMIT recordedChanged();
}

}  // namespace joulemark
