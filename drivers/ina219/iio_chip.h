// SPDX-License-Identifier: Apache-2.0
// The kernel's ina2xx-adc driver: its attributes, its records, and what of them is not as it says.
#pragma once

#include <analysis/model/result.h>

#include <drivers/ina219/channels.h>
#include <drivers/ina219/intake.h>
#include <drivers/ina219/reading.h>
#include <drivers/ina219/settings.h>
#include <drivers/transport/iio/device.h>

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace joulemark::ina219 {

// "0.100000000" (ohm) or, from older kernels, "100000" (micro-ohm). None: neither.
[[nodiscard]] std::optional<double> parse_shunt(std::string_view text);

// As stated; else what the kernel was told. Its 0.01 ohm is what it takes when nobody told it anything, and
// ten times wrong for most boards: then the usual shunt is assumed.
[[nodiscard]] Shunt choose_shunt(const Settings& settings, std::optional<double> kernel_ohm);

// The value of in_voltage0_hardwaregain for a range, and back.
[[nodiscard]] std::string_view gain_text(ShuntRange range);
[[nodiscard]] ShuntRange range_from_gain(std::string_view text);

// Turns the driver to these settings. The converter always alternates between the two voltages there. Errors:
// busy (not permitted, or another process reads the buffer), protocol.
[[nodiscard]] Result<Configuration> configure(iio::Device& device, const Settings& settings,
                                              const AdcSetting& adc, double shunt_ohm);

// A recorder that was killed leaves the buffer on, and then no setting can be changed. True: it was on, and
// has been switched off. patience: as Device::start takes it. Errors: busy when another process reads it,
// protocol when its driver gives no more records and it must stay on.
[[nodiscard]] Result<bool> switch_off_left_on(iio::Device& device,
                                              std::chrono::milliseconds patience = std::chrono::seconds{10});

// One record as a reading. The shunt's word is signed, though the driver declares it unsigned; the low bits
// of the bus voltage's, which the driver declares of no account, are its flags.
class RecordReader {
 public:
  // Errors: protocol when a channel is not there.
  [[nodiscard]] static Result<RecordReader> for_layout(const iio::ScanLayout& layout);

  [[nodiscard]] Reading read(std::span<const std::byte> record) const;
  [[nodiscard]] std::size_t record_size() const { return record_size_; }

 private:
  iio::ScanField shunt_;
  iio::ScanField bus_;
  iio::ScanField time_;
  std::size_t record_size_ = 0;
};

// How long after a conversion's end its record may be stamped. The driver sleeps 200 us less than a period,
// or up to half as long again, then asks until a conversion is ready.
[[nodiscard]] TimeNs latest_stamp_ns(double typical_period_s);

// What to enable: both voltages, the power (reading it clears conversion-ready, which not every version of
// the driver does by itself) and the time.
[[nodiscard]] std::span<const std::string_view> scan_elements();

}  // namespace joulemark::ina219
