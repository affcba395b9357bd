// SPDX-License-Identifier: MIT
#include <joust/device/select.hpp>

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include <catch2/catch.hpp>

#include <joust/core/draw.hpp>
#include <joust/core/host_device.hpp>
#include <joust/core/stream.hpp>
#include <joust/device/buffer.hpp>
#include <joust/device/queue.hpp>
#include <joust/posterior/ensemble.hpp>
#include <joust/rule/thompson_with_self_duels.hpp>

namespace {

namespace device = joust::device;
using joust::clash;
using joust::opinion;
using joust::pairing;
using joust::variance_divisor;
using joust::variance_of;

constexpr double not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr double infinity = std::numeric_limits<double>::infinity();

// The rewards of all contexts' candidates, on the host.
template <class Scalar>
struct problem {
  std::size_t members;
  std::vector<std::size_t> offsets;
  std::size_t gap = 0;  // numbers between a member's rewards and the next one's
  variance_divisor divisor = variance_divisor::members_less_one;
  std::vector<Scalar> rewards{};

  [[nodiscard]] std::size_t contexts() const { return offsets.size() - 1; }
  [[nodiscard]] std::size_t candidates() const { return offsets.back(); }
  [[nodiscard]] std::size_t stride() const { return candidates() + gap; }

  // Rewards of all sizes; with `levels`, few different ones, so that rules meet equal numbers.
  void fill(joust::stream random, std::size_t levels) {
    rewards.assign(members * stride(), static_cast<Scalar>(not_a_number));
    for (std::size_t k = 0; k < members; ++k) {
      for (std::size_t c = 0; c < candidates(); ++c) {
        double const x = levels == 0 ? 4.0 * joust::draw_uniform(random) - 2.0
                                     : static_cast<double>(joust::draw_index(levels, random));
        rewards[k * stride() + c] = static_cast<Scalar>(x);
      }
    }
  }
};

std::vector<std::size_t> ragged(std::size_t contexts, std::size_t most, joust::stream random) {
  std::vector<std::size_t> offsets{0};
  for (std::size_t b = 0; b < contexts; ++b) {
    offsets.push_back(offsets.back() + joust::draw_index(most + 1, random));
  }
  return offsets;
}

std::vector<std::size_t> regular(std::size_t contexts, std::size_t each) {
  std::vector<std::size_t> offsets;
  for (std::size_t b = 0; b <= contexts; ++b) offsets.push_back(b * each);
  return offsets;
}

// What the host's rule says, one context after the other.
template <class Scalar, class Rule>
std::vector<pairing> loop(problem<Scalar> const& of, Rule const& rule, joust::stream const& root) {
  std::vector<pairing> pairs;
  for (std::size_t b = 0; b < of.contexts(); ++b) {
    std::size_t const begin = of.offsets[b];
    std::size_t const size = of.offsets[b + 1] - begin;
    std::vector<double> rewards;
    std::vector<double> mean(size);
    bool finite = true;
    for (std::size_t k = 0; k < of.members; ++k) {
      for (std::size_t i = 0; i < size; ++i) {
        rewards.push_back(static_cast<double>(of.rewards[k * of.stride() + begin + i]));
        mean[i] += rewards.back();
        finite = finite && std::isfinite(rewards.back());
      }
    }
    for (double& m : mean) m /= static_cast<double>(of.members);
    if (!finite || size < (Rule::may_self_duel ? 1U : 2U)) {
      pairs.push_back(device::no_pair);
      continue;
    }
    std::vector<double> variances(size);
    std::vector<double> centres(size);
    joust::ensemble_belief belief{
        {rewards.data(), size, mean.data(), variances.data(), centres.data()}, size, of.members, of.divisor};
    joust::stream random = root.child(static_cast<std::uint64_t>(b));
    pairs.push_back(rule(belief, random));
  }
  return pairs;
}

template <class Scalar, class Rule>
std::vector<pairing> batch(problem<Scalar> const& of, Rule const& rule, joust::stream const& root,
                           device::selection_space& space, std::size_t per_context = 0) {
  device::queue order;
  device::buffer<Scalar> const rewards{of.rewards};
  device::buffer<std::size_t> const offsets{of.offsets};
  device::buffer<pairing> pairs{std::vector<pairing>(of.contexts(), {7, 77})};
  device::ensemble_beliefs<Scalar> beliefs{.rewards = {rewards.data(), rewards.size()},
                                           .members = of.members,
                                           .candidates = of.candidates(),
                                           .per_context = per_context,
                                           .stride = of.gap == 0 ? 0 : of.stride(),
                                           .divisor = of.divisor};
  if (per_context == 0) beliefs.offsets = {offsets.data(), offsets.size()};
  std::span<pairing> const written{pairs.data(), pairs.size()};
  device::select(order, beliefs, rule, root, written, space);
  auto const result = pairs.download(order);
  if constexpr (!device::on_gpu && !std::is_same_v<Rule, joust::any_rule>) {
    // The steps of a GPU lead to the same pairs.
    pairs.copy_from(order, std::vector<pairing>(of.contexts(), {7, 77}));
    device::detail::select<true>(order, beliefs, rule, root, written, space);
    CHECK(pairs.download(order) == result);
  }
  return result;
}

// Every rule on one problem. Where rewards are equal by design, variances are too, up to the last digit of
// the exponential, which a GPU need not share: rules that compare preferences are left out there.
template <class Scalar>
void check_all_rules(problem<Scalar> const& of, joust::stream const& root, bool ties,
                     std::size_t per_context = 0) {
  device::selection_space space;
  auto const check = [&](auto const& rule, char const* name) {
    CAPTURE(name, sizeof(Scalar), of.members, of.contexts(), of.candidates(), ties, per_context);
    CHECK(batch(of, rule, root, space, per_context) == loop(of, rule, root));
  };
  for (clash const fallback : {clash::runner_up, clash::uniform, clash::largest_variance}) {
    check(joust::thompson{{.max_redraws = 2, .on_clash = fallback}}, "thompson");
  }
  check(joust::thompson{}, "thompson, default");
  check(joust::thompson_with_self_duels{}, "thompson_with_self_duels");
  for (variance_of const criterion : {variance_of::reward, variance_of::preference}) {
    if (ties && device::on_gpu && criterion == variance_of::preference) continue;
    check(joust::best_arm{{.criterion = criterion}}, "best_arm");
    check(joust::largest_pair_variance{{.criterion = criterion}}, "largest_pair_variance");
  }
  check(joust::passive{}, "passive");
  check(joust::greedy{}, "greedy");
  check(joust::uniform_pair{}, "uniform_pair");
  for (opinion const whose : {opinion::draw, opinion::mean}) {
    check(joust::best_against_worst{{.of = whose}}, "best_against_worst");
  }
  for (double const beta : {0.0, 1.0}) check(joust::max_pair_ucb{{.beta = beta}}, "max_pair_ucb");
}

// The last candidate against the first, and a word of the stream to show which it is.
struct last_against_first {
  static constexpr bool may_self_duel = false;

  template <class Belief, joust::random_stream Stream>
  requires joust::belief<Belief, Stream> JOUST_HOST_DEVICE pairing operator()(Belief& rewards,
                                                                              Stream& stream) const {
    std::size_t const last = rewards.size() - 1;
    return stream() % 2 == 0 ? pairing{last, 0} : pairing{0, last};
  }
};

}  // namespace

TEMPLATE_TEST_CASE("a batch asks what a loop over contexts asks", "[select]", float, double) {
  joust::stream const random{1};
  std::uint64_t seed = 0;
  for (std::size_t const members : std::vector<std::size_t>{2, 20}) {
    for (std::size_t const levels : std::vector<std::size_t>{0, 3}) {
      joust::stream const root = random.child(++seed);
      problem<TestType> of{members, ragged(260, 9, root.child("sizes"))};
      of.fill(root.child("rewards"), levels);
      check_all_rules(of, root, levels != 0);
      of = {members, regular(71, 5), 13, variance_divisor::members};
      of.fill(root.child("more rewards"), levels);
      check_all_rules(of, root, levels != 0);
      check_all_rules(of, root, levels != 0, 5);
    }
  }
}

TEMPLATE_TEST_CASE("one context or many, of few candidates or many", "[select]", float, double) {
  joust::stream const random{2};
  std::uint64_t seed = 0;
  std::size_t const shapes[][2] = {{1, 1}, {1, 2}, {256, 2}, {257, 3}, {1000, 2}};
  for (auto const& [contexts, each] : shapes) {
    joust::stream const root = random.child(++seed);
    problem<TestType> of{1 + contexts % 4, regular(contexts, each)};
    of.fill(root.child("rewards"), 0);
    check_all_rules(of, root, false, each);
  }
  for (std::size_t const each : std::vector<std::size_t>{63, 65, 257}) {
    problem<TestType> of{7, regular(2, each)};
    of.fill(random.child(++seed), 0);
    check_all_rules(of, random.child(seed), false, each);
  }
}

TEMPLATE_TEST_CASE("a reward that is no number spoils its own context only", "[select][fault]", float,
                   double) {
  joust::stream random{3};
  problem<TestType> of{5, ragged(400, 6, random.child("sizes")), 2};
  of.fill(random.child("rewards"), 0);
  for (int n = 0; n < 60; ++n) {
    std::size_t const at =
        joust::draw_index(of.members, random) * of.stride() + joust::draw_index(of.candidates(), random);
    double const bad[] = {not_a_number, infinity, -infinity};
    of.rewards[at] = static_cast<TestType>(bad[n % 3]);
  }
  std::size_t spoilt = 0;
  for (pairing const pair : loop(of, joust::thompson_with_self_duels{}, random)) {
    spoilt += pair == device::no_pair ? 1U : 0U;
  }
  CHECK(spoilt > 70);  // about a seventh have no candidates
  CHECK(spoilt < 200);
  check_all_rules(of, random, false);
  // Infinities of both signs in one context, which cancel in no sum.
  of = {2, {0, 2}, 0, {}, {static_cast<TestType>(infinity), 0, static_cast<TestType>(-infinity), 1}};
  check_all_rules(of, random, false);
}

TEST_CASE("offsets that do not rise, or end beyond the candidates, hide a context", "[select][fault]") {
  device::queue order;
  device::buffer<double> const rewards{std::vector<double>{0.0, 1.0, 2.0, 3.0, 4.0, 5.0}};
  device::buffer<std::size_t> const offsets{
      std::vector<std::size_t>{0, 2, 5, 3, 6, 7, 0, (std::numeric_limits<std::size_t>::max)()}};
  device::buffer<pairing> pairs{7};
  device::selection_space space;
  device::ensemble_beliefs<double> const beliefs{.rewards = {rewards.data(), 6},
                                                 .members = 1,
                                                 .candidates = 6,
                                                 .offsets = {offsets.data(), offsets.size()}};
  device::select(order, beliefs, joust::passive{}, joust::stream{1}, {pairs.data(), 7}, space);
  pairing const first{0, 1};
  pairing const none = device::no_pair;
  CHECK(pairs.download(order) == std::vector<pairing>{first, first, none, first, none, none, none});
  device::select(order, beliefs, joust::best_arm{}, joust::stream{1}, {pairs.data(), 7}, space);
  std::vector<pairing> const chosen = pairs.download(order);
  for (std::size_t const b : std::vector<std::size_t>{2, 4, 5, 6}) CHECK(chosen[b] == none);
  for (std::size_t const b : std::vector<std::size_t>{0, 1, 3}) CHECK(chosen[b] != none);
}

TEMPLATE_TEST_CASE("a rule named at run time, and a rule of one's own", "[select]", float, double) {
  joust::stream const random{4};
  problem<TestType> of{6, ragged(90, 8, random.child("sizes"))};
  of.fill(random.child("rewards"), 0);
  device::selection_space space;
  for (std::size_t k = 0; k < joust::names_of(joust::rule_kind{}).size(); ++k) {
    joust::any_rule const rule{{.rule = static_cast<joust::rule_kind>(k)}};
    CAPTURE(joust::names_of(joust::rule_kind{})[k]);
    CHECK(batch(of, rule, random, space) == loop(of, rule, random));
  }
  auto const own = batch(of, last_against_first{}, random, space);
  CHECK(own == loop(of, last_against_first{}, random));
  CHECK(own != batch(of, last_against_first{}, random.child("another"), space));
}

TEST_CASE("the pairs are those of the ensemble that scored the candidates", "[select]") {
  // The ensemble's own means add up in another order: rules that read none.
  joust::ensemble posterior{{.dimension = 3, .members = 5, .width = 8, .seed = 9}};
  std::size_t const contexts = 20;
  std::size_t const each = 6;
  Eigen::MatrixXd phi(contexts * each, 3);
  joust::stream random{5};
  for (Eigen::Index i = 0; i < phi.size(); ++i) phi.data()[i] = joust::draw_uniform(random) - 0.5;
  posterior.score(phi);

  problem<double> of{5, regular(contexts, each)};
  for (std::size_t k = 0; k < 5; ++k) {
    auto const scores = posterior.belief(0, contexts * each).member(k);
    of.rewards.insert(of.rewards.end(), scores.begin(), scores.end());
  }
  device::selection_space space;
  auto const check = [&](auto const& rule) {
    std::vector<pairing> expected;
    for (std::size_t b = 0; b < contexts; ++b) {
      auto belief = posterior.belief(b * each, each);
      joust::stream own = random.child(static_cast<std::uint64_t>(b));
      expected.push_back(rule(belief, own));
    }
    CHECK(batch(of, rule, random, space, each) == expected);
  };
  check(joust::thompson{});
  check(joust::best_arm{});
  check(joust::largest_pair_variance{});
}

TEST_CASE("a selection can be repeated, and its memory is kept", "[select]") {
  joust::stream const random{6};
  device::selection_space space;
  problem<float> of{8, ragged(500, 12, random.child("sizes"))};
  of.fill(random.child("rewards"), 3);
  auto const once = batch(of, joust::best_arm{}, random, space);
  double const* const means = space.means.data();
  problem<float> other{3, regular(10, 4)};
  other.fill(random, 0);
  static_cast<void>(batch(other, joust::best_arm{}, random, space));
  CHECK(batch(of, joust::best_arm{}, random, space) == once);
  CHECK(space.means.data() == means);
}

TEST_CASE("without contexts there is nothing to do", "[select]") {
  device::queue order;
  device::selection_space space;
  std::vector<pairing> untouched;
  device::select(order, device::ensemble_beliefs<double>{.members = 3}, joust::thompson{}, joust::stream{1},
                 std::span<pairing>{untouched}, space);
  device::buffer<std::size_t> const offsets{std::vector<std::size_t>{0}};
  device::select(order, device::ensemble_beliefs<double>{.members = 3, .offsets = {offsets.data(), 1}},
                 joust::best_arm{}, joust::stream{1}, std::span<pairing>{untouched}, space);
  // Contexts without candidates are contexts.
  device::buffer<std::size_t> const zeros{std::vector<std::size_t>{0, 0, 0}};
  device::buffer<pairing> pairs{std::vector<pairing>{{1, 2}, {3, 4}}};
  device::select(order, device::ensemble_beliefs<float>{.members = 3, .offsets = {zeros.data(), 3}},
                 joust::best_arm{}, joust::stream{1}, {pairs.data(), 2}, space);
  CHECK(pairs.download(order) == std::vector<pairing>(2, device::no_pair));
}

TEST_CASE("sizes that do not agree are refused, and nothing is written", "[select][fault]") {
  device::queue order;
  device::selection_space space;
  device::buffer<double> const rewards{std::vector<double>(24, 1.0)};
  device::buffer<std::size_t> const offsets{std::vector<std::size_t>{0, 6, 12}};
  std::vector<pairing> const before{{8, 9}, {8, 9}};
  device::buffer<pairing> pairs{before};
  auto const select = [&](device::ensemble_beliefs<double> const& beliefs, std::size_t count) {
    device::select(order, beliefs, joust::uniform_pair{}, joust::stream{1}, {pairs.data(), count}, space);
  };
  std::span<double const> const all{rewards.data(), rewards.size()};
  std::span<std::size_t const> const two{offsets.data(), offsets.size()};
  CHECK_THROWS_WITH(select({.rewards = all, .members = 2, .candidates = 12, .per_context = 6}, 1),
                    "pairs: is of length 1; expected one for each of 2 contexts");
  CHECK_THROWS_WITH(select({.rewards = all, .members = 0, .candidates = 12, .per_context = 6}, 2),
                    "members: is 0; expected at least 1");
  CHECK_THROWS_WITH(select({.rewards = all, .members = 2, .candidates = 12, .per_context = 5}, 2),
                    "candidates: is 12; expected a multiple of per_context, 5");
  CHECK_THROWS_WITH(select({.rewards = all, .members = 2, .candidates = 12}, 2),
                    "offsets: is empty; expected one for each context and one more, or per_context");
  CHECK_THROWS_WITH(
      select({.rewards = all, .members = 2, .candidates = 12, .per_context = 6, .offsets = two}, 2),
      "offsets: is of length 3; expected none beside per_context");
  CHECK_THROWS_WITH(select({.rewards = all, .members = 2, .candidates = 12, .offsets = two, .stride = 11}, 2),
                    "stride: is 11; expected at least candidates, 12");
  CHECK_THROWS_WITH(select({.rewards = all, .members = 3, .candidates = 12, .offsets = two}, 2),
                    "rewards: is of length 24; expected 3 rows of 12, 12 apart");
  CHECK_THROWS_WITH(select({.rewards = all, .members = 2, .candidates = 12, .offsets = two, .stride = 13}, 2),
                    "rewards: is of length 24; expected 2 rows of 12, 13 apart");
  std::size_t const huge = (std::numeric_limits<std::size_t>::max)();
  CHECK_THROWS_AS(select({.rewards = all, .members = huge, .candidates = 12, .offsets = two}, 2),
                  std::invalid_argument);
  CHECK(pairs.download(order) == before);
  select({.rewards = all, .members = 2, .candidates = 12, .offsets = two}, 2);
  CHECK(pairs.download(order) != before);
}
