// SPDX-License-Identifier: MIT
//
// A file is there whole or not at all: written under a temporary name in the same folder, then renamed.
#pragma once

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>

namespace joust::detail {

/// Throws std::system_error naming the file and the reason (no space, no permission, ...); nothing is left behind then,
/// and an older file of that name is untouched.
inline void write_file(std::filesystem::path const& path, std::string_view bytes) {
  std::filesystem::path partial = path;
  partial += ".partial";
  auto const fail = [&](int error) {
    std::error_code ignored;
    std::filesystem::remove(partial, ignored);
    throw std::system_error{error, std::generic_category(), "cannot write " + path.string()};
  };
  std::FILE* const file = std::fopen(partial.c_str(), "wb");
  if (file == nullptr) fail(errno);
  bool const written =
      std::fwrite(bytes.data(), 1, bytes.size(), file) == bytes.size() && std::fflush(file) == 0;
  int const write_error = errno;
  bool const closed = std::fclose(file) == 0;
  if (!written) fail(write_error);
  if (!closed) fail(errno);
  std::error_code renamed;
  std::filesystem::rename(partial, path, renamed);
  if (renamed) fail(renamed.value());
}

}  // namespace joust::detail
