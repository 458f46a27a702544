// SPDX-License-Identifier: Apache-2.0
// From a URI to an Instrument. The registry is filled by the application: families do not know each other.
#pragma once

#include <analysis/model/option.h>
#include <analysis/model/result.h>

#include <drivers/instrument/instrument.h>

#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace joulemark {

// scheme:place?key=value&key=value ("sim:kws?seed=7", "monsoon:?serial=20519"). The part after '?' is
// options.
struct InstrumentUri {
  std::string text;                  // as written
  std::string scheme;                // "monsoon"
  std::string place;                 // between ':' and '?'; may be empty
  std::vector<std::string> options;  // "key=value"

  // Errors: usage when there is no scheme.
  [[nodiscard]] static Result<InstrumentUri> parse(std::string_view text);
};

// What is attached, usable or not.
struct DeviceListing {
  std::string uri;          // opens it
  std::string description;  // what it is
  bool usable = true;
  std::string reason;  // why not: "not permitted for this user"
  std::string advice;  // what to do about it, one or two sentences

  bool operator==(const DeviceListing&) const = default;
};

// All instruments of one scheme.
struct InstrumentFamily {
  // A stop takes effect within about 100 ms; what was changed on the way is put back, as at any Error.
  // Errors: usage (place or option values make no sense), no_instrument (nothing answers there), busy,
  // protocol; those of go_on.
  using Open = std::function<Result<std::unique_ptr<Instrument>>(const InstrumentUri&, const OptionValues&,
                                                                 const std::stop_token&)>;
  // Lists what is attached, without changing anything on it. Errors: io when there is no way to look.
  using Discover = std::function<Result<std::vector<DeviceListing>>()>;

  std::string scheme;
  std::string description;  // one line
  std::string example;      // a URI
  std::vector<OptionSpec> options;
  Open open;
  Discover discover{};  // empty: nothing to attach (a simulation)
};

class InstrumentRegistry {
 public:
  void add(InstrumentFamily family) { families_.push_back(std::move(family)); }

  [[nodiscard]] std::span<const InstrumentFamily> families() const { return families_; }
  [[nodiscard]] const InstrumentFamily* find(std::string_view scheme) const;  // null when unknown

  // options: "key=value" besides those in the URI; each key once in both together. Errors: no_instrument
  // for an unknown scheme (naming the known ones), usage for an unknown option, or what the family's open
  // returns.
  [[nodiscard]] Result<std::unique_ptr<Instrument>> open(std::string_view uri,
                                                         std::span<const std::string> options,
                                                         const std::stop_token& stop = {}) const;

 private:
  std::vector<InstrumentFamily> families_;
};

}  // namespace joulemark
