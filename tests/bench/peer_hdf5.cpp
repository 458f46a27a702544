// SPDX-License-Identifier: Apache-2.0
// What a user would have instead as a store: HDF5, chunked, shuffle and deflate.
#include <tests/bench/bench_data.h>
#include <tests/bench/bench_folder.h>

#include <benchmark/benchmark.h>
#include <hdf5.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <string>

namespace joulemark::bench {
namespace {

constexpr hsize_t k_chunk_samples = 16384;
constexpr unsigned k_deflate_level = 1;  // the fastest, in its favour

void write_hdf5(const std::string& path, const std::vector<float>& pattern, hsize_t samples) {
  const hid_t file = H5Fcreate(path.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
  const hid_t space = H5Screate_simple(1, &samples, nullptr);
  const hid_t layout = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_chunk(layout, 1, &k_chunk_samples);
  H5Pset_shuffle(layout);
  H5Pset_deflate(layout, k_deflate_level);
  const hid_t set = H5Dcreate2(file, "current", H5T_NATIVE_FLOAT, space, H5P_DEFAULT, layout, H5P_DEFAULT);
  for (hsize_t first = 0; first < samples; first += pattern.size()) {
    hsize_t count = std::min<hsize_t>(pattern.size(), samples - first);
    const hid_t memory = H5Screate_simple(1, &count, nullptr);
    H5Sselect_hyperslab(space, H5S_SELECT_SET, &first, nullptr, &count, nullptr);
    H5Dwrite(set, H5T_NATIVE_FLOAT, memory, space, H5P_DEFAULT, pattern.data());
    H5Sclose(memory);
  }
  H5Dclose(set);
  H5Pclose(layout);
  H5Sclose(space);
  H5Fclose(file);
}

void BM_Hdf5Write(benchmark::State& state) {
  const auto pattern = make_pattern();
  const auto samples = static_cast<hsize_t>(state.range(0));
  const std::string path = bench_folder() / "peer.h5";
  for (auto _ : state)
    write_hdf5(path, pattern, samples);
  state.counters["samples_per_s"] =
      benchmark::Counter(static_cast<double>(samples), benchmark::Counter::kIsIterationInvariantRate);
  state.counters["bytes_per_sample"] =
      static_cast<double>(std::filesystem::file_size(path)) / static_cast<double>(samples);
  std::filesystem::remove(path);
}
BENCHMARK(BM_Hdf5Write)->Arg(10'000'000)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
}  // namespace joulemark::bench
