// SPDX-License-Identifier: Apache-2.0
#include <drivers/monsoon/output_news.h>

#include <array>
#include <string>

namespace joulemark::monsoon {

Status tell_passthrough(Passthrough set, const Instrument::News& news, SampleSink& sink) {
  constexpr std::array<const char*, 3> k_names{"off", "on", "auto"};
  const std::string name = k_names[static_cast<std::size_t>(set)];
  if (news) news("USB passthrough: " + name);
  return sink.accept(MetadataItem{"instrument.passthrough_set", name});
}

}  // namespace joulemark::monsoon
