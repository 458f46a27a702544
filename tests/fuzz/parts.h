// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <sstream>
#include <string>
#include <string_view>

namespace joulemark::test {

// A fuzzer's input, cut at lines that hold only "--": several files in one.
class Parts {
 public:
  Parts(const std::uint8_t* data, std::size_t size) : left_(reinterpret_cast<const char*>(data), size) {}

  std::string next() {
    constexpr std::string_view k_cut = "\n--\n";
    const auto at = left_.find(k_cut);
    std::string part(left_.substr(0, at));
    left_.remove_prefix(at == std::string_view::npos ? left_.size() : at + k_cut.size());
    return part;
  }

  [[nodiscard]] std::string rest() const { return std::string(left_); }

 private:
  std::string_view left_;
};

}  // namespace joulemark::test
