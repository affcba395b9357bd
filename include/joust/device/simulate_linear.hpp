// SPDX-License-Identifier: MIT
//
// Thousands of replications of a linear dueling bandit at once, one per thread: candidates with features, a
// hidden theta that values them, answers by Bradley and Terry, and an agent that learns theta in O(d^2) per
// round. For the spread of a regret curve, or for tuning an option, where the host's agents are too few.
//
//   needs   a dimension of at most 32
//   cost    per round and replication M d random numbers, O(M d + d^2) for Thompson, O(M d^2 + M^2 d) for the
//           widest promising pair; checkpoints x replications numbers of memory, in portions
//   repeat  a function of options and stream: not of the number of threads, nor of how many replications are
//           asked for beside. Across systems decisions are the same except where rounding turns a near tie
//   source  Thompson: Wu & Liu, "Double Thompson sampling", NIPS 2016, with a linear belief; max_pair_ucb:
//           Di, Jin, Wu, Zhao, Farnoud & Gu, "Variance-aware regret bounds for stochastic contextual dueling
//           bandits", ICLR 2024; the candidates: environment/random_candidates.hpp and
//           environment/linear_arms.hpp
//
// Replication r draws everything from root.child(r), by the names that run() uses: theta from "instance",
// round t's candidates, decisions and answer from "context", "agent" and "oracle", each at_round(t). The
// agent is not linear_logistic: see device/detail/linear_learner.hpp for its update.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/core/stream.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/detail/linear_learner.hpp>
#include <joust/device/detail/normal.hpp>
#include <joust/device/for_each_index.hpp>
#include <joust/device/queue.hpp>
#include <joust/device/system.hpp>

namespace joust::device {
inline namespace JOUST_DEVICE_NAMESPACE {

/// How a simulated agent picks its pair.
enum class linear_rule : unsigned char {
  /// The favourites of two draws of theta; if both name the same, the second draw's runner-up.
  thompson,
  /// The pair (i, j) of largest mean' (phi_i + phi_j) + width sd, sd the standard deviation of the
  /// difference of their rewards.
  max_pair_ucb
};

/// Where candidates are drawn.
enum class feature_spread : unsigned char {
  sphere,    ///< uniform on the unit sphere
  gaussian,  ///< every feature standard normal
  corners    ///< every feature 1/sqrt(d) or -1/sqrt(d), as likely; two candidates may be equal
};

struct linear_simulation {
  linear_rule rule = linear_rule::thompson;
  std::size_t dimension = 8;    ///< length d of the features, 1 to 32
  std::size_t candidates = 16;  ///< M of each round, at least 2
  feature_spread spread = feature_spread::sphere;
  bool fixed_arms = false;         ///< the first round's candidates in every round
  double scale = 1.0;              ///< |theta|: on the sphere and on corners utilities lie in [-scale, scale]
  double prior_precision = 1.0;    ///< the agent starts from theta ~ N(0, I / prior_precision)
  double width = 1.0;              ///< of max_pair_ucb, in standard deviations
  std::size_t replications = 100;  ///< at least 1

  friend bool operator==(linear_simulation const&, linear_simulation const&) = default;
};

/// What to write down of single replications, in device memory; empty: nothing.
struct linear_records {
  std::span<double> regret{};      ///< [checkpoint * replications + r], the regret up to and including it
  std::span<pairing> decisions{};  ///< [round * replications + r]
};

/// The mean of a simulation's cumulative regret at its checkpoints, and the standard error of that mean (NaN
/// for one replication).
struct regret_curve {
  std::vector<std::uint64_t> rounds;
  std::vector<double> mean;
  std::vector<double> standard_error;
};

namespace detail {

// One replication. Scratch of max_pair_ucb is laid out so that neighbouring threads of a GPU touch
// neighbouring numbers, and that a core finds its own in one piece.
template <std::size_t Size, linear_rule Rule>
struct play_linear {
  linear_simulation options;
  stream root;
  std::size_t first;  // replication of index 0
  std::uint64_t const* checkpoints;
  std::size_t checkpoint_count;
  double* regret;  // [checkpoint * regret_stride + index]
  std::size_t regret_stride;
  pairing* decisions;  // [round * decision_stride + index], or null
  std::size_t decision_stride;
  double* scratch;
  std::size_t threads;

  // Of max_pair_ucb: for each candidate its whitened features and its mean reward.
  [[nodiscard]] static constexpr std::size_t scratch_of(std::size_t candidates) {
    return Rule == linear_rule::max_pair_ucb ? candidates * (Size + 1) : 0;
  }

  JOUST_HOST_DEVICE void operator()(std::size_t index) const {
    // Names of known length: kernels have no strlen, and nvcc makes an empty kernel of one that calls it.
    using namespace std::string_view_literals;
    stream const random = root.child(first + index);
    stream const contexts = random.child("context"sv);
    stream const answers = random.child("oracle"sv);
    stream const choices = random.child("agent"sv);
    double theta[Size];
    draw_theta(theta, random.child("instance"sv));
    linear_learner<Size> belief{options.prior_precision};
    double total = 0.0;
    std::size_t checkpoint = 0;
    for (std::uint64_t round = 0; checkpoint < checkpoint_count; ++round) {
      auto const t = static_cast<std::uint32_t>(round);
      stream const context = contexts.at_round(options.fixed_arms ? 0 : t);
      double best = 0.0;
      pairing pair;
      if constexpr (Rule == linear_rule::thompson) {
        pair = by_thompson(belief, context, choices.at_round(t), theta, best);
      } else {
        pair = by_max_pair_ucb(belief, context, index, theta, best);
      }
      double chosen[Size];
      double rival[Size];
      candidate(context, pair.first, chosen);
      candidate(context, pair.second, rival);
      double const first_utility = dot(chosen, theta);
      double const second_utility = dot(rival, theta);
      stream answer = answers.at_round(t);
      double const y = draw_bernoulli(sigmoid(first_utility - second_utility), answer);
      for (std::size_t k = 0; k < Size; ++k) chosen[k] -= rival[k];
      belief.learn(chosen, y);
      total += 0.5 * ((best - first_utility) + (best - second_utility));
      if (decisions != nullptr) decisions[round * decision_stride + index] = pair;
      if (round + 1 == checkpoints[checkpoint]) {
        regret[checkpoint * regret_stride + index] = total;
        ++checkpoint;
      }
    }
  }

 private:
  [[nodiscard]] JOUST_HOST_DEVICE static double dot(double const* a, double const* b) {
    double sum = 0.0;
    for (std::size_t k = 0; k < Size; ++k) sum += a[k] * b[k];
    return sum;
  }

  // Standard normal up to the dimension, 0 beyond.
  JOUST_HOST_DEVICE void draw_vector(double* x, stream& random) const {
    if constexpr (cut_for_gpu) {
      JOUST_WRITE_OUT_IF_SHORT
      for (std::size_t k = 0; k < Size; ++k) x[k] = k < options.dimension ? standard_normal(random()) : 0.0;
    } else {
      draw_normals(random, x, options.dimension);
      for (std::size_t k = options.dimension; k < Size; ++k) x[k] = 0.0;
    }
  }

  // A direction uniform on the sphere, of length `scale`.
  JOUST_HOST_DEVICE void draw_theta(double* theta, stream random) const {
    draw_vector(theta, random);
    double const factor = options.scale / std::sqrt(dot(theta, theta));
    for (std::size_t k = 0; k < Size; ++k) theta[k] *= factor;
  }

  // The stream's next candidate.
  JOUST_HOST_DEVICE void draw_candidate(double* phi, stream& context) const {
    if (options.spread == feature_spread::corners) {
      double const side = 1.0 / std::sqrt(static_cast<double>(options.dimension));
      std::uint64_t const corner = context();
      for (std::size_t k = 0; k < Size; ++k) {
        double const sign = (corner >> k & 1U) != 0 ? side : -side;
        phi[k] = k < options.dimension ? sign : 0.0;
      }
      return;
    }
    draw_vector(phi, context);
    if (options.spread == feature_spread::sphere) {
      double const factor = 1.0 / std::sqrt(dot(phi, phi));
      for (std::size_t k = 0; k < Size; ++k) phi[k] *= factor;
    }
  }

  // A candidate by its number: drawn once more, which costs less than to keep them all.
  JOUST_HOST_DEVICE void candidate(stream context, std::size_t i, double* phi) const {
    context.discard(i * (options.spread == feature_spread::corners ? 1 : options.dimension));
    draw_candidate(phi, context);
  }

  // Favourites of two draws of theta, different ones. Ties, which candidates with equal features make, go to
  // the lower number: candidates are drawn in no order, so nobody is favoured.
  JOUST_HOST_DEVICE pairing by_thompson(linear_learner<Size> const& belief, stream context, stream choice,
                                        double const* theta, double& best) const {
    double one[Size];
    double other[Size];
    draw_vector(one, choice);
    draw_vector(other, choice);
    belief.solve_transposed(one);
    belief.solve_transposed(other);
    for (std::size_t k = 0; k < Size; ++k) {
      one[k] += belief.mean()[k];
      other[k] += belief.mean()[k];
    }
    constexpr double lowest = -std::numeric_limits<double>::infinity();
    double one_best = lowest;
    double other_best = lowest;
    double other_next = lowest;
    pairing pair;
    std::size_t next = 0;
    best = lowest;
    for (std::size_t i = 0; i < options.candidates; ++i) {
      double phi[Size];
      draw_candidate(phi, context);
      double const utility = dot(phi, theta);
      double const reward = dot(phi, one);
      double const other_reward = dot(phi, other);
      best = utility > best ? utility : best;
      if (reward > one_best) {
        one_best = reward;
        pair.first = i;
      }
      if (other_reward > other_best) {
        other_next = other_best;
        next = pair.second;
        other_best = other_reward;
        pair.second = i;
      } else if (other_reward > other_next) {
        other_next = other_reward;
        next = i;
      }
    }
    if (pair.second == pair.first) pair.second = next;
    return pair;
  }

  // Element e of a thread's scratch.
  [[nodiscard]] JOUST_HOST_DEVICE double& kept(std::size_t index, std::size_t e) const {
    if constexpr (cut_for_gpu) {
      return scratch[e * threads + index];
    } else {
      return scratch[index * scratch_of(options.candidates) + e];
    }
  }

  // The pair of largest promise: what both are expected to earn, and how much is to be learnt from the duel.
  // Ties go to the lower numbers, as above.
  JOUST_HOST_DEVICE pairing by_max_pair_ucb(linear_learner<Size> const& belief, stream context,
                                            std::size_t index, double const* theta, double& best) const {
    best = -std::numeric_limits<double>::infinity();
    for (std::size_t i = 0; i < options.candidates; ++i) {
      double phi[Size];
      draw_candidate(phi, context);
      double const utility = dot(phi, theta);
      best = utility > best ? utility : best;
      kept(index, i * (Size + 1) + Size) = dot(phi, belief.mean());
      belief.solve(phi);  // distances are standard deviations now
      for (std::size_t k = 0; k < Size; ++k) kept(index, i * (Size + 1) + k) = phi[k];
    }
    double most = -std::numeric_limits<double>::infinity();
    pairing pair{0, 1};
    for (std::size_t i = 0; i + 1 < options.candidates; ++i) {
      double phi[Size];
      for (std::size_t k = 0; k < Size; ++k) phi[k] = kept(index, i * (Size + 1) + k);
      double const mean = kept(index, i * (Size + 1) + Size);
      for (std::size_t j = i + 1; j < options.candidates; ++j) {
        double part[4] = {};  // sums that do not wait for each other
        for (std::size_t k = 0; k < Size; ++k) {
          double const difference = phi[k] - kept(index, j * (Size + 1) + k);
          part[k % 4] += difference * difference;
        }
        double const variance = (part[0] + part[1]) + (part[2] + part[3]);
        double const promise =
            mean + kept(index, j * (Size + 1) + Size) + options.width * std::sqrt(variance);
        if (promise > most) {
          most = promise;
          pair = {i, j};
        }
      }
    }
    return pair;
  }
};

/// A mean and the sum of squared distances to it.
struct spread_of_values {
  double count = 0.0;
  double mean = 0.0;
  double squares = 0.0;

  // Welford's update: numbers that are large beside their spread lose no digits.
  JOUST_HOST_DEVICE void add(double value) {
    count += 1.0;
    double const distance = value - mean;
    mean += distance / count;
    squares += distance * (value - mean);
  }

  // The union of two sets: Chan, Golub & LeVeque, 1979.
  void merge(spread_of_values const& other) {
    double const all = count + other.count;
    double const distance = other.mean - mean;
    mean += distance * (other.count / all);
    squares += other.squares + distance * distance * (count * other.count / all);
    count = all;
  }
};

// Blocks of replications whose regrets are added up in order by one thread each, whoever that is.
struct spread_of_block {
  static constexpr std::size_t width = 256;

  double const* values;  // [checkpoint * stride + r]
  std::size_t stride;
  std::size_t count;
  spread_of_values* into;  // [checkpoint * blocks + block]

  JOUST_HOST_DEVICE void operator()(std::size_t i) const {
    std::size_t const blocks = (count + width - 1) / width;
    double const* const row = values + i / blocks * stride;
    std::size_t const begin = i % blocks * width;
    std::size_t const end = begin + width < count ? begin + width : count;
    spread_of_values spread;
    for (std::size_t r = begin; r < end; ++r) spread.add(row[r]);
    into[i] = spread;
  }
};

template <std::size_t Size, linear_rule Rule>
void simulate_replications(queue const& order, linear_simulation const& options, stream const& root,
                           std::span<std::uint64_t const> rounds, linear_records const& records,
                           std::vector<spread_of_values>& spreads) {
  using player = play_linear<Size, Rule>;
  // Portions of whole blocks, as many as a gigabyte of a GPU holds, or a few for a host, which plays them one
  // by one anyway.
  std::size_t const scratch = player::scratch_of(options.candidates);
  std::size_t const room = (cut_for_gpu ? std::size_t{1} << 30U : std::size_t{1} << 23U) / sizeof(double);
  constexpr std::size_t block = spread_of_block::width;
  std::size_t portion = room / (scratch + rounds.size()) / block * block;
  if (portion < block) portion = block;
  if (portion > options.replications) portion = options.replications;

  buffer<std::uint64_t> const checkpoints{std::vector<std::uint64_t>(rounds.begin(), rounds.end())};
  buffer<double> own_regret;
  if (records.regret.empty()) own_regret.resize(rounds.size() * portion);
  buffer<double> notes{scratch * portion};
  buffer<spread_of_values> parts{rounds.size() * ((portion + block - 1) / block)};
  for (std::size_t first = 0; first < options.replications; first += portion) {
    std::size_t const left = options.replications - first;
    std::size_t const count = left < portion ? left : portion;
    double* const regret = records.regret.empty() ? own_regret.data() : records.regret.data() + first;
    std::size_t const stride = records.regret.empty() ? portion : options.replications;
    pairing* const decisions = records.decisions.empty() ? nullptr : records.decisions.data() + first;
    for_each_index(order, count,
                   player{options, root, first, checkpoints.data(), rounds.size(), regret, stride, decisions,
                          options.replications, notes.data(), portion});
    std::size_t const blocks = (count + block - 1) / block;
    for_each_index(order, rounds.size() * blocks, spread_of_block{regret, stride, count, parts.data()});
    std::vector<spread_of_values> const found = parts.download(order);
    for (std::size_t c = 0; c < rounds.size(); ++c) {
      for (std::size_t b = 0; b < blocks; ++b) spreads[c].merge(found[c * blocks + b]);
    }
  }
}

template <linear_rule Rule>
void simulate_replications(queue const& order, linear_simulation const& options, stream const& root,
                           std::span<std::uint64_t const> rounds, linear_records const& records,
                           std::vector<spread_of_values>& spreads) {
  if (options.dimension <= 4) {
    simulate_replications<4, Rule>(order, options, root, rounds, records, spreads);
  } else if (options.dimension <= 8) {
    simulate_replications<8, Rule>(order, options, root, rounds, records, spreads);
  } else if (options.dimension <= 16) {
    simulate_replications<16, Rule>(order, options, root, rounds, records, spreads);
  } else {
    simulate_replications<32, Rule>(order, options, root, rounds, records, spreads);
  }
}

}  // namespace detail

/// Plays all replications up to the last checkpoint, and returns the mean of their regret in utility: per
/// round, the best candidate's utility less the mean of the two that were chosen.
///
/// `rounds` are increasing, from 1 to 2^32 - 1. Throws std::invalid_argument, before anything is played, for
/// other checkpoints, options out of their range, and records of another size; std::bad_alloc or device_error
/// where memory ends. Returns when all is done.
[[nodiscard]] inline regret_curve simulate_linear(queue const& order, linear_simulation const& options,
                                                  stream const& root, std::span<std::uint64_t const> rounds,
                                                  linear_records const& records = {}) {
  using joust::detail::reject;
  using joust::detail::text;
  if (options.dimension < 1 || options.dimension > 32) {
    reject("dimension", text(options.dimension), "a number from 1 to 32");
  }
  if (options.candidates < 2) reject("candidates", text(options.candidates), "at least 2");
  if (!(options.scale > 0.0 && options.scale <= 1e100)) {  // utilities must stay finite
    reject("scale", text(options.scale), "a number above 0, at most 1e100");
  }
  joust::detail::require_positive("prior_precision", options.prior_precision);
  if (!(options.width >= 0.0) || !std::isfinite(options.width)) {
    reject("width", text(options.width), "a finite number of at least 0");
  }
  if (options.replications == 0) reject("replications", "0", "at least one");
  if (rounds.empty()) reject("rounds", "empty", "at least one checkpoint");
  for (std::size_t c = 0; c < rounds.size(); ++c) {
    std::uint64_t const earlier = c == 0 ? 0 : rounds[c - 1];
    if (rounds[c] <= earlier) {
      reject("rounds", text(rounds[c]) + " after " + text(earlier), "increasing rounds from 1");
    }
  }
  if (rounds.back() > std::numeric_limits<std::uint32_t>::max()) {
    reject("horizon", text(rounds.back()), "at most 4294967295 rounds");
  }
  if (!records.regret.empty() && records.regret.size() != rounds.size() * options.replications) {
    reject("records.regret", "of length " + text(records.regret.size()),
           text(rounds.size() * options.replications) + ", checkpoints times replications");
  }
  if (!records.decisions.empty() && records.decisions.size() != rounds.back() * options.replications) {
    reject("records.decisions", "of length " + text(records.decisions.size()),
           text(rounds.back() * options.replications) + ", rounds times replications");
  }

  std::vector<detail::spread_of_values> spreads(rounds.size());
  if (options.rule == linear_rule::thompson) {
    detail::simulate_replications<linear_rule::thompson>(order, options, root, rounds, records, spreads);
  } else {
    detail::simulate_replications<linear_rule::max_pair_ucb>(order, options, root, rounds, records, spreads);
  }
  regret_curve curve;
  curve.rounds.assign(rounds.begin(), rounds.end());
  for (detail::spread_of_values const& spread : spreads) {
    curve.mean.push_back(spread.mean);
    curve.standard_error.push_back(std::sqrt(spread.squares / (spread.count - 1.0) / spread.count));
  }
  return curve;
}

}  // namespace JOUST_DEVICE_NAMESPACE
}  // namespace joust::device
