// SPDX-License-Identifier: MIT
//
// An epistemic reward model: K small networks score the same features, each trained on the answered duels and
// each held near a starting point of its own. Where the duels say little the starting points show through and
// the members disagree; their disagreement stands for a posterior over reward functions.
//
//   needs   Eigen, Boost.Random
//   cost    for M candidates, K members of p parameters: score 2 M K p flops, nearly all in one matrix
//           product; a training step about 8 B K p for B pairs, and three to seven passes over the K p
//           parameters; memory 5 K p numbers (6 with prior functions) and 2 d per stored pair; no allocation
//           once sizes have been met, but for the packing buffers of Eigen's large products
//   repeat  same options, duels and calls give the same members; no stream is asked for, all chance comes
//           from `seed`
//   source  Liu et al., "Sample-efficient alignment for LLMs", arXiv 2411.01493; Lu & Van
//           Roy, "Ensemble sampling", NIPS 2017; Pearce et al., "Uncertainty in neural networks:
//           approximately Bayesian ensembling", AISTATS 2020 (the anchor); Osband et al., "Randomized prior
//           functions for deep reinforcement learning", NeurIPS 2018; Osband et al., "Deep exploration via
//           bootstrapped DQN", NIPS 2016; Liu et al., "Maximize to explore", NeurIPS 2023 (optimism)
//
// Member k has the reward r_k(x) = f(x; phi_k) + prior_scale f(x; psi_k), psi_k fixed, and minimises
//
//     sum_i w_i c_ik NLL_i(phi_k) + sum_l |phi_kl - phi_kl0|^2 / (2 s^2 sigma_l^2),
//     NLL_i = log(1 + exp(m_i)) - y_i m_i,     m_i = r_k(first_i) - r_k(second_i)
//
// over the N pairs ever observed, w_i their weights, c_ik the bootstrap's, sigma_l the deviation with which
// weights of layer l start. A training step follows the gradient of that sum divided by N, the data part
// estimated from B pairs drawn without replacement, the same for all members:
//
//     (1/B) sum_{i in batch} w_i c_ik NLL_i + (1/N) sum_l |phi_kl - phi_kl0|^2 / (2 s^2 sigma_l^2).
#pragma once

#include <algorithm>
#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <joust/core/error.hpp>
#include <joust/core/optimiser.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/core/state.hpp>
#include <joust/core/vocabulary.hpp>
#include <joust/posterior/detail/ensemble_draws.hpp>
#include <joust/posterior/detail/mlp_heads.hpp>
#include <joust/posterior/detail/pair_ring.hpp>
#include <joust/posterior/ensemble_belief.hpp>
#include <joust/posterior/ensemble_options.hpp>

namespace joust {

/// An ensemble of reward networks as a posterior:
///
///     joust::ensemble posterior{{.dimension = 8}};
///     posterior.observe(phi_a, phi_b, joust::first_wins);
///     posterior.train();
///     auto rewards = posterior.at(Phi);
///
/// `Scalar` is what the members are computed in: double, or float for speed at large dimensions. Rewards come
/// out as doubles either way.
template <std::floating_point Scalar = double>
class ensemble {
 public:
  /// Untrained members. Throws std::invalid_argument for options out of range, and for more parameters than
  /// can be addressed.
  explicit ensemble(ensemble_options options = {})
      : options_{checked(options)},
        heads_{detail::shape_of(options)},
        ring_{options.dimension, options.buffer},
        optimiser_{options.optimiser} {
    parameters_ = detail::starting_point<Scalar>(options_, "member");
    remember_start();
  }

  /// The same options for features of the given length, nothing learnt. Throws std::invalid_argument for 0.
  [[nodiscard]] ensemble fresh(std::size_t dimension) const {
    if (dimension == 0) detail::reject("dimension", "0", "at least 1");
    ensemble_options options = options_;
    options.dimension = dimension;
    return ensemble{options};
  }

  /// The same for features of length `s.dimension`.
  [[nodiscard]] ensemble fresh(setting const& s) const {
    if (s.dimension == 0) {
      detail::reject("setting.dimension", "0", "the length of a candidate's features, at least 1");
    }
    return fresh(s.dimension);
  }

  /// The belief about the rewards of candidates: score(phi), then the belief about all of its rows.
  template <class Features>
  [[nodiscard]] ensemble_belief at(Eigen::MatrixBase<Features> const& phi) {
    score(phi);
    return belief(0, scored());
  }

  /// Scores all rows under all members, for belief() and train(set_sizes) to refer to until the next call.
  ///
  /// `phi` is any M x d Eigen expression, M >= 1; it is copied, fastest where rows lie together. Throws
  /// std::invalid_argument for another number of columns and for elements that are not finite or beyond 1e9,
  /// and the last scores stay. No allocation once M has been met before.
  template <class Features>
  void score(Eigen::MatrixBase<Features> const& phi) {
    require_sized();
    if (phi.rows() == 0) detail::reject("phi", "without rows", "one row per candidate, at least one");
    if (phi.cols() != static_cast<Eigen::Index>(options_.dimension)) {
      detail::reject("phi", detail::text(phi.cols()) + " columns wide",
                     detail::text(options_.dimension) + ", the dimension of the posterior");
    }
    if (!(phi.derived().array().abs() <= static_cast<typename Features::Scalar>(largest_feature)).all()) {
      detail::reject("phi", "not finite everywhere, or too large", "finite features, at most 1e9");
    }
    auto const count = static_cast<std::size_t>(phi.rows());
    reserve_scores(count);
    scored_ = count;
    view{scored_inputs_.data(), phi.cols(), phi.rows()} = phi.derived().transpose().template cast<Scalar>();
    tell_scores();
  }

  /// Rows scored by the last score() or at(); 0 before the first.
  [[nodiscard]] std::size_t scored() const noexcept { return scored_; }

  /// The belief about `rows` candidates from `first_row` of the last score() on, under the members as they
  /// were then. Throws std::invalid_argument if there are no such rows. O(1).
  [[nodiscard]] ensemble_belief belief(std::size_t first_row, std::size_t rows) {
    if (rows == 0 || rows > scored_ || first_row > scored_ - rows) {
      detail::reject("rows", detail::text(rows) + " from " + detail::text(first_row) + " on",
                     "at least one, within the " + detail::text(scored_) + " scored");
    }
    return {{rewards_.data() + first_row, scored_, means_.data() + first_row, variances_.data() + first_row,
             centres_.data() + first_row},
            rows,
            options_.members,
            options_.divisor};
  }

  /// Stores an answered duel for training: `share` is the outcome, the first's share in [0, 1], `weight` >= 0
  /// how much it counts. With the option cadence, every so many stored duels are followed by train().
  ///
  /// The features are Eigen row or column vectors of length d. Throws std::invalid_argument for another
  /// length, for an outcome or weight out of range and for features that are not finite or beyond 1e9, and
  /// std::bad_alloc; nothing has changed then. Weight 0 and equal features teach nothing, and are not stored.
  /// O(d).
  template <class First, class Second>
    requires(bool(First::IsVectorAtCompileTime) && bool(Second::IsVectorAtCompileTime))
  void observe(Eigen::MatrixBase<First> const& phi_first, Eigen::MatrixBase<Second> const& phi_second,
               double share, double weight = 1.0) {
    require_sized();
    detail::require_unit_interval("outcome", share);
    if (!(weight >= 0.0 && weight <= largest_feature)) {
      detail::reject("weight", detail::text(weight), "a number in [0, 1e9]");
    }
    copy_feature("phi_first", phi_first.derived(), first_);
    copy_feature("phi_second", phi_second.derived(), second_);
    keep(share, weight);
  }

  /// Makes `options().steps` training steps, each on a minibatch drawn from what is stored. With nothing
  /// stored, or too little and the option full_batches_only, it does nothing. A step whose gradient is not
  /// finite is left out.
  void train() { train(std::span<std::size_t const>{}); }

  /// The same with optimism: the rows of the last score() are J candidate sets, of `set_sizes` rows in order,
  /// and every step also follows
  ///
  ///     - mu mean_j [ max_{b in S_j} r_k(b) - mean_{b in S_j} r_k(b) ],
  ///
  /// so that each member prefers, among rewards that explain the duels alike, one under which some candidate
  /// is excellent. Beside the mean loss of a pair: beside the sum over N pairs it weighs mu N. Throws
  /// std::invalid_argument, before any step, unless the sizes are at least 1 and add up to scored(). Without
  /// the option optimism, or without sets, it is train().
  void train(std::span<std::size_t const> set_sizes) {
    require_sized();
    std::size_t left = scored_;
    for (std::size_t const size : set_sizes) {
      if (size == 0 || size > left) {
        detail::reject("set_sizes", "holds " + detail::text(size),
                       "sizes of at least 1 that add up to the " + detail::text(scored_) + " rows scored");
      }
      left -= size;
    }
    if (!set_sizes.empty() && left != 0) {
      detail::reject("set_sizes", "leaves out " + detail::text(left) + " rows", "a set for each row scored");
    }
    if (options_.optimism == 0.0) set_sizes = {};
    std::size_t const stored = ring_.size();
    if (stored == 0 || (options_.full_batches_only && stored < options_.batch)) return;
    reserve_training(stored);
    for (std::size_t step = 0; step < options_.steps; ++step) {
      hold_at_start();
      follow_minibatch();
      if (!set_sizes.empty()) follow_optimism(set_sizes);
      ++updates_;
      try {
        optimiser_.descend(parameters_, std::span<Scalar const>{gradient_});
      } catch (std::invalid_argument const&) {
        // The only complaint left is a gradient that is not finite, or too long to be squared; nothing has
        // moved.
      }
    }
  }

  /// Duels ever stored, and those still there to train on.
  [[nodiscard]] std::uint64_t observed() const noexcept { return ring_.added(); }
  [[nodiscard]] std::size_t stored() const noexcept { return ring_.size(); }

  /// Training steps so far.
  [[nodiscard]] std::uint64_t updates() const noexcept { return updates_; }

  /// The mean negative log-likelihood of a pair over the minibatch of the last step and all members, weights
  /// included, before that step; 0 before the first.
  [[nodiscard]] double loss() const noexcept { return loss_; }

  /// The members' parameters, member after member within each layer: see detail::mlp_shape for the order.
  [[nodiscard]] std::span<Scalar const> parameters() const noexcept { return parameters_; }

  /// Replaces them; starting points stay. Throws std::invalid_argument for another number of parameters or
  /// one that is not finite.
  void set_parameters(std::span<Scalar const> values) {
    if (values.size() != parameters_.size()) {
      detail::reject("values", "of length " + detail::text(values.size()), detail::text(parameters_.size()));
    }
    for (Scalar const value : values) detail::require_finite("values", static_cast<double>(value));
    std::copy(values.begin(), values.end(), parameters_.begin());
  }

  [[nodiscard]] std::size_t dimension() const noexcept { return options_.dimension; }
  [[nodiscard]] std::size_t members() const noexcept { return options_.members; }
  [[nodiscard]] ensemble_options const& options() const noexcept { return options_; }

  /// The same options, experience and members; scores are not compared.
  friend bool operator==(ensemble const& a, ensemble const& b) {
    return a.options_ == b.options_ && a.updates_ == b.updates_ && a.loss_ == b.loss_ &&
           a.parameters_ == b.parameters_ && a.optimiser_ == b.optimiser_ && a.ring_ == b.ring_;
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("options", self.options_);
    visit("updates", self.updates_);
    visit("loss", self.loss_);
    std::vector<Scalar> parameters{self.parameters_.begin(), self.parameters_.end()};
    visit.list("parameters", parameters);
    if constexpr (!std::is_const_v<Self>) self.parameters_.assign(parameters.begin(), parameters.end());
    visit("optimiser", self.optimiser_);
    visit("pairs", self.ring_);
  }

  /// Everything but the last scores, as text: about 10 to 20 bytes a number, 3 K p + 2 d stored() of them.
  [[nodiscard]] std::string save() const {
    state_writer writer{state_name(), 1};
    fields(*this, writer);
    return std::move(writer).finish();
  }

  /// What was saved; it continues exactly as the original would. Starting points and prior functions are
  /// drawn again from the seed. Throws std::invalid_argument for a text that is damaged, cut short or
  /// foreign, and for one that no ensemble can have written.
  [[nodiscard]] static ensemble load(std::string_view saved) {
    state_reader reader{saved, state_name(), 1};
    ensemble result;
    fields(result, reader);
    reader.finish();
    ensemble_options const& options = result.options_;
    static_cast<void>(checked(options));
    detail::mlp_shape const shape = detail::shape_of(options);
    auto const finite = [](Scalar value) { return std::isfinite(value); };
    if (result.parameters_.size() != shape.parameters() ||
        !std::all_of(result.parameters_.begin(), result.parameters_.end(), finite)) {
      reader.fail("holds other parameters", detail::text(shape.parameters()) + " finite ones");
    }
    if (!(result.optimiser_.options() == options.optimiser) ||
        !result.optimiser_.sound(result.parameters_.size()) || result.optimiser_.steps() > result.updates_) {
      reader.fail("holds another optimiser", "the one of its options, of no more steps than updates");
    }
    if (!result.ring_.sound(options.dimension, options.buffer) || !std::isfinite(result.loss_)) {
      reader.fail("holds pairs that were never observed",
                  "finite features, outcomes in [0, 1], weights above 0");
    }
    result.heads_ = heads{shape};
    result.remember_start();
    return result;
  }

 private:
  using heads = detail::mlp_heads<Scalar>;
  using view = typename heads::view;
  using const_view = typename heads::const_view;
  using array_view = Eigen::Map<Eigen::Array<Scalar, Eigen::Dynamic, 1>>;
  using const_array_view = Eigen::Map<Eigen::Array<Scalar, Eigen::Dynamic, 1> const>;

  // Leaves room in a float for products with weights, sums over units and squares of gradients.
  static constexpr double largest_feature = 1e9;

  static std::string state_name() { return "ensemble-" + detail::text(8 * sizeof(Scalar)); }

  static ensemble_options const& checked(ensemble_options const& options) {
    options.check();
    if (!detail::shape_of(options).countable()) {
      detail::reject("dimension, members, width, depth", "a shape of 2^40 parameters or more",
                     "a smaller one");
    }
    return options;
  }

  void require_sized() const {
    if (options_.dimension == 0) {
      detail::reject("dimension", "0", "a posterior made with its dimension, or by fresh(dimension)");
    }
  }

  template <class Feature>
  void copy_feature(std::string_view argument, Feature const& phi, detail::aligned_vector<Scalar>& to) {
    if (phi.size() != static_cast<Eigen::Index>(options_.dimension)) {
      detail::reject(argument, "of length " + detail::text(phi.size()),
                     "length " + detail::text(options_.dimension));
    }
    to.resize(options_.dimension);
    bool fits = true;
    for (std::size_t i = 0; i < to.size(); ++i) {
      auto const value = static_cast<double>(phi.coeff(static_cast<Eigen::Index>(i)));
      fits = fits && std::fabs(value) <= largest_feature;
      to[i] = static_cast<Scalar>(value) + Scalar{0};  // one zero only
    }
    if (!fits)
      detail::reject(argument, "not finite everywhere, or too large", "finite features, at most 1e9");
  }

  // Stores the duel of first_ against second_, and trains if that is due.
  void keep(double share, double weight) {
    if (weight == 0.0 || first_ == second_) return;
    ring_.make_room();
    bool const due = options_.cadence != 0 && (ring_.added() + 1) % options_.cadence == 0;
    if (due) reserve_training((std::min)(ring_.size() + 1, ring_.capacity()));
    // A duel and its mirror image are stored alike, so that they teach the same: to the last bit if 1 - y is
    // exact, as it is for a win, a loss and a tie.
    if (second_ < first_) {
      ring_.add(second_, first_, 1.0 - share, weight);
    } else {
      ring_.add(first_, second_, share, weight);
    }
    if (due) train();
  }

  void remember_start() {
    anchor_ = detail::anchor_of<Scalar>(options_);
    prior_ = detail::prior_functions_of<Scalar>(options_);
  }

  void reserve_scores(std::size_t count) {
    auto const grow = [](auto& buffer, std::size_t size) {
      if (buffer.size() < size) buffer.resize(size);
    };
    grow(scored_inputs_, count * options_.dimension);
    grow(scored_outputs_, count * options_.members);
    grow(rewards_, count * options_.members);
    for (auto* buffer : {&means_, &variances_, &centres_}) grow(*buffer, count);
    if (!prior_.empty()) grow(scored_prior_, count * options_.members);
    heads_.make_room(work_, static_cast<Eigen::Index>(count), false);
  }

  void reserve_training(std::size_t stored) {
    std::size_t const count = (std::min)(options_.batch, stored);
    gradient_.resize(parameters_.size());
    slots_.resize(count);
    batch_inputs_.resize(2 * count * options_.dimension);
    for (auto* buffer : {&batch_outputs_, &batch_slopes_}) buffer->resize(2 * count * options_.members);
    if (!prior_.empty()) batch_prior_.resize(2 * count * options_.members);
    if (options_.bootstrap != bootstrap_weights::none) counts_.resize(count * options_.members);
    choose_minibatch_.make_room(stored);
    heads_.make_room(work_, static_cast<Eigen::Index>(2 * count), true);
  }

  // Rewards of `inputs` under all members, the prior functions' share included.
  void evaluate(const_view inputs, detail::aligned_vector<Scalar>& outputs,
                detail::aligned_vector<Scalar>& prior, bool keep, bool prior_is_known = false) {
    auto const members = static_cast<Eigen::Index>(options_.members);
    view rewards{outputs.data(), inputs.cols(), members};
    if (!prior_.empty() && !prior_is_known) {
      heads_.forward(prior_.data(), inputs, work_, {prior.data(), inputs.cols(), members}, false);
    }
    heads_.forward(parameters_.data(), inputs, work_, rewards, keep);
    if (!prior_.empty()) {
      rewards += static_cast<Scalar>(options_.prior_scale) * view{prior.data(), inputs.cols(), members};
    }
  }
  void evaluate_scored(bool keep) {
    const_view const inputs{scored_inputs_.data(), static_cast<Eigen::Index>(options_.dimension),
                            static_cast<Eigen::Index>(scored_)};
    evaluate(inputs, scored_outputs_, scored_prior_, keep, keep);  // prior functions do not change
  }

  // rewards_ and means_ := those of the scored inputs.
  void tell_scores() {
    evaluate_scored(false);
    auto const rows = static_cast<Eigen::Index>(scored_);
    auto const members = static_cast<Eigen::Index>(options_.members);
    Eigen::Map<Eigen::MatrixXd> rewards{rewards_.data(), rows, members};
    rewards = const_view{scored_outputs_.data(), rows, members}.template cast<double>();
    Eigen::Map<Eigen::VectorXd>{means_.data(), rows} = rewards.rowwise().mean();
  }

  // gradient_ := that of the anchor.
  void hold_at_start() {
    detail::mlp_shape const& shape = heads_.shape();
    if (anchor_.empty()) {
      std::fill(gradient_.begin(), gradient_.end(), Scalar{0});
      return;
    }
    for (std::size_t layer = 0; layer <= shape.depth; ++layer) {
      double const strength = detail::anchor_strength(options_, ring_.added(), layer);
      std::size_t const from = shape.weights_at(layer);
      std::size_t const to = layer < shape.depth ? shape.weights_at(layer + 1) : shape.parameters();
      auto const size = static_cast<Eigen::Index>(to - from);
      array_view{gradient_.data() + from, size} =
          static_cast<Scalar>(strength) *
          (const_array_view{parameters_.data() + from, size} - const_array_view{anchor_.data() + from, size});
    }
  }

  // gradient_ += that of the mean loss of a minibatch.
  void follow_minibatch() {
    std::size_t const d = options_.dimension;
    choose_minibatch_(options_, updates_, ring_.size(), slots_);
    std::size_t const count = slots_.size();
    for (std::size_t i = 0; i < count; ++i) {
      Scalar const* const features = ring_.features(slots_[i]);
      std::copy(features, features + d, batch_inputs_.data() + i * d);
      std::copy(features + d, features + 2 * d, batch_inputs_.data() + (count + i) * d);
    }
    auto const rows = static_cast<Eigen::Index>(2 * count);
    const_view const inputs{batch_inputs_.data(), static_cast<Eigen::Index>(d), rows};
    evaluate(inputs, batch_outputs_, batch_prior_, true);
    draw_counts();
    double total = 0.0;
    for (std::size_t k = 0; k < options_.members; ++k) {
      Scalar const* const reward = batch_outputs_.data() + k * 2 * count;
      Scalar* const slope = batch_slopes_.data() + k * 2 * count;
      for (std::size_t i = 0; i < count; ++i) {
        double const y = ring_.outcome(slots_[i]);
        double const counted = counts_.empty() ? 1.0 : counts_[i * options_.members + k];
        double const weight = counted * ring_.weight(slots_[i]) / static_cast<double>(count);
        double const lead = static_cast<double>(reward[i]) - static_cast<double>(reward[count + i]);
        // d NLL / d lead = sigmoid(lead) - y
        total += weight * (log1pexp(lead) - y * lead);
        slope[i] = static_cast<Scalar>(weight * (sigmoid(lead) - y));
        slope[count + i] = -slope[i];
      }
    }
    if (double const mean = total / static_cast<double>(options_.members); std::isfinite(mean)) loss_ = mean;
    heads_.backward(parameters_.data(), inputs,
                    {batch_slopes_.data(), rows, static_cast<Eigen::Index>(options_.members)}, work_,
                    gradient_.data());
  }

  // gradient_ += that of the optimism over the scored sets.
  void follow_optimism(std::span<std::size_t const> set_sizes) {
    scored_slopes_.resize(scored_ * options_.members);
    heads_.make_room(work_, static_cast<Eigen::Index>(scored_), true);
    evaluate_scored(true);
    double const share = options_.optimism / static_cast<double>(set_sizes.size());
    for (std::size_t k = 0; k < options_.members; ++k) {
      Scalar const* reward = scored_outputs_.data() + k * scored_;
      Scalar* slope = scored_slopes_.data() + k * scored_;
      for (std::size_t const size : set_sizes) {
        std::fill_n(slope, size, static_cast<Scalar>(share / static_cast<double>(size)));
        slope[std::max_element(reward, reward + size) - reward] -= static_cast<Scalar>(share);
        reward += size;
        slope += size;
      }
    }
    auto const rows = static_cast<Eigen::Index>(scored_);
    heads_.backward(
        parameters_.data(), {scored_inputs_.data(), static_cast<Eigen::Index>(options_.dimension), rows},
        {scored_slopes_.data(), rows, static_cast<Eigen::Index>(options_.members)}, work_, gradient_.data());
  }

  // counts_ := how often each member counts each pair of the minibatch.
  void draw_counts() {
    if (counts_.empty()) return;
    for (std::size_t i = 0; i < slots_.size(); ++i) {
      detail::draw_bootstrap(options_, ring_.number(slots_[i]),
                             {counts_.data() + i * options_.members, options_.members});
    }
  }

  ensemble_options options_;
  heads heads_;
  detail::pair_ring<Scalar> ring_;
  optimiser<Scalar> optimiser_;
  std::uint64_t updates_ = 0;
  double loss_ = 0.0;
  detail::aligned_vector<Scalar> parameters_;
  detail::aligned_vector<Scalar> anchor_;  // where they started; empty without an anchor
  detail::aligned_vector<Scalar> prior_;   // of the prior functions; empty without

  // Scores: inputs d x M, outputs and rewards M x K; the scored() first elements of each count.
  std::size_t scored_ = 0;
  detail::aligned_vector<Scalar> scored_inputs_, scored_outputs_, scored_prior_, scored_slopes_;
  std::vector<double> rewards_, means_, variances_, centres_;

  // Work space. Its contents mean nothing between calls.
  typename heads::workspace work_;
  detail::aligned_vector<Scalar> first_, second_;  // d
  detail::aligned_vector<Scalar> gradient_;        // K p
  detail::aligned_vector<Scalar> batch_inputs_, batch_outputs_, batch_prior_,
      batch_slopes_;  // d x 2 B, 2 B x K
  detail::minibatch_choice choose_minibatch_;
  std::vector<std::size_t> slots_;  // B
  std::vector<double> counts_;      // B x K, if there is a bootstrap
};

ensemble(ensemble_options)->ensemble<double>;

}  // namespace joust
