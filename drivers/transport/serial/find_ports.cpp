// SPDX-License-Identifier: Apache-2.0
#include <drivers/transport/serial/find_ports.h>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <ios>
#include <optional>
#include <system_error>

namespace joulemark::serial {
namespace {

// "device" leads to the interface of a USB device (cdc-acm) or to a port below it (usbserial).
std::optional<unsigned> vendor_of(const std::filesystem::path& tty) {
  std::error_code error;
  const std::filesystem::path interface = std::filesystem::canonical(tty / "device", error);
  if (error) return std::nullopt;
  for (const auto& device : {interface.parent_path(), interface.parent_path().parent_path()}) {
    unsigned vendor = 0;
    if (std::ifstream(device / "idVendor") >> std::hex >> vendor) return vendor;
  }
  return std::nullopt;
}

}  // namespace

// Lines are "1: FLOCK  ADVISORY  WRITE 4711 00:05:88 0 EOF": the device by its hexadecimal numbers, then the
// inode.
bool is_locked(const std::string& path) {
  struct stat file {};
  if (::stat(path.c_str(), &file) != 0) return false;
  const std::string place =
      fmt::format(" {:02x}:{:02x}:{} ", major(file.st_dev), minor(file.st_dev), file.st_ino);
  std::ifstream locks("/proc/locks");
  for (std::string line; std::getline(locks, line);) {
    if (line.find("FLOCK") != std::string::npos && line.find(place) != std::string::npos) return true;
  }
  return false;
}

std::vector<FoundPort> find_ports(std::uint16_t vendor_id, const std::filesystem::path& ttys) {
  std::vector<FoundPort> found;
  std::error_code error;
  for (const auto& tty : std::filesystem::directory_iterator(ttys, error)) {
    if (vendor_of(tty.path()) != vendor_id) continue;
    const std::string path = "/dev/" + tty.path().filename().string();
    found.push_back({path, ::access(path.c_str(), R_OK | W_OK) == 0, is_locked(path)});
  }
  std::ranges::sort(found, {}, &FoundPort::path);
  return found;
}

}  // namespace joulemark::serial
