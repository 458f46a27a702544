// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <drivers/instrument/instrument.h>
#include <drivers/twin/twin_process.h>

#include <memory>
#include <utility>

namespace joulemark::twin_process {

// The probe of the simulated boards; they end when its run does.
class TwinInstrument final : public Instrument {
 public:
  TwinInstrument(TwinProcess process, std::unique_ptr<Instrument> probe)
      : process_(std::move(process)), probe_(std::move(probe)) {}

  [[nodiscard]] const CaptureInfo& info() const override { return probe_->info(); }
  void on_news(News news) override { probe_->on_news(std::move(news)); }
  // Errors: those of TwinProcess::finish, of which the probe's come; else the probe's.
  [[nodiscard]] Result<EndReason> run(SampleSink& sink, const std::stop_token& stop) override;

 private:
  TwinProcess process_;
  std::unique_ptr<Instrument> probe_;
};

}  // namespace joulemark::twin_process
