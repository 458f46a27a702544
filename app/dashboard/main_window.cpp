// SPDX-License-Identifier: GPL-3.0-or-later
#include <analysis/model/lost_samples.h>

#include <app/dashboard/banner.h>
#include <app/dashboard/ensemble_dock.h>
#include <app/dashboard/event_colours.h>
#include <app/dashboard/event_columns.h>
#include <app/dashboard/event_dock.h>
#include <app/dashboard/findings_bar.h>
#include <app/dashboard/histogram_dock.h>
#include <app/dashboard/main_window.h>
#include <app/dashboard/rule_dock.h>
#include <app/dashboard/state_bar.h>
#include <app/dashboard/theme.h>
#include <app/dashboard/tile_row.h>
#include <app/dashboard/waveform_view.h>
#include <app/dashboard/welcome.h>
#include <app/models/capture_document.h>
#include <app/models/export_job.h>
#include <app/models/import_job.h>
#include <app/models/recording_session.h>
#include <app/models/recovery_job.h>
#include <app/models/text.h>
#include <app/models/tiles.h>
#include <app/models/words.h>

#include <QApplication>
#include <QCheckBox>
#include <QDockWidget>
#include <QFileInfo>
#include <QMenu>
#include <QPainter>
#include <QResizeEvent>
#include <QStackedWidget>
#include <QVBoxLayout>
#include <algorithm>
#include <cstdlib>
#include <utility>

namespace joulemark {
namespace {

constexpr auto k_event_columns = "events/columns";  // setting
constexpr double k_event_margin = 0.6;              // shown around an event, in its lengths

int usual_dock_width(int window) {
  constexpr int k_least = 468;
  constexpr int k_most = 940;  // all columns of the events
  constexpr double k_part = 0.366;
  return std::clamp(static_cast<int>(k_part * window), k_least, k_most);
}

}  // namespace

MainWindow::MainWindow(InstrumentRegistry registry, QWidget* parent)
    : QMainWindow(parent),
      settings_(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("joulemark"),
                QStringLiteral("joulemark-gui")),
      instruments_(std::move(registry)),
      rules_([this](EventSetup setup, const QString& what) -> Status {
        if (recording()) return fail(ErrorCode::usage, "rules can be changed when the recording has ended");
        if (!document_) return fail(ErrorCode::usage, "open a capture first");
        return document_->change_setup(std::move(setup), what);
      }) {
  setWindowTitle(tr("Joulemark"));
  setAcceptDrops(true);
  setDockOptions(QMainWindow::AnimatedDocks | QMainWindow::AllowTabbedDocks | QMainWindow::AllowNestedDocks);
  resize(1280, 800);
  build();
  build_docks();
  build_menus();
  connect_parts();
  restoreGeometry(settings_.value(QStringLiteral("window/geometry")).toByteArray());
  usual_docks_ = settings_.value(QStringLiteral("window/usual_docks"), true).toBool();
  restoreState(settings_.value(QStringLiteral("window/state")).toByteArray());
  show_recent();
  instruments_.watch(true);
  centre_->setFocus();
  state_->show_idle(recordings_folder());
}

MainWindow::~MainWindow() {
  session_.reset();  // closes its file before anything that it draws on is gone
}

void MainWindow::build() {
  auto* inner = new QWidget(this);
  auto* column = new QVBoxLayout(inner);
  column->setContentsMargins(6, 4, 6, 6);
  column->setSpacing(6);
  state_ = new StateBar(instruments_, inner);
  tiles_ = new TileRow(inner);
  banner_ = new Banner(inner);
  offers_ = new Banner(inner);
  for (Banner*& each : works_)
    each = new Banner(inner);
  centre_ = new QStackedWidget(inner);
  welcome_ = new Welcome(centre_);
  waveform_ = new WaveformView(window_, centre_);
  centre_->addWidget(welcome_);
  centre_->addWidget(waveform_);
  centre_->setFocusPolicy(Qt::StrongFocus);
  waveform_->setFocusPolicy(Qt::StrongFocus);
  centre_->setAccessibleName(tr("What is recorded or open"));
  waveform_->setAccessibleName(tr("Waveform"));
  centre_->setMinimumHeight(220);
  centre_->setMinimumWidth(420);
  column->addWidget(banner_);
  column->addWidget(offers_);
  for (Banner* each : works_)
    column->addWidget(each);
  column->addWidget(centre_, 1);
  setCentralWidget(inner);
  auto* top = new QWidget(this);
  auto* rows = new QVBoxLayout(top);
  rows->setContentsMargins(6, 2, 6, 0);
  rows->setSpacing(6);
  rows->addWidget(state_);
  rows->addWidget(tiles_);
  auto* dock = new QDockWidget(this);
  dock->setObjectName(QStringLiteral("headline"));
  dock->setTitleBarWidget(new QWidget(dock));
  dock->setFeatures(QDockWidget::NoDockWidgetFeatures);
  dock->setWidget(top);
  addDockWidget(Qt::TopDockWidgetArea, dock);
}

namespace {

// Where a dock is taken to be moved (or double-clicked to float); its name is on its tab already.
class Grip final : public QWidget {
 public:
  using QWidget::QWidget;
  [[nodiscard]] QSize sizeHint() const override { return {40, 9}; }

 protected:
  void paintEvent(QPaintEvent*) override {
    if (among_tabs()) return;  // it would be taken for the mark of the tab above it
    QPainter painter(this);
    painter.fillRect(QRect(width() / 2 - 16, 4, 32, 2), theme().line);
  }

 private:
  [[nodiscard]] bool among_tabs() const {
    auto* dock = qobject_cast<QDockWidget*>(parentWidget());
    const auto* window = dock == nullptr ? nullptr : qobject_cast<QMainWindow*>(dock->parentWidget());
    return window != nullptr && !dock->isFloating() && !window->tabifiedDockWidgets(dock).isEmpty();
  }
};

}  // namespace

QDockWidget* MainWindow::add_dock(const char* name, const QString& title, QWidget* inner) {
  auto* dock = new QDockWidget(title, this);
  dock->setObjectName(QLatin1String(name));
  dock->setWidget(inner);
  dock->setTitleBarWidget(new Grip(dock));
  dock->installEventFilter(this);
  return dock;
}

void MainWindow::build_docks() {
  event_dock_ = new EventDock(events_);
  ensemble_dock_ = new EnsembleDock;
  histogram_dock_ = new HistogramDock;
  rule_dock_ = new RuleDock(rules_);
  findings_bar_ = new FindingsBar(findings_);
  auto* events = add_dock("events", tr("Events"), event_dock_);
  addDockWidget(Qt::RightDockWidgetArea, events);
  for (QDockWidget* dock : {add_dock("ensemble", tr("Ensemble"), ensemble_dock_),
                            add_dock("histogram", tr("Histogram"), histogram_dock_),
                            add_dock("rules", tr("Rules"), rule_dock_)}) {
    addDockWidget(Qt::RightDockWidgetArea, dock);
    tabifyDockWidget(events, dock);
  }
  events->raise();
  setTabPosition(Qt::RightDockWidgetArea, QTabWidget::North);
  auto* findings = add_dock("findings", tr("Findings"), findings_bar_);

  addDockWidget(Qt::BottomDockWidgetArea, findings);
  setCorner(Qt::BottomRightCorner, Qt::BottomDockWidgetArea);
  setCorner(Qt::BottomLeftCorner, Qt::BottomDockWidgetArea);
  resizeDocks({events}, {usual_dock_width(width())}, Qt::Horizontal);
  resizeDocks({findings}, {112}, Qt::Vertical);
}

void MainWindow::show_dock(const QString& name) {
  if (auto* dock = findChild<QDockWidget*>(name)) {
    dock->show();
    dock->raise();
  }
}

void MainWindow::connect_parts() {
  connect(state_, &StateBar::recordAsked, this, [this] { ask_record(); });
  connect(state_, &StateBar::stopAsked, this, [this] { stop_recording(); });
  connect(state_, &StateBar::optionsAsked, this, [this] { ask_options(); });
  connect(state_, &StateBar::outputAsked, this, [this] { ask_output(); });
  connect(state_, &StateBar::uriChanged, this, [this] {
    options_.clear();
    state_->set_options(options_);
  });
  connect(welcome_, &Welcome::openAsked, this, [this] { ask_open(); });
  connect(welcome_, &Welcome::simulationAsked, this, [this] { record_simulation(10); });
  connect(welcome_, &Welcome::fileChosen, this, [this](const QString& path) { open_file(path); });
  connect(event_dock_, &EventDock::refused, this, [this](const QString& message) { trouble(message); });
  connect(event_dock_, &EventDock::eventChosen, this, [this](std::size_t event) { show_event(event); });
  event_dock_->columns().choose(settings_.value(QLatin1String(k_event_columns)).toStringList());
  connect(&event_dock_->columns(), &EventColumns::chosenByHand, this,
          [this] { settings_.setValue(QLatin1String(k_event_columns), event_dock_->columns().chosen()); });
  connect(ensemble_dock_, &EnsembleDock::nameChosen, this,
          [this](const QString& name) { request_fold(name); });
  connect(ensemble_dock_, &EnsembleDock::eventChosen, this, [this](std::size_t event) {
    event_dock_->select(event);
    show_event(event);
  });
  rule_dock_->keeps()->setChecked(settings_.contains(QLatin1String(k_kept_rules)));
  connect(rule_dock_->keeps(), &QCheckBox::toggled, this, [this](bool keep) {
    if (!keep) settings_.remove(QLatin1String(k_kept_rules));
    keep_rules();
  });
  connect(findings_bar_, &FindingsBar::chosen, this, [this](int row) { show_finding(row); });
  connect(waveform_, &WaveformView::eventActivated, this, [this](std::size_t event) {
    event_dock_->select(event);
    show_event(event);
  });
  connect(waveform_, &WaveformView::troubled, this,
          [this](const QString& message) { trouble(tr("Not all of it can be drawn: %1").arg(message)); });
  connect(waveform_, &WaveformView::contextRequested, this,
          [this](const QPoint& global, TimeNs time_ns, Quantity quantity) {
            context_menu(global, time_ns, quantity);
          });
  connect(&window_, &TimeWindow::cursorsChanged, this, [this](std::size_t pair) {
    const auto between = window_.cursors(pair);
    if (!between || between->empty()) return;
    if (document_) document_->measure_window(static_cast<int>(pair), *between);
    if (!document_ && recording()) session_->measure_window(pair, *between);
  });
  frames_.setInterval(25);
  frames_.setTimerType(Qt::PreciseTimer);
  connect(&frames_, &QTimer::timeout, this, [this] { live_frame(); });
}

// --- opening ---

void MainWindow::trouble(const QString& text) {
  banner_->show_message(Banner::Level::bad, text);
}

namespace {

bool is_capture(const QString& path) {
  return QFileInfo(path).suffix().compare(QStringLiteral("jmk"), Qt::CaseInsensitive) == 0;
}

}  // namespace

// Empty: what it is can be opened, or perhaps imported.
QString MainWindow::refusal_of(const QStringList& paths) {
  if (paths.isEmpty()) return tr("Only files and folders of this computer can be opened.");
  if (paths.size() > 1 && std::ranges::any_of(paths, is_capture))
    return tr("One capture can be open at a time, and is not imported with other files: choose one alone.");
  return {};
}

void MainWindow::open_file(const QString& path) {
  open_inputs({path});
}

void MainWindow::open_inputs(const QStringList& paths) {
  if (recording()) return trouble(tr("A recording is under way: stop it before opening something else."));
  if (const QString refusal = refusal_of(paths); !refusal.isEmpty()) return trouble(refusal);
  if (is_capture(paths.front())) return open_capture(paths.front());
  import(paths);
}

// What is open stays so until the new one is.
void MainWindow::open_capture(const QString& path) {
  banner_->hide();
  opening_ = std::make_unique<CaptureDocument>();
  connect(opening_.get(), &CaptureDocument::opened, this, [this] {
    leave_source();
    document_ = std::move(opening_);
    connect_document();
    connect_setup();
    opened();
  });
  connect(opening_.get(), &CaptureDocument::failed, this, [this, path](const QString& message) {
    work(Work::opening).hide_work();
    opening_.release()->deleteLater();
    if (!QFileInfo::exists(path)) forget(path);
    if (!document_) show_nothing();
    trouble(message);
  });
  work(Work::opening).show_work(tr("Opening %1").arg(harmless(QFileInfo(path).fileName())), [this] {
    opening_.reset();
    if (!document_) show_nothing();
  });
  opening_->open(QFileInfo(path).absoluteFilePath());
}

// Nothing that was said of it may stand beside what comes.
void MainWindow::leave_source() {
  if (document_) document_->finish_saving();
  waveform_->set_source(nullptr);
  document_.reset();
  work(Work::measuring).hide_work();
  set_stale(false);
  window_.forget_way();
  for (std::size_t pair = 0; pair < TimeWindow::k_pairs; ++pair)
    window_.set_cursors(pair, std::nullopt);
  rules_.set({}, {});
  events_.set_analysis(nullptr);
  histogram_dock_->set_analysis(nullptr);
  ensemble_dock_->clear();
  findings_.clear();
  findings_bar_->show_grade({});
  tiles_->show_tiles(empty_tiles(), false);
}

void MainWindow::show_nothing() {
  leave_source();
  setWindowTitle(tr("Joulemark"));
  centre_->setCurrentWidget(welcome_);
  show_state();
}

void MainWindow::show_state() {
  if (recording()) return state_->show_recording(session_->info(), session_->figures(), recordings_folder());
  const auto primary =
      document_ ? primary_channel(document_->info()) : fail(ErrorCode::usage, "nothing open");
  if (!primary) return state_->show_idle(recordings_folder());
  const Extent& extent = document_->primary_extent();
  state_->show_capture(document_->info(), extent.time.seconds(),
                       lost_samples(extent, document_->anomalies(), *primary), document_->recorded(),
                       recordings_folder());
}

void MainWindow::connect_document() {
  CaptureDocument* document = document_.get();
  connect(document, &CaptureDocument::lanesReady, this, [this] { waveform_->refresh(); });
  connect(document, &CaptureDocument::grew, this, [this] { show_growth(); });
  connect(document, &CaptureDocument::recordedChanged, this, [this] { show_state(); });
  connect(document, &CaptureDocument::worthAnotherTry, this, [this] {
    waveform_->refresh_minimap();
    waveform_->refresh();
  });
  connect(document, &CaptureDocument::analysisStarted, this, [this] {
    work(Work::measuring)
        .show_work(tr("Measuring %1").arg(harmless(QFileInfo(document_->path()).fileName())),
                   [this] { cancel_measuring(); });
  });
  connect(document, &CaptureDocument::analysisProgressed, this,
          [this](double part) { work(Work::measuring).show_part(part); });
  connect(document, &CaptureDocument::analysisChanged, this, [this] { analysis_changed(); });
  connect(document, &CaptureDocument::analysisFailed, this, [this](const QString& message) {
    work(Work::measuring).hide_work();
    trouble(message);
  });
  connect(document, &CaptureDocument::savedAtLast, this,
          [this] { banner_->show_message(Banner::Level::note, tr("All changes are saved now.")); });
  connect(document, &CaptureDocument::windowMeasured, this, [this](int key, const WindowStats& stats) {
    const auto pair = static_cast<std::size_t>(key);
    if (window_.cursors(pair) == stats.time) waveform_->set_stats(pair, stats);
  });
  connect(document, &CaptureDocument::windowFailed, this,
          [this](int key, TimeRange window, const QString& message) {
            const auto pair = static_cast<std::size_t>(key);
            if (window_.cursors(pair) != window) return;
            waveform_->set_stats(pair, std::nullopt);
            trouble(tr("No figures between the cursors: %1").arg(message));
          });
  connect(document, &CaptureDocument::folded, this,
          [this](const QString& name, std::shared_ptr<const Ensemble> ensemble) {
            ensemble_dock_->show_ensemble(name, std::move(ensemble), *document_->analysis(),
                                          document_->has(Quantity::power));
          });
  connect(document, &CaptureDocument::foldFailed, this,
          [this](const QString& message) { ensemble_dock_->show_message(message); });
}

// What a person, here or elsewhere, says of the capture.
void MainWindow::connect_setup() {
  CaptureDocument* document = document_.get();
  connect(document, &CaptureDocument::setupChanged, this, [this] {
    keep_rules();
    set_stale(document_->analysis() != nullptr);
    rules_.set(document_->setup(), document_->info().lines);
    waveform_->set_setup(document_->setup());
  });
  connect(document, &CaptureDocument::saveFailed, this, [this](const QString& message) {
    trouble(tr("The change is shown but not saved: %1").arg(message));
  });
  connect(document, &CaptureDocument::setupTaken, this, [this] {
    banner_->show_message(Banner::Level::note,
                          tr("The rules or named stretches of this capture were changed elsewhere: they are "
                             "shown as they are in the file now."));
  });
  connect(document, &CaptureDocument::setupDisputed, this, [this] {
    banner_->show_choice(
        tr("The rules or named stretches of this capture were changed elsewhere, and your last change is not "
           "saved: %1")
            .arg(document_->unsaved()),
        tr("Show theirs, lose mine"),
        [this] {
          if (document_) document_->take_theirs();
        },
        tr("Save mine over theirs"),
        [this] {
          if (document_) document_->keep_own();
        });
  });
}

// As of a recording of one's own: the newest stays in sight until somebody looks back. Who looks at the whole
// goes on seeing that.
void MainWindow::show_growth() {
  const TimeRange before = window_.limits();
  const TimeRange shown = window_.range();
  window_.set_limits(document_->extent(), 10 * document_->interval_ns());
  if (shown.end_ns >= before.end_ns)
    window_.show_end(shown == before ? window_.limits().length_ns() : shown.length_ns());
  waveform_->refresh_minimap();
  waveform_->refresh();
  show_state();
}

QString MainWindow::title_of_document() const {
  const QString file = harmless(QFileInfo(document_->path()).fileName());
  const QString instrument = instrument_text(document_->info().instrument);
  return instrument.isEmpty() ? tr("%1 \u2013 Joulemark").arg(file)
                              : tr("%1 (%2) \u2013 Joulemark").arg(file, instrument);
}

void MainWindow::opened() {
  work(Work::opening).hide_work();
  remember(document_->path());
  setWindowTitle(title_of_document());
  window_.set_limits(document_->extent(), 10 * document_->interval_ns());
  window_.show_all();
  window_.forget_way();
  rules_.set(document_->setup(), document_->info().lines);
  waveform_->set_following(false);
  waveform_->set_source(document_.get());
  waveform_->set_setup(document_->setup());
  centre_->setCurrentWidget(waveform_);
  waveform_->setFocus();
  show_state();
}

void MainWindow::cancel_measuring() {
  if (!document_) return;
  document_->cancel_report();
  banner_->show_message(Banner::Level::note,
                        document_->analysis()
                            ? tr("Measuring was cancelled: the figures are those of before the last change.")
                            : tr("Measuring was cancelled: there are no figures."),
                        tr("Measure again"), [this] {
                          if (document_) document_->measure();
                        });
}

// The figures are of other rules than those that are shown, until they are measured.
void MainWindow::set_stale(bool stale) {
  stale_ = stale;
  tiles_->set_stale(stale);
  event_dock_->set_stale(stale);
  histogram_dock_->set_stale(stale);
  ensemble_dock_->set_stale(stale);
  waveform_->set_stale(stale);
}

void MainWindow::analysis_changed() {
  work(Work::measuring).hide_work();
  set_stale(false);
  const auto& analysis = document_->analysis();
  give_colours(analysis->report);
  tiles_->show_tiles(headline_tiles(*analysis), false);
  findings_.set(analysis->report, document_->anomalies(), document_->info());
  findings_bar_->show_grade(word_of(analysis->report.quality.grade));
  waveform_->set_analysis(analysis);
  events_.set_analysis(analysis);
  rules_.set_unnamed_codes(unnamed_codes(document_->setup(), analysis->report));
  histogram_dock_->set_analysis(analysis);
  QStringList names;
  for (const EventReport& event : analysis->report.events)
    names << to_qt(event.name);
  ensemble_dock_->set_names(names);
}

void MainWindow::request_fold(const QString& name) {
  if (!document_ || !document_->analysis()) return;
  for (const EventReport& event : document_->analysis()->report.events) {
    if (to_qt(event.name) == name) return document_->fold(event.name);
  }
}

void MainWindow::show_event(std::size_t event) {
  if (events_.analysis() == nullptr || event >= events_.analysis()->rows.size()) return;
  const Analysis& analysis = *events_.analysis();
  ensemble_dock_->set_name(to_qt(analysis.report.events[analysis.rows[event].name].name));
  const TimeRange time = events_.time_of(event);
  const TimeNs margin =
      std::max<TimeNs>(1000, static_cast<TimeNs>(k_event_margin * static_cast<double>(time.length_ns())));
  window_.show({time.begin_ns - margin, time.end_ns + margin});
  window_.set_cursors(0, time);
}

void MainWindow::show_finding(int row) {
  const FindingPlace place = findings_.place_of(row);
  switch (place.kind) {
    case FindingPlace::Kind::time: {
      const TimeNs margin = std::max<TimeNs>(place.time.length_ns(), window_.limits().length_ns() / 200);
      return window_.show({place.time.begin_ns - margin, place.time.end_ns + margin});
    }
    case FindingPlace::Kind::event:
      show_dock(QStringLiteral("events"));
      return event_dock_->list_only(place.event);
    case FindingPlace::Kind::rules:
      return show_dock(QStringLiteral("rules"));
    default:
      return window_.show_all();
  }
}

// Docks of the usual width keep to it in another window; others stay as somebody made them.
void MainWindow::resizeEvent(QResizeEvent* event) {
  QMainWindow::resizeEvent(event);
  laid_out_width_ = width();
  if (!usual_docks_) return;
  for (auto* dock : findChildren<QDockWidget*>()) {
    if (dock->isFloating() || dock->isHidden() || dockWidgetArea(dock) != Qt::RightDockWidgetArea) continue;
    return resizeDocks({dock}, {usual_dock_width(width())}, Qt::Horizontal);
  }
}

// Who comes back may have changed the file elsewhere.
void MainWindow::changeEvent(QEvent* event) {
  QMainWindow::changeEvent(event);
  if (event->type() == QEvent::ActivationChange && isActiveWindow() && document_)
    document_->look_for_changes();
}

// A dock whose width changes while the window's stays was moved by somebody.
bool MainWindow::eventFilter(QObject* watched, QEvent* event) {
  auto* dock = qobject_cast<QDockWidget*>(watched);
  if (event->type() == QEvent::Resize && dock != nullptr && width() == laid_out_width_ &&
      !dock->isFloating() && dockWidgetArea(dock) == Qt::RightDockWidgetArea &&
      !dock->visibleRegion().isEmpty()) {
    constexpr int k_near = 3;
    usual_docks_ = std::abs(dock->width() - usual_dock_width(width())) <= k_near;
  }
  return QMainWindow::eventFilter(watched, event);
}

void MainWindow::set_dark(bool dark) {
  use_theme(*static_cast<QApplication*>(QCoreApplication::instance()), dark);
  settings_.setValue(QStringLiteral("dark"), dark);
  waveform_->apply_theme();
  state_->set_running(recording());
  show_state();
  findings_bar_->show_grade(events_.analysis() != nullptr ? word_of(events_.analysis()->report.quality.grade)
                                                          : QString());
}

}  // namespace joulemark
