// SPDX-License-Identifier: MIT
//
// Alignment without a language model: prompts, each with a finite set of responses, and a hidden reward that
// values them all. An oracle compares two responses by Bradley-Terry; policies and reward models see features
// that may show less than the reward depends on; and the policy to begin with may find good responses
// unlikely.
//
//   needs   Eigen, Boost.Random
//   cost    8 P R (2 + d_reward + d_policy) bytes to keep, which copies share, and about twice that while
//           drawing: 17 MB and 0.1 s for P = 32, R = 2000, d = 16. A comparison is O(1).
//   repeat  same options and stream, same world; options that leave a part alone leave its numbers alone
//   source  the problem: Liu et al., "Sample-efficient alignment for LLMs", arXiv 2411.01493, section 2.2.
//           The law of the responses is this library's own.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <Eigen/Core>

#include <joust/alignment/detail/latent_responses.hpp>
#include <joust/core/concepts.hpp>
#include <joust/core/draw.hpp>
#include <joust/core/error.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/policy/feature_table.hpp>
#include <joust/policy/shared_logits.hpp>

namespace joust {

/// A law of worlds: how many responses there are, what their reward depends on, and who sees how much of it.
struct response_world_options {
  std::size_t prompts = 32;      ///< one batch of the usual size
  std::size_t responses = 2000;  ///< of each prompt: many more than a policy can try
  std::size_t latent_dimension =
      12;                            ///< numbers that describe a response, all of which the reward depends on
  std::size_t prompt_dimension = 4;  ///< numbers that describe a prompt
  std::size_t hidden = 32;           ///< units of the non-linear part of the reward
  double nonlinearity = 0.5;  ///< variance of the reward's network part, in [0, 1]; a quarter to a third
                              ///< of it no linear function of the features explains
  double reward_spread =
      0.9;                    ///< standard deviation of the rewards of a prompt, in log-odds; at 0.9 the best
                              ///< response beats what the initial policy says with probability about 0.95
  double rarity = 0.5;        ///< how unlikely good responses are at first: log-odds per standard deviation
  double logit_noise = 1.0;   ///< standard deviation of what else the initial logits depend on
  double misspecified = 0.0;  ///< share of a response's latents that reward models do not see, in [0, 1)
  double feature_noise = 0.0;  ///< standard deviation of noise in the features of reward models
  std::size_t reward_dimension =
      16;  ///< features for reward models; below latents + prompt they lose information
  std::size_t policy_dimension = 16;  ///< features for policies; below latents + prompt they lose information
  double duplicates = 0.0;            ///< share of responses that are copies of another, in [0, 1)

  /// Throws std::invalid_argument for an option out of range, for a world of more than 2^30 features, and for
  /// duplicates that leave fewer than two responses of their own.
  void check() const {
    require_count("prompts", prompts, 1);
    require_count("responses", responses, 2);
    require_count("latent_dimension", latent_dimension, 1);
    require_count("prompt_dimension", prompt_dimension, 1);
    require_count("hidden", hidden, 1);
    require_count("reward_dimension", reward_dimension, 1);
    require_count("policy_dimension", policy_dimension, 1);
    std::size_t const widest =
        std::max({reward_dimension, policy_dimension, latent_dimension + prompt_dimension});
    if (responses > most / prompts || widest > most / (prompts * responses) || hidden > most / widest) {
      detail::reject("prompts", detail::text(prompts), "prompts x responses x features of at most 2^30");
    }
    detail::require_unit_interval("nonlinearity", nonlinearity);
    detail::require_positive("reward_spread", reward_spread);
    require_magnitude("reward_spread", reward_spread);
    require_magnitude("rarity", rarity);
    require_magnitude("logit_noise", logit_noise);
    require_magnitude("feature_noise", feature_noise);
    if (!(logit_noise >= 0.0)) detail::reject("logit_noise", detail::text(logit_noise), "at least 0");
    if (!(feature_noise >= 0.0)) detail::reject("feature_noise", detail::text(feature_noise), "at least 0");
    if (!(misspecified >= 0.0 && misspecified < 1.0)) {
      detail::reject("misspecified", detail::text(misspecified), "a number in [0, 1)");
    }
    if (!(duplicates >= 0.0 && duplicates < 1.0) || copies() + 2 > responses) {
      detail::reject("duplicates", detail::text(duplicates), "a number in [0, 1) that leaves two originals");
    }
  }

  /// Latents of a response that reward models do not see: the share, rounded, and never all of them.
  [[nodiscard]] std::size_t concealed() const noexcept {
    auto const count =
        static_cast<std::size_t>(std::llround(misspecified * static_cast<double>(latent_dimension)));
    return std::min(count, latent_dimension - 1);
  }

  /// Responses of each prompt that are copies of another: the share, rounded down.
  [[nodiscard]] std::size_t copies() const noexcept {
    return static_cast<std::size_t>(duplicates * static_cast<double>(responses));
  }

  template <class Self, class Visit>
  static void fields(Self& self, Visit& visit) {
    visit("prompts", self.prompts, "prompts");
    visit("responses", self.responses, "responses of each prompt");
    visit("latent_dimension", self.latent_dimension, "numbers that describe a response");
    visit("prompt_dimension", self.prompt_dimension, "numbers that describe a prompt");
    visit("hidden", self.hidden, "units of the reward's non-linear part");
    visit("nonlinearity", self.nonlinearity, "share of the reward's variance that its network part has");
    visit("reward_spread", self.reward_spread, "standard deviation of a prompt's rewards, in log-odds");
    visit("rarity", self.rarity,
          "how unlikely good responses are at first, in log-odds per standard deviation");
    visit("logit_noise", self.logit_noise, "standard deviation of the noise in the initial logits");
    visit("misspecified", self.misspecified, "share of the latents that reward models do not see");
    visit("feature_noise", self.feature_noise, "standard deviation of noise in the reward models' features");
    visit("reward_dimension", self.reward_dimension, "features for reward models");
    visit("policy_dimension", self.policy_dimension, "features for policies");
    visit("duplicates", self.duplicates, "share of responses that are copies of another");
  }
  friend bool operator==(response_world_options const&, response_world_options const&) = default;

 private:
  static constexpr std::size_t most = std::size_t{1} << 30U;

  static void require_count(std::string_view name, std::size_t count, std::size_t least) {
    if (count < least || count > most) {
      detail::reject(name, detail::text(count), "from " + detail::text(least) + " to 2^30");
    }
  }
  static void require_magnitude(std::string_view name, double value) {
    if (!(std::fabs(value) <= 1e6)) detail::reject(name, detail::text(value), "at most 1e6 in magnitude");
  }
};

/// One world. Models `known_preference<std::size_t, std::size_t>`: prompts and responses are indices.
///
/// Response a to prompt x has latents z (standard normal, `latent_dimension` of them), the prompt has latents
/// c. With s = nonlinearity, the reward is
///
///     r(x, a) = sqrt(1 - s) w'z + sqrt(s) o' tanh(W (z, c) + b),
///
/// where each part has variance 1 within prompts before they are added, all weights are random, every
/// prompt's rewards are centred, and their standard deviation, over all prompts together, is `reward_spread`.
/// Reward models see a random rotation (or projection) of (z, c) without the concealed part of z, plus noise;
/// policies see one of all of (z, c); the initial logits are -rarity r / reward_spread plus noise. Rewards
/// are linear in a reward model's features if nonlinearity, misspecified and feature_noise are 0 and there
/// are at least latent_dimension + prompt_dimension features.
class response_world {
 public:
  using context = std::size_t;
  using action = std::size_t;

  /// Features of candidates as a reward model asks for them. Models `feature_map<std::size_t,
  /// std::vector<std::size_t>>` and outlives its world.
  class feature_view {
   public:
    explicit feature_view(shared_features table) : table_{std::move(table)} {}

    [[nodiscard]] std::size_t dimension() const noexcept { return table_->dimension(); }

    /// A row per candidate, M x dimension(). Throws std::invalid_argument for an index out of range.
    [[nodiscard]] Eigen::MatrixXd operator()(std::size_t prompt,
                                             std::vector<std::size_t> const& candidates) const {
      detail::require_index("prompt", prompt, table_->prompts());
      Eigen::MatrixXd result(static_cast<Eigen::Index>(candidates.size()),
                             static_cast<Eigen::Index>(table_->dimension()));
      for (std::size_t i = 0; i < candidates.size(); ++i) {
        detail::require_index("response", candidates[i], table_->responses());
        result.row(static_cast<Eigen::Index>(i)) = table_->of(prompt, candidates[i]);
      }
      return result;
    }

   private:
    shared_features table_;
  };

  /// A world of that law. The stream is left as it was: each part is drawn from a child of its own. Throws
  /// std::invalid_argument as response_world_options::check. O(P R (d^2 + hidden d)).
  template <random_stream Stream>
  [[nodiscard]] static response_world draw(response_world_options const& options, Stream const& stream) {
    options.check();
    return response_world{options, stream};
  }

  [[nodiscard]] response_world_options const& options() const noexcept { return options_; }
  [[nodiscard]] std::size_t prompts() const noexcept { return options_.prompts; }
  [[nodiscard]] std::size_t responses() const noexcept { return options_.responses; }

  // What agents may see

  /// Features for reward models, P x R x reward_dimension.
  [[nodiscard]] shared_features reward_features() const noexcept { return reward_features_; }

  /// Features for policies, P x R x policy_dimension.
  [[nodiscard]] shared_features policy_features() const noexcept { return policy_features_; }

  /// The features for reward models, by prompt and candidates.
  [[nodiscard]] feature_view features() const { return feature_view{reward_features_}; }

  /// Logits of the policy to begin with: R rows, P columns, so that a prompt's logits lie together.
  [[nodiscard]] shared_logits initial_logits() const noexcept { return logits_; }

  /// 1 if the first is preferred, else 0, drawn with probability(x, first, second). Throws
  /// std::invalid_argument for an index out of range.
  template <random_stream Stream>
  [[nodiscard]] outcome compare(std::size_t prompt, std::size_t first, std::size_t second,
                                Stream& stream) const {
    return draw_bernoulli(probability(prompt, first, second), stream);
  }

  // The truth, for metrics only

  /// P(first is preferred) = sigmoid(r(x, first) - r(x, second)). Throws std::invalid_argument for an index
  /// out of range.
  [[nodiscard]] double probability(std::size_t prompt, std::size_t first, std::size_t second) const {
    return sigmoid(reward(prompt, first) - reward(prompt, second));
  }

  /// The reward of a response, in log-odds; those of a prompt have mean 0. Throws std::invalid_argument for
  /// an index out of range.
  [[nodiscard]] double reward(std::size_t prompt, std::size_t response) const {
    detail::require_index("prompt", prompt, prompts());
    detail::require_index("response", response, responses());
    return (*rewards_)(static_cast<Eigen::Index>(response), static_cast<Eigen::Index>(prompt));
  }

  /// The rewards of all responses to a prompt. Throws std::invalid_argument for a prompt out of range.
  [[nodiscard]] std::span<double const> rewards(std::size_t prompt) const {
    detail::require_index("prompt", prompt, prompts());
    return {rewards_->data() + prompt * responses(), responses()};
  }

  /// The response of largest reward, the lowest index among equals. Throws std::invalid_argument for a prompt
  /// out of range.
  [[nodiscard]] std::size_t best(std::size_t prompt) const {
    detail::require_index("prompt", prompt, prompts());
    return best_[prompt];
  }

  /// The largest reward of a prompt. Throws std::invalid_argument for a prompt out of range.
  [[nodiscard]] double best_reward(std::size_t prompt) const { return reward(prompt, best(prompt)); }

  /// The response that this one is a copy of; itself, if it is none. Throws std::invalid_argument for an
  /// index out of range.
  [[nodiscard]] std::size_t original(std::size_t prompt, std::size_t response) const {
    detail::require_index("prompt", prompt, prompts());
    detail::require_index("response", response, responses());
    return originals_ == nullptr ? response : (*originals_)[prompt * responses() + response];
  }

 private:
  template <class Stream>
  response_world(response_world_options const& options, Stream const& stream) : options_{options} {
    auto const prompts = static_cast<Eigen::Index>(options.prompts);
    auto const responses = static_cast<Eigen::Index>(options.responses);
    auto const latents = static_cast<Eigen::Index>(options.latent_dimension);
    auto const width = latents + static_cast<Eigen::Index>(options.prompt_dimension);
    draw_copies(stream.child("copies"));

    // A column of latents (z, c) per response, prompt by prompt.
    Eigen::MatrixXd all(width, prompts * responses);
    all.topRows(latents) = detail::normal_matrix(latents, prompts * responses, stream.child("responses"));
    Eigen::MatrixXd const about_prompts =
        detail::normal_matrix(width - latents, prompts, stream.child("prompts"));
    for (Eigen::Index x = 0; x < prompts; ++x) {
      all.block(latents, x * responses, width - latents, responses).colwise() = about_prompts.col(x);
    }
    copy_responses(all);

    // Copies are equal to the last bit, which equal columns in a matrix product need not be: so results are
    // copied too.
    auto rewards = std::make_shared<Eigen::MatrixXd>(responses, prompts);
    draw_rewards(all, *rewards, stream.child("reward"));
    copy_responses(rewards->reshaped(1, prompts * responses));
    auto logits = std::make_shared<Eigen::MatrixXd>(
        options.logit_noise * detail::normal_matrix(responses, prompts, stream.child("logits")));
    *logits -= (options.rarity / options.reward_spread) * *rewards;
    copy_responses(logits->reshaped(1, prompts * responses));
    policy_features_ = table(all, options.policy_dimension, 0.0, stream.child("policy_features"));

    // What is concealed stands last among a response's latents; the prompt's move up to close the gap.
    auto const seen = latents - static_cast<Eigen::Index>(options.concealed());
    all.middleRows(seen, width - latents) = all.bottomRows(width - latents).eval();
    reward_features_ = table(all.topRows(seen + width - latents), options.reward_dimension,
                             options.feature_noise, stream.child("reward_features"));

    for (Eigen::Index x = 0; x < prompts; ++x) {
      Eigen::Index best = 0;
      rewards->col(x).maxCoeff(&best);
      best_.push_back(static_cast<std::size_t>(best));
    }
    rewards_ = std::move(rewards);
    logits_ = std::move(logits);
  }

  // The last of a random order become copies of any of those before them.
  template <class Stream>
  void draw_copies(Stream stream) {
    if (options_.copies() == 0) return;
    std::size_t const fresh = responses() - options_.copies();
    std::vector<std::uint32_t> originals(prompts() * responses());
    std::vector<std::uint32_t> order(responses());
    for (std::size_t x = 0; x < prompts(); ++x) {
      std::iota(order.begin(), order.end(), 0U);
      draw_order(std::span{order}, stream);
      for (std::size_t i = 0; i < responses(); ++i) {
        originals[x * responses() + order[i]] = order[i < fresh ? i : draw_index(fresh, stream)];
      }
    }
    originals_ = std::make_shared<std::vector<std::uint32_t> const>(std::move(originals));
  }

  // Gives every copy the column of its original; a column per response, prompt by prompt.
  template <class Columns>
  void copy_responses(Columns&& columns) const {
    if (originals_ == nullptr) return;
    for (std::size_t i = 0; i < originals_->size(); ++i) {
      std::size_t const from = i - i % responses() + (*originals_)[i];
      if (from != i) columns.col(static_cast<Eigen::Index>(i)) = columns.col(static_cast<Eigen::Index>(from));
    }
  }

  template <class Stream>
  void draw_rewards(Eigen::MatrixXd const& all, Eigen::MatrixXd& rewards, Stream const& stream) const {
    auto const latents = static_cast<Eigen::Index>(options_.latent_dimension);
    auto const hidden = static_cast<Eigen::Index>(options_.hidden);
    Eigen::MatrixXd const linear = detail::normal_matrix(latents, 1, stream.child("linear"));
    // Weights that make a typical unit's input vary by 2: far into both ends of the tanh.
    Eigen::MatrixXd const first = detail::normal_matrix(hidden, all.rows(), stream.child("first")) *
                                  (2.0 / std::sqrt(static_cast<double>(all.rows())));
    Eigen::VectorXd const bias = detail::normal_matrix(hidden, 1, stream.child("bias"));
    Eigen::VectorXd const second = detail::normal_matrix(hidden, 1, stream.child("second"));
    Eigen::MatrixXd curved(rewards.rows(), rewards.cols());
    for (Eigen::Index x = 0; x < rewards.cols(); ++x) {
      auto const prompt = all.middleCols(x * rewards.rows(), rewards.rows());
      rewards.col(x) = prompt.topRows(latents).transpose() * linear;
      curved.col(x) = ((first * prompt).colwise() + bias).array().tanh().matrix().transpose() * second;
    }
    detail::standardise(rewards, 1.0);
    detail::standardise(curved, 1.0);
    rewards = std::sqrt(1.0 - options_.nonlinearity) * rewards + std::sqrt(options_.nonlinearity) * curved;
    detail::standardise(rewards, options_.reward_spread);
  }

  template <class Columns, class Stream>
  [[nodiscard]] shared_features table(Columns const& latents, std::size_t dimension, double noise,
                                      Stream const& stream) const {
    Eigen::MatrixXd const view =
        detail::random_view(static_cast<Eigen::Index>(dimension), latents.rows(), stream.child("view"));
    std::vector<double> values(dimension * static_cast<std::size_t>(latents.cols()));
    Eigen::Map<Eigen::MatrixXd> shown{values.data(), view.rows(), latents.cols()};
    shown.noalias() = view * latents;
    if (noise > 0.0)
      shown += noise * detail::normal_matrix(shown.rows(), shown.cols(), stream.child("noise"));
    copy_responses(shown);
    return std::make_shared<feature_table const>(prompts(), responses(), dimension, std::move(values));
  }

  response_world_options options_;
  std::shared_ptr<std::vector<std::uint32_t> const> originals_{};  // none: no response is a copy
  std::shared_ptr<Eigen::MatrixXd const> rewards_{};               // responses x prompts
  shared_logits logits_{};
  shared_features reward_features_{};
  shared_features policy_features_{};
  std::vector<std::size_t> best_{};
};

}  // namespace joust
