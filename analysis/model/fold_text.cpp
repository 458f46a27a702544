// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/fold_text.h>

#include <algorithm>

namespace joulemark {
namespace {

constexpr std::size_t k_columns = 80;
constexpr std::size_t k_deepest_indent = 34;

// Where the description of a line starts: after the first wide blank behind its beginning, or at that
// beginning.
std::size_t indent_of(std::string_view line) {
  const std::size_t begin = line.find_first_not_of(' ');
  if (begin == std::string_view::npos) return 0;
  const std::size_t wide = line.find("  ", begin);
  const std::size_t description = wide == std::string_view::npos ? wide : line.find_first_not_of(' ', wide);
  if (description == std::string_view::npos || description > k_deepest_indent) return begin + 2;
  return description;
}

void fold_line(std::string_view line, std::string& out) {
  const std::size_t indent = indent_of(line);
  std::size_t start = 0;  // of this row's own text, behind its indent
  std::size_t lead = 0;
  while (line.size() - start + lead > k_columns) {
    const std::size_t most = start + k_columns - lead;
    const std::size_t least = start + (lead == 0 ? indent : 0);
    std::size_t stop = line.rfind(' ', most);
    if (stop == std::string_view::npos || stop <= least) {  // within a long word
      stop = line.find_last_of("[|,", most - 1);
      if (stop != std::string_view::npos && line[stop] != '[') ++stop;
    }
    if (stop == std::string_view::npos || stop <= least) break;
    out.append(lead, ' ').append(line.substr(start, stop - start)).append("\n");
    start = line[stop] == ' ' ? stop + 1 : stop;
    lead = indent;
  }
  out.append(lead, ' ').append(line.substr(start)).append("\n");
}

}  // namespace

std::string fold_text(std::string_view text) {
  std::string folded;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    fold_line(text.substr(0, end), folded);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return folded;
}

}  // namespace joulemark
