// SPDX-License-Identifier: MIT
//
// Where a long run keeps what it needs to go on after a crash. A folder holds the newest checkpoint and the
// one before it; each is sealed with its length and a checksum, and becomes the newest in one step of the
// file system. Whatever moment a process is killed at, one of the two is whole.
//
//     DIR/checkpoint            the newest: a line "joust checkpoint 1 <bytes> <checksum>", then the text
//     DIR/checkpoint.previous   the one before
//     DIR/checkpoint.partial    one that was being written; never read
//
//   needs   a state as text (save() of whatever is to go on); one writer per folder
//   cost    one write, flushed to the disk, and two renames; about 1 ns per byte for the checksum
//   repeat  the text comes back as it was, byte for byte
#pragma once

#include <charconv>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <joust/core/detail/fnv1a.hpp>
#include <joust/core/error.hpp>
#include <joust/core/state.hpp>
#include <joust/environment/detail/read_text.hpp>
#include <joust/experiment/detail/write_durably.hpp>

namespace joust {

/// How checkpoints were found.
struct restored_checkpoint {
  bool previous = false;       ///< the newest was damaged, or missing, and the one before it was taken
  std::string complaint = {};  ///< what was wrong with the newest: "file: sentence"; empty if nothing was
};

/// The newest two checkpoints of a run.
class checkpoint_store {
 public:
  /// In that folder, which need not exist before the first save.
  explicit checkpoint_store(std::filesystem::path folder, std::string const& name = "checkpoint")
      : folder_{std::move(folder)}, newest_{folder_ / name}, previous_{folder_ / (name + ".previous")} {}

  /// Makes `state` the newest checkpoint and keeps the newest so far as the previous one, unless that one is
  /// damaged: then an older whole one stays. Throws std::system_error, naming the file, if the disk is full
  /// or the folder cannot be written; both older checkpoints are then as they were.
  void save(std::string_view state) const {
    std::error_code made;
    std::filesystem::create_directories(folder_, made);
    if (made) throw std::system_error{made, "cannot create folder " + folder_.string()};
    std::filesystem::path partial = newest_;
    partial += ".partial";
    detail::write_durably(partial, {header_of(state), state});
    // Between the two renames there is no newest checkpoint, only the previous one, which is enough to go on.
    if (exists(newest_) && whole(newest_)) detail::rename_durably(newest_, previous_);
    detail::rename_durably(partial, newest_);
    detail::flush_folder(folder_);
  }

  /// Whether there is anything to go on from, whole or not.
  [[nodiscard]] bool any() const { return exists(newest_) || exists(previous_); }

  /// Hands the newest checkpoint to `read`; if it is damaged, or `read` refuses it with
  /// std::invalid_argument, the previous one. `read` must change nothing when it throws. Returns which was
  /// taken, or nothing if there is no checkpoint at all. Throws file_error that names both files and their
  /// faults if neither can be used.
  template <class Read>
  [[nodiscard]] std::optional<restored_checkpoint> restore(Read&& read) const {
    if (!any()) return std::nullopt;
    restored_checkpoint found;
    try {
      read(std::string_view{text_of(newest_)});
      return found;
    } catch (std::invalid_argument const& fault) {
      found.previous = true;
      found.complaint = named_fault(newest_, fault.what());
    }
    try {
      read(std::string_view{text_of(previous_)});
      return found;
    } catch (std::invalid_argument const& fault) {
      throw file_error{
          newest_.string(), 0, 0,
          "no checkpoint can be used: " + found.complaint + "; " + named_fault(previous_, fault.what())};
    }
  }

  /// Takes all checkpoints away: the run has ended.
  void clear() const {
    std::error_code ignored;
    std::filesystem::path partial = newest_;
    partial += ".partial";
    for (auto const& path : {partial, previous_, newest_}) std::filesystem::remove(path, ignored);
  }

  [[nodiscard]] std::filesystem::path const& newest() const noexcept { return newest_; }
  [[nodiscard]] std::filesystem::path const& previous() const noexcept { return previous_; }

 private:
  static bool exists(std::filesystem::path const& path) {
    std::error_code ignored;
    return std::filesystem::exists(path, ignored);
  }

  static std::string header_of(std::string_view state) {
    return "joust checkpoint 1 " + detail::text(state.size()) + ' ' +
           detail::hexadecimal(detail::fnv1a(state)) + '\n';
  }

  // Faults say which file they are of, once.
  static std::string named_fault(std::filesystem::path const& path, std::string const& fault) {
    std::string const name = path.string();
    return fault.starts_with(name) ? fault : name + ": " + fault;
  }

  static bool whole(std::filesystem::path const& path) {
    try {
      static_cast<void>(text_of(path));
      return true;
    } catch (file_error const&) { return false; }
  }

  static std::string text_of(std::filesystem::path const& path) {
    std::string bytes = detail::read_text(path);
    std::string_view const all = bytes;
    std::size_t const end = all.substr(0, 100).find('\n');
    if (end == all.npos || !all.starts_with("joust checkpoint 1 ")) {
      throw file_error{path.string(), 1, 0, "is no checkpoint; expected a line 'joust checkpoint 1 ...'"};
    }
    std::string_view const state = all.substr(end + 1);
    if (all.substr(0, end + 1) != header_of(state)) {
      throw file_error{path.string(), 0, 0,
                       "is damaged or cut short; expected the length and checksum of line 1"};
    }
    bytes.erase(0, end + 1);
    return bytes;
  }

  std::filesystem::path folder_;
  std::filesystem::path newest_;
  std::filesystem::path previous_;
};

}  // namespace joust
