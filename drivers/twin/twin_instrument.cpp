// SPDX-License-Identifier: Apache-2.0
#include <drivers/twin/twin_instrument.h>

namespace joulemark::twin_process {

Result<EndReason> TwinInstrument::run(SampleSink& sink, const std::stop_token& stop) {
  auto reason = probe_->run(sink, stop);
  const Status ended = process_.finish();
  if (!ended) return tl::make_unexpected(ended.error());
  return reason;
}

}  // namespace joulemark::twin_process
