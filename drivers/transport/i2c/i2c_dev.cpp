// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/i2c/i2c_dev.h>
#include <drivers/transport/linux/file_descriptor.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <sys/ioctl.h>

#include <array>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>

namespace joulemark::i2c {
namespace {

using linux_system::FileDescriptor;
using linux_system::Folder;
using linux_system::Roots;

constexpr std::string_view k_prefix = "i2c-";
constexpr std::size_t k_most_registers = 8;
constexpr unsigned long k_timeout_10ms = 10;  // of one transfer, in units of 10 ms
constexpr unsigned long k_word_data = I2C_FUNC_SMBUS_READ_WORD_DATA | I2C_FUNC_SMBUS_WRITE_WORD_DATA;

std::uint16_t swapped(std::uint16_t word) {
  return static_cast<std::uint16_t>(word << 8 | word >> 8);
}

class I2cDevice final : public RegisterBus {
 public:
  I2cDevice(FileDescriptor file, std::uint8_t address, bool plain_i2c)
      : file_(std::move(file)), address_(address), way_(plain_i2c ? Way::batch : Way::smbus) {}

  int write(std::uint8_t reg, std::uint16_t value) override {
    if (way_ == Way::smbus) {
      i2c_smbus_data data{};
      data.word = swapped(value);
      return smbus(I2C_SMBUS_WRITE, reg, data);
    }
    std::array<std::uint8_t, 3> bytes{reg, static_cast<std::uint8_t>(value >> 8),
                                      static_cast<std::uint8_t>(value)};
    i2c_msg message{address_, 0, bytes.size(), bytes.data()};
    return transfer(std::span(&message, 1));
  }

  // Adapters differ in how much they take at once; one that refuses is asked for less from then on.
  int read(std::span<const std::uint8_t> regs, std::span<std::uint16_t> values) override {
    while (true) {
      const int error = read_in_portions(regs, values);
      if ((error != EOPNOTSUPP && error != EINVAL) || way_ == Way::smbus) return error;
      way_ = way_ == Way::batch ? Way::single : Way::smbus;
    }
  }

 private:
  enum class Way { batch, single, smbus };

  int read_in_portions(std::span<const std::uint8_t> regs, std::span<std::uint16_t> values) {
    if (way_ == Way::batch) return read_plain(regs, values);
    for (std::size_t i = 0; i < regs.size(); ++i) {
      const int error = way_ == Way::single ? read_plain(regs.subspan(i, 1), values.subspan(i, 1))
                                            : read_smbus(regs[i], values[i]);
      if (error != 0) return error;
    }
    return 0;
  }

  int read_plain(std::span<const std::uint8_t> regs, std::span<std::uint16_t> values) {
    std::array<std::uint8_t, k_most_registers> pointers{};
    std::array<std::array<std::uint8_t, 2>, k_most_registers> bytes{};
    std::array<i2c_msg, 2 * k_most_registers> messages{};
    for (std::size_t i = 0; i < regs.size(); ++i) {
      pointers[i] = regs[i];
      messages[2 * i] = {address_, 0, 1, &pointers[i]};
      messages[2 * i + 1] = {address_, I2C_M_RD, 2, bytes[i].data()};
    }
    const int error = transfer(std::span(messages).first(2 * regs.size()));
    for (std::size_t i = 0; i < regs.size(); ++i)
      values[i] = static_cast<std::uint16_t>(bytes[i][0] << 8 | bytes[i][1]);
    return error;
  }

  int transfer(std::span<i2c_msg> messages) {
    i2c_rdwr_ioctl_data data{messages.data(), static_cast<std::uint32_t>(messages.size())};
    return ::ioctl(file_.get(), I2C_RDWR, &data) < 0 ? errno : 0;
  }

  int read_smbus(std::uint8_t reg, std::uint16_t& value) {
    i2c_smbus_data data{};
    const int error = smbus(I2C_SMBUS_READ, reg, data);
    value = swapped(data.word);  // SMBus sends the low byte first
    return error;
  }

  int smbus(std::uint8_t direction, std::uint8_t reg, i2c_smbus_data& data) {
    i2c_smbus_ioctl_data request{direction, reg, I2C_SMBUS_WORD_DATA, &data};
    return ::ioctl(file_.get(), I2C_SMBUS, &request) < 0 ? errno : 0;
  }

  FileDescriptor file_;
  std::uint16_t address_;
  Way way_;
};

Folder known_devices(const Roots& roots) {
  return Folder(roots.sys / "bus/i2c/devices");
}

// Why there is no such node, as far as the kernel shows it.
Error explain_missing(const std::string& path, const Roots& roots) {
  const Folder known = known_devices(roots);
  const std::string node = std::filesystem::path(path).filename().string();
  if (node.starts_with(k_prefix) && known.exists(node)) {
    return {ErrorCode::no_instrument,
            "the adapter is there, but the kernel's i2c-dev driver is not loaded: sudo modprobe i2c-dev (and "
            "a line 'i2c-dev' in /etc/modules to keep it)"};
  }
  std::string others;
  for (const std::string& name : known.names(k_prefix))
    others += fmt::format("{}/dev/{}", others.empty() ? "" : ", ", name);
  if (!others.empty()) return {ErrorCode::no_instrument, "there is no such I2C adapter; there are " + others};
  return {ErrorCode::no_instrument,
          "this computer has no I2C adapter: enable it (on a Raspberry Pi: raspi-config, Interface Options, "
          "I2C), or plug in a USB bridge such as a CP2112"};
}

Error explain(const std::string& path, int error, const Roots& roots) {
  if (error == ENOENT || error == ENXIO || error == ENODEV) return explain_missing(path, roots);
  if (error == EACCES || error == EPERM) {
    return {ErrorCode::busy,
            "not permitted for this user: sudo usermod -aG i2c $USER, then log in again (where there is no "
            "group i2c, install drivers/ina219/70-joulemark-ina219.rules)"};
  }
  return {ErrorCode::io, std::generic_category().message(error)};
}

Result<FileDescriptor> open_node(const std::string& path, const Roots& roots) {
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC));
  if (!file.is_open()) return tl::make_unexpected(explain(path, errno, roots));
  return file;
}

// Whether it takes I2C messages; else it must take 16-bit words. Errors: no_instrument, usage.
Result<bool> takes_messages(const FileDescriptor& file) {
  unsigned long functions = 0;
  if (::ioctl(file.get(), I2C_FUNCS, &functions) < 0)
    return fail(ErrorCode::usage, "this is not the node of an I2C adapter, like /dev/i2c-1");
  if ((functions & I2C_FUNC_I2C) != 0) return true;
  if ((functions & k_word_data) == k_word_data) return false;
  return fail(ErrorCode::no_instrument, "this adapter transfers no 16-bit words: use another one");
}

// Nobody else of ours on that address: two readers would take conversions from each other.
Status lock(const FileDescriptor& file, std::uint8_t address) {
  struct flock range {};
  range.l_type = F_WRLCK;
  range.l_whence = SEEK_SET;
  range.l_start = address;
  range.l_len = 1;
  if (::fcntl(file.get(), F_OFD_SETLK, &range) == 0) return {};
  return fail(ErrorCode::busy, "another process records from this address: end it first");
}

tl::unexpected<Error> explain_busy(const std::string& path, std::uint8_t address, const Roots& roots) {
  const auto client = kernel_client(path, address, roots);
  const std::string driver = client && client->driver ? *client->driver : "the kernel";
  const std::string number = std::filesystem::path(path).filename().string().substr(k_prefix.size());
  return fail(ErrorCode::busy,
              fmt::format("the kernel's driver '{}' has the device at 0x{:02x}: record from iio: where that "
                          "driver is ina2xx-adc, or free it: echo {}-{:04x} | sudo tee "
                          "/sys/bus/i2c/drivers/{}/unbind",
                          driver, address, number, address, driver));
}

}  // namespace

Result<std::unique_ptr<RegisterBus>> open(const std::string& path, std::uint8_t address, const Roots& roots) {
  JM_TRY_ASSIGN(FileDescriptor file, open_node(path, roots));
  JM_TRY_ASSIGN(const bool messages, takes_messages(file));
  if (::ioctl(file.get(), I2C_SLAVE, static_cast<unsigned long>(address)) < 0) {
    if (errno == EBUSY) return explain_busy(path, address, roots);
    return tl::make_unexpected(explain(path, errno, roots));
  }
  JM_TRY(lock(file, address));
  ::ioctl(file.get(), I2C_TIMEOUT, k_timeout_10ms);  // not every adapter knows it
  return std::make_unique<I2cDevice>(std::move(file), address, messages);
}

std::vector<Adapter> adapters(const Roots& roots) {
  std::vector<Adapter> found;
  const Folder known = known_devices(roots);
  for (const std::string& node : known.names(k_prefix)) {
    Adapter adapter{(roots.dev / node).string(), "", std::nullopt};
    adapter.name = Folder(known.path() / node).read("name").value_or(node);
    if (const auto file = open_node(adapter.path, roots); !file) {
      adapter.trouble = file.error();
    } else if (const auto messages = takes_messages(*file); !messages) {
      adapter.trouble = messages.error();
    }
    found.push_back(std::move(adapter));
  }
  return found;
}

std::optional<KernelClient> kernel_client(const std::string& path, std::uint8_t address, const Roots& roots) {
  const std::string node = std::filesystem::path(path).filename().string();
  if (!node.starts_with(k_prefix)) return std::nullopt;
  const Folder device(known_devices(roots).path() /
                      fmt::format("{}-{:04x}", node.substr(k_prefix.size()), address));
  const auto name = device.read("name");
  if (!name) return std::nullopt;
  return KernelClient{*name, device.link("driver")};
}

}  // namespace joulemark::i2c
