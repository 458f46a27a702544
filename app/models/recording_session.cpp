// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/capture/capture_reader.h>
#include <analysis/capture/capture_writer.h>
#include <analysis/model/null_sink.h>
#include <analysis/model/tee.h>
#include <analysis/model/watched_source.h>

#include <app/models/own_rules.h>
#include <app/models/recording_session.h>
#include <app/models/text.h>
#include <app/models/words.h>
#include <app/recording/instruments.h>
#include <app/recording/recent_source.h>

#include <algorithm>
#include <functional>

namespace joulemark {
namespace {

constexpr TimeNs k_recent_ns = 60'000'000'000;
constexpr TimeNs k_longest_hold_ns = 20'000'000;
constexpr int k_check_ms = 250;
constexpr qint64 k_pause_per_work = 4;  // figures may take a fifth of a core
constexpr int k_analysis = 1;
constexpr int k_first_window = 2;

// Sits before the file in the Tee: what reads the file lets go of it before it is closed.
class LetGo final : public NullSink {
 public:
  explicit LetGo(std::function<void()> let_go) : let_go_(std::move(let_go)) {}

  [[nodiscard]] Status end(EndReason) override {
    let_go_();
    return {};
  }

 private:
  std::function<void()> let_go_;
};

Result<Analysis> analyse_end_of(const std::string& file, const ReportOptions& options,
                                const std::stop_token& stop) {
  JM_TRY_ASSIGN(const auto reader, CaptureReader::open(file));
  WatchedSource source(*reader, stop);
  RecentSource recent(source, k_recent_ns);
  return build_report(recent, options);
}

// None: not all of it is there yet.
std::optional<WindowStats> measure(const std::string& file, TimeRange window, const std::stop_token& stop) {
  const auto reader = CaptureReader::open(file);
  const auto primary = reader ? primary_channel((*reader)->info()) : tl::make_unexpected(reader.error());
  const auto extent = primary ? (*reader)->extent(*primary) : tl::make_unexpected(primary.error());
  if (!extent || extent->time.end_ns < window.end_ns) return std::nullopt;
  WatchedSource source(**reader, stop);
  const auto stats = window_stats(source, window);
  return stats ? std::optional(*stats) : std::nullopt;
}

// Whether the next column with samples is near enough for the one before i to hold until then.
bool held(const std::vector<ViewColumn>& columns, std::size_t i) {
  std::size_t next = i;
  while (next < columns.size() && columns[next].count == 0)
    ++next;
  return next < columns.size() && columns[next].time.begin_ns - columns[i].time.begin_ns < k_longest_hold_ns;
}

LiveStrip::Trace trace_of(Quantity quantity) {
  if (quantity == Quantity::current) return LiveStrip::Trace::current;
  return quantity == Quantity::power ? LiveStrip::Trace::power : LiveStrip::Trace::voltage;
}

}  // namespace

RecordingSession::RecordingSession(RecordingRequest request, QObject* parent)
    : QObject(parent), request_(std::move(request)) {
  timer_.setInterval(k_check_ms);
  connect(&timer_, &QTimer::timeout, this, [this] {
    measure_windows();
    analyse_recent();
  });
}

RecordingSession::~RecordingSession() {
  stop();
  if (thread_.joinable()) thread_.join();
}

void RecordingSession::start() {
  running_ = true;
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

void RecordingSession::stop() {
  thread_.request_stop();
}

void RecordingSession::run(const std::stop_token& stop) {
  const auto outcome = std::make_shared<Result<RecordingOutcome>>(record_all(stop));
  deliver(this, [this, outcome] { finish(*outcome); });
}

Result<RecordingOutcome> RecordingSession::record_all(const std::stop_token& stop) {
  auto opened = request_.open ? request_.open() : make_registry().open(request_.uri, request_.options, stop);
  if (!opened && stop.stop_requested()) return fail(opened.error().code, {});
  JM_TRY_ASSIGN(const auto instrument, std::move(opened));
  instrument->on_news([this](const std::string& sentence) {
    deliver(this, [this, text = to_qt(sentence)] { Q_EMIT news(text); });
  });
  const Overflow overflow = instrument->can_wait() ? Overflow::block : Overflow::drop;
  CaptureWriter writer({request_.file, CaptureMode::live, overflow, request_.overwrite, Compression::fast});
  LetGo let_go([this] {
    analyst_.cancel_all();
    while (!analyst_.idle())
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  });
  Tee all({&let_go, &writer, &strip_});
  OwnRules sink(request_.rules, all, [this](const Error& error) {
    deliver(this, [this, why = to_qt(error.message)] {
      Q_EMIT news(tr("The rules kept for new recordings are not used: %1").arg(why));
    });
  });
  bool first = true;
  return record(*instrument, sink, request_.limits, stop, [&](const LiveSummary& summary) {
    {
      const std::int64_t dropped = writer.dropped_samples(summary.primary());
      const std::scoped_lock lock(mutex_);
      figures_ = {summary.duration_s(), summary.rate_hz(), summary.samples() - dropped,
                  summary.lost_samples() + dropped};
    }
    if (!std::exchange(first, false)) return;
    deliver(this, [this, info = instrument->info()] {
      info_ = info;
      since_analysis_.start();
      timer_.start();
      Q_EMIT started();
    });
  });
}

void RecordingSession::finish(const Result<RecordingOutcome>& outcome) {
  timer_.stop();
  running_ = false;
  if (!outcome) return Q_EMIT ended(false, tr("not started"), to_qt(outcome.error().message));
  const QString error = outcome->error ? to_qt(outcome->error->message) : QString();
  Q_EMIT ended(true, word_of(outcome->end_reason), error);
}

void RecordingSession::analyse_recent() {
  if (!analyst_.idle() || since_analysis_.elapsed() < analysis_ms_ * k_pause_per_work) return;
  since_analysis_.restart();
  ReportOptions options;
  options.goes_on = true;
  analyst_.post(k_analysis, [this, options](const std::stop_token& stop) {
    QElapsedTimer work;
    work.start();
    auto analysis = analyse_end_of(request_.file, options, stop);
    analysis_ms_ = work.elapsed();
    if (!analysis || stop.stop_requested()) return;  // nothing committed yet, say
    deliver(this, [this, made = std::make_shared<const Analysis>(std::move(*analysis))] {
      if (running_) Q_EMIT analysed(made);
    });
  });
}

void RecordingSession::measure_window(std::size_t key, TimeRange window) {
  wanted_windows_.at(key) = window;
}

void RecordingSession::measure_windows() {
  for (std::size_t key = 0; key < k_windows; ++key) {
    const auto window = wanted_windows_[key];
    if (!window || window->end_ns > extent().end_ns || !analyst_.idle()) continue;
    analyst_.post(k_first_window + static_cast<int>(key), [this, key, window](const std::stop_token& stop) {
      const auto stats = measure(request_.file, *window, stop);
      if (!stats) return;  // tried again soon
      deliver(this, [this, key, stats = *stats] {
        if (wanted_windows_[key] != stats.time) return;
        wanted_windows_[key].reset();
        Q_EMIT windowMeasured(key, stats);
      });
    });
  }
}

RecordingSession::Figures RecordingSession::figures() const {
  const std::scoped_lock lock(mutex_);
  return figures_;
}

EventSetup RecordingSession::setup() const {
  const std::vector<MetadataItem> metadata = strip_.metadata();
  return recommended_setup(metadata, info_.lines).value_or(EventSetup{});
}

bool RecordingSession::has(Quantity quantity) const {
  return strip_.has(trace_of(quantity));
}

std::vector<ViewColumn> RecordingSession::columns(Quantity quantity, TimeRange range, std::size_t count) {
  std::vector<ViewColumn> columns = strip_.columns(trace_of(quantity), range, count);
  // A sample holds until the next one: at more columns than samples some have none of their own.
  for (std::size_t i = 1; i < columns.size(); ++i) {
    if (columns[i].count > 0 || columns[i - 1].count == 0 || !held(columns, i)) continue;
    const TimeRange time = columns[i].time;
    columns[i] = columns[i - 1];
    columns[i].time = time;
  }
  return columns;
}

std::vector<LaneColumn> RecordingSession::lanes(std::size_t first, TimeRange range, std::size_t count) {
  if (first > 0) return {};
  std::vector<LaneColumn> lanes;
  lanes.reserve(count);
  for (const LiveStrip::Levels& levels : strip_.levels(range, count))
    lanes.push_back({levels.high, levels.low});
  return lanes;
}

const std::vector<TimeRange>& RecordingSession::gaps() const {
  gaps_ = strip_.gaps();
  return gaps_;
}

}  // namespace joulemark
