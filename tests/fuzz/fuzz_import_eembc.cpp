// SPDX-License-Identifier: Apache-2.0
// The input is three files, cut by lines of "--": timestamps, log, energy trace.
#include <analysis/benchmark/mlperf.h>
#include <analysis/benchmark/mlperf_render.h>
#include <analysis/formats/eembc.h>
#include <analysis/model/memory_capture.h>

#include <tests/fuzz/parts.h>

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace joulemark;
  test::Parts parts(data, size);
  std::istringstream timestamps(parts.next());
  std::istringstream log(parts.next());
  std::istringstream energy(parts.rest());
  MemoryCapture capture;
  if (import_eembc({&energy, &timestamps, &log, "run"}, capture)) {
    if (capture.info().channels[0].rate_hz < 1e5) {
      if (const auto result = evaluate_mlperf(capture))
        (void)(mlperf_text(*result) + mlperf_json(*result, "0"));
    }
  }
  return 0;
}
