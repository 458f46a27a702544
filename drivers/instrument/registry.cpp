// SPDX-License-Identifier: Apache-2.0
#include <drivers/instrument/registry.h>

#include <fmt/format.h>

#include <algorithm>

namespace joulemark {

Result<InstrumentUri> InstrumentUri::parse(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) {
    return fail(ErrorCode::usage,
                fmt::format("'{}' is not an instrument; it is written scheme:place, like sim:kws", text));
  }
  const auto question = text.find('?', colon);
  InstrumentUri uri{
      std::string(text),
      std::string(text.substr(0, colon)),
      std::string(text.substr(
          colon + 1, question == std::string_view::npos ? std::string_view::npos : question - colon - 1)),
      {}};
  if (question == std::string_view::npos) return uri;
  for (std::string_view rest = text.substr(question + 1); !rest.empty();) {
    const auto ampersand = rest.find('&');
    uri.options.emplace_back(rest.substr(0, ampersand));
    rest = ampersand == std::string_view::npos ? std::string_view() : rest.substr(ampersand + 1);
  }
  return uri;
}

const InstrumentFamily* InstrumentRegistry::find(std::string_view scheme) const {
  const auto found = std::ranges::find(families_, scheme, &InstrumentFamily::scheme);
  return found == families_.end() ? nullptr : &*found;
}

Result<std::unique_ptr<Instrument>> InstrumentRegistry::open(std::string_view text,
                                                             std::span<const std::string> options,
                                                             const std::stop_token& stop) const {
  JM_TRY_ASSIGN(const InstrumentUri uri, InstrumentUri::parse(text));
  const InstrumentFamily* family = find(uri.scheme);
  if (family == nullptr) {
    std::string known;
    for (const InstrumentFamily& each : families_)
      known += (known.empty() ? "" : ", ") + each.scheme + ":";
    return fail(ErrorCode::no_instrument,
                fmt::format("{}: there are no '{}:' instruments; known are {}", text, uri.scheme, known));
  }
  std::vector<std::string> all = uri.options;
  all.insert(all.end(), options.begin(), options.end());
  const auto values = OptionValues::parse(all, family->options);
  if (!values) return fail_at(uri.text, values.error());
  auto instrument = family->open(uri, *values, stop);
  if (!instrument) return fail_at(uri.text, instrument.error());
  return instrument;
}

}  // namespace joulemark
