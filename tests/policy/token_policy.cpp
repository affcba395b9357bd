// SPDX-License-Identifier: MIT
#include <joust/policy/token_policy.hpp>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <joust/laws/samples_at_temperature.hpp>
#include <joust/laws/trainable_policy.hpp>
#include <joust/loss/dpo.hpp>

#include "../laws/planted.hpp"
#include "every_answer.hpp"

using joust::shared_features;
using joust::stream;
using joust::token_policy;
using joust::token_policy_options;
using joust::tokens;
using joust_test::every_answer;

static_assert(joust::trainable_policy<token_policy, std::size_t, tokens>);
static_assert(joust::samples_at_temperature<token_policy, std::size_t, tokens>);
static_assert(joust::saves_state<token_policy>);

namespace {

shared_features two_prompts() {
  return std::make_shared<joust::feature_table const>(2, 1, 3,
                                                      std::vector<double>{1.0, -0.5, 0.25, -1.0, 0.75, 2.0});
}

// 3 words, at most 4 of them: 120 answers.
token_policy_options tiny(std::size_t window = 2) {
  return {.vocabulary = 3,
          .max_length = 4,
          .window = window,
          .width = 5,
          .initial_scale = 2.0,
          .initial_end = 0.3,
          .seed = 7,
          .optimiser = {.method = joust::descent::sgd, .learning_rate = 1.0}};
}

// Reads the flat parameters in their order and makes the distribution of the next token, with plain loops.
std::vector<double> next_distribution(token_policy const& policy, std::size_t prompt, tokens const& before) {
  auto const& o = policy.options();
  std::size_t const H = o.width;
  std::size_t const choices = o.vocabulary + 1;
  double const* at = policy.parameters().data();
  std::vector<double> z(H, 0.0);
  for (std::size_t k = 0; k < o.window; ++k, at += choices * H) {
    std::size_t const seen = k < before.size() ? before[before.size() - 1 - k] : o.vocabulary;
    for (std::size_t j = 0; j < H; ++j) z[j] += at[seen * H + j];
  }
  for (std::size_t j = 0; j < H; ++j) z[j] += at[before.size() * H + j];
  at += o.max_length * H;
  auto const phi = policy.prompt_features()->of(prompt, 0);
  for (Eigen::Index i = 0; i < phi.size(); ++i, at += H) {
    for (std::size_t j = 0; j < H; ++j) z[j] += phi[i] * at[j];
  }
  std::vector<double> logits(at + H * choices, at + (H + 1) * choices);
  REQUIRE(at + (H + 1) * choices == policy.parameters().data() + policy.parameters().size());
  double sum = 0.0;
  for (std::size_t v = 0; v < choices; ++v) {
    for (std::size_t j = 0; j < H; ++j) logits[v] += at[j * choices + v] * std::tanh(z[j]);
    logits[v] = before.empty() && v == o.vocabulary ? 0.0 : std::exp(logits[v]);
    sum += logits[v];
  }
  for (double& p : logits) p /= sum;
  return logits;
}

// The probability of an answer whose choices are distributed as `distribution(beginning)` says.
template <class Distribution>
double probability(tokens const& answer, std::size_t vocabulary, std::size_t max_length,
                   Distribution distribution) {
  double product = 1.0;
  tokens before;
  for (auto const word : answer) {
    product *= distribution(before)[word];
    before.push_back(word);
  }
  return answer.size() < max_length ? product * distribution(before)[vocabulary] : product;
}

// Every answer comes as often as expected, to 5 standard deviations (or 5 answers, where hardly any is
// expected).
void check_frequencies(std::vector<tokens> const& drawn, std::vector<tokens> const& all,
                       std::vector<double> const& expected) {
  auto const n = static_cast<double>(drawn.size());
  double total = 0.0;
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto const count = static_cast<double>(std::count(drawn.begin(), drawn.end(), all[i]));
    double const deviation = std::sqrt(n * expected[i] * (1.0 - expected[i]));
    if (!(std::fabs(count - n * expected[i]) <= 5.0 * deviation + 5.0)) ++wrong;
    total += expected[i];
  }
  CHECK(wrong == 0);
  CHECK(total == Approx(1.0));
}

std::string edited(std::string text, std::string const& field, std::string const& values) {
  text.erase(text.rfind("checksum"));
  std::size_t const at = text.find("\n" + field + " ");
  REQUIRE(at != std::string::npos);
  std::size_t const from = at + field.size() + 2;
  text.replace(from, text.find('\n', from) - from, values);
  return text + "checksum " + joust::detail::hexadecimal(joust::detail::fnv1a(text)) + "\n";
}

template <class Call>
std::string complaint(Call call) {
  try {
    call();
  } catch (std::invalid_argument const& error) { return error.what(); }
  return "";
}

}  // namespace

TEST_CASE("the probabilities of all answers sum to 1, each as the network's formula says", "[token_policy]") {
  std::vector<tokens> const all = every_answer(3, 4);
  REQUIRE(all.size() == 120);
  for (std::size_t const window : {1U, 2U, 3U, 6U}) {
    token_policy const policy{two_prompts(), tiny(window)};
    for (std::size_t prompt = 0; prompt < 2; ++prompt) {
      std::vector<double> const logs = policy.log_probabilities(prompt, all);
      double total = 0.0;
      for (std::size_t i = 0; i < all.size(); ++i) {
        double const expected = probability(
            all[i], 3, 4, [&](tokens const& before) { return next_distribution(policy, prompt, before); });
        CHECK(std::exp(logs[i]) == Approx(expected).epsilon(1e-12));
        CHECK(logs[i] == policy.log_probability(prompt, all[i]));
        total += std::exp(logs[i]);
      }
      CHECK(total == Approx(1.0).epsilon(1e-13));
    }
  }
}

TEST_CASE("the window decides how far back a word is remembered", "[token_policy]") {
  for (std::size_t const window : {1U, 2U, 3U}) {
    token_policy const policy{two_prompts(), tiny(window)};
    auto const distance = [&](tokens const& a, tokens const& b) {
      std::vector<double> const p = policy.next_log_probabilities(0, a);
      std::vector<double> const q = policy.next_log_probabilities(0, b);
      double largest = 0.0;
      for (std::size_t v = 0; v < p.size(); ++v) largest = std::max(largest, std::fabs(p[v] - q[v]));
      return largest;
    };
    CHECK(distance({0, 1, 2}, {0, 1, 1}) > 1e-3);
    CHECK((distance({0, 1, 2}, {0, 2, 2}) > 1e-3) == (window >= 2));
    CHECK((distance({0, 1, 2}, {1, 1, 2}) > 1e-3) == (window >= 3));
  }
}

TEST_CASE("terms of tokens add up; the end is a term where it was a choice", "[token_policy]") {
  token_policy const policy{two_prompts(), tiny()};
  for (tokens const& answer : {tokens{1}, tokens{2, 0, 1}, tokens{0, 2, 2, 1}}) {
    std::vector<double> const terms = policy.token_log_probabilities(1, answer);
    CHECK(terms.size() == std::min<std::size_t>(answer.size() + 1, 4));
    CHECK(policy.length(1, answer) == static_cast<double>(terms.size()));
    double sum = 0.0;
    tokens before;
    for (std::size_t p = 0; p < terms.size(); ++p) {
      std::size_t const choice = p < answer.size() ? answer[p] : 3;
      CHECK(terms[p] == policy.next_log_probabilities(1, before)[choice]);
      if (p < answer.size()) before.push_back(answer[p]);
      sum += terms[p];
    }
    CHECK(sum == policy.log_probability(1, answer));
  }
  CHECK(policy.next_log_probabilities(0, {})[3] == -std::numeric_limits<double>::infinity());
}

TEST_CASE("answers of one word at most have no end to choose", "[token_policy]") {
  token_policy_options options = tiny();
  options.max_length = 1;
  token_policy const policy{two_prompts(), options};
  double total = 0.0;
  for (tokens const& answer : every_answer(3, 1)) {
    total += std::exp(policy.log_probability(0, answer));
    CHECK(policy.length(0, answer) == 1.0);
  }
  CHECK(total == Approx(1.0));
  stream random{1};
  for (tokens const& answer : policy.sample_batch(0, 50, random)) CHECK(answer.size() == 1);
}

TEST_CASE("the initial policy ends about as often as it is told to", "[token_policy]") {
  for (double const end : {0.1, 0.5}) {
    token_policy_options const options{.initial_scale = 0.0, .initial_end = end};
    token_policy const policy{two_prompts(), options};
    std::vector<double> const next = policy.next_log_probabilities(0, {3, 4});
    CHECK(std::exp(next.back()) == Approx(end));
    CHECK(std::exp(next.front()) == Approx((1.0 - end) / 16.0));
    CHECK(std::exp(policy.next_log_probabilities(0, {}).front()) == Approx(1.0 / 16.0));
  }
  // Seeds make other policies, equal seeds equal ones.
  token_policy_options other = tiny();
  other.seed = 8;
  CHECK(token_policy{two_prompts(), tiny()} == token_policy{two_prompts(), tiny()});
  CHECK_FALSE(token_policy{two_prompts(), other} == token_policy{two_prompts(), tiny()});
}

TEST_CASE("the gradient is that of the log-probability, by central differences", "[token_policy]") {
  for (std::size_t const window : {1U, 2U, 5U}) {
    token_policy const start{two_prompts(), tiny(window)};
    std::vector<double> const theta{start.parameters().begin(), start.parameters().end()};
    for (tokens const& answer : {tokens{1}, tokens{2, 2, 0}, tokens{0, 1, 0, 2}}) {
      token_policy moved = start;
      moved.accumulate(1, answer, -1.5);
      moved.accumulate(0, answer, 0.5);
      moved.step();  // of rate 1: the gradient is the difference
      token_policy probe = start;
      double largest = 0.0;
      double length = 0.0;
      for (std::size_t i = 0; i < theta.size(); ++i) {
        auto const objective = [&](double by) {
          std::vector<double> there = theta;
          there[i] += by;
          probe.set_parameters(there);
          return -1.5 * probe.log_probability(1, answer) + 0.5 * probe.log_probability(0, answer);
        };
        double const slope = (objective(1e-5) - objective(-1e-5)) / 2e-5;
        largest = std::max(largest, std::fabs(slope - (moved.parameters()[i] - theta[i])));
        length += slope * slope;
      }
      CHECK(length > 0.1);
      CHECK(largest < 1e-8);
    }
  }
}

TEST_CASE("token_policy keeps the laws of a trainable policy", "[token_policy][laws]") {
  token_policy_options options = tiny();
  options.max_length = 3;
  std::vector<tokens> const all = every_answer(3, 3);
  token_policy const plain{two_prompts(), options};
  CHECK_KEEPS_LAWS(joust::laws::trainable_policy(plain, std::size_t{1}, all, stream{1}));
  options.optimiser = token_policy_options{}.optimiser;
  options.optimiser.learning_rate = 1e-4;
  token_policy const adam{two_prompts(), options};
  CHECK_KEEPS_LAWS(
      joust::laws::trainable_policy(adam, std::size_t{0}, all, stream{2}, {.plain_gradient = false}));
}

TEST_CASE("token_policy keeps the laws of sampling at a temperature", "[token_policy][laws]") {
  token_policy const policy{two_prompts(), tiny()};
  CHECK_KEEPS_LAWS(joust::laws::samples_at_temperature(policy, std::size_t{1}, every_answer(3, 4), stream{3},
                                                       {.whole = false}));
}

TEST_CASE("the temperature sharpens or flattens each token", "[token_policy]") {
  std::vector<tokens> const all = every_answer(3, 4);
  token_policy const policy{two_prompts(), tiny()};
  stream random{11};
  for (double const temperature : {0.5, 1.0, 2.0}) {
    std::vector<double> expected;
    for (tokens const& answer : all) {
      expected.push_back(probability(answer, 3, 4, [&](tokens const& before) {
        std::vector<double> p = next_distribution(policy, 0, before);
        double sum = 0.0;
        for (double& q : p) sum += q = std::pow(q, 1.0 / temperature);
        for (double& q : p) q /= sum;
        return p;
      }));
    }
    check_frequencies(policy.sample_batch(0, 20000, random, temperature), all, expected);
  }
  // Towards 0 only the likeliest token is left.
  CHECK(policy.sample(0, random, 1e-9) == policy.greedy(0));
  CHECK(policy.sample(0, random, 1e-320) == policy.greedy(0));
}

TEST_CASE("a batch is that many samples", "[token_policy]") {
  token_policy const policy{two_prompts(), tiny()};
  stream random{3};
  stream same{3};
  std::vector<tokens> const batch = policy.sample_batch(1, 30, random, 0.7);
  for (tokens const& answer : batch) CHECK(answer == policy.sample(1, same, 0.7));
  CHECK(random == same);
  CHECK(policy.sample_batch(1, 0, random).empty());
}

TEST_CASE("greedy decoding takes the likeliest token, the lowest among equals", "[token_policy]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    token_policy_options options = tiny();
    options.seed = seed;
    token_policy const policy{two_prompts(), options};
    tokens expected;
    while (expected.size() < 4) {
      std::vector<double> const next = policy.next_log_probabilities(1, expected);
      auto const best = std::max_element(next.begin(), next.end()) - next.begin();
      if (best == 3) break;
      expected.push_back(static_cast<joust::token>(best));
    }
    CHECK(policy.greedy(1) == expected);
  }
  token_policy_options even = tiny();
  even.initial_scale = 0.0;
  CHECK(token_policy{two_prompts(), even}.greedy(0) == tokens{0});  // the end, 0.3, is likelier than a word
  even.initial_end = 0.2;
  CHECK(token_policy{two_prompts(), even}.greedy(0) == tokens{0, 0, 0, 0});
}

TEST_CASE("the mixture with a reference is geometric, token by token", "[token_policy]") {
  std::vector<tokens> const all = every_answer(3, 4);
  token_policy const policy{two_prompts(), tiny()};
  token_policy_options other = tiny(1);
  other.seed = 99;
  token_policy const reference{two_prompts(), other};
  for (double const temperature : {1.0, 0.6}) {
    std::vector<double> expected;
    for (tokens const& answer : all) {
      expected.push_back(probability(answer, 3, 4, [&](tokens const& before) {
        std::vector<double> p = next_distribution(policy, 1, before);
        std::vector<double> const q = next_distribution(reference, 1, before);
        double sum = 0.0;
        for (std::size_t v = 0; v < p.size(); ++v) {
          sum += p[v] = std::pow(std::pow(p[v], 0.7) * std::pow(q[v], 0.3), 1.0 / temperature);
        }
        for (double& r : p) r /= sum;
        return p;
      }));
    }
    stream random{12};
    check_frequencies(policy.sample_mixture(reference, 0.3, 1, 20000, random, temperature), all, expected);
  }
  stream a{5};
  stream b{5};
  CHECK(policy.sample_mixture(reference, 0.0, 0, 40, a, 0.8) == policy.sample_batch(0, 40, b, 0.8));
  CHECK(policy.sample_mixture(reference, 1.0, 0, 40, a, 0.8) == reference.sample_batch(0, 40, b, 0.8));
}

TEST_CASE("the divergence is the sum over all answers, by windows and by sampling", "[token_policy]") {
  std::vector<tokens> const all = every_answer(3, 4);
  for (std::size_t const window : {1U, 2U, 4U}) {
    token_policy const policy{two_prompts(), tiny(window)};
    token_policy_options other = tiny(2);
    other.seed = 4;
    token_policy const reference{two_prompts(), other};
    std::vector<double> const p = policy.log_probabilities(1, all);
    std::vector<double> const q = reference.log_probabilities(1, all);
    double expected = 0.0;
    for (std::size_t i = 0; i < all.size(); ++i) expected += std::exp(p[i]) * (p[i] - q[i]);
    CHECK(expected > 0.1);
    CHECK(policy.kl(reference, 1) == Approx(expected).epsilon(1e-12));
    CHECK(policy.kl(policy, 1) == 0.0);
    stream random{6};
    joust::divergence_estimate const estimate = policy.kl_estimate(reference, 1, 4000, random);
    CHECK(std::fabs(estimate.value - expected) < 4.5 * estimate.standard_error);
    // Of less variance than the mean of log-ratios.
    double squares = 0.0;
    for (std::size_t i = 0; i < all.size(); ++i) squares += std::exp(p[i]) * (p[i] - q[i]) * (p[i] - q[i]);
    CHECK(estimate.standard_error < std::sqrt((squares - expected * expected) / 4000.0));
    CHECK(estimate.standard_error > 0.0);
    CHECK(policy.kl_estimate(policy, 1, 10, random).value == 0.0);
  }
}

TEST_CASE("maximum likelihood is accumulating demonstrations with weight 1", "[token_policy]") {
  token_policy policy{two_prompts(), {.vocabulary = 5, .max_length = 6}};
  std::vector<std::vector<tokens>> const shown{{{0, 1, 2}, {0, 1, 3}}, {{4, 4, 4, 4, 4, 4}, {3}}};
  for (int step = 0; step < 300; ++step) {
    for (std::size_t prompt = 0; prompt < 2; ++prompt) {
      for (tokens const& answer : shown[prompt]) policy.accumulate(prompt, answer, 1.0);
    }
    policy.step();
  }
  // Two demonstrations per prompt: each has half of the probability at best.
  for (std::size_t prompt = 0; prompt < 2; ++prompt) {
    for (tokens const& answer : shown[prompt]) {
      CHECK(std::exp(policy.log_probability(prompt, answer)) == Approx(0.5).margin(0.05));
    }
  }
}

TEST_CASE("losses of sums pull by answers, losses of means by tokens", "[token_policy]") {
  token_policy const reference{two_prompts(), tiny()};
  token_policy policy = reference;
  tokens const brief{1};
  tokens const wordy{0, 2, 1};
  policy.accumulate(0, brief, 0.5);
  policy.step();
  joust::scored_pair pair{policy.log_probability(0, brief),
                          policy.log_probability(0, wordy),
                          reference.log_probability(0, brief),
                          reference.log_probability(0, wordy),
                          policy.length(0, brief),
                          policy.length(0, wordy)};
  auto const mean_term = [&](token_policy const& of, tokens const& answer) {
    std::vector<double> const terms = of.token_log_probabilities(0, answer);
    double sum = 0.0;
    for (double const term : terms) sum += term;
    return sum / static_cast<double>(terms.size());
  };
  double const margin = mean_term(policy, brief) - mean_term(reference, brief) - mean_term(policy, wordy) +
                        mean_term(reference, wordy);
  joust::dpo const sums{{.beta = 0.3}};
  joust::dpo const means{{.beta = 0.3, .likelihood = joust::log_likelihood::mean}};
  joust::pair_slopes const by_sums = sums.slopes(pair);
  joust::pair_slopes const by_means = means.slopes(pair);
  CHECK(by_sums.chosen == Approx(-0.3 * joust::sigmoid(-0.3 * pair.margin())));
  CHECK(by_sums.rejected == -by_sums.chosen);
  CHECK(by_means.chosen == Approx(-0.3 * joust::sigmoid(-0.3 * margin) / 2.0));   // one word and the end
  CHECK(by_means.rejected == Approx(0.3 * joust::sigmoid(-0.3 * margin) / 4.0));  // three words and the end

  // Each loses value by a small step along its own slopes.
  for (joust::dpo const& loss : {sums, means}) {
    token_policy after = policy;
    joust::pair_slopes const slopes = loss.slopes(pair);
    after.accumulate(0, brief, -0.1 * slopes.chosen);
    after.accumulate(0, wordy, -0.1 * slopes.rejected);
    after.step();
    joust::scored_pair moved = pair;
    moved.chosen = after.log_probability(0, brief);
    moved.rejected = after.log_probability(0, wordy);
    CHECK(loss.value(moved) < loss.value(pair));
  }
}

TEST_CASE("a step with nothing pending does nothing", "[token_policy]") {
  token_policy policy{two_prompts(), {.vocabulary = 3, .max_length = 4}};
  token_policy const start = policy;
  policy.step();
  policy.accumulate(0, {1, 2}, 0.0);
  policy.step();
  CHECK(policy == start);
  policy.accumulate(0, {1, 2}, 1.0);
  CHECK_FALSE(policy == start);
  policy.step();
  token_policy const later = policy;
  policy.step();
  CHECK(policy == later);
  policy.accumulate(1, {0}, 1.0);
  policy.discard();
  policy.step();
  CHECK(policy == later);
}

TEST_CASE("token_policy is restored exactly, in the middle of a batch too", "[token_policy][state]") {
  token_policy original{two_prompts(), {.vocabulary = 4, .max_length = 5, .width = 6}};
  stream random{1};
  auto const learn = [](token_policy& policy, std::size_t prompt, stream& chance) {
    policy.accumulate(prompt, policy.sample(prompt, chance), 1.0);
    policy.accumulate(prompt, policy.sample(prompt, chance), -1.0);
  };
  for (int phase = 0; phase < 3; ++phase) {
    token_policy restored = token_policy::load(original.save());
    CHECK(restored == original);
    CHECK(restored.save() == original.save());
    CHECK(token_policy::load(original.save(), original.prompt_features()).prompt_features() ==
          original.prompt_features());
    token_policy expected = original;
    stream a = random;
    stream b = random;
    for (int step = 0; step < 3; ++step) {
      learn(expected, 1, a);
      learn(restored, 1, b);
      expected.step();
      restored.step();
    }
    CHECK(restored == expected);
    learn(original, 0, random);
    if (phase == 0) original.step();
  }
  auto const other = std::make_shared<joust::feature_table const>(
      2, 1, 3, std::vector<double>{1.0, -0.5, 0.25, -1.0, 0.75, 2.5});
  CHECK(complaint([&] {
          static_cast<void>(token_policy::load(original.save(), other));
        }).find("other features") != std::string::npos);
}

TEST_CASE("damaged and forged states are refused", "[token_policy][state][fault]") {
  token_policy policy{two_prompts(), {.vocabulary = 2, .max_length = 2, .window = 1, .width = 2}};
  policy.accumulate(0, {1}, 1.0);
  policy.step();
  policy.accumulate(0, {0}, 1.0);
  std::string const saved = policy.save();
  auto const refused = [](std::string const& text) {
    return !complaint([&] { static_cast<void>(token_policy::load(text)); }).empty();
  };
  CHECK_FALSE(refused(saved));
  CHECK(refused(""));
  for (std::size_t n = 0; n < saved.size(); ++n) {
    std::string changed = saved;
    changed[n] = changed[n] == '7' ? '8' : '7';
    CHECK(refused(changed));
    CHECK(refused(saved.substr(0, n)));
  }
  std::vector<std::pair<std::string, std::string>> const forgeries{
      {"prompts", "0"},
      {"prompts", "18446744073709551615"},
      {"prompts", "3"},
      {"dimension", "0"},
      {"dimension", "9223372036854775808"},
      {"features", "6: 1 2 3 4 5 inf"},
      {"features", "5: 1 2 3 4 5"},
      {"features", "0:"},
      {"options.vocabulary", "0"},
      {"options.vocabulary", "3"},
      {"options.vocabulary", "18446744073709551615"},
      {"options.max_length", "0"},
      {"options.max_length", "65535"},
      {"options.window", "65535"},
      {"options.width", "1"},
      {"options.width", "65535"},
      {"options.initial_scale", "-1"},
      {"options.initial_end", "1"},
      {"options.optimiser.learning_rate.first", "0.5"},
      {"options.optimiser.beta1", "2"},
      {"parameters", "2: 0 0"},
      {"parameters", "0:"},
      {"pending", "1: 0"},
      {"optimiser.mean", "0:"},
      {"optimiser.square", "1: 0"},
      {"optimiser.steps", "0"}};
  for (auto const& [field, values] : forgeries) {
    INFO(field << " " << values);
    CHECK(refused(edited(saved, field, values)));
  }
}

TEST_CASE("mistakes are named before anything changes", "[token_policy][fault]") {
  token_policy policy{two_prompts(), tiny()};
  policy.accumulate(0, {1}, 1.0);
  token_policy const start = policy;
  double const infinity = std::numeric_limits<double>::infinity();
  stream random{1};
  CHECK(complaint([&] { policy.accumulate(2, {0}, 1.0); }) == "prompt: is 2; expected an index below 2");
  CHECK(complaint([&] { policy.accumulate(0, {}, 1.0); }) == "answer: is empty; expected 1 to 4 tokens");
  CHECK(complaint([&] {
          policy.accumulate(0, {0, 3}, 1.0);
        }) == "answer: is with the token 3; expected tokens below 3");
  CHECK(complaint([&] {
          policy.accumulate(0, {0, 0, 0, 0, 0}, 1.0);
        }) == "answer: is of length 5; expected at most 4 tokens");
  CHECK(complaint([&] { policy.accumulate(0, {0}, infinity); }) ==
        "weight: is inf; expected a finite number");
  for (tokens const& bad : {tokens{}, tokens{3}, tokens{0, 0, 0, 0, 0}}) {
    std::vector<tokens> const several{{0}, bad};
    CHECK_THROWS_AS(policy.log_probability(0, bad), std::invalid_argument);
    CHECK_THROWS_AS(policy.log_probabilities(0, several), std::invalid_argument);
    CHECK_THROWS_AS(policy.token_log_probabilities(0, bad), std::invalid_argument);
    CHECK_THROWS_AS(policy.length(0, bad), std::invalid_argument);
  }
  CHECK_THROWS_AS(policy.next_log_probabilities(0, {0, 0, 0, 0}), std::invalid_argument);
  CHECK_THROWS_AS(policy.next_log_probabilities(0, {7}), std::invalid_argument);
  CHECK_THROWS_AS(policy.sample(9, random), std::invalid_argument);
  CHECK_THROWS_AS(policy.greedy(2), std::invalid_argument);
  CHECK_THROWS_AS(policy.length(2, {0}), std::invalid_argument);
  for (double const bad : {0.0, -1.0, infinity, std::nan("")}) {
    CHECK_THROWS_AS(policy.sample(0, random, bad), std::invalid_argument);
    CHECK_THROWS_AS(policy.sample_mixture(policy, 0.5, 0, 1, random, bad), std::invalid_argument);
  }
  CHECK_THROWS_AS(policy.sample_mixture(policy, 1.5, 0, 1, random), std::invalid_argument);
  token_policy const stranger{two_prompts(), {.vocabulary = 3, .max_length = 5}};
  CHECK_THROWS_AS(policy.sample_mixture(stranger, 0.5, 0, 1, random), std::invalid_argument);
  CHECK_THROWS_AS(policy.kl(stranger, 0), std::invalid_argument);
  CHECK_THROWS_AS(policy.kl_estimate(stranger, 0, 1, random), std::invalid_argument);
  CHECK_THROWS_AS(policy.kl_estimate(policy, 0, 0, random), std::invalid_argument);
  CHECK_THROWS_AS(policy.set_parameters(std::vector<double>(3)), std::invalid_argument);
  std::vector<double> parameters(policy.parameters().size());
  parameters.back() = infinity;
  CHECK_THROWS_AS(policy.set_parameters(parameters), std::invalid_argument);
  CHECK(policy == start);

  token_policy const wide{two_prompts(), {.window = 6}};
  CHECK(complaint([&] { static_cast<void>(wide.kl(wide, 0)); }).find("kl_estimate") != std::string::npos);
  CHECK_THROWS_AS(token_policy{nullptr}, std::invalid_argument);
  auto const table = std::make_shared<joust::feature_table const>(1, 2, 1, std::vector<double>{0.0, 1.0});
  CHECK_THROWS_AS(token_policy{table}, std::invalid_argument);
  CHECK_THROWS_AS((token_policy{two_prompts(), std::vector<double>(2)}), std::invalid_argument);
  for (token_policy_options const& bad :
       {token_policy_options{.vocabulary = 0}, token_policy_options{.vocabulary = 65536},
        token_policy_options{.max_length = 0}, token_policy_options{.window = 0},
        token_policy_options{.width = 0}, token_policy_options{.initial_scale = -1.0},
        token_policy_options{.initial_end = 0.0}, token_policy_options{.initial_end = 1.0},
        token_policy_options{.optimiser = {.beta1 = 1.0}}}) {
    CHECK_THROWS_AS((token_policy{two_prompts(), bad}), std::invalid_argument);
  }
}

TEST_CASE("given parameters make the policy they came from", "[token_policy]") {
  token_policy policy{two_prompts(), tiny()};
  policy.accumulate(0, {1, 2}, 1.0);
  policy.step();
  token_policy const again{two_prompts(), policy.parameters(), tiny()};
  CHECK(again.log_probability(1, {0, 1}) == policy.log_probability(1, {0, 1}));
  std::vector<double> const huge(policy.parameters().size(), 1e3);  // saturated everywhere, and finite still
  policy.set_parameters(huge);
  CHECK(std::isfinite(policy.log_probability(0, {0, 1})));
}
