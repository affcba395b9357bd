// SPDX-License-Identifier: MIT
//
// Dueling bandit gradient descent: actions are the points of a ball, and the best one is climbed to by
// comparisons alone. A probe is put up against the current point, a step away in a random direction; if it
// wins, the current point takes a smaller step the same way. On average that is uphill.
//
//   needs   the preference to come from a utility that is smooth, with one peak: concave, for the theorem
//   cost    O(d) per duel, d normal numbers; d doubles for each duel that may be outstanding; no allocation
//           after construction
//   delay   several duels may be outstanding, and answered in any order, late or never: an answer moves the
//           point of today by the direction of then. Only the last `outstanding` selections are remembered
//   repeat  the same answers and the same stream give the same points
//   source  Yue & Joachims, "Interactively Optimizing Information Retrieval Systems as a Dueling Bandits
//           Problem", ICML 2009, algorithm 1
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/random/normal_distribution.hpp>

#include <joust/core/error.hpp>
#include <joust/core/state.hpp>
#include <joust/core/vocabulary.hpp>

namespace joust {

/// How far DBGD looks and goes.
struct dueling_gradient_options {
  std::size_t dimension = 0;     ///< of the space, d; 0: a prototype
  double radius = 1.0;           ///< of the ball of actions around the origin; infinity: the whole space
  double exploration = 0.25;     ///< delta: distance of a probe from the current point
  double step = 0.01;            ///< gamma: how far a winning probe moves the current point
  std::size_t outstanding = 64;  ///< duels that may wait for their answer at a time

  /// What the theorem asks for in a game of `horizon` rounds on a ball of that radius, where the chance that
  /// one point beats another changes by at most `lipschitz` per unit of distance:
  ///
  ///     delta = sqrt(2 R d / (13 L)) / T^(1/4),     gamma = R / sqrt(T).
  ///
  /// Throws std::invalid_argument for an argument that is not above 0 and finite.
  [[nodiscard]] static dueling_gradient_options theory(std::size_t dimension, std::uint64_t horizon,
                                                       double radius = 1.0, double lipschitz = 1.0) {
    if (dimension == 0) detail::reject("dimension", "0", "at least 1");
    if (horizon == 0) detail::reject("horizon", "0", "at least one round");
    detail::require_positive("radius", radius);
    detail::require_positive("lipschitz", lipschitz);
    double const root = std::sqrt(static_cast<double>(horizon));
    return {.dimension = dimension,
            .radius = radius,
            .exploration = std::sqrt(2.0 * radius * static_cast<double>(dimension) / (13.0 * lipschitz)) /
                           std::sqrt(root),
            .step = radius / root};
  }

  /// Throws std::invalid_argument for an option out of range.
  void check() const {
    if (!(radius > 0.0)) detail::reject("radius", detail::text(radius), "a number above 0, or infinity");
    auto const length = [](std::string_view name, double value) {
      if (!(value > 0.0 && value <= 1e100)) {  // beyond, its square is no number to reckon with
        detail::reject(name, detail::text(value), "a number above 0, at most 1e100");
      }
    };
    length("exploration", exploration);
    length("step", step);
    if (outstanding == 0) detail::reject("outstanding", "0", "at least 1");
  }
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("dimension", self.dimension, "of the space");
    visit("radius", self.radius, "of the ball of actions around the origin");
    visit("exploration", self.exploration, "distance of a probe from the current point");
    visit("step", self.step, "how far a winning probe moves the current point");
    visit("outstanding", self.outstanding, "duels that may wait for their answer at a time");
  }
  friend bool operator==(dueling_gradient_options const&, dueling_gradient_options const&) = default;
};

/// The two points of a duel, as coordinates, and its number. The points are valid until the next call of
/// select or observe.
struct dueling_points {
  std::span<double const> current;
  std::span<double const> probe;
  std::uint64_t ticket = 0;
};

/// DBGD on the points of a ball in R^d:
///
///     joust::dueling_gradient climber{{.dimension = 3}};
///     auto const [current, probe, ticket] = climber.select(random);
///     climber.observe(ticket, joust::second_wins);                    // the probe was preferred
///
/// With w the current point, u uniform on the unit sphere and P the projection into the ball, the probe is
/// P(w + delta u), and a duel that it wins makes w := P(w + gamma u). A soft answer y moves by (1 - y) gamma
/// u, the mean over coins of that weight. The first point is the origin.
class dueling_gradient {
 public:
  static constexpr std::string_view name = "dueling_gradient";

  /// Throws std::invalid_argument for options out of range.
  explicit dueling_gradient(dueling_gradient_options options = {}) : options_{options} {
    options_.check();
    std::size_t const d = options_.dimension;
    point_.assign(d, 0.0);
    probe_.assign(d, 0.0);
    shown_.assign(d, 0.0);
    if (d == 0) return;
    if (options_.outstanding > std::numeric_limits<std::uint32_t>::max() / d) {
      detail::reject("outstanding", detail::text(options_.outstanding),
                     "fewer than 2^32 coordinates to remember in all");
    }
    directions_.assign(d * options_.outstanding, 0.0);
    waiting_.assign(options_.outstanding, 0);
  }

  /// The next duel: the current point and a probe. A duel whose answer never comes does no harm; that of
  /// `outstanding` selections ago is forgotten. Throws std::invalid_argument for a prototype.
  template <class Stream>
  [[nodiscard]] dueling_points select(Stream& stream) {
    require_dimension();
    std::size_t const slot = slot_of(selections_);
    double* const direction = directions_.data() + slot * options_.dimension;
    boost::random::normal_distribution<double> normal;
    double squares = 0.0;
    do {
      squares = 0.0;
      for (std::size_t k = 0; k < options_.dimension; ++k) {
        direction[k] = normal(stream);
        squares += direction[k] * direction[k];
      }
    } while (!(squares > 0.0));
    double const norm = std::sqrt(squares);
    for (std::size_t k = 0; k < options_.dimension; ++k) direction[k] /= norm;
    waiting_[slot] = 1;
    shown_ = point_;  // an answer moves the point, not what has been shown
    probe_ = point_;
    move(probe_, options_.exploration, direction);
    return {shown_, probe_, selections_++};
  }

  /// Learns from the duel of that number: `y` is the current point's share, 1 if it won, 0 if the probe did.
  /// Returns whether the duel was still waiting for its answer; otherwise nothing is learnt. Throws
  /// std::invalid_argument, and changes nothing, for a number not given out yet or an outcome outside [0, 1].
  bool observe(std::uint64_t ticket, outcome y) {
    require_dimension();
    if (ticket >= selections_) {
      detail::reject("ticket", detail::text(ticket),
                     "one of the " + detail::text(selections_) + " given out");
    }
    detail::require_unit_interval("outcome", y);
    if (!awaits(ticket)) return false;
    waiting_[slot_of(ticket)] = 0;
    if (y != 1.0) {
      move(point_, (1.0 - y) * options_.step, directions_.data() + slot_of(ticket) * options_.dimension);
    }
    return true;
  }

  /// Whether that duel has been selected, is not forgotten, and has not been answered.
  [[nodiscard]] bool awaits(std::uint64_t ticket) const noexcept {
    return ticket < selections_ && selections_ - ticket <= options_.outstanding &&
           waiting_[slot_of(ticket)] != 0;
  }

  /// The current point.
  [[nodiscard]] std::span<double const> recommend() const noexcept { return point_; }

  /// How often select has been called.
  [[nodiscard]] std::uint64_t selections() const noexcept { return selections_; }

  [[nodiscard]] dueling_gradient_options const& options() const noexcept { return options_; }

  /// A climber with the same options in a space of that dimension, at the origin.
  [[nodiscard]] dueling_gradient fresh(std::size_t dimension) const {
    if (dimension == 0) detail::reject("dimension", "0", "at least 1");
    dueling_gradient_options options = options_;
    options.dimension = dimension;
    return dueling_gradient{options};
  }

  /// Everything that decides what it will do, as text (core/state.hpp).
  [[nodiscard]] std::string save() const {
    state_writer write{name, 1};
    dueling_gradient_options::fields(options_, write);
    fields(*this, write);
    return static_cast<state_writer&&>(write).finish();
  }

  /// The one that was saved. Throws std::invalid_argument, naming the line, for a text that is damaged, cut
  /// short, of another type or version, or makes no sense.
  [[nodiscard]] static dueling_gradient load(std::string_view saved) {
    state_reader read{saved, name, 1};
    dueling_gradient_options options;
    dueling_gradient_options::fields(options, read);
    if (options.dimension != 0 && options.outstanding > saved.size() / options.dimension) {
      read.fail("promises more numbers than there are", "options that fit what follows");
    }
    dueling_gradient loaded{options};
    fields(loaded, read);
    read.finish();
    if (!loaded.sound()) read.fail("ends values that make no sense", "a point of the ball and directions");
    return loaded;
  }

  /// What decides the future beside the options; for those who save a climber as a part of their own.
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("point", self.point_);
    visit("selections", self.selections_);
    visit("waiting", self.waiting_);
    visit("directions", self.directions_);
  }

  /// Whether restored fields make sense together.
  [[nodiscard]] bool sound() const noexcept {
    double squares = 0.0;
    for (double const coordinate : point_) squares += coordinate * coordinate;
    bool good = squares < std::numeric_limits<double>::infinity() &&
                std::sqrt(squares) <= options_.radius * (1.0 + 1e-9);
    for (double const coordinate : directions_) good = good && std::abs(coordinate) <= 1.0;
    for (std::uint8_t const flag : waiting_) good = good && flag <= 1;
    return good && (selections_ == 0 || options_.dimension != 0);
  }

  /// Equal in behaviour: the same options, point, and duels outstanding.
  friend bool operator==(dueling_gradient const& a, dueling_gradient const& b) {
    return a.options_ == b.options_ && a.point_ == b.point_ && a.selections_ == b.selections_ &&
           a.waiting_ == b.waiting_ && a.directions_ == b.directions_;
  }

 private:
  void require_dimension() const {
    if (options_.dimension == 0) {
      detail::reject("dimension", "0", "at least 1, at construction or by fresh");
    }
  }

  [[nodiscard]] std::size_t slot_of(std::uint64_t ticket) const noexcept {
    return static_cast<std::size_t>(ticket % options_.outstanding);
  }

  // A step, and back onto the ball if it has led out.
  void move(std::vector<double>& from, double length, double const* direction) const noexcept {
    double squares = 0.0;
    for (std::size_t k = 0; k < from.size(); ++k) {
      from[k] += length * direction[k];
      squares += from[k] * from[k];
    }
    double const norm = std::sqrt(squares);
    if (!(norm > options_.radius)) return;
    for (double& coordinate : from) coordinate *= options_.radius / norm;
  }

  dueling_gradient_options options_;
  std::vector<double> point_;
  std::uint64_t selections_ = 0;
  // Of the last selections, in the slot of their number: the direction, and whether the answer is awaited.
  std::vector<double> directions_;
  std::vector<std::uint8_t> waiting_;
  // What select shows.
  std::vector<double> shown_;
  std::vector<double> probe_;
};

}  // namespace joust
