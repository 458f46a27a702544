// SPDX-License-Identifier: Apache-2.0
#include <analysis/formats/csv_titles.h>
#include <analysis/model/units.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>
#include <utility>

namespace joulemark {
namespace {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view k_blanks = " \t";
  const auto first = text.find_first_not_of(k_blanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(k_blanks) - first + 1);
}

struct Spelling {
  std::string_view text;
  std::string_view plain;
};

constexpr std::array<Spelling, 8> k_prefixes{{{"\u00b5", "u"},
                                              {"\u03bc", "u"},
                                              {"\xb5", "u"},
                                              {"p", "p"},
                                              {"n", "n"},
                                              {"u", "u"},
                                              {"m", "m"},
                                              {"", ""}}};
constexpr std::array<Spelling, 8> k_prefix_words{{{"milli", "m"},
                                                  {"micro", "u"},
                                                  {"nano", "n"},
                                                  {"pico", "p"},
                                                  {"m", "m"},
                                                  {"u", "u"},
                                                  {"n", "n"},
                                                  {"", ""}}};
constexpr std::array<Spelling, 7> k_words{{{"second", "s"},
                                           {"sec", "s"},
                                           {"ampere", "A"},
                                           {"amp", "A"},
                                           {"volt", "V"},
                                           {"watt", "W"},
                                           {"joule", "J"}}};

// "mA", "µs", "W"; also "ma", but neither "a" (a name) nor "MA".
std::optional<std::string> unit_as_symbol(std::string_view text) {
  if (text == "kW" || text == "kV" || text == "kJ") return std::string(text);
  for (const auto& [prefix, plain] : k_prefixes) {
    if (!text.starts_with(prefix) || text.size() != prefix.size() + 1) continue;
    const char base = text.back();
    if (std::string_view("AVWJs").find(base) != std::string_view::npos) return std::string(plain) + base;
    if (!prefix.empty() && std::string_view("avwj").find(base) != std::string_view::npos) {
      return std::string(plain) + static_cast<char>(std::toupper(base));
    }
  }
  return std::nullopt;
}

// "milliamps", "usec", "Seconds".
std::optional<std::string> unit_as_word(std::string_view text) {
  const std::string word = lower(text);
  for (const auto& [name, symbol] : k_words) {
    std::string_view rest = word;
    if (rest.ends_with(std::string(name) + "s")) rest.remove_suffix(1);
    if (!rest.ends_with(name)) continue;
    rest.remove_suffix(name.size());
    for (const auto& [prefix, plain] : k_prefix_words) {
      if (rest == prefix) return std::string(plain).append(symbol);
    }
  }
  return std::nullopt;
}

// Words that a unit may follow in a title, by the unit's last letter.
std::string_view words_before(char symbol) {
  switch (symbol) {
    case 's':
      return " t time timestamp elapsed clock uptime ";
    case 'A':
      return " i current curr main usb aux ";
    case 'V':
      return " v u voltage volt bus load supply battery vbus vdd vcc vbat ";
    case 'W':
      return " p power ";
    default:
      return " e energy ";
  }
}

// "current_ma", "I/mA", "Time ms", "Current, mA". A unit as exact as mA or uW may follow any word
// ("vdd_core_uA"); any other needs a word for its quantity.
std::optional<std::string> unit_after_word(std::string_view title) {
  const auto cut = title.find_last_of("_/ ,-");
  if (cut == std::string_view::npos) return std::nullopt;
  const std::string_view suffix = title.substr(cut + 1);
  std::optional<std::string> unit = plain_unit(suffix);
  if (!unit && suffix.size() == 1)
    unit = plain_unit(std::string(1, static_cast<char>(std::toupper(suffix[0]))));
  if (!unit) return std::nullopt;
  const auto stem_end = title.find_last_not_of("_/ ,-", cut);
  if (stem_end == std::string_view::npos) return std::nullopt;
  const std::string stem = lower(title.substr(0, stem_end + 1));
  const std::string word = " " + stem.substr(stem.find_last_of("_/ ,-.(") + 1) + " ";
  const bool exact = unit->size() == 2 && *unit == suffix && unit->back() != 's';
  if (exact || words_before(unit->back()).find(word) != std::string_view::npos) return unit;
  return std::nullopt;
}

// Length of the UTF-8 sequence that a byte begins; 0 when none does.
std::size_t sequence_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  return lead >= 0xF0 && lead <= 0xF4 ? 4 : 0;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t length = sequence_length(static_cast<unsigned char>(text[i]));
    if (length == 0 || i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0) != 0x80) return false;
    }
    i += length;
  }
  return true;
}

}  // namespace

std::string lower(std::string_view text) {
  std::string copy(text);
  std::ranges::transform(copy, copy.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return copy;
}

std::optional<std::string> plain_unit(std::string_view text) {
  text = trimmed(text);
  if (auto symbol = unit_as_symbol(text)) return symbol;
  return unit_as_word(text);
}

std::optional<std::string> unit_in_title(std::string_view title) {
  std::optional<std::string> last;
  std::string_view rest = title;
  for (auto open = rest.find_first_of("(["); open != std::string_view::npos;
       open = rest.find_first_of("([")) {
    rest.remove_prefix(open + 1);
    const auto close = rest.find_first_of(")]");
    if (close == std::string_view::npos) break;
    const std::string_view inside = trimmed(rest.substr(0, close));
    const bool at_end = close + 1 == rest.size();
    if (auto unit = plain_unit(inside)) {
      last = std::move(unit);
    } else if (at_end && !inside.empty() && !last) {
      last = std::string(inside);
    }
  }
  if (last) return last;
  if (lower(title) == "millis") return "ms";
  if (lower(title) == "micros") return "us";
  return unit_after_word(title);
}

std::string_view without_unit(std::string_view title) {
  const auto bracket = title.find_last_of("([");
  if (bracket == std::string_view::npos || !unit_in_title(title)) return title;
  return trimmed(title.substr(0, bracket));
}

bool has_word(std::string_view title, std::string_view word) {
  const std::string text = lower(title);
  const auto is_letter = [&](std::size_t i) {
    return i < text.size() && std::isalpha(static_cast<unsigned char>(text[i])) != 0;
  };
  for (auto at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    if ((at == 0 || !is_letter(at - 1)) && !is_letter(at + word.size())) return true;
  }
  return false;
}

std::optional<int> time_exponent(std::string_view unit) {
  const auto plain = plain_unit(unit);
  if (plain == "s") return 9;
  if (plain == "ms") return 6;
  if (plain == "us") return 3;
  if (plain == "ns") return 0;
  return std::nullopt;
}

std::optional<double> value_factor(std::string_view unit, std::string_view symbol) {
  const auto plain = plain_unit(unit);
  return plain ? unit_factor(*plain, symbol) : std::nullopt;
}

std::string as_utf8(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80) {
      out += c;
    } else {
      out += static_cast<char>(0xC0 | byte >> 6);
      out += static_cast<char>(0x80 | (byte & 0x3F));
    }
  }
  return out;
}

}  // namespace joulemark
