// SPDX-License-Identifier: MIT
//
// What all policies over finite response sets have in common, so that each header holds its correction and
// nothing else: probabilities, sampling, comparison with a reference, the pending gradient, saving and
// comparing.
//
// The logit of response a to prompt x is base(x, a) + correction(x, a), the base a shared table, the
// correction what has been learnt. A policy derives from finite_softmax<policy, options>, makes it a friend
// and provides
//   name                         what it is called in saved states
//   add_corrections(x, logits)   const; adds the corrections of all responses to a prompt
//   begin_gradient()             sets its gradient to zero
//   add_gradient(touches)        adds slope * grad correction(x, a) for a span of touch{x, a, slope}, each
//                                response of a prompt at most once
//   add_gradient(x, slopes)      adds sum_a slopes[a] * grad correction(x, a), over all responses
//   ascend()                     a step along its gradient; throws before any change, if at all
//   optimiser_fields(self, visit)   static; what it keeps beside the parameters
//   parameter_count(), optimisers_sound(), features_digest(), same_beside(other)   const; for saving and
//   comparing
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <joust/core/concepts.hpp>
#include <joust/core/detail/fnv1a.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/state.hpp>
#include <joust/policy/shared_logits.hpp>

namespace joust::detail {

// A response whose logit the pending gradient pulls at.
struct touch {
  std::size_t prompt = 0;
  std::size_t response = 0;
  double slope = 0.0;

  friend bool operator==(touch const&, touch const&) = default;
};

// A checksum of numbers: equal bits, equal checksum.
[[nodiscard]] inline std::uint64_t digest_of(std::span<double const> values) noexcept {
  return fnv1a({reinterpret_cast<char const*>(values.data()), values.size_bytes()});
}

// The weights of a softmax over logits, in their place: exp((logit - largest) / temperature). Returns their
// sum. The array is Eigen's own, so that its alignment, and with it every last bit, is the same in each call.
inline double exponentiate(Eigen::ArrayXd& logits, double temperature) noexcept {
  double const largest = logits.maxCoeff();
  logits = ((logits - largest) / temperature).exp();
  return logits.sum();
}

// `count` indices, each with probability in proportion to its weight: the first whose cumulative weight
// exceeds a uniform share of the total. One uniform number per index.
template <class Stream>
void draw_by_weight(Eigen::ArrayXd& weights, std::span<std::size_t> indices, Stream& stream) {
  double* const first = weights.data();
  double* const last = first + weights.size();
  for (double* next = first + 1; next < last; ++next) *next += next[-1];
  for (std::size_t& index : indices) {
    double const mark = draw_uniform(stream) * last[-1];
    double const* found = std::upper_bound(first, last, mark);
    // The product may have been rounded up to the total: then the last index that has any weight.
    if (found == last) found = std::lower_bound(first, last, last[-1]);
    index = static_cast<std::size_t>(found - first);
  }
}

inline void require_temperature(double temperature) { require_positive("temperature", temperature); }

template <class Policy, class Options>
class finite_softmax {
 public:
  using context = std::size_t;  ///< a prompt
  using action = std::size_t;   ///< a response

  /// The number of prompts; every prompt is an index below it.
  [[nodiscard]] std::size_t prompts() const noexcept { return static_cast<std::size_t>(base_->cols()); }

  /// The number of responses to each prompt; every response is an index below it.
  [[nodiscard]] std::size_t responses() const noexcept { return static_cast<std::size_t>(base_->rows()); }

  /// The logits that the policy started from.
  [[nodiscard]] shared_logits const& base() const noexcept { return base_; }

  [[nodiscard]] Options const& options() const noexcept { return options_; }

  /// The logits of all responses. Throws std::invalid_argument for an unknown prompt, as every call below
  /// does for an unknown prompt or response.
  [[nodiscard]] std::vector<double> logits(std::size_t prompt) const {
    Eigen::ArrayXd const values = logits_of(prompt);
    return {values.begin(), values.end()};
  }

  /// The probabilities of all responses.
  [[nodiscard]] std::vector<double> probabilities(std::size_t prompt) const {
    Eigen::ArrayXd weights = logits_of(prompt);
    weights /= exponentiate(weights, 1.0);
    return {weights.begin(), weights.end()};
  }

  /// log pi(response | prompt). Costs as much as all of them, for the normaliser's sake.
  [[nodiscard]] double log_probability(std::size_t prompt, std::size_t response) const {
    double value = 0.0;
    log_probabilities(prompt, {&response, 1}, {&value, 1});
    return value;
  }

  /// The log-probabilities of several responses to one prompt, for the price of one.
  [[nodiscard]] std::vector<double> log_probabilities(std::size_t prompt,
                                                      std::span<std::size_t const> actions) const {
    std::vector<double> values(actions.size());
    log_probabilities(prompt, actions, values);
    return values;
  }

  /// The same, into memory of the caller's, as long as `actions`.
  void log_probabilities(std::size_t prompt, std::span<std::size_t const> actions,
                         std::span<double> values) const {
    if (values.size() != actions.size()) {
      reject("values", "of length " + text(values.size()), "one for each of " + text(actions.size()));
    }
    for (std::size_t const response : actions) require_index("response", response, responses());
    Eigen::ArrayXd logits = logits_of(prompt);
    double const largest = logits.maxCoeff();
    for (std::size_t i = 0; i < actions.size(); ++i) {
      values[i] = logits[static_cast<Eigen::Index>(actions[i])] - largest;
    }
    double const log_total = std::log(exponentiate(logits, 1.0));
    for (double& value : values) value = std::fmin(0.0, value - log_total);
  }

  /// The likeliest response, of several the one with the lowest index.
  [[nodiscard]] std::size_t greedy(std::size_t prompt) const {
    Eigen::ArrayXd const logits = logits_of(prompt);
    return static_cast<std::size_t>(std::max_element(logits.begin(), logits.end()) - logits.begin());
  }

  /// A response is one part, whatever it is.
  [[nodiscard]] double length(std::size_t prompt, std::size_t response) const {
    require_index("prompt", prompt, prompts());
    require_index("response", response, responses());
    return 1.0;
  }

  /// A response with probability in proportion to pi^(1 / temperature). Throws std::invalid_argument unless
  /// the temperature is finite and above 0. One uniform number of the stream.
  template <random_stream Stream>
  [[nodiscard]] std::size_t sample(std::size_t prompt, Stream& stream, double temperature = 1.0) const {
    require_temperature(temperature);
    Eigen::ArrayXd weights = logits_of(prompt);
    exponentiate(weights, temperature);
    std::size_t chosen = 0;
    draw_by_weight(weights, {&chosen, 1}, stream);
    return chosen;
  }

  /// What `count` calls of sample would give, with the probabilities worked out once: O(R + count log R)
  /// beside the logits.
  template <random_stream Stream>
  [[nodiscard]] std::vector<std::size_t> sample_batch(std::size_t prompt, std::size_t count, Stream& stream,
                                                      double temperature = 1.0) const {
    require_temperature(temperature);
    Eigen::ArrayXd weights = logits_of(prompt);
    exponentiate(weights, temperature);
    std::vector<std::size_t> chosen(count);
    draw_by_weight(weights, chosen, stream);
    return chosen;
  }

  /// Responses with probability in proportion to (pi^(1 - share) ref^share)^(1 / temperature), the normalised
  /// geometric mixture with a reference of any finite kind. Throws std::invalid_argument for a share outside
  /// [0, 1] and a reference over other prompts or responses.
  ///
  /// Source: Munos et al., "Nash learning from human feedback", ICML 2024 (Nash-MD).
  template <class Other, class OtherOptions, random_stream Stream>
  [[nodiscard]] std::vector<std::size_t> sample_mixture(finite_softmax<Other, OtherOptions> const& reference,
                                                        double share, std::size_t prompt, std::size_t count,
                                                        Stream& stream, double temperature = 1.0) const {
    require_unit_interval("share", share);
    require_temperature(temperature);
    require_alike(reference);
    Eigen::ArrayXd weights = logits_of(prompt);
    weights = (1.0 - share) * weights + share * reference.logits_of(prompt);
    exponentiate(weights, temperature);
    std::vector<std::size_t> chosen(count);
    draw_by_weight(weights, chosen, stream);
    return chosen;
  }

  /// KL(pi(. | prompt) || ref(. | prompt)) in nats, exact; a reference of any finite kind. Throws
  /// std::invalid_argument for a reference over other prompts or responses.
  template <class Other, class OtherOptions>
  [[nodiscard]] double kl(finite_softmax<Other, OtherOptions> const& reference, std::size_t prompt) const {
    require_alike(reference);
    Eigen::ArrayXd weights = logits_of(prompt);
    Eigen::ArrayXd reference_weights = reference.logits_of(prompt);
    // Both from their largest on, so that the difference below has no more rounding than it must.
    weights -= weights.maxCoeff();
    reference_weights -= reference_weights.maxCoeff();
    Eigen::ArrayXd const gap = weights - reference_weights;
    double const total = exponentiate(weights, 1.0);
    double const reference_total = exponentiate(reference_weights, 1.0);
    // sum_a p_a (f_a - log Z_f - g_a + log Z_g)
    double const mean_gap = (weights * gap).sum() / total;
    return std::fmax(0.0, mean_gap - (std::log(total) - std::log(reference_total)));
  }

  /// Adds weight * grad log pi(response | prompt) to the pending gradient. Throws std::invalid_argument, and
  /// changes nothing, for a weight that is not finite. O(1): the work is done in step().
  void accumulate(std::size_t prompt, std::size_t response, double weight) {
    require_index("prompt", prompt, prompts());
    require_index("response", response, responses());
    require_finite("weight", weight);
    if (weight == 0.0) return;
    make_room();  // what may fail comes before what changes
    pending_weights_.push_back(weight);
    pending_prompts_.push_back(prompt);
    pending_responses_.push_back(response);
  }

  /// Moves the parameters uphill along the pending gradient and clears it. If the gradient, or what it leads
  /// to, is not finite, throws std::invalid_argument and changes nothing: the pending gradient stays, and can
  /// be dropped with discard().
  ///
  /// With weights w_a at the responses a to a prompt, and W their sum,
  ///
  ///     sum_a w_a grad log pi(a | x) = sum_a w_a grad f(x, a) - W E_pi[grad f(x, .)],   f the logits.
  ///
  /// Where W is 0, up to the rounding of its own sum, no response but those a matters: every loss of a margin
  /// is such a case, and its step does not depend on R.
  void step() {
    if (pending_weights_.empty()) return;
    gather();
    self().ascend();
    discard();
  }

  /// Drops the pending gradient.
  void discard() noexcept {
    pending_prompts_.clear();
    pending_responses_.clear();
    pending_weights_.clear();
  }

  /// Everything that is learnt, in the policy's own order; the start is all zeros, unless the policy says
  /// otherwise.
  [[nodiscard]] std::span<double const> parameters() const noexcept { return parameters_; }

  /// Puts other parameters in place. Throws std::invalid_argument, and changes nothing, for another number of
  /// them or one that is not finite. Pending gradient and optimiser stay as they are.
  void set_parameters(std::span<double const> values) {
    if (values.size() != parameters_.size()) {
      reject("parameters", "of length " + text(values.size()), "of length " + text(parameters_.size()));
    }
    for (double const value : values) require_finite("parameters", value);
    std::copy(values.begin(), values.end(), parameters_.begin());
  }

  /// What has been learnt, as text (core/state.hpp). Base and features are not in it, only their checksum:
  /// they are shared and may be large, and load wants them beside it.
  [[nodiscard]] std::string save() const {
    state_writer write{Policy::name, 1};
    write("prompts", prompts());
    write("responses", responses());
    write("options", options_);
    fields(self(), write);
    return static_cast<state_writer&&>(write).finish();
  }

  /// The policy that was saved, with the base, and the features if it has any, that it was made with. Throws
  /// std::invalid_argument, naming the line, for a text that is damaged, of another policy or version, or
  /// makes no sense, and for another base or other features.
  template <class... Features>
  [[nodiscard]] static Policy load(std::string_view saved, shared_logits base, Features... features) {
    state_reader read{saved, Policy::name, 1};
    require_logits(base);
    std::size_t prompts = 0;
    std::size_t responses = 0;
    Options options;
    read("prompts", prompts);
    read("responses", responses);
    read("options", options);
    Policy policy{std::move(base), std::move(features)..., options};
    if (prompts == policy.prompts() && responses == policy.responses()) fields(policy, read);
    if (prompts != policy.prompts() || responses != policy.responses() || !policy.same_shared_) {
      read.fail("belongs to another base or other features", "those that the policy was made with");
    }
    if (!policy.sound()) read.fail("ends values that contradict each other", "the state of a policy");
    read.finish();
    return policy;
  }

  /// Equal in behaviour: the same base, features, options, parameters, pending gradient and optimiser.
  friend bool operator==(Policy const& a, Policy const& b) {
    return static_cast<finite_softmax const&>(a).same_as(b);
  }

  /// Everything that changes while it learns. Whoever reads it back asks sound() afterwards.
  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    if constexpr (std::is_const_v<Self>) {
      std::uint64_t const shared = self.digest();
      visit("shared", shared);
    } else {
      std::uint64_t shared = 0;
      visit("shared", shared);
      self.same_shared_ = shared == self.digest();
    }
    visit.list("parameters", self.parameters_);
    visit.list("pending_prompts", self.pending_prompts_);
    visit.list("pending_responses", self.pending_responses_);
    visit.list("pending_weights", self.pending_weights_);
    Policy::optimiser_fields(self, visit);
  }

  /// Whether what was read back makes sense together.
  [[nodiscard]] bool sound() const {
    auto const finite = [](double value) { return std::isfinite(value); };
    auto const below = [](std::size_t count) { return [count](std::size_t index) { return index < count; }; };
    return parameters_.size() == self().parameter_count() &&
           pending_prompts_.size() == pending_weights_.size() &&
           pending_responses_.size() == pending_weights_.size() && std::ranges::all_of(parameters_, finite) &&
           std::ranges::all_of(pending_weights_, finite) &&
           std::ranges::all_of(pending_prompts_, below(prompts())) &&
           std::ranges::all_of(pending_responses_, below(responses())) && self().optimisers_sound();
  }

 protected:
  // The base is checked here; `parameters` is how many there are, all of them zero.
  finite_softmax(shared_logits base, Options options) : base_{std::move(base)}, options_{std::move(options)} {
    require_logits(base_);
    options_.check();
  }

  // All responses of a prompt, f(x, .).
  void fill_logits(std::size_t prompt, Eigen::ArrayXd& logits) const {
    logits = base_->col(static_cast<Eigen::Index>(prompt)).array();
    self().add_corrections(prompt, logits);
  }

  [[nodiscard]] std::span<double> parameters_to_change() noexcept { return parameters_; }
  void begin_parameters(std::size_t count) { parameters_.assign(count, 0.0); }

 private:
  template <class, class>
  friend class finite_softmax;

  [[nodiscard]] Policy& self() noexcept { return static_cast<Policy&>(*this); }
  [[nodiscard]] Policy const& self() const noexcept { return static_cast<Policy const&>(*this); }

  static void require_logits(shared_logits const& base) {
    if (base == nullptr) reject("base", "null", "logits, one column per prompt and one row per response");
    if (base->size() == 0) {
      reject("base", text(base->rows()) + " x " + text(base->cols()),
             "at least one response (row) and one prompt (column)");
    }
    for (double const logit : std::span{base->data(), static_cast<std::size_t>(base->size())}) {
      require_finite("base", logit);
    }
  }

  template <class Other>
  void require_alike(Other const& reference) const {
    if (reference.prompts() != prompts() || reference.responses() != responses()) {
      reject("reference", "over " + text(reference.prompts()) + " prompts x " + text(reference.responses()),
             text(prompts()) + " prompts x " + text(responses()) + " responses, as the policy has");
    }
  }

  [[nodiscard]] Eigen::ArrayXd logits_of(std::size_t prompt) const {
    require_index("prompt", prompt, prompts());
    Eigen::ArrayXd logits;
    fill_logits(prompt, logits);
    return logits;
  }

  [[nodiscard]] std::uint64_t digest() const {
    std::uint64_t const of_base = digest_of({base_->data(), static_cast<std::size_t>(base_->size())});
    return of_base ^ self().features_digest();
  }

  void make_room() {
    std::size_t const count = pending_weights_.size();
    std::size_t const room =
        std::min({pending_prompts_.capacity(), pending_responses_.capacity(), pending_weights_.capacity()});
    if (count < room) return;
    pending_prompts_.reserve(2 * count + 16);
    pending_responses_.reserve(2 * count + 16);
    pending_weights_.reserve(2 * count + 16);
  }

  // Hands the pending gradient to the policy: prompt by prompt, each response once.
  void gather() {
    std::size_t const count = pending_weights_.size();
    order_.resize(count);
    for (std::size_t i = 0; i < count; ++i) order_[i] = i;
    std::sort(order_.begin(), order_.end(), [this](std::size_t i, std::size_t j) {
      if (pending_prompts_[i] != pending_prompts_[j]) return pending_prompts_[i] < pending_prompts_[j];
      if (pending_responses_[i] != pending_responses_[j])
        return pending_responses_[i] < pending_responses_[j];
      return i < j;
    });
    touches_.clear();
    self().begin_gradient();
    for (std::size_t next = 0; next < count;) {
      std::size_t const prompt = pending_prompts_[order_[next]];
      std::size_t const first = touches_.size();
      double total = 0.0;
      double extent = 0.0;
      double terms = 0.0;
      for (; next < count && pending_prompts_[order_[next]] == prompt; ++next, ++terms) {
        std::size_t const response = pending_responses_[order_[next]];
        double const weight = pending_weights_[order_[next]];
        total += weight;
        extent += std::fabs(weight);
        if (touches_.size() == first || touches_.back().response != response) {
          touches_.push_back({prompt, response, 0.0});
        }
        touches_.back().slope += weight;
      }
      // What a sum of that many terms may be off by.
      double const rounding = terms * std::numeric_limits<double>::epsilon() * extent;
      if (std::fabs(total) <= rounding && std::isfinite(extent)) continue;
      fill_logits(prompt, slopes_);
      double const partition = exponentiate(slopes_, 1.0);
      slopes_ *= -total / partition;
      for (std::size_t i = first; i < touches_.size(); ++i) {
        slopes_[static_cast<Eigen::Index>(touches_[i].response)] += touches_[i].slope;
      }
      touches_.resize(first);
      self().add_gradient(prompt, slopes_);
    }
    if (!touches_.empty()) self().add_gradient(std::span<touch const>{touches_});
  }

  [[nodiscard]] bool same_as(finite_softmax const& other) const {
    bool const same_base =
        base_ == other.base_ ||
        (prompts() == other.prompts() && responses() == other.responses() && *base_ == *other.base_);
    return same_base && options_ == other.options_ && parameters_ == other.parameters_ &&
           pending_prompts_ == other.pending_prompts_ && pending_responses_ == other.pending_responses_ &&
           pending_weights_ == other.pending_weights_ && self().same_beside(other.self());
  }

  shared_logits base_;
  Options options_;
  std::vector<double> parameters_;
  std::vector<std::size_t> pending_prompts_;
  std::vector<std::size_t> pending_responses_;
  std::vector<double> pending_weights_;
  bool same_shared_ = true;  // what was read back belongs to this base and these features
  // Work space of step.
  std::vector<std::size_t> order_;
  std::vector<touch> touches_;
  Eigen::ArrayXd slopes_;
};

}  // namespace joust::detail
