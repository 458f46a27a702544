// SPDX-License-Identifier: Apache-2.0
#include <analysis/benchmark/run_record.h>
#include <analysis/formats/eembc.h>

#include <tests/support/places.h>
#include <tests/unit/formats/import_helpers.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <fstream>
#include <limits>
#include <random>
#include <sstream>

namespace joulemark {
namespace {

using test::Imported;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string bytes_of(float value) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  std::string bytes;
  for (int shift = 0; shift < 32; shift += 8)
    bytes += static_cast<char>(bits >> shift & 0xFFU);
  return bytes;
}

std::string energy_file(float rate_hz, const std::vector<float>& microjoules) {
  std::string file = "\xf1" + bytes_of(rate_hz);
  for (const float value : microjoules)
    file += bytes_of(value);
  return file;
}

Imported import_run(const std::string& energy, const std::string& timestamps = "[0.001]",
                    const std::string& log = "") {
  Imported imported;
  std::istringstream energy_stream(energy);
  std::istringstream timestamp_stream(timestamps);
  std::istringstream log_stream(log);
  imported.status = import_eembc({&energy_stream, &timestamp_stream, &log_stream, "run"}, *imported.capture);
  return imported;
}

TEST(Eembc, SamplesKeepTheirBitsAndEdgesTheirDigits) {
  const Imported got = import_run(energy_file(1000, {33.75F, 158.4F, -0.1F}), "[0.00341, 10.9982, 20]");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.channel().name, "eembc.energy");
  EXPECT_EQ(got.channel().quantity, Quantity::energy);
  EXPECT_EQ(got.channel().scale, 1e-6);
  EXPECT_EQ(got.channel().rate_hz, 1000);
  EXPECT_THAT(got.samples(), ElementsAre(Pair(0, 33.75F), Pair(1, 158.4F), Pair(2, -0.1F)));
  EXPECT_THAT(got.edges(), ElementsAre(Edge{3'410'000, 10'000, LineId{0}, false},
                                       Edge{10'998'200'000, 10'000, LineId{0}, false},
                                       Edge{20'000'000'000, 10'000, LineId{0}, false}));
  EXPECT_EQ(got.capture->end_reason(), EndReason::completed);
}

TEST(Eembc, TheLogGivesCountSupplyMonitorAndMarks) {
  const Imported got = import_run(energy_file(0.1F, {1, 2}), "[0.02, 1.01, 11]",
                                  "00001.000 parser: m-bm-cfg-name[ulp-ml]-key[iterInfer]-val[10]\r\n"
                                  "00001.100 io: [dut]: m-infer-start-3\r\n"  // before the trace: another run
                                  "00002.000 emon: m-trace[on]\r\n"
                                  "00002.010 io: m-dut-passthrough(timestamp)\r\n"
                                  "00002.020 io: [dut]: m-ready\r\n"
                                  "00003.000 io: [dut]: m-infer-start-10\r\n"
                                  "00013.000 io: [dut]: m-infer-done\r\n"
                                  "00014.000 emon: m-regfile-fn[trace1-energy.bin]-type[emon]-name[js110]\r\n"
                                  "00014.001 emon: m-[Dropped 5 packets out of 1000, 0.5%]\r\n"
                                  "00014.100 emon: m-voltage-mv[1800]\r\n"
                                  "00015.000 io: [dut]: m-infer-start-99\r\n");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.capture->info().supply, (Supply{1.8, VoltageBasis::assumed}));
  EXPECT_EQ(got.capture->info().instrument.vendor, "Jetperch");
  EXPECT_EQ(got.metadata("event.inference"), "d0,pair=falling,skip=1,repeat=10");
  EXPECT_EQ(got.metadata("source.monitor"), "js110");
  const auto metadata = got.capture->metadata();
  const auto record = run_record(*metadata);
  ASSERT_TRUE(record && *record);
  EXPECT_EQ((*record)->inferences, 10);
  EXPECT_TRUE((*record)->inferences_agree);
  EXPECT_EQ((*record)->dropped_fraction, 0.005);
  EXPECT_EQ((*record)->marks,
            (std::vector<LogMark>{
                {LogMarkKind::handshake, 2.02}, {LogMarkKind::start, 3}, {LogMarkKind::done, 13}}));
}

TEST(Eembc, RealFoldersAreRecognisedAndComplete) {
  const auto captures = test::captures_dir();
  if (!captures) GTEST_SKIP() << "no real recordings here; set JOULEMARK_CAPTURES";
  for (const auto& entry : std::filesystem::directory_iterator(*captures / "mlperf_tiny")) {
    if (!entry.is_directory()) continue;
    SCOPED_TRACE(entry.path().filename());
    const std::vector<std::filesystem::path> paths{entry.path()};
    const auto importer = choose_importer("", paths);
    ASSERT_TRUE(importer);
    EXPECT_EQ((*importer)->name, "eembc");
    Imported got;
    got.status = (*importer)->import(paths, {}, *got.capture);
    ASSERT_TRUE(got.status) << got.error();
    const auto size = std::filesystem::file_size(entry.path() / "trace1-energy.bin");
    EXPECT_EQ(got.capture->extent(ChannelId{0})->samples, static_cast<std::int64_t>((size - 5) / 4));
    EXPECT_EQ(got.edges().size(), 11U);
    EXPECT_EQ(got.capture->anomalies()->size(), 0U);
    EXPECT_EQ(got.capture->info().supply.basis, VoltageBasis::assumed);
  }
}

TEST(Eembc, EdgeTimesComeBackAsTheDoublesTheOfficialToolReads) {
  std::mt19937_64 random(20260101);
  for (int digits = 0; digits <= 9; ++digits) {
    for (int i = 0; i < 20000; ++i) {
      const auto whole = random() % 4'000'000;  // seconds: 46 days
      const auto parts = random() % static_cast<std::uint64_t>(std::llround(std::pow(10, digits)));
      std::string text = std::to_string(whole);
      if (digits > 0) {
        const std::string decimals = std::to_string(parts);
        text += "." + std::string(static_cast<std::size_t>(digits) - decimals.size(), '0') + decimals;
      }
      const double read = std::stod(text);
      ASSERT_EQ(to_seconds(from_seconds(read)), read) << text;
    }
  }
}

struct Broken {
  const char* what;
  std::string energy;
  std::string timestamps;
  const char* message;

  friend void PrintTo(const Broken& self, std::ostream* out) { *out << self.what; }
};

class EembcRefuses : public testing::TestWithParam<Broken> {};

TEST_P(EembcRefuses, NamingFileAndByte) {
  const Imported got = import_run(GetParam().energy, GetParam().timestamps);
  ASSERT_FALSE(got.status);
  EXPECT_EQ(got.status.error().code, ErrorCode::unreadable);
  EXPECT_THAT(got.error(), HasSubstr(GetParam().message));
}

constexpr float k_nan = std::numeric_limits<float>::quiet_NaN();

INSTANTIATE_TEST_SUITE_P(
    Files, EembcRefuses,
    testing::Values(
        Broken{"empty", "", "[0.1]", "run/trace1-energy.bin: byte 0: the file ends before"},
        Broken{"header_cut", "\xf1\x01", "[0.1]", "run/trace1-energy.bin: byte 2: the file ends before"},
        Broken{"magic", "\xf2" + energy_file(1000, {1}).substr(1), "[0.1]",
               "trace1-energy.bin: byte 0: 0xf2"},
        Broken{"no_sample", energy_file(1000, {}), "[0.1]", "byte 5: there is no sample"},
        Broken{"negative_rate", energy_file(-1000, {1}), "[0.1]", "byte 1: a sample rate of -1000 Hz"},
        Broken{"zero_rate", energy_file(0, {1}), "[0.1]", "byte 1: a sample rate of 0 Hz"},
        Broken{"huge_rate", energy_file(1e30F, {1}), "[0.1]", "byte 1: a sample rate"},
        Broken{"nan_rate", energy_file(k_nan, {1}), "[0.1]", "byte 1: a sample rate"},
        Broken{"all_nan", energy_file(1000, {k_nan, k_nan}), "[0.1]",
               "byte 5: not one sample is a finite number"},
        Broken{"json_object", energy_file(1000, {1}), "{\"a\":1}",
               "trace1-timestamps.json: byte 1: unexpected an object"},
        Broken{"json_number", energy_file(1000, {1}), "3", "a number where a list"},
        Broken{"json_text", energy_file(1000, {1}), "[\"1\"]", "unexpected a text"},
        Broken{"json_deep", energy_file(1000, {1}), std::string(100000, '['), "a list within the list"},
        Broken{"json_garbage", energy_file(1000, {1}), "nonsense", "trace1-timestamps.json: byte"},
        Broken{"time_out_of_range", energy_file(1000, {1}), "[1e300]", "an edge time beyond"},
        Broken{"number_out_of_range", energy_file(1000, {1}), "[1e999]", "byte 7: number overflow"},
        Broken{"giant_number", energy_file(1000, {1}), "[" + std::string(3 << 20, '7') + "]",
               "longer than 1 MiB"}),
    [](const auto& broken) { return std::string(broken.param.what); });

TEST(Eembc, APartOfASampleAtTheEndIsSaidAndTheRestIsKept) {
  const Imported got = import_run(energy_file(1000, {1, 2, 3}) + "\x01\x02");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.samples().size(), 3U);
  const auto truncated = got.anomalies(AnomalyKind::truncated);
  ASSERT_EQ(truncated.size(), 1U);
  EXPECT_THAT(truncated[0].message, HasSubstr("run/trace1-energy.bin: byte 17"));
  const Imported one = import_run(energy_file(1000, {1, 2, 3}) + "\x01");
  EXPECT_THAT(one.anomalies(AnomalyKind::truncated).at(0).message, HasSubstr("ends 1 byte into a sample"));
}

TEST(Eembc, SamplesThatAreNotNumbersLeaveTheirIndexUnused) {
  const Imported got = import_run(energy_file(1000, {1, k_nan, std::numeric_limits<float>::infinity(), 4}));
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_THAT(got.samples(), ElementsAre(Pair(0, 1.F), Pair(3, 4.F)));
  const auto invalid = got.anomalies(AnomalyKind::invalid_value);
  ASSERT_EQ(invalid.size(), 1U);
  EXPECT_EQ(invalid[0].count, 2);
  EXPECT_EQ(invalid[0].first_index, 1);
  EXPECT_THAT(invalid[0].message, HasSubstr("byte 9"));
}

TEST(Eembc, AnEdgeListThatBreaksOffIsUsedUpToThere) {
  const Imported got = import_run(energy_file(1000, {1, 2}), "[0.001, 0.002, 0.0");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_GE(got.edges().size(), 2U);
  EXPECT_THAT(got.anomalies(AnomalyKind::truncated).at(0).message,
              HasSubstr("trace1-timestamps.json: byte 18"));
}

TEST(Eembc, EdgesOutOfOrderAreLeftOut) {
  const Imported got = import_run(energy_file(1000, {1, 2}), "[0.001, 5, 2, 6]");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.edges().size(), 3U);
  EXPECT_THAT(got.anomalies(AnomalyKind::unsorted).at(0).message, HasSubstr("entry 3"));
}

// --- edges against the log

// A run of three windows of 10 s, 5 s apart, its log's clock 100 s ahead; 0.1 Hz covers it in few samples.
const std::string k_log =
    "00100.010 emon: m-trace[on]\n"
    "00102.000 io: [dut]: m-infer-start-10\n00112.000 io: [dut]: m-infer-done\n"
    "00117.000 io: [dut]: m-infer-start-10\n00127.000 io: [dut]: m-infer-done\n"
    "00132.000 io: [dut]: m-infer-start-10\n00142.000 io: [dut]: m-infer-done\n"
    "00143.000 emon: m-regfile-fn[trace1-energy.bin]-type[emon]-name[lpm01a]\n";

Imported import_with_edges(const std::string& timestamps, const std::string& log = k_log) {
  return import_run(energy_file(0.1F, {1, 2, 3, 4, 5}), timestamps, log);
}

std::string troubles(const Imported& got) {
  std::string text;
  const auto anomalies = got.capture->anomalies();
  for (const Anomaly& anomaly : *anomalies)
    text += fmt::format("{} {}: {}\n", name_of(anomaly.severity), name_of(anomaly.kind), anomaly.message);
  return text;
}

TEST(EembcEdges, ACompleteRunIsRecommendedWithoutAWord) {
  const Imported got = import_with_edges("[0.01, 2, 12, 17, 27, 32, 42]");
  EXPECT_EQ(troubles(got), "");
  EXPECT_EQ(got.metadata("event.inference"), "d0,pair=falling,skip=1,repeat=10");
  EXPECT_EQ(got.metadata("withheld.inference"), "");
}

TEST(EembcEdges, ALostOneIsNamedAndNoRuleIsRecommended) {
  const Imported got = import_with_edges("[0.01, 2, 12, 27, 32, 42]");
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_THAT(troubles(got),
              HasSubstr("data_loss unpaired_marker: The edge at the start of window 4 is lost"));
  EXPECT_EQ(got.metadata("event.inference"), "");
  EXPECT_THAT(got.metadata("withheld.inference"), HasSubstr("The edge at the start of window 4 is lost"));
}

TEST(EembcEdges, ALostHandshakeChangesWhatIsSkippedAlone) {
  const Imported got = import_with_edges("[2, 12, 17, 27, 32, 42]");
  EXPECT_THAT(troubles(got), HasSubstr("The handshake edge at the start of the trace is lost"));
  EXPECT_EQ(got.metadata("event.inference"), "d0,pair=falling,skip=0,repeat=10");
}

TEST(EembcEdges, OneTooManyIsNamedAndNoRuleIsRecommended) {
  const Imported got = import_with_edges("[0.01, 2, 12, 14, 17, 27, 32, 42]");
  EXPECT_THAT(troubles(got),
              HasSubstr("doubtful doubled_marker: An edge has no start or end in the log: at 14.000 s"));
  EXPECT_EQ(got.metadata("event.inference"), "");
}

TEST(EembcEdges, ADoubledStampAndOneOutsideTheSamplesAreSaid) {
  const Imported got = import_with_edges("[0.01, 2, 12, 17, 27, 32, 42, 42, 999]");
  EXPECT_THAT(troubles(got),
              HasSubstr("doubtful duplicate_time: An edge has the time of the edge before: at 42.000 s"));
  EXPECT_THAT(troubles(got),
              HasSubstr("doubtful truncated: An edge lies outside the recorded 50.000 s: at 999.000 s"));
  EXPECT_EQ(got.edges().size(), 9U);
}

TEST(EembcEdges, WithoutALogOnlyAnEvenOrImpossibleListIsWithheld) {
  const Imported odd = import_with_edges("[0.01, 2, 12]", "");
  EXPECT_EQ(odd.metadata("event.window"), "d0,pair=falling,skip=1");  // of how many inferences nobody knows
  EXPECT_EQ(odd.metadata("event.inference"), "");
  EXPECT_EQ(import_with_edges("[2, 12]", "").metadata("event.inference"), "");
  EXPECT_EQ(import_with_edges("[0.01, 2, 2]", "").metadata("event.inference"), "");
  EXPECT_EQ(import_with_edges("[0.01, 2, 99]", "").metadata("event.inference"), "");
}

TEST(EembcEdges, TheLogOfAnotherRunRecommendsNothing) {
  const Imported got = import_with_edges("[1.1, 2.3, 3.6, 5.2, 7.1, 9.3, 11.9]");
  EXPECT_THAT(troubles(got), HasSubstr("The log does not fit the edges"));
  EXPECT_EQ(got.metadata("event.inference"), "");
}

TEST(Eembc, EnergiesNoMonitorCanGiveAreLeftOut) {
  const Imported got = import_run(energy_file(1000, {1, 1e30F, -1e30F, 1.1e6F, 0.9e6F}));
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_THAT(got.samples(), ElementsAre(Pair(0, 1.F), Pair(4, 0.9e6F)));  // a kilowatt is a joule per ms
  EXPECT_EQ(got.anomalies(AnomalyKind::invalid_value).at(0).count, 3);
}

TEST(Eembc, MissingEdgesAndLogLeaveTheSamplesUsable) {
  Imported got;
  std::istringstream energy(energy_file(1000, {1, 2}));
  got.status = import_eembc({&energy, nullptr, nullptr, "run"}, *got.capture);
  ASSERT_TRUE(got.status) << got.error();
  EXPECT_EQ(got.anomalies(AnomalyKind::lost_line).size(), 1U);
  EXPECT_EQ(got.capture->info().supply.basis, VoltageBasis::unknown);
}

TEST(Formats, AreChosenByNameOrByLooksAndElseListed) {
  const std::vector<std::filesystem::path> strange{"strange.xyz"};
  const auto missing = choose_importer("", strange);
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::unreadable);
  const auto unknown = choose_importer("frob", strange);
  ASSERT_FALSE(unknown);
  EXPECT_THAT(unknown.error().message, HasSubstr("eembc, mlperf_runner, csv"));
  EXPECT_EQ((*choose_importer("csv", strange))->name, "csv");
  const std::vector<std::filesystem::path> csv{"a.csv"};
  EXPECT_EQ((*choose_importer("", csv))->name, "csv");
}

}  // namespace
}  // namespace joulemark
