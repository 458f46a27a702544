// SPDX-License-Identifier: Apache-2.0
// A small RAII layer over SQLite. One connection, one thread at a time.
//
// Every row of a capture carries the XXH3 hash of its other columns as its last column: SQLite notices a
// broken page structure, not a flipped bit in a number.
#pragma once

#include <analysis/model/result.h>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <type_traits>

struct sqlite3;
struct sqlite3_stmt;

namespace joulemark::capture {

[[nodiscard]] std::uint64_t hash_of(std::span<const std::byte> bytes, std::uint64_t seed = 0);

inline constexpr std::int64_t k_page_size = 8192;

// The hash of a row's columns, in order. Doubles that SQLite may not tell apart (0 and -0) hash alike.
class RowHash {
 public:
  void add(std::int64_t value) { add('i', static_cast<std::uint64_t>(value)); }
  void add(double value);
  void add(std::string_view text);
  void add(std::span<const std::byte> bytes) { add('b', hash_of(bytes)); }
  void add_null() { add('n', 0); }
  [[nodiscard]] std::int64_t value() const { return static_cast<std::int64_t>(state_); }

 private:
  void add(std::uint64_t tag, std::uint64_t bits);
  std::uint64_t state_ = 0;
};

// A prepared statement. label names what it reads in errors: "file.jmk: block".
class Statement {
 public:
  Statement(sqlite3* db, sqlite3_stmt* handle, std::string label);
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&& other) noexcept;

  // Binds the values and their hash, runs and resets. Errors: see Database.
  template <typename... Values>
  [[nodiscard]] Status insert(const Values&... values) {
    RowHash hash;
    int at = 1;
    (put(hash, at, values), ...);
    bind(at, hash.value());
    return run();
  }

  void bind(int at, std::int64_t value);
  void bind(int at, double value);
  void bind(int at, std::string_view text);
  void bind(int at, std::span<const std::byte> bytes);  // must outlive the run
  void bind_null(int at);
  [[nodiscard]] Status run();  // to the end, then resets

  // The next row; false at the end (and resets). next() also checks the row's hash: unreadable when it does
  // not fit. The columns of such a statement are the whole row in the order it was inserted.
  [[nodiscard]] Result<bool> step();
  [[nodiscard]] Result<bool> next();
  [[nodiscard]] bool intact() const;
  void reset();

  [[nodiscard]] std::int64_t integer(int column) const;
  [[nodiscard]] double real(int column) const;
  [[nodiscard]] std::string text(int column) const;
  [[nodiscard]] std::span<const std::byte> blob(int column) const;  // until the next step or reset
  [[nodiscard]] bool is_null(int column) const;

 private:
  template <typename T>
  void put(RowHash& hash, int& at, const std::optional<T>& value) {
    if (value) return put(hash, at, *value);
    hash.add_null();
    bind_null(at++);
  }
  template <typename T>
  void put(RowHash& hash, int& at, const T& value) {
    if constexpr (std::is_integral_v<T>) {
      hash.add(static_cast<std::int64_t>(value));
      bind(at++, static_cast<std::int64_t>(value));
    } else if constexpr (std::is_convertible_v<T, std::string_view>) {
      hash.add(std::string_view(value));
      bind(at++, std::string_view(value));
    } else if constexpr (std::is_same_v<T, double>) {
      hash.add(value);
      bind(at++, value);
    } else {
      hash.add(std::as_bytes(std::span(value)));
      bind(at++, std::as_bytes(std::span(value)));
    }
  }

  sqlite3* db_;
  sqlite3_stmt* handle_;
  std::string label_;
};

// Errors of every call name the file: unreadable when SQLite finds it malformed, busy when another program
// holds it, io for the rest (disk full and permission with the system's own words).
class Database {
 public:
  // salvage: read what a reader would refuse to, for the end of the file is gone.
  enum class Access { read, write, create, salvage };

  // Opens untrusted files: no triggers, no views, no functions from the schema.
  [[nodiscard]] static Result<Database> open(const std::string& path, Access access);
  [[nodiscard]] static Result<Database> in_memory();
  // The same over bytes in memory (fuzzers); a copy is made.
  [[nodiscard]] static Result<Database> from_bytes(std::span<const std::byte> bytes);

  [[nodiscard]] Status execute(const char* sql);
  // Nobody else may read or write it from here until this is closed. Before anything else is done with it.
  // Errors: busy, when someone does, in this process too.
  [[nodiscard]] Status take_alone();
  [[nodiscard]] Result<Statement> prepare(const char* sql, std::string_view label);
  [[nodiscard]] Result<std::int64_t> integer(
      const char* sql);  // first column of the first row, 0 without one
  [[nodiscard]] const std::string& path() const { return path_; }
  // How long a call waits for another program or connection before it is busy. From open() on: not at all.
  void set_patience(std::chrono::milliseconds patience);
  // The bytes of the file itself, without a lock, through SQLite: a descriptor of our own would, when it is
  // closed, drop every lock this process has on the file. None for a database in memory or past the end.
  [[nodiscard]] std::optional<std::int64_t> file_bytes() const;
  [[nodiscard]] bool read_file(std::int64_t at, std::span<std::byte> into) const;
  // From now on whatever reads much fails (io) soon after that stop is requested.
  void heed(std::stop_token stop);
  // Called after every commit to a write-ahead log with the length of that log. Takes the place of SQLite's
  // own checkpoints, so it has to see to them.
  using LogWatcher = std::function<void(std::int64_t bytes)>;
  void watch_log(LogWatcher watcher);
  // True when nothing is left to close. Errors of closing are errors of writing.
  [[nodiscard]] bool in_transaction() const;
  // Whether the file has been deleted or renamed since it was opened.
  [[nodiscard]] bool moved() const;

 private:
  struct Close {
    void operator()(sqlite3* db) const;
  };
  Database(sqlite3* db, std::string path) : db_(db), path_(std::move(path)) {}
  [[nodiscard]] Status refuse_foreign_log() const;
  void harden();
  void accept_cut_off();

  std::unique_ptr<LogWatcher> watcher_;  // before db_, which calls it
  std::unique_ptr<std::stop_token> stop_;
  std::unique_ptr<sqlite3, Close> db_;
  std::string path_;
};

// While it lives, statements read the file as it was at the first of them, and lock it once instead of one by
// one. Within another transaction it does nothing.
class ReadTransaction {
 public:
  explicit ReadTransaction(Database& db);
  ReadTransaction(const ReadTransaction&) = delete;
  ReadTransaction& operator=(const ReadTransaction&) = delete;
  ~ReadTransaction();

 private:
  Database* db_;  // null: nothing to end
};

}  // namespace joulemark::capture
