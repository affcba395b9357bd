// SPDX-License-Identifier: MIT
//
// Finds the files of data/: below the source directory if the build names it, else in the nearest folder
// above the working directory that has them.
#pragma once

#include <filesystem>
#include <stdexcept>
#include <string>

namespace joust::testing {

inline std::filesystem::path data_file(std::string const& name) {
#ifdef JOUST_SOURCE_DIR
  auto const named = std::filesystem::path{JOUST_SOURCE_DIR} / "data" / name;
  if (std::filesystem::exists(named)) return named;
#endif
  for (auto folder = std::filesystem::current_path();; folder = folder.parent_path()) {
    auto const file = folder / "data" / name;
    if (std::filesystem::exists(file)) return file;
    if (folder == folder.root_path()) throw std::runtime_error{"no data/" + name + " here or above"};
  }
}

}  // namespace joust::testing
