// SPDX-License-Identifier: Apache-2.0
// One error style for drivers and analysis: a value or an Error. Nothing here throws.
#pragma once

#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace joulemark {

// What kind of thing went wrong: callers branch on it, and the CLI maps it to its exit code.
enum class ErrorCode {
  usage,          // the caller asked for something that makes no sense (option, rule, range)
  unreadable,     // an input file is missing, damaged or not what it claims to be
  no_instrument,  // nothing answers under that URI
  busy,           // there, but in use or not permitted
  protocol,       // the instrument broke its protocol, stalled or vanished
  inadequate,     // incomplete data: no judgement possible
  capability,     // this build cannot do that
  unsafe,         // a change refused because it could harm the target
  io,             // disk full, permission, or any other failure of the system beneath
  internal,       // a bug
};

struct Error {
  ErrorCode code = ErrorCode::internal;
  std::string message;  // one sentence: what, where, and what to do about it
};

template <typename T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

[[nodiscard]] inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return tl::unexpected<Error>(Error{code, std::move(message)});
}

// Puts where in front of what: "run/trace1-energy.bin: truncated at byte 17".
[[nodiscard]] inline tl::unexpected<Error> fail_at(const std::string& where, const Error& error) {
  return tl::unexpected<Error>(Error{error.code, where + ": " + error.message});
}

}  // namespace joulemark

// Passes an Error up; JM_TRY for a Status, JM_TRY_ASSIGN for a value.
// NOLINTBEGIN(bugprone-macro-parentheses): a declaration cannot be put in parentheses.
#define JM_CONCAT_(a, b) a##b
#define JM_CONCAT(a, b) JM_CONCAT_(a, b)
#define JM_TRY(expression)                                                                                   \
  do {                                                                                                       \
    if (auto jm_status = (expression); !jm_status) return tl::make_unexpected(std::move(jm_status).error()); \
  } while (false)
#define JM_TRY_ASSIGN(declaration, expression) \
  JM_TRY_ASSIGN_(JM_CONCAT(jm_result_, __LINE__), declaration, expression)
#define JM_TRY_ASSIGN_(result, declaration, expression)               \
  auto result = (expression);                                         \
  if (!result) return tl::make_unexpected(std::move(result).error()); \
  declaration = std::move(result).value()
// NOLINTEND(bugprone-macro-parentheses)
