// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/with_count.h>

namespace joulemark {
namespace {

// What stands for "[one|many]" at the beginning of the rest, which loses it; the bracket itself when that is
// not one.
std::string_view take_choice(std::string_view& rest, bool one) {
  const std::size_t close = rest.find(']');
  const std::size_t bar = rest.substr(0, close).find('|');
  if (close == std::string_view::npos || bar == std::string_view::npos) {
    const std::string_view bracket = rest.substr(0, 1);
    rest.remove_prefix(1);
    return bracket;
  }
  const std::string_view chosen = one ? rest.substr(1, bar - 1) : rest.substr(bar + 1, close - bar - 1);
  rest.remove_prefix(close + 1);
  return chosen;
}

}  // namespace

std::string with_count(std::string_view sentence, std::int64_t count) {
  std::string text;
  for (std::string_view rest = sentence; !rest.empty();) {
    const std::size_t plain = rest.find_first_of("{[");
    text += rest.substr(0, plain);
    rest.remove_prefix(plain == std::string_view::npos ? rest.size() : plain);
    if (rest.starts_with("{}")) {
      text += std::to_string(count);
      rest.remove_prefix(2);
    } else if (rest.starts_with('{')) {
      text += '{';
      rest.remove_prefix(1);
    } else if (!rest.empty()) {
      text += take_choice(rest, count == 1);
    }
  }
  return text;
}

}  // namespace joulemark
