// SPDX-License-Identifier: MIT
//
// The pairs that the learners of a reduction wait for, as a list that is searched from its oldest end.
#pragma once

#include <deque>

#include "../textbook.hpp"

namespace textbook {

/// What has been asked and not yet answered.
class open_questions {
 public:
  struct question {
    std::size_t left;
    std::size_t right;
    double left_chance;
    double right_chance;
    double y;  // of the left, once answered
  };

  explicit open_questions(std::size_t most) : most_{most} {}

  void ask(question q) {
    asked_.push_back(q);
    if (asked_.size() > most_) asked_.pop_front();
  }
  std::optional<question> answer(std::size_t i, std::size_t j, double y) {
    for (auto q = asked_.begin(); q != asked_.end(); ++q) {
      if (std::set<std::size_t>{q->left, q->right} != std::set<std::size_t>{i, j}) continue;
      question found = *q;
      found.y = found.left == i ? y : 1.0 - y;
      asked_.erase(q);
      return found;
    }
    return std::nullopt;
  }
  void forget_all() { asked_.clear(); }

 private:
  std::size_t most_;
  std::deque<question> asked_;
};

}  // namespace textbook
