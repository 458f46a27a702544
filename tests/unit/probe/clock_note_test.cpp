// SPDX-License-Identifier: Apache-2.0
#include <drivers/probe/clock_note.h>

#include <gmock/gmock.h>

namespace joulemark::probe {
namespace {

using testing::HasSubstr;
using testing::Not;

std::optional<ClockNote> note_on_drift(double drift_ppm, double within_ppm, bool simulated = false) {
  return note_on({drift_ppm, within_ppm / 2, 0, 10}, simulated);
}

TEST(ClockNote, TellsADriftThatIsKnown) {
  for (const auto& [drift_ppm, within_ppm] : {std::pair{400.0, 20.0}, {-5000.0, 900.0}}) {
    const auto note = note_on_drift(drift_ppm, within_ppm);
    ASSERT_TRUE(note) << drift_ppm;
    EXPECT_EQ(note->severity, Severity::doubtful);
    EXPECT_THAT(note->text, HasSubstr(drift_ppm > 0 ? "400 ppm fast" : "5000 ppm slow"));
    EXPECT_THAT(note->text, HasSubstr("its energies are off by as much"));
  }
}

TEST(ClockNote, DoesNotBlameAProbeForABusyComputer) {
  for (const auto& [drift_ppm, within_ppm] :
       {std::pair{-21164.0, 13801.0}, {8000.0, 1100.0}, {600.0, 250.0}}) {
    const auto note = note_on_drift(drift_ppm, within_ppm);
    ASSERT_TRUE(note) << drift_ppm;
    EXPECT_EQ(note->severity, Severity::info);
    EXPECT_THAT(note->text, HasSubstr("could not be compared"));
    EXPECT_THAT(note->text, Not(HasSubstr("energies")));
  }
}

TEST(ClockNote, BelievesNobodyButTheHostThatAClockIsSimulated) {
  const auto simulated = note_on_drift(-500'000, 20'000, true);
  ASSERT_TRUE(simulated);
  EXPECT_EQ(simulated->severity, Severity::info);
  EXPECT_THAT(simulated->text, HasSubstr("takes 2 s here"));
  const auto wrong = note_on_drift(-500'000, 20'000);
  ASSERT_TRUE(wrong);
  EXPECT_EQ(wrong->severity, Severity::doubtful);
  EXPECT_THAT(wrong->text, HasSubstr("takes 2 s here"));
  EXPECT_THAT(wrong->text, HasSubstr("energies are 0.5 times what they were"));
  EXPECT_THAT(wrong->text, Not(HasSubstr("simulated")));
}

TEST(ClockNote, KeepsQuietAboutAClockThatMayBeGood) {
  EXPECT_FALSE(note_on_drift(100, 1));
  EXPECT_FALSE(note_on_drift(1500, 1400));
}

}  // namespace
}  // namespace joulemark::probe
