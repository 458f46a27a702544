// SPDX-License-Identifier: Apache-2.0
// JSON as it streams by, in bounded memory: nothing is built, a visitor sees each value once.
#pragma once

#include <analysis/model/result.h>

#include <nlohmann/json.hpp>

#include <cstdint>
#include <istream>
#include <string>

namespace joulemark {

// Refuses whatever it does not expect: a format overrides what it allows.
class JsonVisitor : public nlohmann::json_sax<nlohmann::json> {
 public:
  bool null() override { return refuse("null"); }
  bool boolean(bool) override { return refuse("true or false"); }
  bool number_integer(number_integer_t value) override { return number(static_cast<double>(value), ""); }
  bool number_unsigned(number_unsigned_t value) override { return number(static_cast<double>(value), ""); }
  bool number_float(number_float_t value, const string_t& text) override { return number(value, text); }
  bool string(string_t&) override { return refuse("a text"); }
  bool binary(binary_t&) override { return refuse("binary data"); }
  bool start_object(std::size_t) override { return refuse("an object"); }
  bool key(string_t&) override { return true; }
  bool end_object() override { return true; }
  bool start_array(std::size_t) override { return refuse("a list"); }
  bool end_array() override { return true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) override;

  [[nodiscard]] const std::string& error() const { return error_; }

 protected:
  // text is the number as written; empty for whole numbers.
  virtual bool number(double value, const std::string& text);
  // Ends the parse with a reason; always false.
  bool fail_with(std::string reason);
  bool refuse(std::string_view what) { return fail_with("unexpected " + std::string(what)); }

 private:
  std::string error_;
};

// From the stream's start to its end. Errors: unreadable, naming name and byte: the JSON is malformed, a
// string or number is longer than 1 MiB, or the visitor refused something.
[[nodiscard]] Status visit_json(std::istream& stream, const std::string& name, JsonVisitor& visitor);

}  // namespace joulemark
