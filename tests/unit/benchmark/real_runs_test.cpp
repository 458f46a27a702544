// SPDX-License-Identifier: Apache-2.0
// Real runs: the truth is what the official tools printed for them.
#include <analysis/benchmark/mlperf.h>
#include <analysis/benchmark/mlperf_render.h>
#include <analysis/capture/capture_reader.h>
#include <analysis/capture/capture_writer.h>
#include <analysis/formats/importer.h>
#include <analysis/model/memory_capture.h>

#include <tests/support/places.h>
#include <tests/unit/benchmark/published.h>
#include <tests/unit/benchmark/run_helpers.h>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <sstream>

namespace joulemark {
namespace {

using test::all_findings;
using test::edges_of;
using testing::HasSubstr;
using testing::Not;

std::unique_ptr<MemoryCapture> import_folder(const std::filesystem::path& folder) {
  const std::vector<std::filesystem::path> paths{folder};
  const auto importer = choose_importer("", paths);
  EXPECT_TRUE(importer.has_value());
  auto capture = std::make_unique<MemoryCapture>();
  const Status imported = (*importer)->import(paths, {}, *capture);
  EXPECT_TRUE(imported.has_value()) << imported.error().message;
  return capture;
}

// The same capture with other edges.
std::unique_ptr<MemoryCapture> with_edges(MemoryCapture& from, const std::vector<Edge>& edges) {
  auto to = std::make_unique<MemoryCapture>();
  EXPECT_TRUE(to->begin(from.info()));
  const IndexRange all = from.extent(ChannelId{0})->indices;
  EXPECT_TRUE(from.read(ChannelId{0}, all, [&](const SampleBlock& block) { return to->accept(block); }));
  for (const Edge& edge : edges)
    EXPECT_TRUE(to->accept(edge));
  const auto metadata = from.metadata();
  for (const MetadataItem& item : *metadata)
    EXPECT_TRUE(to->accept(item));
  EXPECT_TRUE(to->end(EndReason::completed));
  return to;
}

double median_of_energies(std::vector<double> values) {
  std::ranges::sort(values);
  const std::size_t n = values.size();
  return n % 2 == 1 ? values[n / 2] : (values[n / 2 - 1] + values[n / 2]) / 2;
}

class RealRuns : public testing::Test {
 protected:
  void SetUp() override {
    const auto captures = test::captures_dir();
    if (!captures) GTEST_SKIP() << "no real recordings here; set JOULEMARK_CAPTURES";
    energyrunner = test::energyrunner_folders(*captures);
    python_runner = test::python_runner_folders(*captures);
    ASSERT_EQ(energyrunner.size(), 16U);
    ASSERT_EQ(python_runner.size(), 1U);
  }

  std::vector<std::filesystem::path> energyrunner;
  std::vector<std::filesystem::path> python_runner;
};

TEST_F(RealRuns, EnergyRunnerFiguresAreReproducedToThePrintedDigit) {
  for (const auto& folder : energyrunner) {
    SCOPED_TRACE(folder.filename());
    const test::Published published = test::published_figures(folder / "results.txt");
    const auto capture = import_folder(folder);
    const auto result = evaluate_mlperf(*capture);
    ASSERT_TRUE(result) << result.error().message;
    ASSERT_EQ(result->figures.windows.size(), published.windows.size());
    ASSERT_EQ(published.windows.size(), 5U);
    for (std::size_t i = 0; i < published.windows.size(); ++i) {
      const MlperfWindow& window = result->figures.windows[i];
      const test::PublishedWindow& truth = published.windows[i];
      EXPECT_EQ(window.index, truth.index);
      EXPECT_NEAR(*window.energy_j * 1e6, truth.energy_uj,
                  0.00051);  // half a printed digit, plus its own rounding
      EXPECT_EQ(fmt::format("{:.3f}", *window.power_w * 1e6), truth.power);
      EXPECT_EQ(fmt::format("{:.3f}", *window.energy_per_inference_j * 1e6), truth.energy_per_inference);
      EXPECT_EQ(fmt::format("{}", *window.inferences), truth.inferences);
      EXPECT_EQ(fmt::format("{:.3f}", window.runtime_s), truth.runtime);
      EXPECT_EQ(fmt::format("{:.3f}", *window.throughput_ips), truth.throughput);
    }
    EXPECT_EQ(fmt::format("{:.3f}", *result->figures.median_throughput_ips), published.median_throughput);
    const std::string text = mlperf_text(*result);
    EXPECT_THAT(text, HasSubstr("\nMedian energy cost is " + published.median_energy + " uJ/inf.\n"));
  }
}

TEST_F(RealRuns, PythonRunnerFiguresAreReproducedToThePrintedDigit) {
  const test::Published published = test::published_figures(python_runner.front() / "results.txt");
  const auto capture = import_folder(python_runner.front());
  const auto result = evaluate_mlperf(*capture);
  ASSERT_TRUE(result) << result.error().message;
  ASSERT_EQ(published.windows.size(), 5U);
  ASSERT_EQ(result->figures.windows.size(), 5U);
  for (std::size_t i = 0; i < 5; ++i) {
    const MlperfWindow& window = result->figures.windows[i];
    EXPECT_EQ(window.index, published.windows[i].index);
    EXPECT_NEAR(*window.energy_j * 1e6, published.windows[i].energy_uj,
                1e-6);  // whole nanojoules: no rounding at all
    EXPECT_EQ(fmt::format("{:.4f}", *window.power_w * 1e3), published.windows[i].power);
    EXPECT_EQ(fmt::format("{:.3f}", *window.energy_per_inference_j * 1e6),
              published.windows[i].energy_per_inference);
    EXPECT_EQ(fmt::format("{}", *window.inferences), published.windows[i].inferences);
  }
  EXPECT_THAT(mlperf_text(*result),
              HasSubstr("\nMedian energy cost is " + published.median_energy + " uJ/inf.\n"));
  EXPECT_EQ(result->verdict, MlperfVerdict::valid);
}

TEST_F(RealRuns, ACaptureFileGivesTheSameResultAsTheFolder) {
  const std::filesystem::path file = std::filesystem::path(testing::TempDir()) / "mlperf_test_run.jmk";
  std::vector<std::filesystem::path> folders = energyrunner;
  folders.push_back(python_runner.front());
  for (const auto& folder : folders) {
    SCOPED_TRACE(folder.filename());
    const std::vector<std::filesystem::path> paths{folder};
    CaptureWriter writer({file.string(), CaptureMode::bulk, Overflow::block, true, Compression::fast});
    const Status imported = (*choose_importer("", paths))->import(paths, {}, writer);
    ASSERT_TRUE(imported) << imported.error().message;
    const auto reader = CaptureReader::open(file.string());
    ASSERT_TRUE(reader) << reader.error().message;
    const auto result = evaluate_mlperf(**reader);
    ASSERT_TRUE(result) << result.error().message;
    EXPECT_EQ(mlperf_text(*result), mlperf_text(*evaluate_mlperf(*import_folder(folder))));
  }
  std::filesystem::remove(file);
}

TEST_F(RealRuns, NoCompleteRunIsSuspectedAndOnlyTheShortOneFailsARule) {
  for (const auto& folder : energyrunner) {
    SCOPED_TRACE(folder.filename());
    const auto result = evaluate_mlperf(*import_folder(folder));
    ASSERT_TRUE(result);
    const bool short_run =
        folder.filename() == "v0.5_reference_Nucleo-L4R5ZI_ad";  // windows of 0.1 s, said by its own
    EXPECT_EQ(result->verdict, short_run ? MlperfVerdict::invalid : MlperfVerdict::valid)
        << all_findings(*result);
    EXPECT_FALSE(result->repaired);
    EXPECT_EQ(all_findings(*result), "");
    EXPECT_EQ(result->log_fit->matched, 10);
  }
}

// The LPM01A sends packets of 1024 samples. One that got lost or came twice leaves no mark in the file.
TEST_F(RealRuns, APacketLostOrDoubledIsSuspect) {
  constexpr std::size_t k_packet_bytes = 4096;
  constexpr std::size_t k_header_bytes = 5;
  const auto copy = std::filesystem::path(testing::TempDir()) / "mlperf_test_packets";
  for (const auto& folder : energyrunner) {
    if (folder.filename().string().find("hls4ml") != std::string::npos) continue;  // no LPM01A
    std::filesystem::remove_all(copy);
    std::filesystem::copy(folder, copy);
    std::ifstream original(folder / "trace1-energy.bin", std::ios::binary);
    const std::string whole{std::istreambuf_iterator<char>(original), {}};
    const std::size_t at = k_header_bytes + 20 * k_packet_bytes;
    const std::string lost = whole.substr(0, at) + whole.substr(at + k_packet_bytes);
    const std::string doubled = whole.substr(0, at) + whole.substr(at - k_packet_bytes);
    for (const std::string& bytes : {lost, doubled}) {
      std::filesystem::remove(copy / "trace1-energy.bin");
      std::ofstream(copy / "trace1-energy.bin", std::ios::binary) << bytes;
      const auto result = evaluate_mlperf(*import_folder(copy));
      ASSERT_TRUE(result);
      EXPECT_NE(result->verdict, MlperfVerdict::valid) << folder.filename();
      EXPECT_THAT(all_findings(*result),
                  HasSubstr(bytes.size() < whole.size() ? "trace_too_short" : "trace_too_long"));
    }
  }
  std::filesystem::remove_all(copy);
}

TEST_F(RealRuns, DroppedSamplesAreKnownOnlyWhereTheMonitorSaysThem) {
  for (const auto& folder : energyrunner) {
    SCOPED_TRACE(folder.filename());
    const auto result = evaluate_mlperf(*import_folder(folder));
    const bool joulescope = folder.filename().string().find("hls4ml") != std::string::npos;
    EXPECT_EQ(result->rules.back().name, "max_dropped_fraction");
    EXPECT_EQ(result->rules.back().status, joulescope ? MlperfRuleStatus::pass : MlperfRuleStatus::unknown);
  }
}

TEST_F(RealRuns, AnyLostEdgeIsFoundNamedAndRepaired) {
  const std::vector<std::string> lost{"handshake",          "start of window 2", "end of window 2",
                                      "start of window 4",  "end of window 4",   "start of window 6",
                                      "end of window 6",    "start of window 8", "end of window 8",
                                      "start of window 10", "end of window 10"};
  for (const auto& folder : energyrunner) {
    const auto complete = import_folder(folder);
    const MlperfFigures official = evaluate_mlperf(*complete)->figures;
    for (std::size_t gone = 0; gone < lost.size(); ++gone) {
      SCOPED_TRACE(folder.filename().string() + " without the " + lost[gone]);
      std::vector<Edge> edges = edges_of(*complete);
      edges.erase(edges.begin() + static_cast<std::ptrdiff_t>(gone));
      const auto result = evaluate_mlperf(*with_edges(*complete, edges));
      ASSERT_TRUE(result);
      EXPECT_EQ(result->verdict, MlperfVerdict::suspect);
      EXPECT_THAT(all_findings(*result), HasSubstr(lost[gone]));
      ASSERT_TRUE(result->repaired);
      std::vector<MlperfWindow> intact;
      std::vector<double> energies;
      for (const MlperfWindow& window : official.windows) {
        if (gone > 0 && window.index == static_cast<std::int64_t>(2 * ((gone + 1) / 2))) continue;
        intact.push_back(window);
        energies.push_back(*window.energy_per_inference_j);
      }
      EXPECT_EQ(result->repaired->windows, intact);
      EXPECT_EQ(*result->repaired->median_energy_per_inference_j, median_of_energies(energies));
      EXPECT_NEAR(*result->repaired->median_energy_per_inference_j / *official.median_energy_per_inference_j,
                  1, 0.01);
    }
  }
}

TEST_F(RealRuns, TwoLostEdgesOfOneWindowAreFoundToo) {
  for (const auto& folder : energyrunner) {
    const auto complete = import_folder(folder);
    for (std::size_t gone = 1; gone < 11; gone += 2) {
      SCOPED_TRACE(folder.filename().string() + " without window " + std::to_string(gone + 1));
      std::vector<Edge> edges = edges_of(*complete);
      edges.erase(edges.begin() + static_cast<std::ptrdiff_t>(gone),
                  edges.begin() + static_cast<std::ptrdiff_t>(gone) + 2);
      const auto result = evaluate_mlperf(*with_edges(*complete, edges));
      EXPECT_EQ(result->verdict, MlperfVerdict::suspect);
      EXPECT_THAT(all_findings(*result), HasSubstr("start of window " + std::to_string(gone + 1)));
      EXPECT_THAT(all_findings(*result), HasSubstr("end of window " + std::to_string(gone + 1)));
      EXPECT_EQ(result->repaired->windows.size(), 4U);
    }
  }
}

TEST_F(RealRuns, AnExtraEdgeIsNamedAndTheOfficialFiguresComeBack) {
  for (const auto& folder : energyrunner) {
    SCOPED_TRACE(folder.filename());
    const auto complete = import_folder(folder);
    const MlperfFigures official = evaluate_mlperf(*complete)->figures;
    std::vector<Edge> edges = edges_of(*complete);
    const TimeNs extra_ns = (edges[4].time_ns + edges[5].time_ns) / 2;  // in the pause after window 4
    edges.insert(edges.begin() + 5, Edge{extra_ns, 1'000'000, LineId{0}, false});
    const auto result = evaluate_mlperf(*with_edges(*complete, edges));
    EXPECT_EQ(result->verdict, MlperfVerdict::suspect);
    EXPECT_THAT(all_findings(*result),
                HasSubstr(fmt::format("edge_extra: An edge has no start or end in the log: at {:.3f} s",
                                      to_seconds(extra_ns))));
    EXPECT_EQ(result->repaired, official);
  }
}

TEST_F(RealRuns, AnEdgeAfterTheLastWindowChangesNothing) {
  const auto complete = import_folder(energyrunner[1]);
  std::vector<Edge> edges = edges_of(*complete);
  edges.push_back(Edge{edges.back().time_ns + 900'000'000, 1'000'000, LineId{0}, false});
  const auto result = evaluate_mlperf(*with_edges(*complete, edges));
  EXPECT_EQ(result->figures, evaluate_mlperf(*complete)->figures);
  EXPECT_EQ(result->verdict, MlperfVerdict::valid);
  EXPECT_THAT(all_findings(*result), HasSubstr("edge_extra"));
}

TEST_F(RealRuns, TheTextFitsEightyColumnsAlsoWhenItHasMuchToSay) {
  for (const auto& folder : energyrunner) {
    const auto complete = import_folder(folder);
    std::vector<Edge> edges = edges_of(*complete);
    edges.erase(edges.begin() + 3);
    const auto suspect = with_edges(*complete, edges);
    for (MemoryCapture* capture : {complete.get(), suspect.get()}) {
      std::istringstream lines(mlperf_text(*evaluate_mlperf(*capture)));
      for (std::string line; std::getline(lines, line);)
        EXPECT_LE(line.size(), 80U) << line;
    }
  }
}

TEST_F(RealRuns, TheJsonHoldsWhatTheTextShows) {
  const auto complete = import_folder(energyrunner[1]);
  const auto result = evaluate_mlperf(*complete);
  const auto json = nlohmann::json::parse(mlperf_json(*result, "1.2.3"));
  EXPECT_EQ(json["schema_version"], "1");
  EXPECT_EQ(json["tool"]["version"], "1.2.3");
  EXPECT_EQ(json["verdict"], "valid");
  EXPECT_EQ(json["windows"].size(), 5U);
  EXPECT_EQ(json["windows"][0]["index"], 2);
  EXPECT_EQ(json["windows"][0]["start_s"], 2.875);
  EXPECT_EQ(json["windows"][0]["inferences"], 100);
  EXPECT_EQ(json["median_energy_per_inference_j"], *result->figures.median_energy_per_inference_j);
  EXPECT_EQ(json["rules"].size(), 4U);
  EXPECT_EQ(json["rules"][3]["status"], "unknown");
  EXPECT_TRUE(json["rules"][3]["observed"].is_null());
  EXPECT_TRUE(json["repaired"].is_null());
}

// All edges half a second late fit the log as well as before, but not the samples.
TEST_F(RealRuns, EdgesMovedAsAWholeAreSuspect) {
  for (const auto& folder : energyrunner) {
    const auto whole = import_folder(folder);
    std::vector<Edge> edges = edges_of(*whole);
    for (Edge& edge : edges)
      edge.time_ns += 500'000'000;
    const auto result = evaluate_mlperf(*with_edges(*whole, edges));
    ASSERT_TRUE(result);
    EXPECT_NE(result->verdict, MlperfVerdict::valid) << folder.filename();
    EXPECT_THAT(all_findings(*result), HasSubstr("edges_shifted"));
  }
}

}  // namespace
}  // namespace joulemark
