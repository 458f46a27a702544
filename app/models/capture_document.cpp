// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/model/watched_source.h>

#include <app/models/capture_document.h>
#include <app/models/text.h>

#include <QCoreApplication>
#include <QThread>
#include <algorithm>

namespace joulemark {

// What is read before the first picture.
struct CaptureDocument::Opened {
  std::unique_ptr<CaptureReader> reader;
  CaptureContents contents;
};

class SetupCommand final : public QUndoCommand {
 public:
  SetupCommand(CaptureDocument& document, EventSetup before, EventSetup after, const QString& what)
      : QUndoCommand(what), document_(document), before_(std::move(before)), after_(std::move(after)) {}

  void redo() override { change(after_); }
  void undo() override { change(before_); }

 private:
  void change(const EventSetup& to) {
    document_.save(to);
    document_.apply(to);
  }

  CaptureDocument& document_;
  EventSetup before_;
  EventSetup after_;
};

namespace {

constexpr qint64 k_pause_per_work = 4;

enum WorkKey { k_open, k_report, k_lanes, k_fold, k_look, k_first_window = 100 };

// Where samples are missing, joined and in order.
std::vector<TimeRange> gaps_among(const std::vector<Anomaly>& anomalies) {
  std::vector<TimeRange> gaps;
  for (const Anomaly& anomaly : anomalies) {
    if (anomaly.severity == Severity::data_loss && !anomaly.time.empty()) gaps.push_back(anomaly.time);
  }
  std::ranges::sort(gaps, {}, &TimeRange::begin_ns);
  std::vector<TimeRange> joined;
  for (const TimeRange& gap : gaps) {
    if (!joined.empty() && gap.begin_ns <= joined.back().end_ns) {
      joined.back().end_ns = std::max(joined.back().end_ns, gap.end_ns);
    } else {
      joined.push_back(gap);
    }
  }
  return joined;
}

std::optional<ChannelId> channel_for(const CaptureInfo& info, Quantity quantity) {
  if (quantity == Quantity::current) return k_current;
  if (quantity == Quantity::power) return k_power;
  for (std::uint32_t i = 0; i < info.channels.size(); ++i) {
    if (info.channels[i].quantity == quantity) return ChannelId{i};
  }
  return std::nullopt;
}

}  // namespace

CaptureDocument::CaptureDocument(QObject* parent) : QObject(parent), undo_(this) {
  connect(&drawing_, &DrawingReader::worthAnotherTry, this, &CaptureDocument::worthAnotherTry);
  connect(&growing_, &GrowingCapture::grew, this, &CaptureDocument::take_growth);
  connect(&growing_, &GrowingCapture::recordedChanged, this, &CaptureDocument::recordedChanged);
}

CaptureDocument::~CaptureDocument() = default;

void CaptureDocument::open(const QString& path) {
  path_ = path;
  long_work_.post(k_open, [this, file = path.toStdString()](const std::stop_token&) {
    const auto read = [&]() -> Result<Opened> {
      Opened opened;
      JM_TRY_ASSIGN(opened.reader, CaptureReader::open(file));
      JM_TRY_ASSIGN(opened.contents, read_contents(*opened.reader));
      return opened;
    };
    auto opened = std::make_shared<Result<Opened>>(read());
    deliver(this, [this, opened] {
      if (!*opened) return Q_EMIT failed(to_qt(opened->error().message));
      take(std::move(**opened));
    });
  });
}

void CaptureDocument::take(Opened opened) {
  const std::string id = opened.reader->info().id;
  drawing_.take({path_.toStdString(), id}, std::move(opened.reader));
  take(opened.contents);
  setup_ = std::move(opened.contents.setup);
  saved_ = std::make_shared<EventSetup>(setup_);
  if (!opened.contents.stands_alone) growing_.follow(capture());
  Q_EMIT this->opened();
  index_lanes();
  measure();
}

void CaptureDocument::take(const CaptureContents& contents) {
  primary_extent_ = contents.extent;
  extent_ = contents.extent.time;
  anomalies_ = contents.anomalies;
  gaps_ = gaps_among(anomalies_);
}

// The rules are those of the file until a person changes them.
void CaptureDocument::take_growth(const CaptureContents& contents) {
  take(contents);
  drawing_.let_go();
  if (undo_.count() == 0 && contents.setup != setup_) {
    setup_ = contents.setup;
    saved_ = std::make_shared<EventSetup>(setup_);
    Q_EMIT setupChanged();
  }
  Q_EMIT grew();
  if (contents.closed) {
    index_lanes();
    if (!cancelled_) measure();
  } else {
    measure_growth();
  }
}

// Without a word, as it comes again and again.
void CaptureDocument::measure_growth() {
  if (!long_work_.idle() || since_measured_.elapsed() < (1 + k_pause_per_work) * measuring_ms_) return;
  index_lanes();
  if (!cancelled_) post_report();
}

bool CaptureDocument::has(Quantity quantity) const {
  if (!is_open()) return false;
  const auto channel = channel_for(info(), quantity);
  return channel && derive(info(), *channel).has_value();
}

std::vector<ViewColumn> CaptureDocument::columns(Quantity quantity, TimeRange range, std::size_t count) {
  if (!has(quantity) || range.empty() || count == 0) return {};
  auto columns = drawing_.columns(*channel_for(info(), quantity), range, count);
  if (!drawing_.trouble().empty()) trouble_ = drawing_.trouble();
  return columns;
}

std::vector<LaneColumn> CaptureDocument::lanes(std::size_t first, TimeRange range, std::size_t count) {
  const std::size_t index = first / k_most_lanes;
  if (index >= lanes_.size()) return {};
  auto columns = drawing_.lanes(first, lanes_[index], range, count);
  if (!drawing_.trouble().empty()) trouble_ = drawing_.trouble();
  return columns;
}

void CaptureDocument::index_lanes() {
  lanes_known_ = false;
  long_work_.post(k_lanes, [this, capture = capture(), extent = extent_](const std::stop_token& stop) {
    const auto build = [&]() -> Result<std::vector<LaneIndex>> {
      JM_TRY_ASSIGN(const auto reader, open_again(capture));
      WatchedSource source(*reader, stop);
      std::vector<LaneIndex> indices;
      for (std::size_t first = 0; first < source.info().lines.size(); first += k_most_lanes) {
        JM_TRY_ASSIGN(LaneIndex index, LaneIndex::build(source, extent, first));
        indices.push_back(std::move(index));
      }
      return indices;
    };
    auto indices = build();
    if (stop.stop_requested()) return;
    auto built = std::make_shared<Result<std::vector<LaneIndex>>>(std::move(indices));
    deliver(this, [this, built] {
      lanes_known_ = true;
      if (*built) lanes_ = std::move(**built);
      if (!*built) trouble_ = built->error().message;
      Q_EMIT lanesReady();
    });
  });
}

void CaptureDocument::measure() {
  cancelled_ = false;
  Q_EMIT analysisStarted();
  post_report();
}

void CaptureDocument::post_report() {
  since_measured_.start();
  ReportOptions options = report_options_for(setup_);
  options.goes_on = recorded();
  const auto task = [this, capture = capture(), options,
                     asked = ++asked_report_](const std::stop_token& stop) {
    const auto progress = [this](double part) {
      deliver(this, [this, part] { Q_EMIT analysisProgressed(part); });
    };
    const auto measure = [&]() -> Result<Analysis> {
      JM_TRY_ASSIGN(const auto reader, open_again(capture));
      WatchedSource source(*reader, stop, progress);
      return build_report(source, options);
    };
    auto result = std::make_shared<Result<Analysis>>(measure());
    if (stop.stop_requested()) return;
    deliver(this, [this, result, asked, file = capture.path] {
      if (asked != asked_report_) return;  // cancelled, or asked for anew, while this was on its way
      measuring_ms_ = since_measured_.elapsed();
      if (!*result) return Q_EMIT analysisFailed(to_qt(result->error().message));
      (*result)->report.capture.file = file;
      analysis_ = std::make_shared<const Analysis>(std::move(**result));
      Q_EMIT analysisChanged();
    });
  };
  long_work_.post(k_report, task);
}

Status CaptureDocument::change_setup(EventSetup setup, const QString& what) {
  std::ranges::stable_sort(setup.rules, {}, &EventRule::name);
  std::ranges::stable_sort(setup.windows, {}, [](const NamedWindow& window) { return window.time.begin_ns; });
  JM_TRY(check_setup(setup));
  hide_rules_behind_code(setup);  // some may come back
  JM_TRY(check_setup(setup));
  if (setup == setup_) return {};
  undo_.push(new SetupCommand(*this, setup_, std::move(setup), what));
  return {};
}

void CaptureDocument::apply(const EventSetup& setup) {
  setup_ = setup;
  Q_EMIT setupChanged();
  measure();
}

// Only what changed since this document last read or wrote the file, as others may edit it too; what could
// not be written goes with the next change. On the worker that reads longest, since a reader in the middle of
// a file would keep the writer out.
void CaptureDocument::save(const EventSetup& setup) {
  ++saving_;
  leave_for_saving();
  long_work_.post_kept([this, capture = capture(), setup, known = saved_] {
    CaptureEdit edit = edit_between(*known, setup);
    edit.capture = capture.id;
    const Status status = edit_capture(capture.path, edit);
    if (status) *known = setup;
    deliver(this, [this, status] { saved(status); });
    --saving_;
  });
  if (is_open() && !lanes_known_) index_lanes();
}

// What reads the file for long would keep the change waiting. A report and a fold are of the setup before.
void CaptureDocument::leave_for_saving() {
  for (const int key : {k_report, k_fold, k_lanes})
    long_work_.cancel(key);
}

void CaptureDocument::saved(const Status& status) {
  const bool at_last = status && !unsaved_.isEmpty();
  unsaved_ = status ? QString() : to_qt(status.error().message);
  if (!status) Q_EMIT saveFailed(unsaved_);
  if (at_last) Q_EMIT savedAtLast();
}

// Where saving is done, too: so what is read is not of the middle of it.
void CaptureDocument::look_for_changes() {
  if (!is_open()) return;
  long_work_.post(k_look, [this, capture = capture(), known = saved_](const std::stop_token&) {
    const auto read = [&]() -> Result<EventSetup> {
      JM_TRY_ASSIGN(const auto reader, open_again(capture));
      return read_setup(*reader);
    };
    const auto theirs = read();
    if (!theirs || edit_between(*known, *theirs).changes_nothing()) return;
    deliver(this, [this, theirs = *theirs, known = *known] { compare(theirs, known); });
  });
}

// known: what the file had by our knowledge when theirs was read, which may be a while ago.
void CaptureDocument::compare(const EventSetup& theirs, const EventSetup& known) {
  if (saving_ > 0) return look_for_changes();
  if (edit_between(known, setup_).changes_nothing()) return take_over(theirs);
  if (unsaved_.isEmpty()) return look_for_changes();
  if (disputed_ == theirs) return;
  disputed_ = theirs;
  Q_EMIT setupDisputed();
}

void CaptureDocument::take_over(const EventSetup& theirs) {
  long_work_.post_kept([known = saved_, theirs] { *known = theirs; });
  undo_.clear();
  unsaved_.clear();
  disputed_.reset();
  apply(theirs);
  Q_EMIT setupTaken();
}

void CaptureDocument::take_theirs() {
  if (disputed_) take_over(EventSetup(*disputed_));
}

void CaptureDocument::keep_own() {
  save(setup_);
  look_for_changes();
}

void CaptureDocument::finish_saving() {
  const auto wait = [this] {
    while (saving_ > 0)
      QThread::msleep(1);
    QCoreApplication::sendPostedEvents(this, QEvent::MetaCall);
  };
  if (saving_ > 0) leave_for_saving();
  wait();
  if (unsaved_.isEmpty()) return;
  save(setup_);
  wait();
}

void CaptureDocument::measure_window(int key, TimeRange window) {
  const auto task = [this, key, window, capture = capture()](const std::stop_token& stop) {
    const auto measure = [&]() -> Result<WindowStats> {
      JM_TRY_ASSIGN(const auto reader, open_again(capture));
      WatchedSource source(*reader, stop);
      return window_stats(source, window);
    };
    auto stats = measure();
    if (stop.stop_requested()) return;
    deliver(this, [this, key, window, stats = std::move(stats)] {
      if (!stats) return Q_EMIT windowFailed(key, window, to_qt(stats.error().message));
      Q_EMIT windowMeasured(key, *stats);
    });
  };
  quick_work_.post(k_first_window + key, task);
}

void CaptureDocument::fold(const std::string& event_name) {
  if (!analysis_) return;
  const auto task = [this, event_name, capture = capture(),
                     analysis = analysis_](const std::stop_token& stop) {
    const auto measure = [&]() -> Result<Ensemble> {
      JM_TRY_ASSIGN(const auto reader, open_again(capture));
      WatchedSource source(*reader, stop);
      std::vector<TimeRange> windows;
      std::vector<std::size_t> rows;
      for (std::size_t i = 0; i < analysis->rows.size(); ++i) {
        if (analysis->report.events[analysis->rows[i].name].name != event_name) continue;
        windows.push_back(analysis->rows[i].time);
        rows.push_back(i);
      }
      const bool power = derive(source.info(), k_power).has_value();
      JM_TRY_ASSIGN(Ensemble ensemble,
                    fold_events(source, windows, {.channel = power ? k_power : k_current}));
      for (FoldedEvent& event : ensemble.by_distance)
        event.event = rows[event.event];
      return ensemble;
    };
    auto result = std::make_shared<Result<Ensemble>>(measure());
    if (stop.stop_requested()) return;
    deliver(this, [this, result, analysis, name = to_qt(event_name)] {
      if (analysis != analysis_) return;  // its events may have other numbers by now
      if (!*result) return Q_EMIT foldFailed(to_qt(result->error().message));
      Q_EMIT folded(name, std::make_shared<const Ensemble>(std::move(**result)));
    });
  };
  long_work_.post(k_fold, task);
}

void CaptureDocument::cancel_report() {
  ++asked_report_;
  cancelled_ = true;
  long_work_.cancel(k_report);
}

}  // namespace joulemark
