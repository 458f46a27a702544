// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/tee.h>

namespace joulemark {
namespace {

template <typename Call>
Status on_each(const std::vector<SampleSink*>& sinks, Call call) {
  Status first;
  for (SampleSink* sink : sinks) {
    Status status = call(*sink);
    if (!status && first) first = std::move(status);
  }
  return first;
}

template <typename Item>
Status pass_on(const std::vector<SampleSink*>& sinks, const Item& item) {
  return on_each(sinks, [&](SampleSink& sink) { return sink.accept(item); });
}

}  // namespace

Status Tee::begin(const CaptureInfo& info) {
  return on_each(sinks_, [&](SampleSink& sink) { return sink.begin(info); });
}
Status Tee::accept(const SampleBlock& block) {
  return pass_on(sinks_, block);
}
Status Tee::accept(const Edge& edge) {
  return pass_on(sinks_, edge);
}
Status Tee::accept(const Marker& marker) {
  return pass_on(sinks_, marker);
}
Status Tee::accept(const Anomaly& anomaly) {
  return pass_on(sinks_, anomaly);
}
Status Tee::accept(const ClockPoint& point) {
  return pass_on(sinks_, point);
}
Status Tee::accept(const MetadataItem& item) {
  return pass_on(sinks_, item);
}
Status Tee::accept(const RawBytes& bytes) {
  return pass_on(sinks_, bytes);
}
Status Tee::end(EndReason reason) {
  return on_each(sinks_, [&](SampleSink& sink) { return sink.end(reason); });
}

}  // namespace joulemark
