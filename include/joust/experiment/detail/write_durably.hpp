// SPDX-License-Identifier: MIT
//
// Writing that survives a crash of the machine: bytes are on the disk before a name points to them.
#pragma once

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <initializer_list>
#include <string_view>
#include <system_error>

#if defined(__unix__) || defined(__APPLE__)
#include <fcntl.h>
#include <unistd.h>
#endif

namespace joust::detail {

// Writes the pieces into a file and waits until the disk has them. Throws std::system_error that names the
// file; no file is left behind then.
inline void write_durably(std::filesystem::path const& path, std::initializer_list<std::string_view> pieces) {
  auto const fail = [&](int error) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);
    throw std::system_error{error, std::generic_category(), "cannot write " + path.string()};
  };
  std::FILE* const file = std::fopen(path.c_str(), "wb");
  if (file == nullptr) fail(errno);
  bool good = true;
  for (std::string_view const piece : pieces)
    good = good && std::fwrite(piece.data(), 1, piece.size(), file) == piece.size();
  good = good && std::fflush(file) == 0;
#if defined(__unix__) || defined(__APPLE__)
  good = good && fsync(fileno(file)) == 0;
#endif
  int const error = errno;
  bool const closed = std::fclose(file) == 0;
  if (!good) fail(error);
  if (!closed) fail(errno);
}

// Throws std::system_error that names both files.
inline void rename_durably(std::filesystem::path const& from, std::filesystem::path const& to) {
  std::error_code failed;
  std::filesystem::rename(from, to, failed);
  if (failed) throw std::system_error{failed, "cannot rename " + from.string() + " to " + to.string()};
}

// Waits until the disk has the folder's names; where a system cannot, the names are on their way.
inline void flush_folder([[maybe_unused]] std::filesystem::path const& folder) noexcept {
#if defined(__unix__) || defined(__APPLE__)
  int const opened = open(folder.c_str(), O_RDONLY);
  if (opened < 0) return;
  static_cast<void>(fsync(opened));
  close(opened);
#endif
}

}  // namespace joust::detail
