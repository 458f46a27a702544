// SPDX-License-Identifier: Apache-2.0
#include <analysis/model/visible_text.h>

#include <algorithm>
#include <array>
#include <optional>

namespace joulemark {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

constexpr std::array k_unseen{
    Range{0x00, 0x1F},        // controls
    Range{0x7F, 0xA0},        // more of them, the no-break space
    Range{0xAD, 0xAD},        // soft hyphen
    Range{0x061C, 0x061C},    // directions of writing, here and below
    Range{0x180E, 0x180E},    //
    Range{0x2000, 0x200F},    // blanks, joiners, directions
    Range{0x2028, 0x202F},    // ends of lines, directions
    Range{0x205F, 0x206F},    // the same again
    Range{0x3000, 0x3000},    // wide blank
    Range{0xD800, 0xDFFF},    // halves of UTF-16
    Range{0xFE00, 0xFE0F},    // variants
    Range{0xFEFF, 0xFEFF},    // byte order mark
    Range{0xFFF0, 0xFFFF},    // the sign for damage
    Range{0xE0000, 0x10FFFF}  // tags, private use
};

struct Length {
  std::size_t bytes;
  char32_t least;  // below it a shorter form would do
};

std::optional<Length> length_of(unsigned char lead) {
  if (lead < 0x80) return Length{1, 0};
  if (lead >= 0xC2 && lead < 0xE0) return Length{2, 0x80};
  if (lead >= 0xE0 && lead < 0xF0) return Length{3, 0x800};
  if (lead >= 0xF0 && lead < 0xF5) return Length{4, 0x10000};
  return std::nullopt;
}

// Takes the first character off the text.
std::optional<char32_t> take_character(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text.front());
  const auto length = length_of(lead);
  if (!length || text.size() < length->bytes) return std::nullopt;
  char32_t character = length->bytes == 1 ? lead : lead & (0x7FU >> length->bytes);
  for (std::size_t i = 1; i < length->bytes; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xC0U) != 0x80) return std::nullopt;
    character = character << 6U | (byte & 0x3FU);
  }
  text.remove_prefix(length->bytes);
  return character >= length->least ? std::optional(character) : std::nullopt;
}

}  // namespace

bool is_visible_text(std::string_view text) {
  while (!text.empty()) {
    const auto character = take_character(text);
    if (!character) return false;
    const auto holds = [&](const Range& range) {
      return *character >= range.first && *character <= range.last;
    };
    if (std::ranges::any_of(k_unseen, holds)) return false;
  }
  return true;
}

}  // namespace joulemark
