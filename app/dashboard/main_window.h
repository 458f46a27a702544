// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <analysis/energy/build_report.h>

#include <app/models/event_table.h>
#include <app/models/findings_model.h>
#include <app/models/instrument_list.h>
#include <app/models/rule_table.h>
#include <app/models/time_window.h>
#include <app/models/unfinished_recordings.h>

#include <QMainWindow>
#include <QPointer>
#include <QSettings>
#include <array>
#include <functional>
#include <memory>

QT_BEGIN_NAMESPACE
class QStackedWidget;
QT_END_NAMESPACE

namespace joulemark {

class Banner;
class CaptureDocument;
class EnsembleDock;
class EventDock;
class FindingsBar;
class HistogramDock;
class ExportJob;
class ImportJob;
class RecordingSession;
class RecoveryJob;
class RuleDock;
class StateBar;
class TileRow;
class WaveformView;
class Welcome;
struct ImportRequest;
struct RecordingRequest;

inline constexpr auto k_kept_rules = "recording/rules";  // setting: key=value, as captures keep them

// The window: state row, tiles, waveform, docks, findings; and the way from a recording to a capture to its
// figures.
class MainWindow final : public QMainWindow {
  Q_OBJECT
 public:
  explicit MainWindow(InstrumentRegistry registry, QWidget* parent = nullptr);
  ~MainWindow() override;

  void open_file(const QString& path);           // a capture, or what can be imported after a question
  void record(const RecordingRequest& request);  // no questions
  void record_simulation(double duration_s);
  void stop_recording();
  void close_unasked();  // a recording is stopped, and its file closed on return
  void start_import(const ImportRequest& request);
  // What, by the ending. with_selection: a report has an event "selection" between A and B.
  void export_to(const QString& file, bool with_selection = false);
  void set_instrument(const QString& uri);
  void offer_unfinished();  // recordings that an earlier window did not live to close
  void set_dark(bool dark);
  void show_dock(const QString& name);  // "events", "ensemble", "histogram", "rules"

  [[nodiscard]] CaptureDocument* document() const { return document_.get(); }
  [[nodiscard]] bool opening() const { return opening_ != nullptr; }
  [[nodiscard]] RecordingSession* session() const { return session_.get(); }
  [[nodiscard]] WaveformView& waveform() const { return *waveform_; }
  [[nodiscard]] TimeWindow& time_window() { return window_; }
  [[nodiscard]] EventTable& events() { return events_; }
  [[nodiscard]] EventDock& event_dock() const { return *event_dock_; }
  [[nodiscard]] EnsembleDock& ensemble_dock() const { return *ensemble_dock_; }
  [[nodiscard]] RuleTable& rules() { return rules_; }
  [[nodiscard]] FindingsModel& findings() { return findings_; }
  [[nodiscard]] TileRow& tiles() const { return *tiles_; }
  [[nodiscard]] Banner& banner() const { return *banner_; }
  [[nodiscard]] Banner& offers() const { return *offers_; }
  [[nodiscard]] QString recordings_folder() const;
  [[nodiscard]] std::int64_t frames() const { return frame_; }  // drawn of recordings

 protected:
  void closeEvent(QCloseEvent* event) override;
  void resizeEvent(QResizeEvent* event) override;
  bool eventFilter(QObject* watched, QEvent* event) override;
  void changeEvent(QEvent* event) override;
  void dragEnterEvent(QDragEnterEvent* event) override;
  void dropEvent(QDropEvent* event) override;

 private:
  // What takes long and can go on side by side, each with a banner of its own.
  enum class Work : std::size_t { measuring, opening, importing, writing, recovering, k_count };
  [[nodiscard]] Banner& work(Work kind) const { return *works_[static_cast<std::size_t>(kind)]; }

  void build();
  void build_docks();
  QDockWidget* add_dock(const char* name, const QString& title, QWidget* inner);
  void build_menus();
  void build_view_menu();
  void build_edit_menu();
  void build_cursor_menu(QMenu* edit);
  void build_help_menu();
  QAction* add_action(QMenu* menu, const QString& text, const QKeySequence& keys,
                      const std::function<void()>& run);
  void connect_parts();
  void connect_document();
  void connect_setup();
  void show_growth();
  void connect_session();

  void ask_open();
  void open_inputs(const QStringList& paths);
  [[nodiscard]] static QString refusal_of(const QStringList& paths);
  void open_capture(const QString& path);
  void open_when_free(const QString& path, const QString& sentence);
  [[nodiscard]] bool may_import();
  void import_ended();
  void import(const QStringList& paths);
  void ask_recover();
  void recover(const QString& file);
  [[nodiscard]] bool is_open_here(const QString& file) const;
  void remember(const QString& path);
  void forget(const QString& path);
  void show_recent();
  void leave_source();
  void show_nothing();
  void show_state();
  void opened();
  [[nodiscard]] QString title_of_document() const;  // with what it was recorded by
  void cancel_measuring();
  void analysis_changed();
  void set_stale(bool stale);
  void show_event(std::size_t event);
  void show_finding(int row);
  void request_fold(const QString& name);
  void keep_rules();  // for new recordings, if that is wanted
  void edit_setup(const QString& what, const std::function<void(EventSetup&)>& change);
  void trouble(const QString& text);

  void ask_record();
  void ask_options();
  void ask_output();
  void ask_some_options(const QString& title, const std::vector<OptionSpec>& specs, const QString& warning);
  void use_options(QStringList options);
  void recording_started();
  void recording_ended(bool kept, const QString& reason, const QString& error);
  void set_running(bool running);
  void finish_recording();  // in silence
  void live_frame();
  void show_live_findings();
  [[nodiscard]] bool confirm_output();
  [[nodiscard]] QString new_recording_file(const QString& uri) const;
  [[nodiscard]] bool recording() const;  // from record() until the file is closed
  [[nodiscard]] std::optional<TimeRange> selection() const;

  [[nodiscard]] bool is_still_open(const QPointer<CaptureDocument>& asked);
  void zoom_to_selection();
  void mark_selection();
  void mark_instant();
  void place_cursors(std::size_t pair);
  void copy_figures() const;
  void export_as();
  [[nodiscard]] bool may_export();
  void start_export(const QString& file, bool with_selection);
  void export_ended();
  [[nodiscard]] QString ended_by_closing() const;
  [[nodiscard]] bool is_closing_meant(const QString& title, const QString& text);
  void context_menu(const QPoint& global, TimeNs time_ns, Quantity quantity);
  void change_limits(Quantity quantity);

  QSettings settings_;
  UnfinishedRecordings unfinished_{settings_};
  TimeWindow window_;
  InstrumentList instruments_;
  EventTable events_;
  FindingsModel findings_;
  RuleTable rules_;
  std::unique_ptr<CaptureDocument> document_;
  std::unique_ptr<CaptureDocument> opening_;  // until it is document_, or failed
  std::unique_ptr<RecordingSession> session_;
  std::unique_ptr<ImportJob> import_;
  std::unique_ptr<ExportJob> export_;
  std::unique_ptr<RecoveryJob> recovery_;
  bool recovering_ = false;
  QStringList options_;
  QTimer frames_;
  int laid_out_width_ = 0;   // of the window, as the docks are laid out in it
  bool usual_docks_ = true;  // as wide as the window gives them
  bool live_begun_ = false;
  TimeNs newest_ns_ = 0;  // of what is recorded, as last drawn
  bool stale_ = false;    // figures are of other rules than those that are shown
  bool unasked_ = false;  // closing is
  std::int64_t frame_ = 0;
  std::vector<std::pair<QString, QString>> keys_;

  StateBar* state_;
  TileRow* tiles_;
  Banner* banner_;
  Banner* offers_;  // of what can be recovered: no other sentence takes their place
  std::array<Banner*, static_cast<std::size_t>(Work::k_count)> works_{};
  QStackedWidget* centre_;
  Welcome* welcome_;
  WaveformView* waveform_;
  EventDock* event_dock_;
  EnsembleDock* ensemble_dock_;
  HistogramDock* histogram_dock_;
  RuleDock* rule_dock_;
  FindingsBar* findings_bar_;
  QMenu* recent_;
};

}  // namespace joulemark
