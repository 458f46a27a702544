// SPDX-License-Identifier: Apache-2.0
// The figures the official tools printed, read from a run's results.txt.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace joulemark::test {

struct PublishedWindow {
  std::int64_t index = 0;
  double energy_uj = 0;
  std::string power;  // as printed, without its unit; uW or mW
  std::string energy_per_inference;
  std::string inferences;
  std::string runtime;     // EnergyRunner only
  std::string throughput;  // EnergyRunner only
};

struct Published {
  std::vector<PublishedWindow> windows;
  std::string median_energy;      // "416.312"
  std::string median_throughput;  // EnergyRunner only
};

[[nodiscard]] Published published_figures(const std::filesystem::path& results_txt);

// Runs of EnergyRunner among the captures, sorted.
[[nodiscard]] std::vector<std::filesystem::path> energyrunner_folders(const std::filesystem::path& captures);
[[nodiscard]] std::vector<std::filesystem::path> python_runner_folders(const std::filesystem::path& captures);

}  // namespace joulemark::test
