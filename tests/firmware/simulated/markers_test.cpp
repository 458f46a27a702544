// SPDX-License-Identifier: GPL-3.0-or-later
// jm_marker.h in real AVR code: what the pins do, to the cycle. These are the figures that the documentation
// states.
#include <drivers/emulator/twin/avr_core.h>

#include <avr_ioport.h>
#include <gtest/gtest.h>
#include <sim_avr.h>

#include <vector>

namespace joulemark::twin {
namespace {

struct Change {
  Cycle cycle = 0;
  unsigned lines = 0;  // levels of lines 0 to 5 after it
  bool operator==(const Change&) const = default;
};

// Runs a program for a while and tells every change of PORTD from bit 2 on.
std::vector<Change> changes_of(const std::string& program) {
  auto core = AvrCore::load(std::string(JM_FIRMWARE_DIR "/") + program + ".elf");
  EXPECT_TRUE(core.has_value());
  std::vector<Change> changes;
  avr_t* avr = (*core)->raw();
  constexpr int k_portd = 0x2B;
  for (unsigned last = 0; avr->cycle < 2000;) {
    avr_run(avr);
    const unsigned lines = avr->data[k_portd] >> 2;
    if (lines != last) changes.push_back({avr->cycle, lines});
    last = lines;
  }
  return changes;
}

std::vector<unsigned> levels_of(const std::vector<Change>& changes) {
  std::vector<unsigned> levels;
  for (const Change& change : changes)
    levels.push_back(change.lines);
  return levels;
}

TEST(Markers, OneLineForEachEventCostsTwoCycles) {
  const auto changes = changes_of("markers_lines");
  EXPECT_EQ(levels_of(changes), (std::vector<unsigned>{1, 5, 1, 0}));
  for (std::size_t i = 1; i < changes.size(); ++i)
    EXPECT_EQ(changes[i].cycle - changes[i - 1].cycle, 2U);
}

TEST(Markers, ACodeChangesAtOnce) {
  const auto changes = changes_of("markers_coded");
  EXPECT_EQ(levels_of(changes), (std::vector<unsigned>{1, 3, 1, 0}));
  for (std::size_t i = 1; i < changes.size(); ++i) {
    printf("coded marker: %u cycles\n", static_cast<unsigned>(changes[i].cycle - changes[i - 1].cycle));
    EXPECT_LE(changes[i].cycle - changes[i - 1].cycle, 28U);
  }
}

TEST(Markers, TheStrobeChangesAfterEachCode) {
  const auto changes = changes_of("markers_strobed");
  EXPECT_EQ(levels_of(changes), (std::vector<unsigned>{1, 17, 19, 3, 1, 17, 16, 0}));
  for (std::size_t i = 2; i < changes.size(); i += 2) {
    printf("strobed marker: %u cycles, strobe %u after the code\n",
           static_cast<unsigned>(changes[i].cycle - changes[i - 2].cycle),
           static_cast<unsigned>(changes[i + 1].cycle - changes[i].cycle));
    EXPECT_LE(changes[i].cycle - changes[i - 2].cycle, 45U);
  }
}

}  // namespace
}  // namespace joulemark::twin
