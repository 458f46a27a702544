// SPDX-License-Identifier: Apache-2.0
#include <drivers/instrument/go_on.h>
#include <drivers/twin/twin_process.h>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace joulemark::twin_process {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;
using linux_system::FileDescriptor;

constexpr std::string_view k_greeting = "serial port ";
constexpr auto k_patience = std::chrono::seconds(10);
constexpr std::int64_t k_look_for_stop_ms = 20;

struct Pipe {
  FileDescriptor read, write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(ErrorCode::io, std::strerror(errno));
  return Pipe{FileDescriptor(ends[0]), FileDescriptor(ends[1])};
}

// Its own process group: Ctrl-C is for us, who end it in turn. No signal stays blocked in it.
Result<pid_t> spawn(const fs::path& program, std::span<const std::string> arguments, int input, int output,
                    int talk) {
  std::vector<std::string> words{program.string()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words)
    pointers.push_back(word.data());
  pointers.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, talk, STDERR_FILENO);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  sigset_t none;
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  pid_t id = -1;
  const int error = ::posix_spawn(&id, program.c_str(), &actions, &attributes, pointers.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0)
    return fail(ErrorCode::capability, fmt::format("{}: {}", program.string(), std::strerror(error)));
  return id;
}

std::string end_of(const FileDescriptor& talk) {
  constexpr off_t k_most = 4096;
  struct stat file {};
  if (::fstat(talk.get(), &file) != 0) return {};
  std::string text(static_cast<std::size_t>(std::min(file.st_size, k_most)), '\0');
  const ssize_t count =
      ::pread(talk.get(), text.data(), text.size(), file.st_size - static_cast<off_t>(text.size()));
  text.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  return text;
}

// Where it says what is wrong, in its last line on stderr.
std::string complaint_in(std::string_view text) {
  constexpr std::string_view k_name = "joulemark-twin: ";
  while (text.ends_with('\n'))
    text.remove_suffix(1);
  text.remove_prefix(text.rfind('\n') + 1);
  if (text.starts_with(k_name)) text.remove_prefix(k_name.size());
  return text.empty() ? "the simulated boards have ended and do not say why"
                      : fmt::format("the simulated boards have ended: {}", text);
}

// By the CLI contract's numbers.
Status ended_with(int status, const FileDescriptor& talk) {
  const std::string text = complaint_in(end_of(talk));
  if (WIFEXITED(status)) {
    switch (WEXITSTATUS(status)) {
      case 0:
        return {};
      case 2:
        return fail(ErrorCode::usage, text);
      case 5:
        return fail(ErrorCode::protocol, text);
      default:
        return fail(ErrorCode::io, text);
    }
  }
  return fail(ErrorCode::protocol,
              fmt::format("the simulated boards were killed by signal {}", WTERMSIG(status)));
}

}  // namespace

Result<fs::path> find_executable() {
  if (const char* given = std::getenv("JOULEMARK_TWIN"); given != nullptr && *given != '\0') {
    if (::access(given, X_OK) == 0) return fs::path(given);
    return fail(ErrorCode::capability, fmt::format("$JOULEMARK_TWIN is {}, which is no program", given));
  }
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  const fs::path beside = self.parent_path() / "joulemark-twin";
  if (!error && ::access(beside.c_str(), X_OK) == 0) return beside;
  return fail(
      ErrorCode::capability,
      fmt::format("the simulated boards are not in this build ({} is not there): install gcc-avr, avr-libc, "
                  "libsimavr-dev and libelf-dev, then build again",
                  beside.string()));
}

Result<TwinProcess> TwinProcess::start(const fs::path& program, std::span<const std::string> arguments,
                                       const std::stop_token& stop) {
  JM_TRY_ASSIGN(Pipe input, make_pipe());
  JM_TRY_ASSIGN(Pipe output, make_pipe());
  TwinProcess process;
  process.talk_ = FileDescriptor(::memfd_create("joulemark-twin", MFD_CLOEXEC));
  if (!process.talk_.is_open()) return fail(ErrorCode::io, std::strerror(errno));
  JM_TRY_ASSIGN(process.id_,
                spawn(program, arguments, input.read.get(), output.write.get(), process.talk_.get()));
  process.input_ = std::move(input.write);
  process.output_ = std::move(output.read);
  {
    const FileDescriptor its_end = std::move(output.write);  // closed here, so that its end is seen
  }
  const Status started = process.wait_for_port(stop);
  if (stop.stop_requested()) process.hurry();
  JM_TRY(started);
  return process;
}

TwinProcess::TwinProcess(TwinProcess&& other) noexcept
    : id_(std::exchange(other.id_, -1)),
      patience_(other.patience_),
      input_(std::move(other.input_)),
      output_(std::move(other.output_)),
      talk_(std::move(other.talk_)),
      port_(std::move(other.port_)) {}

Status TwinProcess::wait_for_port(const std::stop_token& stop) {
  std::string heard;
  const auto deadline = Clock::now() + k_patience;
  while (heard.find('\n') == std::string::npos) {
    JM_TRY(go_on(stop));
    const std::int64_t left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
    pollfd ready{output_.get(), POLLIN, 0};
    const int heeded =
        ::poll(&ready, 1, static_cast<int>(std::clamp<std::int64_t>(left, 0, k_look_for_stop_ms)));
    if (heeded < 0 && errno == EINTR) continue;
    if (heeded <= 0 && left > 0) continue;
    if (heeded <= 0)
      return fail(ErrorCode::protocol, "the simulated boards did not start within ten seconds");
    std::array<char, 256> bytes{};
    const ssize_t count = ::read(output_.get(), bytes.data(), bytes.size());
    if (count <= 0) {
      const Status ended = ended_with(reap(), talk_);
      return ended ? fail(ErrorCode::protocol, "the simulated boards ended at once") : ended;
    }
    heard.append(bytes.data(), static_cast<std::size_t>(count));
  }
  if (!heard.starts_with(k_greeting)) return fail(ErrorCode::protocol, "the simulated boards say " + heard);
  port_ = heard.substr(k_greeting.size(), heard.find('\n') - k_greeting.size());
  return {};
}

// Asked by the end of its input, then told, then killed.
int TwinProcess::reap() {
  input_ = FileDescriptor();
  int status = 0;
  const auto deadline = Clock::now() + patience_;
  const pid_t id = std::exchange(id_, -1);
  while (::waitpid(id, &status, WNOHANG) == 0) {
    if (Clock::now() > deadline) {
      ::kill(id, SIGKILL);
      ::waitpid(id, &status, 0);
      return status;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return status;
}

Status TwinProcess::finish() {
  return id_ < 0 ? Status() : ended_with(reap(), talk_);
}

TwinProcess::~TwinProcess() {
  if (id_ >= 0) static_cast<void>(reap());
}

}  // namespace joulemark::twin_process
