// SPDX-License-Identifier: GPL-3.0-or-later
// The headline of a report: a few big figures.
#pragma once

#include <analysis/energy/build_report.h>

#include <app/models/text.h>

#include <QString>
#include <vector>

namespace joulemark {

struct TilePart {  // of a bar that sums to the whole
  QString name;
  double fraction = 0;
  int event = -1;     // index of its event name; -1: idle, unattributed, overlaps
  bool rest = false;  // the unattributed one
};

struct Tile {
  enum class Meaning { event, idle, useful, time, total };
  Meaning meaning = Meaning::total;
  std::size_t event = 0;  // index of the name it is about, where it is about one
  QString title;
  Figure figure;
  QString uncertainty;          // "± 0.3 %", "± 4 µA"; empty: unknown
  QString note;                 // method and guard, p95, floor
  QString definition;           // a sentence, for the tooltip
  std::vector<double> history;  // of each event, in time: a spark line
  std::vector<TilePart> parts;
};

// Always five, in a fixed order: energy per event, idle, energy per useful event, latency, the whole. live:
// of a recording under way, whose newest event is told, too.
[[nodiscard]] std::vector<Tile> headline_tiles(const Analysis& analysis, bool live = false);
// The same without figures, saying what is missing.
[[nodiscard]] std::vector<Tile> empty_tiles();

}  // namespace joulemark
