// SPDX-License-Identifier: MIT
//
// Any loss of a margin, with the margin cut at both ends: what lies beyond counts as the limit, and pulls no
// more. A pair that has become hopeless, or was won long ago, leaves the others in peace.
//
//   needs   a loss of a margin
//   cost    the loss
//   repeat  as the loss
#pragma once

#include <joust/core/concepts.hpp>
#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/loss/detail/margin_loss.hpp>

namespace joust {

struct clipped_options {
  double limit =
      500.0;  ///< largest margin that is told from larger ones, above 0; beyond what beta 0.1 tells apart

  /// Throws std::invalid_argument unless limit is finite and above 0.
  void check() const { detail::require_positive("limit", limit); }
  friend bool operator==(clipped_options const&, clipped_options const&) = default;
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("limit", self.limit, "largest margin that is told from larger ones");
  }
};

/// L(min(max(m, -limit), limit)) for a loss L of a margin m.
template <preference_loss Loss>
class clipped {
 public:
  /// Throws std::invalid_argument for a limit out of range.
  explicit clipped(Loss loss, clipped_options options = {}) : loss_{loss}, options_{options} {
    options_.check();
  }

  [[nodiscard]] JOUST_HOST_DEVICE double value(double margin) const {
    double const low = margin < -options_.limit ? -options_.limit : margin;
    return loss_.value(low > options_.limit ? options_.limit : low);
  }
  /// 0 beyond the limits.
  [[nodiscard]] JOUST_HOST_DEVICE double slope(double margin) const {
    return margin < -options_.limit || margin > options_.limit ? 0.0 : loss_.slope(margin);
  }
  [[nodiscard]] JOUST_HOST_DEVICE log_likelihood likelihood() const { return detail::likelihood_of(loss_); }

  [[nodiscard]] JOUST_HOST_DEVICE double value(scored_pair const& pair) const {
    return detail::value_by_margin(*this, pair);
  }
  [[nodiscard]] JOUST_HOST_DEVICE pair_slopes slopes(scored_pair const& pair) const {
    return detail::slopes_by_margin(*this, pair);
  }

  [[nodiscard]] Loss const& loss() const noexcept { return loss_; }
  [[nodiscard]] clipped_options const& options() const noexcept { return options_; }
  friend bool operator==(clipped const&, clipped const&) = default;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("loss", self.loss_, "whose margin is cut");
    clipped_options::fields(self.options_, visit);
  }

 private:
  Loss loss_;
  clipped_options options_;
};

}  // namespace joust
