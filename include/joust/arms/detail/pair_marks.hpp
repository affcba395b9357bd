// SPDX-License-Identifier: MIT
//
// A set of pairs i <= j of K arms, from which they are taken round and round, in the order of i, then j.
//
//   cost    O(1) to add; a search over at most K^2 bytes to take; no allocation after construction
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <vector>

#include <joust/core/vocabulary.hpp>

namespace joust::detail {

class pair_marks {
 public:
  pair_marks() = default;

  /// The empty set.
  explicit pair_marks(std::size_t arms) : arms_{arms}, marks_(arms * arms, 0), lowest_{arms * arms} {}

  /// All pairs of different arms.
  [[nodiscard]] static pair_marks all(std::size_t arms) {
    pair_marks whole{arms};
    for (std::size_t i = 0; i < arms; ++i) {
      for (std::size_t j = i + 1; j < arms; ++j) whole.add(i, j);
    }
    return whole;
  }

  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  [[nodiscard]] bool contains(std::size_t i, std::size_t j) const noexcept {
    return marks_[place(i, j)] != 0;
  }

  void add(std::size_t i, std::size_t j) noexcept {
    std::size_t const at = place(i, j);
    if (marks_[at] != 0) return;
    marks_[at] = 1;
    ++count_;
    lowest_ = std::min(lowest_, at);
  }

  /// Takes out the first pair behind the one taken last, or else the first of all. Not of the empty set.
  [[nodiscard]] pairing take() noexcept {
    std::size_t found = first(std::max(at_, lowest_));
    if (found == marks_.size()) found = first(lowest_);
    marks_[found] = 0;
    at_ = found + 1;
    if (--count_ == 0) lowest_ = marks_.size();
    return {found / arms_, found % arms_};
  }

  /// Lets the next pair be the first of all.
  void rewind() noexcept { at_ = 0; }

  [[nodiscard]] bool sound() const noexcept {
    auto const marked = std::count(marks_.begin(), marks_.end(), 1);
    auto const clear = std::count(marks_.begin(), marks_.end(), 0);
    return static_cast<std::size_t>(marked) == count_ &&
           static_cast<std::size_t>(marked + clear) == marks_.size() && lowest_ <= first(0);
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("marks", self.marks_);
    visit("count", self.count_);
    visit("lowest", self.lowest_);
    visit("at", self.at_);
  }

 private:
  [[nodiscard]] std::size_t place(std::size_t i, std::size_t j) const noexcept {
    return std::min(i, j) * arms_ + std::max(i, j);
  }

  // The first mark at `from` or behind; the size if there is none.
  [[nodiscard]] std::size_t first(std::size_t from) const noexcept {
    if (from >= marks_.size()) return marks_.size();
    void const* const found = std::memchr(marks_.data() + from, 1, marks_.size() - from);
    if (found == nullptr) return marks_.size();
    return static_cast<std::size_t>(static_cast<unsigned char const*>(found) - marks_.data());
  }

  std::size_t arms_ = 0;
  std::vector<unsigned char> marks_;  // [i * K + j], i <= j
  std::size_t count_ = 0;
  std::size_t lowest_ = 0;  // no mark lies before it: a set of one pair need not be searched
  std::size_t at_ = 0;      // behind the pair taken last
};

}  // namespace joust::detail
