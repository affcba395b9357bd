// SPDX-License-Identifier: MIT
//
// One policy for each arm that always names it: the policy class of a problem without a context. Over it,
// sparring_exp4 is sparring between two bandits of the EXP3 kind.
//
//   needs   the same arms every round
#pragma once

#include <cstddef>

#include <joust/agent/detail/feature_rows.hpp>
#include <joust/core/error.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

class constant_policies {
 public:
  /// For `arms` arms; 0: a prototype, to be sized by fresh().
  explicit constant_policies(std::size_t arms = 0) : arms_{arms} {}

  /// One policy per arm of the setting. Throws std::invalid_argument if the arms are unknown or change.
  [[nodiscard]] constant_policies fresh(setting const& s) const {
    if (!s.fixed_arms) detail::reject("setting.fixed_arms", "false", "true: constant policies go by index");
    if (s.arms == 0) detail::reject("setting.arms", "0", "a number of arms above 0");
    return constant_policies{s.arms};
  }

  [[nodiscard]] std::size_t size() const noexcept { return arms_; }

  /// Throws std::invalid_argument unless there are as many candidates as policies.
  template <detail::feature_rows Features>
  void check(Features const& phi) const {
    if (static_cast<std::size_t>(phi.rows()) != arms_) {
      detail::reject("phi", detail::text(phi.rows()) + " rows", detail::text(arms_) + ", a row per arm");
    }
  }

  /// The arm that policy n names: n.
  template <detail::feature_rows Features>
  [[nodiscard]] std::size_t operator()(Features const&, std::size_t n) const noexcept {
    return n;
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("arms", self.arms_);
  }
  [[nodiscard]] bool sound() const noexcept { return true; }

  friend bool operator==(constant_policies const&, constant_policies const&) = default;

 private:
  std::size_t arms_;
};

}  // namespace joust
