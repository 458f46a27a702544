// SPDX-License-Identifier: GPL-3.0-or-later
// The table of a million events in its dock, drawn offscreen: how long the window stands still.
#include <app/dashboard/event_dock.h>
#include <app/dashboard/theme.h>
#include <app/models/event_table.h>

#include <tests/bench/bench_events.h>

#include <benchmark/benchmark.h>

#include <QApplication>
#include <QElapsedTimer>
#include <QLineEdit>
#include <QScrollBar>
#include <QTableView>
#include <algorithm>
#include <random>

namespace joulemark::bench {
namespace {

constexpr std::size_t k_events = 1'000'000;
constexpr TimeNs k_extent_ns = 1'000'000'000'000;

struct Shown {
  EventTable table;
  EventDock dock{table};
  QTableView* view = dock.findChild<QTableView*>();
  QLineEdit* filter = dock.findChild<QLineEdit*>();

  Shown() {
    dock.resize(760, 1300);
    dock.show();
    QApplication::processEvents();
  }

  // Until what it does is on the screen.
  template <typename Step>
  double milliseconds(Step step) {
    QElapsedTimer timer;
    timer.start();
    step();
    QApplication::processEvents();
    return static_cast<double>(timer.nsecsElapsed()) / 1e6;
  }
};

double longest(const std::vector<double>& times) {
  return *std::ranges::max_element(times);
}

void BM_EventTableOpen(benchmark::State& state) {
  const auto analysis = many_events(k_events, k_extent_ns);
  std::vector<double> times;
  for (auto _ : state) {
    Shown shown;
    times.push_back(shown.milliseconds([&] { shown.table.set_analysis(analysis); }));
  }
  state.counters["longest_ms"] = longest(times);
}
BENCHMARK(BM_EventTableOpen)->Iterations(5)->Unit(benchmark::kMillisecond);

void BM_EventTableSort(benchmark::State& state) {
  Shown shown;
  shown.table.set_analysis(many_events(k_events, k_extent_ns));
  shown.dock.go_to_row(1000);
  std::vector<double> times;
  for (auto _ : state) {
    for (int column = 0; column < EventTable::k_columns; ++column) {
      for (const auto order : {Qt::DescendingOrder, Qt::AscendingOrder})
        times.push_back(shown.milliseconds([&] { shown.view->sortByColumn(column, order); }));
    }
  }
  state.counters["longest_ms"] = longest(times);
}
BENCHMARK(BM_EventTableSort)->Iterations(3)->Unit(benchmark::kMillisecond);

// Key by key, sorted by energy.
void BM_EventTableFilter(benchmark::State& state) {
  Shown shown;
  shown.table.set_analysis(many_events(k_events, k_extent_ns));
  shown.view->sortByColumn(EventTable::energy, Qt::DescendingOrder);
  std::vector<double> times;
  for (auto _ : state) {
    for (const QString text : {"infer E>1.5mJ", "lost", "radio dt<2ms"}) {
      for (qsizetype length = 1; length <= text.size(); ++length)
        times.push_back(shown.milliseconds([&] { shown.filter->setText(text.left(length)); }));
      times.push_back(shown.milliseconds([&] { shown.filter->clear(); }));
    }
  }
  state.counters["longest_ms"] = longest(times);
}
BENCHMARK(BM_EventTableFilter)->Iterations(1)->Unit(benchmark::kMillisecond);

// Notches of the wheel, pages, and jumps of the slider.
void BM_EventTableScroll(benchmark::State& state) {
  Shown shown;
  shown.table.set_analysis(many_events(k_events, k_extent_ns));
  QApplication::processEvents();  // the bar learns how long the table is
  QScrollBar* bar = shown.view->verticalScrollBar();
  std::mt19937 random(5);
  std::vector<double> times;
  for (auto _ : state) {
    const auto kind = random() % 3;
    times.push_back(shown.milliseconds([&] {
      if (kind == 0) bar->setValue(bar->value() + 3);
      if (kind == 1) bar->setValue(bar->value() + bar->pageStep());
      if (kind == 2) bar->setValue(static_cast<int>(random() % static_cast<unsigned>(bar->maximum())));
    }));
  }
  std::ranges::sort(times);
  state.counters["p50_ms"] = times[times.size() / 2];
  state.counters["p99_ms"] = times[times.size() * 99 / 100];
}
BENCHMARK(BM_EventTableScroll)->Iterations(500)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace joulemark::bench

int main(int argc, char** argv) {
  qputenv("QT_QPA_PLATFORM", "offscreen");
  QApplication app(argc, argv);
  joulemark::use_theme(app, true);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
