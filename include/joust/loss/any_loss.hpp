// SPDX-License-Identifier: MIT
//
// A loss that is chosen while the program runs, by name: for configuration files and command lines. It is one
// of the losses of this folder and behaves exactly as that one does.
//
//   needs   a name of the list, or a loss
//   cost    one choice per batch, none per pair
//   repeat  as the loss it holds
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

#include <joust/core/error.hpp>
#include <joust/core/scored_pair.hpp>
#include <joust/loss/aot.hpp>
#include <joust/loss/apo.hpp>
#include <joust/loss/bco.hpp>
#include <joust/loss/conservative_dpo.hpp>
#include <joust/loss/discopop.hpp>
#include <joust/loss/dpo.hpp>
#include <joust/loss/dpo_positive.hpp>
#include <joust/loss/evaluate.hpp>
#include <joust/loss/exo.hpp>
#include <joust/loss/ipo.hpp>
#include <joust/loss/length_regularised_dpo.hpp>
#include <joust/loss/nash_md.hpp>
#include <joust/loss/nca.hpp>
#include <joust/loss/robust_dpo.hpp>
#include <joust/loss/simpo.hpp>
#include <joust/loss/slic.hpp>
#include <joust/loss/sppo.hpp>

namespace joust {

/// The losses that can be named. Those that mean something else under each of their enumerated options have a
/// name for each.
enum class loss_kind : unsigned char {
  dpo,
  conservative_dpo,
  robust_dpo,
  ipo_sum,   ///< ipo of whole actions
  ipo_mean,  ///< ipo of their average parts
  slic,
  exo,
  discopop,
  simpo,
  length_regularised_dpo,
  dpo_positive,
  nca,
  bco,
  sppo,
  apo_zero,
  apo_down,
  aot_paired,
  aot_unpaired,
  nash_md,
};

/// The names of the losses, in the order of the enumeration.
[[nodiscard]] constexpr std::array<std::string_view, 19> names_of(loss_kind) noexcept {
  return {"dpo",          "conservative_dpo",
          "robust_dpo",   "ipo_sum",
          "ipo_mean",     "slic",
          "exo",          "discopop",
          "simpo",        "length_regularised_dpo",
          "dpo_positive", "nca",
          "bco",          "sppo",
          "apo_zero",     "apo_down",
          "aot_paired",   "aot_unpaired",
          "nash_md"};
}

namespace detail {

using listed_losses = std::variant<dpo, conservative_dpo, robust_dpo, ipo, slic, exo, discopop, simpo,
                                   length_regularised_dpo, dpo_positive, nca, bco, sppo, apo, aot, nash_md>;

template <class Loss>
concept listed_loss = std::constructible_from<listed_losses, Loss>;

// The kind of a loss that has several by its options, and of one that has its own name.
[[nodiscard]] inline loss_kind kind_of(ipo const& loss) noexcept {
  return loss.likelihood() == log_likelihood::sum ? loss_kind::ipo_sum : loss_kind::ipo_mean;
}
[[nodiscard]] inline loss_kind kind_of(apo const& loss) noexcept {
  return loss.options().anchor == apo_anchor::zero ? loss_kind::apo_zero : loss_kind::apo_down;
}
[[nodiscard]] inline loss_kind kind_of(aot const& loss) noexcept {
  return loss.options().sides == aot_sides::paired ? loss_kind::aot_paired : loss_kind::aot_unpaired;
}
template <class Loss>
[[nodiscard]] constexpr loss_kind kind_of(Loss const&) noexcept {
  constexpr std::size_t place = [] {
    auto const names = names_of(loss_kind{});
    std::size_t i = 0;
    while (names[i] != Loss::name) ++i;  // past the end, and so no constant, for a name that is not there
    return i;
  }();
  return static_cast<loss_kind>(place);
}

[[nodiscard]] inline listed_losses loss_of(loss_kind kind) {
  switch (kind) {
    case loss_kind::conservative_dpo:
      return conservative_dpo{};
    case loss_kind::robust_dpo:
      return robust_dpo{};
    case loss_kind::ipo_sum:
      return ipo{{.likelihood = log_likelihood::sum}};
    case loss_kind::ipo_mean:
      return ipo{{.likelihood = log_likelihood::mean}};
    case loss_kind::slic:
      return slic{};
    case loss_kind::exo:
      return exo{};
    case loss_kind::discopop:
      return discopop{};
    case loss_kind::simpo:
      return simpo{};
    case loss_kind::length_regularised_dpo:
      return length_regularised_dpo{};
    case loss_kind::dpo_positive:
      return dpo_positive{};
    case loss_kind::nca:
      return nca{};
    case loss_kind::bco:
      return bco{};
    case loss_kind::sppo:
      return sppo{};
    case loss_kind::apo_zero:
      return apo{{.anchor = apo_anchor::zero}};
    case loss_kind::apo_down:
      return apo{{.anchor = apo_anchor::down}};
    case loss_kind::aot_paired:
      return aot{{.sides = aot_sides::paired}};
    case loss_kind::aot_unpaired:
      return aot{{.sides = aot_sides::unpaired}};
    case loss_kind::nash_md:
      return nash_md{};
    case loss_kind::dpo:
      break;
  }
  return dpo{};
}

// A visitor may keep the address of what it was shown, so the kinds stand somewhere.
inline constexpr std::array<loss_kind, names_of(loss_kind{}).size()> loss_kinds = [] {
  std::array<loss_kind, names_of(loss_kind{}).size()> kinds{};
  for (std::size_t i = 0; i < kinds.size(); ++i) kinds[i] = static_cast<loss_kind>(i);
  return kinds;
}();

}  // namespace detail

/// One of the losses. A model of batch_loss: joust::evaluate takes it.
class any_loss {
 public:
  /// DPO.
  any_loss() : any_loss{dpo{}} {}

  /// The loss of that kind, with its default options.
  explicit any_loss(loss_kind kind) : loss_{detail::loss_of(kind)} {}

  /// A loss with options of its own; a loss converts to any_loss.
  template <class Loss>
    requires detail::listed_loss<Loss> any_loss(Loss loss) : loss_{loss} {}  // NOLINT(*-explicit-*)

    /// The loss of that name, with its default options. Throws std::invalid_argument, with all names, for
    /// another.
    [[nodiscard]] static any_loss named(std::string_view name) {
      auto const names = names_of(loss_kind{});
      std::string known;
      for (std::size_t i = 0; i < names.size(); ++i) {
        if (names[i] == name) return any_loss{static_cast<loss_kind>(i)};
        known += (i == 0 ? "" : ", ") + std::string{names[i]};
      }
      detail::reject("loss", "'" + std::string{name} + "'", "one of " + known);
    }

    /// Which loss it is.
    [[nodiscard]] loss_kind kind() const {
      return std::visit([](auto const& loss) { return detail::kind_of(loss); }, loss_);
    }

    /// Its name: named(name()) is of the same kind.
    [[nodiscard]] std::string_view name() const {
      return names_of(loss_kind{})[static_cast<std::size_t>(kind())];
    }

    /// Calls f with the loss it holds, of its own type.
    template <class F>
    decltype(auto) visit(F&& f) const {
      return std::visit(std::forward<F>(f), loss_);
    }

    /// As joust::evaluate, of a batch it has found sound.
    double evaluate_batch(std::span<scored_pair const> duels, std::span<double const> outcomes,
                          std::span<double const> weights, double divisor,
                          std::span<pair_slopes> slopes) const {
      return visit([&](auto const& loss) {
        return detail::evaluate_sound(loss, duels, outcomes, weights, divisor, slopes);
      });
    }

    /// Throws std::invalid_argument for options out of range, which only a change through fields can bring
    /// about.
    void check() const {
      visit([](auto const& loss) { loss.check(); });
    }

    friend bool operator==(any_loss const&, any_loss const&) = default;

    /// The kind, and the options of that kind. Reading another kind makes it that loss.
    template <class Self, class Visit>
    static void fields(Self& self, Visit& visit) {
      if constexpr (std::is_const_v<Self>) {
        visit("kind", detail::loss_kinds[static_cast<std::size_t>(self.kind())], "which loss");
      } else {
        loss_kind kind = self.kind();
        visit("kind", kind, "which loss");
        if (kind != self.kind()) self = any_loss{kind};
      }
      std::visit([&](auto& loss) { std::remove_cvref_t<decltype(loss)>::fields(loss, visit); }, self.loss_);
    }

   private:
    detail::listed_losses loss_;
};

}  // namespace joust
