// SPDX-License-Identifier: Apache-2.0
#include <tests/unit/benchmark/published.h>

#include <algorithm>
#include <fstream>
#include <regex>

namespace joulemark::test {
namespace {

std::vector<std::filesystem::path> folders_with(const std::filesystem::path& root, const char* file) {
  std::vector<std::filesystem::path> folders;
  if (!std::filesystem::is_directory(root)) return folders;
  for (const auto& entry : std::filesystem::directory_iterator(root)) {
    if (std::filesystem::exists(entry.path() / file)) folders.push_back(entry.path());
  }
  std::ranges::sort(folders);
  return folders;
}

}  // namespace

Published published_figures(const std::filesystem::path& results_txt) {
  static const std::regex k_window(
      "(?:(?:Energy data|Performance results) for window|Energy data for trial) (\\d+)");
  static const std::regex k_median("Median (energy cost|throughput) is ([0-9.]+) ");
  static const std::regex k_value(
      "(Total Energy|Energy/Inf\\.?|Energy|Power|# Inferences|Inferences|Runtime|"
      "Throughput) +: +([0-9.]+?)\\.?(?:\\s|$)");
  Published published;
  PublishedWindow* window = nullptr;
  std::ifstream file(results_txt);
  std::smatch found;
  for (std::string line; std::getline(file, line);) {
    if (std::regex_search(line, found, k_median)) {
      (found[1] == "throughput" ? published.median_throughput : published.median_energy) = found[2];
    } else if (std::regex_search(line, found, k_window)) {
      const std::int64_t index = std::stoll(found[1]);
      auto known = std::ranges::find(published.windows, index, &PublishedWindow::index);
      if (known == published.windows.end()) {
        published.windows.push_back({});
        known = published.windows.end() - 1;
        known->index = index;
      }
      window = &*known;
    } else if (window != nullptr && std::regex_search(line, found, k_value)) {
      const std::string name = found[1];
      if (name == "Energy" || name == "Total Energy") window->energy_uj = std::stod(found[2]);
      if (name == "Power") window->power = found[2];
      if (name.starts_with("Energy/Inf")) window->energy_per_inference = found[2];
      if (name.ends_with("Inferences")) window->inferences = found[2];
      if (name == "Runtime") window->runtime = found[2];
      if (name == "Throughput") window->throughput = found[2];
    }
  }
  return published;
}

std::vector<std::filesystem::path> energyrunner_folders(const std::filesystem::path& captures) {
  return folders_with(captures / "mlperf_tiny", "trace1-energy.bin");
}

std::vector<std::filesystem::path> python_runner_folders(const std::filesystem::path& captures) {
  return folders_with(captures / "mlperf_tiny_v13_runner", "results.json");
}

}  // namespace joulemark::test
