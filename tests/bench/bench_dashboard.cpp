// SPDX-License-Identifier: GPL-3.0-or-later
// The window, drawn offscreen at 2560 x 1440: how soon a picture is there, how long a step of zoom or pan
// takes, and whether a fast recording loses anything while it is watched. JOULEMARK_BENCH_LIVE_S: its length
// (20 s).
#include <drivers/instrument/timebase.h>

#include <app/dashboard/main_window.h>
#include <app/dashboard/theme.h>
#include <app/dashboard/waveform_view.h>
#include <app/models/capture_document.h>
#include <app/models/recording_session.h>
#include <app/recording/instruments.h>

#include <tests/bench/bench_capture_file.h>
#include <tests/bench/bench_events.h>

#include <benchmark/benchmark.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QSettings>
#include <array>
#include <random>

namespace joulemark::bench {
namespace {

constexpr std::int64_t k_samples = 1'000'000'000;

std::unique_ptr<MainWindow> shown_window() {
  auto window = std::make_unique<MainWindow>(make_registry());
  window->resize(2560, 1440);
  window->show();
  QApplication::processEvents();
  return window;
}

double milliseconds(const QElapsedTimer& timer) {
  return static_cast<double>(timer.nsecsElapsed()) / 1e6;
}

// From asking for the file to the waveform on the screen.
double open_and_draw(MainWindow& window, const std::string& path) {
  QElapsedTimer timer;
  timer.start();
  window.open_file(QString::fromStdString(path));
  while (window.document() == nullptr || !window.document()->is_open())
    QApplication::processEvents(QEventLoop::WaitForMoreEvents);
  window.waveform().refresh();
  window.grab();
  return milliseconds(timer);
}

void BM_FirstPicture(benchmark::State& state) {
  const std::string path = shared_capture(k_samples, 0);
  std::vector<double> times;
  for (auto _ : state) {
    const auto window = shown_window();
    times.push_back(open_and_draw(*window, path));
  }
  std::ranges::sort(times);
  state.counters["first_ms"] = times[times.size() / 2];
}
BENCHMARK(BM_FirstPicture)->Iterations(5)->Unit(benchmark::kMillisecond);

// Wheel steps in and out at ever other places, and drags, at every zoom.
void zoom_and_pan(benchmark::State& state, MainWindow& window) {
  std::mt19937_64 random(3);
  TimeWindow& time = window.time_window();
  std::vector<double> times;
  for (auto _ : state) {
    QElapsedTimer timer;
    timer.start();
    const TimeRange range = time.range();
    const auto place =
        range.begin_ns + static_cast<TimeNs>(random() % static_cast<std::uint64_t>(range.length_ns()));
    const auto step = random() % 3;
    if (step == 0) time.pan(range.length_ns() / 20);
    if (step != 0) time.zoom(range.length_ns() < 100'000 || random() % 20 == 0 ? 1e3 : 0.8, place);
    window.waveform().refresh();
    QApplication::processEvents();
    times.push_back(milliseconds(timer));
  }
  std::ranges::sort(times);
  state.counters["p50_ms"] = times[times.size() / 2];
  state.counters["p99_ms"] = times[times.size() * 99 / 100];
}

std::unique_ptr<MainWindow> window_with_capture() {
  auto window = shown_window();
  open_and_draw(*window, shared_capture(k_samples, 0));
  while (!window->document()->idle())
    QApplication::processEvents(QEventLoop::AllEvents, 50);
  return window;
}

void BM_ZoomAndPan(benchmark::State& state) {
  const auto window = window_with_capture();
  zoom_and_pan(state, *window);
}
BENCHMARK(BM_ZoomAndPan)->Iterations(600)->Unit(benchmark::kMillisecond);

void BM_PanOverEvents(benchmark::State& state) {
  const auto window = window_with_capture();
  window->waveform().set_analysis(many_events(1'000'000, window->document()->extent().length_ns()));
  zoom_and_pan(state, *window);
}
BENCHMARK(BM_PanOverEvents)->Iterations(600)->Unit(benchmark::kMillisecond);

// 1 MS/s and eight lines with 20 000 edges/s in all, as time goes by.
class FastInstrument final : public Instrument {
 public:
  explicit FastInstrument(double seconds) : seconds_(seconds), pattern_(make_pattern()) {
    info_ = bench_info();
    info_.lines.clear();
    for (std::uint32_t i = 0; i < 8; ++i)
      info_.lines.push_back({LineId{i}, "line"});
  }
  [[nodiscard]] const CaptureInfo& info() const override { return info_; }
  [[nodiscard]] Result<EndReason> run(SampleSink& sink, const std::stop_token& stop) override {
    constexpr std::int64_t k_block = 10'000;  // 10 ms
    Timebase& clock = system_timebase();
    const TimeNs start_ns = clock.steady_ns();
    const auto end = static_cast<std::int64_t>(seconds_ * 1e6);
    for (std::int64_t first = 0; first < end && !stop.stop_requested(); first += k_block) {
      const auto offset = static_cast<std::size_t>(first) % (pattern_.size() - k_block);
      JM_TRY(sink.accept(SampleBlock{ChannelId{0}, first, std::span(pattern_).subspan(offset, k_block), {}}));
      for (std::uint32_t i = 0; i < 200; ++i)
        JM_TRY(sink.accept(
            Edge{first * 1000 + i * 50'000, 0, LineId{i % 8}, (first / k_block * 25 + i / 8) % 2 == 0}));
      const TimeNs due_ns = start_ns + (first + k_block) * 1000;
      if (const TimeNs early_ns = due_ns - clock.steady_ns(); early_ns > 0) clock.wait(early_ns);
    }
    return EndReason::completed;
  }

 private:
  double seconds_;
  std::vector<float> pattern_;
  CaptureInfo info_;
};

void BM_Live(benchmark::State& state) {
  const char* asked = std::getenv("JOULEMARK_BENCH_LIVE_S");
  const double seconds = asked != nullptr ? std::atof(asked) : 20;
  for (auto _ : state) {
    const auto window = shown_window();
    RecordingRequest request;
    request.uri = "bench:";
    request.file = (bench_folder() / "live.jmk").string();
    request.overwrite = true;
    request.open = [seconds]() -> Result<std::unique_ptr<Instrument>> {
      return std::make_unique<FastInstrument>(seconds);
    };
    window->record(request);
    QElapsedTimer timer;
    timer.start();
    const std::int64_t before = window->frames();
    while (window->session() != nullptr && window->session()->running())
      QApplication::processEvents(QEventLoop::WaitForMoreEvents);
    state.counters["frames_per_s"] =
        static_cast<double>(window->frames() - before) / (milliseconds(timer) / 1e3);
    const auto reader = CaptureReader::open(request.file);
    const auto extent = (*reader)->extent(ChannelId{0});
    state.counters["lost"] = static_cast<double>(extent->lost_samples);
    state.counters["samples"] = static_cast<double>(extent->samples);
  }
}
BENCHMARK(BM_Live)->Iterations(1)->Unit(benchmark::kSecond);

}  // namespace
}  // namespace joulemark::bench

int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication app(argc, argv);
  QSettings::setPath(QSettings::IniFormat, QSettings::UserScope,
                     QString::fromStdString((joulemark::bench::bench_folder() / "settings").string()));
  joulemark::use_theme(app, true);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
