// SPDX-License-Identifier: MIT
//
// What every loss has in common: options that were checked, can be listed and compared.
#pragma once

#include <joust/core/host_device.hpp>

namespace joust::detail {

template <class Options>
class configured {
 public:
  /// Throws std::invalid_argument for options out of range.
  explicit configured(Options options = {}) : options_{options} { options_.check(); }

  [[nodiscard]] JOUST_HOST_DEVICE Options const& options() const noexcept { return options_; }

  /// Throws std::invalid_argument for options out of range, which only a change through fields can bring
  /// about.
  void check() const { options_.check(); }

  friend bool operator==(configured const&, configured const&) = default;

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    Options::fields(self.options_, visit);
  }

 private:
  Options options_;
};

}  // namespace joust::detail
