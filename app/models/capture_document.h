// SPDX-License-Identifier: GPL-3.0-or-later
// One capture file on the bench: what is drawn from it, what is measured in it, and what a person says of it.
#pragma once

#include <analysis/capture/capture_reader.h>
#include <analysis/energy/build_report.h>
#include <analysis/energy/ensemble.h>
#include <analysis/energy/window_stats.h>

#include <app/models/drawing_reader.h>
#include <app/models/event_setup.h>
#include <app/models/growing_capture.h>
#include <app/models/wave_source.h>
#include <app/models/worker.h>

#include <QElapsedTimer>
#include <QObject>
#include <QUndoStack>
#include <atomic>
#include <memory>
#include <string>

namespace joulemark {

// Everything long happens on workers with readers of their own; signals arrive on the document's thread,
// where all calls are made. An edit is shown, measured and saved at once, and can be undone; what is not
// saved yet is so before the document is gone.
class CaptureDocument final : public QObject, public WaveSource {
  Q_OBJECT
 public:
  explicit CaptureDocument(QObject* parent = nullptr);
  ~CaptureDocument() override;

  void open(const QString& path);  // then opened() or failed()
  [[nodiscard]] const QString& path() const { return path_; }
  // What was opened: none else is read or changed, though another one be put in its place.
  [[nodiscard]] const OpenedCapture& capture() const { return drawing_.capture(); }
  [[nodiscard]] bool is_open() const { return drawing_.is_open(); }
  [[nodiscard]] bool closed_properly() const { return drawing_.closed_properly(); }
  // By another program, just now: it is followed, and measured anew as far as that takes a fifth of a core.
  [[nodiscard]] bool recorded() const { return growing_.recorded(); }

  [[nodiscard]] const CaptureInfo& info() const override { return drawing_.info(); }
  [[nodiscard]] TimeRange extent() const override { return extent_; }
  [[nodiscard]] bool has(Quantity quantity) const override;
  [[nodiscard]] std::vector<ViewColumn> columns(Quantity quantity, TimeRange range,
                                                std::size_t count) override;
  [[nodiscard]] std::vector<LaneColumn> lanes(std::size_t first, TimeRange range, std::size_t count) override;
  [[nodiscard]] const std::vector<TimeRange>& gaps() const override { return gaps_; }
  [[nodiscard]] const std::vector<Anomaly>& anomalies() const { return anomalies_; }
  [[nodiscard]] const Extent& primary_extent() const { return primary_extent_; }

  // Null until the first report; the newest one.
  [[nodiscard]] const std::shared_ptr<const Analysis>& analysis() const { return analysis_; }
  [[nodiscard]] const EventSetup& setup() const { return setup_; }
  // One step to undo, named by what ("Rename window"). Errors: usage when a name makes no sense or is taken;
  // nothing changed then.
  [[nodiscard]] Status change_setup(EventSetup setup, const QString& what);
  [[nodiscard]] QUndoStack& undo_stack() { return undo_; }
  [[nodiscard]] const QString& unsaved() const { return unsaved_; }  // why an edit is not; empty: all are

  // What others changed in the file since is shown, and told by setupTaken(); nothing can be undone then, as
  // that would take theirs back as well. While an edit here is not saved there is setupDisputed() instead,
  // and one of the two is to be called.
  void look_for_changes();
  void take_theirs();  // what is not saved is lost
  void keep_own();     // and try again to save it, beside what they changed

  // Then windowMeasured() or windowFailed(); of each key only the newest.
  void measure_window(int key, TimeRange window);
  void fold(const std::string& event_name);  // then folded() or foldFailed()
  void measure();                            // once more, after cancel_report()
  void cancel_report();                      // nothing is heard of it any more
  // Waits until what was changed is saved, or told by saveFailed(); a report or fold that is under way is
  // left for that. What could not be written is tried once more.
  void finish_saving();
  // Everything asked for is done and its signals are on the way.
  [[nodiscard]] bool idle() const { return long_work_.idle() && quick_work_.idle(); }

 Q_SIGNALS:
  void opened();
  void grew();             // extent, anomalies; or it has its end now
  void recordedChanged();  // see recorded()
  void failed(const QString& message);
  void lanesReady();
  void
  worthAnotherTry();  // what columns() and lanes() could not read a moment ago: the file was being written
  void setupChanged();
  void analysisStarted();
  void analysisProgressed(double part);
  void analysisChanged();
  void analysisFailed(const QString& message);
  void savedAtLast();  // what a saveFailed() was about
  void saveFailed(const QString& message);
  void setupTaken();
  void setupDisputed();
  void windowMeasured(int key, const joulemark::WindowStats& stats);
  void windowFailed(int key, joulemark::TimeRange window, const QString& message);
  void folded(const QString& event_name, std::shared_ptr<const joulemark::Ensemble> ensemble);
  void foldFailed(const QString& message);

 private:
  friend class SetupCommand;
  struct Opened;
  void take(Opened opened);
  void take(const CaptureContents& contents);
  void take_growth(const CaptureContents& contents);
  void measure_growth();
  void post_report();
  void apply(const EventSetup& setup);
  void save(const EventSetup& setup);
  void saved(const Status& status);
  void compare(const EventSetup& theirs, const EventSetup& known);
  void take_over(const EventSetup& theirs);
  void leave_for_saving();
  void index_lanes();

  QString path_;
  DrawingReader drawing_;
  Extent primary_extent_;
  TimeRange extent_;
  std::vector<TimeRange> gaps_;
  std::vector<Anomaly> anomalies_;
  std::vector<LaneIndex> lanes_;  // one for k_most_lanes lines each; empty: not built yet
  bool lanes_known_ = true;       // not being indexed
  EventSetup setup_;
  std::shared_ptr<EventSetup> saved_ =
      std::make_shared<EventSetup>();   // what the file has of it; of long_work_'s thread
  std::optional<EventSetup> disputed_;  // theirs, as last asked about
  QString unsaved_;
  std::shared_ptr<const Analysis> analysis_;
  bool cancelled_ = false;        // no figures are wanted until they are asked for
  QElapsedTimer since_measured_;  // was begun last
  qint64 measuring_ms_ = 0;
  std::int64_t asked_report_ = 0;  // a result that is not of this one is dropped
  QUndoStack undo_;
  std::atomic<int> saving_ = 0;  // changes not written yet
  Worker long_work_;
  Worker quick_work_;
  GrowingCapture growing_;
};

}  // namespace joulemark
