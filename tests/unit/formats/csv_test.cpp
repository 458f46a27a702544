// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/null_sink.h>
#include <analysis/model/rail.h>

#include <tests/unit/formats/csv_import.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <sstream>

namespace joulemark {
namespace {

using test::import_text;
using test::Imported;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

// --- what the columns are
// -------------------------------------------------------------------------------------

TEST(CsvColumns, Ppk2HeadersAreUnderstood) {
  const Imported got =
      import_text("Timestamp(ms),Current(uA),D0-D7\n0,1.5,01000000\n0.01,2.5,11000000\n0.02,3.5,10000000\n");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.channel().quantity, Quantity::current);
  EXPECT_EQ(got.channel().rate_hz, 100000);
  EXPECT_EQ(got.channel().scale, 1e-6);
  EXPECT_FALSE(got.channel().timed);
  EXPECT_THAT(got.samples(), ElementsAre(Pair(0, 1.5F), Pair(1, 2.5F), Pair(2, 3.5F)));
  EXPECT_THAT(got.edges(),
              ElementsAre(Edge{10000, 10000, LineId{0}, true}, Edge{20000, 10000, LineId{1}, false}));
  EXPECT_EQ(got.metadata("line.d1.initial"), "high");
  EXPECT_EQ(got.capture->info().lines.size(), 8U);
}

TEST(CsvColumns, Ppk2SingleLineColumnsAreUnderstood) {
  const Imported got = import_text(
      "Timestamp(ms),Current(uA),D0,D1,D2,D3,D4,D5,D6,D7\n"
      "5,1,0,0,0,0,0,0,0,0\n5.1,1,0,0,0,1,0,0,0,0\n5.2,1,0,0,0,1,0,0,0,0\n");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_THAT(got.edges(), ElementsAre(Edge{100000, 100000, LineId{3}, true}));
  EXPECT_EQ(got.metadata("source.first_time_ns"), "5000000");
}

TEST(CsvColumns, MonsoonLibraryHeadersTakeTheMainChannel) {
  const Imported got = import_text(
      "Time(ms),Main(mA),USB(mA),Main Voltage(V),USB Voltage(V)\n"
      "0,1,9,3.7,5\n0.2,2,9,3.6,5\n0.4,3,9,3.5,5\n");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.channel(0).scale, 1e-3);
  EXPECT_EQ(got.channel(0).rate_hz, 5000);
  EXPECT_THAT(got.samples(0), ElementsAre(Pair(0, 1.F), Pair(1, 2.F), Pair(2, 3.F)));
  EXPECT_EQ(got.channel(1).quantity, Quantity::voltage);
  EXPECT_THAT(got.samples(1), ElementsAre(Pair(0, 3.7F), Pair(1, 3.6F), Pair(2, 3.5F)));
  EXPECT_EQ(got.capture->info().supply.basis, VoltageBasis::measured);
}

TEST(CsvColumns, PowerToolHeadersTakeTheAverage) {
  const Imported got = import_text(
      "\"Time (s)\",\"Main Max Current (mA)\",\"Main Avg Current (mA)\",\"Main Avg Voltage (V)\"\n"
      "\"0\",\"8\",\"1\",\"3.7\"\n\"0.0002\",\"8\",\"2\",\"3.7\"\n");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_THAT(got.samples(0), ElementsAre(Pair(0, 1.F), Pair(1, 2.F)));
  EXPECT_EQ(got.channel(0).rate_hz, 5000);
}

TEST(CsvColumns, OptionsNameColumnsByTitleOrNumberWithUnits) {
  const Imported got =
      import_text("t,u,i\n0,3300,5\n1,3300,6\n2,3300,7\n",
                  {"time=t:ms", "current=3:mA", "voltage=u:mV", "aperture=532us", "stamp=end"});
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.channel(0).rate_hz, 1000);
  EXPECT_EQ(got.channel(0).aperture_s, (Characteristic{532e-6, Provenance::specified}));
  EXPECT_EQ(got.channel(0).stamp_position, StampPosition::end);
  EXPECT_THAT(got.samples(0), ElementsAre(Pair(0, 5.F), Pair(1, 6.F), Pair(2, 7.F)));
  const auto power =
      got.capture->integrals(k_power, std::vector{TimeRange{0, 1'000'000}}, Boundary::fractional);
  EXPECT_NEAR((*power)[0].integral, 3.3 * (0.468e-3 * 5e-3 + 0.532e-3 * 6e-3), 1e-12);
}

TEST(CsvColumns, APhaseIsTakenInTheUnitThatIsTold) {
  const std::string text = "t_s,Current_A,Current_B,Current_C\n0,1,4,7\n1,2,5,8\n2,3,6,9\n";
  const Imported first = import_text(text, {"current=Current_A:mA"});
  ASSERT_TRUE(first.status) << first.error();
  EXPECT_EQ(first.channel(0).scale, 1e-3);
  EXPECT_THAT(first.samples(0), ElementsAre(Pair(0, 1.F), Pair(1, 2.F), Pair(2, 3.F)));
  const Imported alone = import_text("t_s,Current_A,Voltage_V\n0,1,4\n1,2,5\n");
  ASSERT_TRUE(alone.status) << alone.error();
  EXPECT_EQ(alone.channel(0).scale, 1);
}

TEST(CsvColumns, AConstantVoltageIsAStatedAssumption) {
  const Imported got = import_text("t_s,current_ma\n0,10\n0.5,10\n1.0,10\n", {"voltage=3.3V"});
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.capture->info().supply, (Supply{3.3, VoltageBasis::assumed}));
  const auto power =
      got.capture->integrals(k_power, std::vector{TimeRange{0, 1'000'000'000}}, Boundary::fractional);
  EXPECT_NEAR((*power)[0].integral, 0.033, 1e-9);
}

TEST(CsvColumns, EnergyPerRowIsImportedWhenAskedFor) {
  const Imported got = import_text("1\n2\n3\n", {"rate=1kHz", "energy=1:uJ"});
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.channel().quantity, Quantity::energy);
  EXPECT_EQ(got.channel().scale, 1e-6);
  EXPECT_THAT(got.samples(), ElementsAre(Pair(0, 1.F), Pair(1, 2.F), Pair(2, 3.F)));
}

struct Refusal {
  const char* what;
  const char* text;
  std::vector<std::string> options;
  const char* message;

  friend void PrintTo(const Refusal& self, std::ostream* out) { *out << self.what; }
};

class CsvRefuses : public testing::TestWithParam<Refusal> {};

TEST_P(CsvRefuses, WithWhatToAdd) {
  const Imported got = import_text(GetParam().text, GetParam().options);
  ASSERT_FALSE(got.status);
  EXPECT_EQ(got.status.error().code, ErrorCode::usage);
  EXPECT_THAT(got.error(), HasSubstr("a.csv"));
  EXPECT_THAT(got.error(), HasSubstr(GetParam().message));
}

INSTANTIATE_TEST_SUITE_P(
    Columns, CsvRefuses,
    testing::Values(
        Refusal{"no_unit_of_time", "t,Current(mA)\n0,1\n", {}, "add --option time=COLUMN:ms"},
        Refusal{"no_unit_of_current", "t_s,i\n0,1\n", {}, "add --option current=COLUMN:mA"},
        Refusal{"no_header", "0,1\n1,2\n", {}, "has 2 columns and no header"},
        Refusal{"option_without_unit", "t_s,i\n0,1\n", {"current=i"}, "write current=i:mA"},
        Refusal{"wrong_quantity", "t_s,i\n0,1\n", {"current=i:mV"}, "'mV' is not a unit of current"},
        Refusal{
            "title_of_another_quantity", "t_s,U(V)\n0,1\n", {"current=2:mA"}, "states V, no unit of current"},
        Refusal{"title_with_another_prefix",
                "t_s,I(uA)\n0,1\n",
                {"current=2:mA"},
                "says mA, but the column's title 'I(uA)' says uA"},
        Refusal{"several_currents", "t_s,A(mA),B(mA)\n0,1,2\n", {}, "several columns could be the current"},
        Refusal{"three_phases",
                "t_s,Current_A,Current_B,Current_C\n0,1,2,3\n",
                {},
                "the A of 'Current_A' beside 'Current_B' is taken for a phase or channel, not for a unit"},
        Refusal{"two_channels", "t_s,I A,I B\n0,1,2\n", {}, "add --option current=COLUMN:mA"},
        Refusal{"phases_in_watts", "t_s,P_U,P_V,P_W\n0,1,2,3\n", {}, "the W of 'P_W' beside 'P_U'"},
        Refusal{"a_phase_asked_for_without_its_unit",
                "t_s,Current_A,Current_B,Current_C\n0,1,2,3\n",
                {"current=Current_A"},
                "write current=Current_A:mA"},
        Refusal{"three_phases_with_their_unit",
                "t_s,Current_A (A),Current_B (A),Current_C (A)\n0,1,2,3\n",
                {},
                "several columns could be the current"},
        Refusal{"several_times", "t_s,elapsed(ms),I(mA)\n0,1,2\n", {}, "several columns could be the time"},
        Refusal{"running_energy",
                "Time (ns),Current (nA),Voltage (mV),Energy (uJ)\n0,1,2,3\n",
                {},
                "running total"},
        Refusal{"no_such_column", "t_s,I(mA)\n0,1\n", {"current=7:mA"}, "there is no column '7'"},
        Refusal{"time_and_rate", "t_s,I(mA)\n0,1\n", {"time=1:s", "rate=1kHz"}, "exclude each other"},
        Refusal{"rate_beyond_reason", "t_s,I(mA)\n0,1\n", {"rate=10000MHz"}, "between 1e-6 and 1e9 Hz"},
        Refusal{"negative_rate", "t_s,I(mA)\n0,1\n", {"rate=-5Hz"}, "between 1e-6 and 1e9 Hz"},
        Refusal{"stamp_word", "t_s,I(mA)\n0,1\n", {"stamp=left"}, "start, middle or end"},
        Refusal{"one_column_twice", "t_s,x\n0,1\n", {"current=2:mA", "voltage=2:V"}, "used twice"},
        Refusal{"only_voltage", "t_s,U(V)\n0,1\n", {}, "unit of current or power"}),
    [](const auto& refusal) { return std::string(refusal.param.what); });

// --- how the text may look
// --------------------------------------------------------------------------------------

TEST(CsvText, SemicolonsWithDecimalCommas) {
  const Imported got = import_text("t_ms;current_ma\n0,5;1,25\n1,0;2,5\n1,5;-3,75e1\n");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.channel().rate_hz, 2000);
  EXPECT_THAT(got.samples(), ElementsAre(Pair(0, 1.25F), Pair(1, 2.5F), Pair(2, -37.5F)));
}

TEST(CsvText, TabsByteOrderMarkCrLfCommentsBlanksAndQuotes) {
  const Imported got = import_text(
      "\xef\xbb\xbf# made by hand\r\n\r\n\"t_ms\"\t\"current \"\"x\"\"(mA)\"\r\n0\t 1 \r\n# note\r\n"
      "1\t\"2\"\r\n2\t3");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_THAT(got.samples(), ElementsAre(Pair(0, 1.F), Pair(1, 2.F), Pair(2, 3.F)));
  EXPECT_EQ(got.metadata("source.current"), "column 2 'current \"x\"(mA)' in mA, by its title");
}

TEST(CsvText, Utf16IsNamed) {
  const Imported got = import_text(std::string("\xff\xfet\0_\0", 6));
  EXPECT_THAT(got.error(), HasSubstr("UTF-16"));
}

TEST(CsvText, ADecimalCommaBetweenCommasIsNeverReadAsTwoNumbers) {
  const Imported got = import_text("t_ms,current_ma\n0,001,1,5\n0,002,1,6\n");
  ASSERT_FALSE(got.status);
  EXPECT_EQ(got.status.error().code, ErrorCode::unreadable);
  EXPECT_THAT(got.error(), HasSubstr("a.csv: line 2"));
}

TEST(CsvText, AnEndlessLineIsRefusedInsteadOfKept) {
  const Imported got = import_text("t_ms,current_ma\n0,1\n" + std::string(3 << 20, 'x') + "\n");
  ASSERT_FALSE(got.status);
  EXPECT_THAT(got.error(), HasSubstr("a.csv: line 3 is longer than 1 MiB"));
}

// --- values
// -----------------------------------------------------------------------------------------------------

TEST(CsvValues, MissingAndUnreadableOnesAreLeftOutAndCountedPerChannel) {
  const Imported got =
      import_text("t_ms,current_ma,voltage_v\n0,1,3\n1,NaN,3\n2,,3\n3,oops,\n4,1e99,3\n5,6,3\n");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_THAT(got.samples(0), ElementsAre(Pair(0, 1.F), Pair(5, 6.F)));
  EXPECT_EQ(got.samples(1).size(), 5U);
  const auto invalid = got.anomalies(AnomalyKind::invalid_value);
  ASSERT_EQ(invalid.size(), 2U);
  EXPECT_EQ(invalid[0].count, 4);
  EXPECT_EQ(invalid[0].first_index, 1);
  EXPECT_EQ(invalid[0].channel, ChannelId{0});
  EXPECT_THAT(invalid[0].message, HasSubstr("a.csv: line 3"));
  EXPECT_EQ(invalid[1].count, 1);
}

TEST(CsvValues, AFileWithoutOneUsableValueIsAnErrorThatNamesThePlace) {
  EXPECT_THAT(import_text("t_ms,current_ma\n0,x\n1,y\n").error(),
              HasSubstr("a.csv: column 2 holds not one current"));
  EXPECT_THAT(import_text("t_ms,current_ma\nx,1\ny,2\n").error(), HasSubstr("a.csv: line 2"));
  EXPECT_THAT(import_text("t_ms,current_ma\n").error(), HasSubstr("no row of samples"));
  EXPECT_THAT(import_text("").error(), HasSubstr("a.csv: there is no row"));
  EXPECT_THAT(import_text("t_ms,current_ma\n0,1\n").error(), HasSubstr("one row"));
}

TEST(CsvValues, ARowCutOffAtTheEndIsLeftOutAndSaid) {
  const Imported got = import_text("t_ms,current_ma,x\n0,1,0\n1,2,0\n2,3");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.samples().size(), 2U);
  EXPECT_THAT(got.anomalies(AnomalyKind::truncated).at(0).message, HasSubstr("a.csv: line 4"));
}

TEST(CsvValues, AnIntegralOfAKnownWaveComesOutRight) {
  std::string text = "t_us,current_ma\n";
  for (int i = 0; i < 20000; ++i)
    text += fmt::format("{},{:.6f}\n", i * 50, 5 + 3 * std::sin(2 * M_PI * i / 2000));
  const Imported got = import_text(text, {"voltage=2V"});
  ASSERT_TRUE(got.status) << got.error();
  const auto charge =
      got.capture->integrals(k_power, std::vector{TimeRange{0, 1'000'000'000}}, Boundary::fractional);
  EXPECT_NEAR((*charge)[0].integral, 2 * 5e-3, 1e-9);  // ten whole periods
}

// --- lines
// ------------------------------------------------------------------------------------------------------

TEST(CsvLines, LevelsBecomeEdgesOnlyWhereTheyChange) {
  const Imported got = import_text("t_ms,current_ma,go\n0,1,0\n1,1,1\n2,1,1\n3,1,0\n4,1,0\n", {"lines=go"});
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_THAT(got.edges(), ElementsAre(Edge{1'000'000, 1'000'000, LineId{0}, true},
                                       Edge{3'000'000, 1'000'000, LineId{0}, false}));
  EXPECT_EQ(got.capture->info().lines[0].name, "go");
  EXPECT_EQ(got.metadata("line.d0.initial"), "low");
}

TEST(CsvLines, ALineThatStartsHighHasNoEdgeThere) {
  const Imported got = import_text("t_ms,current_ma,D5\n0,1,1\n1,1,1\n2,1,0\n");
  EXPECT_THAT(got.edges(), ElementsAre(Edge{2'000'000, 1'000'000, LineId{5}, false}));
  EXPECT_EQ(got.metadata("line.d5.initial"), "high");
}

TEST(CsvLines, BothLevelsInOneSampleAreAnEdgeOrAGlitch) {
  const Imported got = import_text("t_ms,current_ma,D0\n0,1,0\n1,1,X\n2,1,1\n3,1,X\n4,1,1\n5,1,1\n");
  EXPECT_THAT(got.edges(), ElementsAre(Edge{1'000'000, 1'000'000, LineId{0}, true}));
  EXPECT_EQ(got.anomalies(AnomalyKind::glitch).at(0).count, 1);
}

TEST(CsvLines, AChangeWhileNobodyLookedIsSomewhereInBetween) {
  const Imported got = import_text("t_ms,current_ma,D0\n0,1,0\n1,1,-\n2,1,-\n3,1,-\n4,1,1\n5,1,zz\n6,1,1\n");
  EXPECT_THAT(got.edges(), ElementsAre(Edge{2'000'000, 4'000'000, LineId{0}, true}));
  EXPECT_EQ(got.anomalies(AnomalyKind::lost_line).at(0).count, 3);
  EXPECT_EQ(got.anomalies(AnomalyKind::invalid_value).at(0).count, 1);
}

TEST(CsvLines, EdgesOfASecondFileShareTheClockOfTheFirst) {
  const Imported got =
      import_text("t_ms,current_ma\n1000,1\n1001,2\n1002,3\n", {},
                  "t_us,line,level\n1000250,d0,1\n1000500.5,3,rising\n1001000,d0,0\nx,y,z\n1000999,d0,1\n");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_THAT(got.edges(),
              ElementsAre(Edge{250'000, 100, LineId{0}, true}, Edge{500'500, 100, LineId{3}, true},
                          Edge{1'000'000, 100, LineId{0}, false}));
  EXPECT_EQ(got.anomalies(AnomalyKind::invalid_value).at(0).count, 1);
  EXPECT_EQ(got.anomalies(AnomalyKind::unsorted).at(0).count, 1);
}

TEST(CsvLines, AnEdgesFileSaysWhatItLacks) {
  const std::string samples = "t_ms,current_ma\n0,1\n1,2\n";
  EXPECT_THAT(import_text(samples, {}, "time,line,level\n1,d0,1\n").error(),
              HasSubstr("like t_us,line,level"));
  EXPECT_THAT(import_text(samples, {}, "t_s,line,level\n1,d999,1\n").error(), HasSubstr("edges.csv: line 2"));
  EXPECT_THAT(import_text("t_ms,current_ma,D0\n0,1,0\n1,2,0\n", {}, "t_s,line,level\n1,d0,1\n").error(),
              HasSubstr("line d0 is in the sample columns and in the edges file"));
}

// --- what is told and what is doubted

TEST(CsvTold, WhatWasReadInWhichUnitAndWhatWasNot) {
  const Imported got =
      import_text("Time(ms),Main(mA),Note,D3\n0,1,x,0\n1,2,y,0\n2,3,z,1\n", {"current=2:mA", "voltage=3V"});
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.metadata("source.time"), "column 1 'Time(ms)' in ms, by its title");
  EXPECT_EQ(got.metadata("source.current"), "column 2 'Main(mA)' in mA");
  EXPECT_EQ(got.metadata("source.lines"), "d3 from column 4 'D3'");
  EXPECT_EQ(got.metadata("source.ignored"), "column 3 'Note'");
}

TEST(CsvTold, AMinusBeforeTheUnitTurnsTheSign) {
  const Imported got = import_text("t_ms,i\n0,-1\n1,-2\n2,3\n", {"current=i:-mA"});
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_THAT(got.samples(), ElementsAre(Pair(0, 1.F), Pair(1, 2.F), Pair(2, -3.F)));
  EXPECT_EQ(got.channel().scale, 1e-3);
  EXPECT_EQ(got.metadata("source.current"), "column 2 'i' in mA, its sign turned");
}

TEST(CsvTold, AVoltageHeldOverTenRowsOrMore) {
  std::string text = "t_ms,current_ma,voltage_v\n";
  for (int i = 0; i < 100; ++i)
    text += fmt::format("{},1,{}\n", i, (i >= 20 && i < 29) || (i >= 40 && i < 60) ? "" : "3");
  const Imported got = import_text(text);
  ASSERT_TRUE(got.status) << got.error();
  const auto held = got.anomalies(AnomalyKind::gap);
  ASSERT_EQ(held.size(), 1U);
  EXPECT_EQ(held[0].severity, Severity::doubtful);
  EXPECT_EQ(held[0].channel, ChannelId{1});
  EXPECT_EQ(held[0].count, 20);
  EXPECT_THAT(held[0].message, HasSubstr("the longest 21.0 ms"));
  EXPECT_THAT(held[0].message, HasSubstr("a.csv: line 42"));
}

TEST(CsvTold, ShortLevelsOfManyLinesAreNoLevels) {
  const Imported got = import_text("t_ms,current_ma,D0-D7\n0,1,10000000\n1,1,1\n2,1,00000000\n");
  EXPECT_THAT(got.edges(), ElementsAre(Edge{1'000'000, 2'000'000, LineId{0}, false}));
  EXPECT_EQ(got.anomalies(AnomalyKind::invalid_value).size(), 8U);
}

TEST(CsvText, CommasThatMayPartThousandsAreRefusedUntilSaid) {
  const std::string thousands = "t_ms;current_ua\n0;987\n1;1,234\n2;12,345\n";
  EXPECT_THAT(import_text(thousands).error(), HasSubstr("column 2: its commas may be decimal signs"));
  EXPECT_THAT(import_text(thousands, {"decimal=point"}).samples(),
              ElementsAre(Pair(0, 987.F), Pair(1, 1234.F), Pair(2, 12345.F)));
  EXPECT_THAT(import_text(thousands, {"decimal=comma"}).samples(),
              ElementsAre(Pair(0, 987.F), Pair(1, 1.234F), Pair(2, 12.345F)));
  EXPECT_THAT(import_text("t_ms;current_ua\n0;0,5\n1;1.234\n").error(), HasSubstr("decimal=comma"));
  // One number that parts thousands says what the others do, but not by itself what the sign in "1,234" is.
  EXPECT_THAT(import_text("t_ms;i(uA)\n0;1,234\n1;23,4\n2;1,701,000\n").error(), HasSubstr("decimal="));
  EXPECT_THAT(import_text("t_ms;i(uA)\n0;999,5\n1;1.234,5\n2;2,5\n").error(), HasSubstr("decimal="));
  EXPECT_THAT(import_text("t_ms;i(uA)\n0;1.234.567,5\n1;12.34,5\n2;-1.000\n", {"decimal=comma"}).samples(),
              ElementsAre(Pair(0, 1234567.5F), Pair(2, -1000.F)));
}

TEST(CsvText, BlanksPartColumnsWhenNothingElseDoes) {
  const Imported got = import_text("# t_ms  current_ma\n  0   1\n  1   2\n 2\t3\n");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_THAT(got.samples(), ElementsAre(Pair(0, 1.F), Pair(1, 2.F), Pair(2, 3.F)));
}

TEST(CsvText, AFirstRowWithANumberInItIsNoHeader) {
  const Imported got = import_text("0,OL\n1,2\n2,3\n", {"time=1:ms", "current=2:mA"});
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_THAT(got.samples(), ElementsAre(Pair(1, 2.F), Pair(2, 3.F)));
  EXPECT_THAT(got.anomalies(AnomalyKind::invalid_value).at(0).message, HasSubstr("a.csv: line 1"));
}

// --- size
// -------------------------------------------------------------------------------------------------------

// Counts what passes and keeps nothing.
class CountingSink final : public NullSink {
 public:
  using NullSink::accept;
  std::int64_t samples = 0;
  std::size_t largest_block = 0;
  Status accept(const SampleBlock& block) override {
    samples += static_cast<std::int64_t>(block.values.size());
    largest_block = std::max(largest_block, block.values.size());
    return {};
  }
  Status end(EndReason) override { return {}; }
};

// A file that is never in memory: rows are made as they are read.
class MadeUpRows final : public std::streambuf {
 public:
  explicit MadeUpRows(std::int64_t rows) : rows_(rows) {}

 protected:
  int_type underflow() override {
    if (next_ > rows_) return traits_type::eof();
    text_ = next_ == 0 ? "t_us,current_ma\n" : fmt::format("{},{}\n", (next_ - 1) * 10, next_ % 97);
    ++next_;
    setg(text_.data(), text_.data(), text_.data() + text_.size());
    return traits_type::to_int_type(text_.front());
  }
  pos_type seekpos(pos_type, std::ios_base::openmode) override {
    next_ = 0;
    setg(nullptr, nullptr, nullptr);
    return pos_type(0);
  }

 private:
  std::int64_t rows_;
  std::int64_t next_ = 0;
  std::string text_;
};

TEST(CsvSize, ALongFilePassesThroughInBlocks) {
  constexpr std::int64_t k_rows = 1'000'000;
  MadeUpRows rows(k_rows);
  std::istream samples(&rows);
  CountingSink sink;
  const Status status = import_csv({&samples, "long.csv", nullptr, ""}, OptionValues(), sink);
  ASSERT_TRUE(status) << status.error().message;
  EXPECT_EQ(sink.samples, k_rows);
  EXPECT_LE(sink.largest_block, 65536U);
}

}  // namespace
}  // namespace joulemark
