// SPDX-License-Identifier: MIT
//
// Answers to many questions at once, from the oracles of joust/oracle that are made of numbers: links over
// utilities, a matrix of preferences, ties and noise. Question i draws from a stream of its own, the one that
// joust::compare_batch would give it, so the answers are those of the host's oracle.
//
//   needs   pairs, and utilities or a matrix, in device memory
//   cost    as the host's oracle for each question: one or two links, one uniform number and one more for
//           noise; no allocation
//   repeat  same oracle, pairs and root give the same answers, however many cores
//   source  the oracles' own
//
// On a GPU the matrix and noise give the host's answers to the bit. The links and ties take an exponential or
// an error function, whose last digits may differ there: probabilities agree to a few units in the last
// place, and an answer differs where the uniform number falls between the two, once in 10^15 questions or so.
#pragma once

#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string_view>
#include <utility>

#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/stream.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>
#include <joust/oracle/bradley_terry.hpp>
#include <joust/oracle/davidson_ties.hpp>
#include <joust/oracle/linear_link.hpp>
#include <joust/oracle/noisy.hpp>
#include <joust/oracle/thurstone.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

/// The utilities of all actions, in device memory, and which of them each question is about. Pairs count
/// within a question's own actions, as select() counts candidates.
struct action_utilities {
  std::span<double const> utilities{};

  /// Question i is about actions i * per_question on; 0: `offsets` tells, or all are about the same actions.
  std::size_t per_question = 0;

  /// Question i is about actions offsets[i] .. offsets[i + 1]; one more than there are questions, in device
  /// memory.
  std::span<std::size_t const> offsets{};

  /// Throws std::invalid_argument unless sizes agree.
  void check(std::size_t questions) const {
    using joust::detail::reject;
    using joust::detail::text;
    if (per_question != 0 && !offsets.empty()) {
      reject("offsets", "of length " + text(offsets.size()), "none beside per_question");
    }
    if (!offsets.empty() && offsets.size() - 1 != questions) {
      reject("offsets", "of length " + text(offsets.size()),
             "one for each of " + text(questions) + " questions and one more");
    }
    if (per_question != 0 && utilities.size() / per_question < questions) {
      reject("utilities", "of length " + text(utilities.size()),
             text(per_question) + " for each of " + text(questions) + " questions");
    }
  }

  /// The utility of an action of the question; NaN where it has no such action.
  [[nodiscard]] JOUST_HOST_DEVICE double operator()(std::size_t question, std::size_t action) const {
    std::size_t begin = 0;
    std::size_t end = utilities.size();
    if (per_question != 0) {
      begin = question * per_question;
      end = begin + per_question;
    } else if (!offsets.empty()) {
      begin = offsets.data()[question];
      end = offsets.data()[question + 1];
    }
    bool const exists = begin <= end && end <= utilities.size() && action < end - begin;
    return exists ? utilities.data()[begin + action] : std::numeric_limits<double>::quiet_NaN();
  }
};

/// An oracle that compare() can ask: a constant function object that is copied to the device and throws
/// nothing there.
///
/// Laws: probability(i, pair) is the expectation of compare(i, pair, stream) for question i; both are NaN
/// where there is no answer; check(n), called on the host, throws std::invalid_argument if it cannot be asked
/// n questions.
template <class O>
concept device_oracle = std::copyable<O> &&
    requires(O const& oracle, std::size_t question, pairing pair, stream& random) {
  { oracle.compare(question, pair, random) } -> std::same_as<outcome>;
  { oracle.probability(question, pair) } -> std::same_as<double>;
  oracle.check(question);
};

namespace detail {

// An answer drawn with the probability, NaN for what is none.
[[nodiscard]] JOUST_HOST_DEVICE inline outcome answer(double probability, stream& random) {
  if (!(probability >= 0.0 && probability <= 1.0)) return std::numeric_limits<double>::quiet_NaN();
  return draw_bernoulli(probability, random);
}

}  // namespace detail

/// Prefers the first action with probability Link{}(u, v): joust::random_utility in device memory.
template <class Link>
class random_utility {
 public:
  explicit random_utility(action_utilities const& utility) : utility_{utility} {}

  void check(std::size_t questions) const { utility_.check(questions); }

  /// NaN for a utility that is not finite, for an action that is none, and for a link outside [0, 1].
  [[nodiscard]] JOUST_HOST_DEVICE double probability(std::size_t question, pairing pair) const {
    double const u = utility_(question, pair.first);
    double const v = utility_(question, pair.second);
    double const p = Link{}(u, v);
    return u * 0.0 == 0.0 && v * 0.0 == 0.0 && p >= 0.0 && p <= 1.0
               ? p
               : std::numeric_limits<double>::quiet_NaN();
  }

  [[nodiscard]] JOUST_HOST_DEVICE outcome compare(std::size_t question, pairing pair, stream& random) const {
    return detail::answer(probability(question, pair), random);
  }

 private:
  action_utilities utility_;
};

/// joust::bradley_terry in device memory.
class bradley_terry : public random_utility<joust::detail::logistic_difference> {
 public:
  using random_utility::random_utility;
};

/// joust::thurstone, the probit link, in device memory.
class thurstone : public random_utility<joust::detail::probit_difference> {
 public:
  using random_utility::random_utility;
};

/// joust::linear_link in device memory. Utilities more than 1 apart have no answer.
class linear_link : public random_utility<joust::detail::linear_difference> {
 public:
  using random_utility::random_utility;
};

/// joust::davidson_ties in device memory.
class davidson_ties {
 public:
  /// Throws std::invalid_argument unless `nu`, the strength of ties, is finite and at least 0.
  davidson_ties(action_utilities const& utility, double nu) : utility_{utility}, nu_{nu} {
    if (!(nu >= 0.0 && nu <= (std::numeric_limits<double>::max)())) {
      joust::detail::reject("nu", joust::detail::text(nu), "a finite number of at least 0");
    }
  }

  void check(std::size_t questions) const { utility_.check(questions); }

  [[nodiscard]] JOUST_HOST_DEVICE double probability(std::size_t question, pairing pair) const {
    double const d = advantage(question, pair);
    return d == d ? joust::detail::odds_with_ties(d, nu_).expectation() : d;
  }

  [[nodiscard]] JOUST_HOST_DEVICE outcome compare(std::size_t question, pairing pair, stream& random) const {
    double const d = advantage(question, pair);
    return d == d ? joust::detail::odds_with_ties(d, nu_).answer(random) : d;
  }

 private:
  // NaN if either utility is not finite.
  [[nodiscard]] JOUST_HOST_DEVICE double advantage(std::size_t question, pairing pair) const {
    double const u = utility_(question, pair.first);
    double const v = utility_(question, pair.second);
    return u * 0.0 == 0.0 && v * 0.0 == 0.0 ? u - v : std::numeric_limits<double>::quiet_NaN();
  }

  action_utilities utility_;
  double nu_;
};

/// joust::preference_matrix in device memory, which is where the entries of one are to be copied from: they
/// are complementary there.
class preference_matrix {
 public:
  /// Row by row, entry (i, j) P(i beats j). Throws std::invalid_argument unless there are arms^2 entries.
  preference_matrix(std::span<double const> entries, std::size_t arms) : entries_{entries}, arms_{arms} {
    using joust::detail::text;
    if (arms == 0 || entries.size() / arms != arms || entries.size() % arms != 0) {
      joust::detail::reject("entries", text(entries.size()) + " numbers",
                            text(arms) + " rows of " + text(arms));
    }
  }

  void check(std::size_t) const noexcept {}

  /// NaN for an arm out of range and an entry outside [0, 1].
  [[nodiscard]] JOUST_HOST_DEVICE double probability(std::size_t, pairing pair) const {
    if (pair.first >= arms_ || pair.second >= arms_) return std::numeric_limits<double>::quiet_NaN();
    double const p = entries_.data()[pair.first * arms_ + pair.second];
    return p >= 0.0 && p <= 1.0 ? p : std::numeric_limits<double>::quiet_NaN();
  }

  [[nodiscard]] JOUST_HOST_DEVICE outcome compare(std::size_t question, pairing pair, stream& random) const {
    return detail::answer(probability(question, pair), random);
  }

 private:
  std::span<double const> entries_;
  std::size_t arms_;
};

/// joust::noisy around an oracle of this header: its answers, turned around at the given rate.
template <device_oracle Oracle>
class noisy {
 public:
  /// Throws std::invalid_argument unless `flip_rate` lies in [0, 1/2].
  noisy(Oracle const& oracle, double flip_rate) : oracle_{oracle}, flip_rate_{flip_rate} {
    if (!(flip_rate >= 0.0 && flip_rate <= 0.5)) {
      joust::detail::reject("flip_rate", joust::detail::text(flip_rate), "a number in [0, 1/2]");
    }
  }

  void check(std::size_t questions) const { oracle_.check(questions); }

  [[nodiscard]] JOUST_HOST_DEVICE double probability(std::size_t question, pairing pair) const {
    return joust::detail::flipped(oracle_.probability(question, pair), flip_rate_);
  }

  [[nodiscard]] JOUST_HOST_DEVICE outcome compare(std::size_t question, pairing pair, stream& random) const {
    bool const flip = draw_uniform(random) < flip_rate_;
    outcome const answer = oracle_.compare(question, pair, random);
    return flip ? 1.0 - answer : answer;
  }

 private:
  Oracle oracle_;
  double flip_rate_;
};

namespace detail {

template <class Oracle>
struct ask {
  Oracle oracle;
  stream root;
  pairing const* pairs;
  outcome* outcomes;

  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    stream random = root.child(i);
    outcomes[i] = oracle.compare(i, pairs[i], random);
  }
};

template <class Oracle>
struct tell_probability {
  Oracle oracle;
  pairing const* pairs;
  double* probabilities;

  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    probabilities[i] = oracle.probability(i, pairs[i]);
  }
};

}  // namespace detail

/// Asks the oracle every pair and writes the outcomes: what oracle.compare of the host answers with the
/// stream root.child(i) for question i; joust::compare_batch(oracle, duels, random) answers as compare does
/// with the root random.child(random()). Where `probabilities` are wanted, their expectations go there. On a
/// GPU it returns before the work is done.
///
/// All spans are in device memory, and as long as `pairs`, or empty for no `probabilities`. A question
/// without answer (an action that is none, as in no_pair; a utility that is not finite; whatever else makes
/// the host's oracle throw) has NaN for both, and the others do not notice.
///
/// Throws std::invalid_argument, and writes nothing, for lengths that do not agree.
template <device_oracle Oracle>
void compare(queue const& order, Oracle const& oracle, std::span<pairing const> pairs, stream const& root,
             std::span<outcome> outcomes, std::span<double> probabilities = {}) {
  auto const as_many = [&](std::string_view name, std::size_t size) {
    if (size == pairs.size()) return;
    joust::detail::reject(name, "of length " + joust::detail::text(size),
                          "one for each of " + joust::detail::text(pairs.size()) + " pairs");
  };
  as_many("outcomes", outcomes.size());
  if (!probabilities.empty()) as_many("probabilities", probabilities.size());
  oracle.check(pairs.size());
  for_each_index(order, pairs.size(), detail::ask<Oracle>{oracle, root, pairs.data(), outcomes.data()});
  if (probabilities.empty()) return;
  for_each_index(order, pairs.size(),
                 detail::tell_probability<Oracle>{oracle, pairs.data(), probabilities.data()});
}

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
