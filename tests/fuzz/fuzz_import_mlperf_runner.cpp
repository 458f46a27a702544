// SPDX-License-Identifier: Apache-2.0
#include <analysis/benchmark/mlperf.h>
#include <analysis/benchmark/mlperf_render.h>
#include <analysis/formats/mlperf_runner.h>
#include <analysis/model/memory_capture.h>

#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace joulemark;
  std::istringstream results(std::string(reinterpret_cast<const char*>(data), size));
  MemoryCapture capture;
  if (import_mlperf_runner(results, "results.json", capture)) {
    if (const auto result = evaluate_mlperf(capture))
      (void)(mlperf_text(*result) + mlperf_json(*result, "0"));
  }
  return 0;
}
