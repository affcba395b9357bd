// SPDX-License-Identifier: MIT
#include <joust/experiment/replicate.hpp>

#include <catch2/catch.hpp>

#include <atomic>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <joust/arms/double_thompson.hpp>
#include <joust/arms/rucb.hpp>
#include <joust/arms/uniform.hpp>
#include <joust/core/certificate.hpp>
#include <joust/core/error.hpp>
#include <joust/environment/cyclic4.hpp>
#include <joust/environment/fixed_arms.hpp>
#include <joust/oracle/preference_matrix.hpp>

#include "small_world.hpp"

using joust::named;
using joust::regret_kind;
using joust::replicate;
using joust::study;
using joust::study_options;
using namespace small_world;

namespace {

template <class Tensor>
bool same_bytes(Tensor const& a, Tensor const& b) {
  return a.shape() == b.shape() && std::memcmp(a.data(), b.data(), a.size() * sizeof(*a.data())) == 0;
}

// A problem whose instance differs from replication to replication: the winner is arm 0 or arm 1.
struct coin_flip_world : three_arms {
  std::size_t winner = 0;
  coin_flip_world instance(joust::stream& g) const {
    coin_flip_world drawn;
    drawn.winner = joust::draw_index(2, g);
    return drawn;
  }
  double simple_regret(std::size_t arm) const { return arm == winner ? 0.0 : 1.0; }
};

}  // namespace

TEST_CASE("the same bytes for any number of threads") {
  study_options options{.horizon = 3'000, .replications = 7, .seed = 11, .threads = 1, .checkpoints = 9};
  auto const play = [&] { return replicate(options, three_arms{}, restless{}, named{"fixed", stubborn{}}); };
  study const alone = play();
  REQUIRE(alone.complete());
  for (std::size_t const threads : {2U, 3U, 16U}) {
    options.threads = threads;
    study const together = play();
    CHECK(same_bytes(together.regret, alone.regret));
    CHECK(same_bytes(together.comparisons, alone.comparisons));
    CHECK(together.finished == alone.finished);
  }
}

TEST_CASE("a further agent or replication moves no other number") {
  study_options const options{.horizon = 500, .replications = 4, .seed = 3, .threads = 2, .checkpoints = 5};
  study const one = replicate(options, three_arms{}, restless{});
  auto more = options;
  more.replications = 6;
  study const two = replicate(more, three_arms{}, stubborn{}, restless{});
  for (std::size_t r = 0; r < 4; ++r) {
    for (std::size_t point = 0; point < one.rounds.size(); ++point) {
      CHECK(one.regret(0, 0, r, point) == two.regret(0, 1, r, point));
      CHECK(one.comparisons(0, r, point) == two.comparisons(1, r, point));
    }
  }
}

TEST_CASE("replications are independent and seeds matter") {
  study_options options{.horizon = 1'000, .replications = 200, .seed = 5, .checkpoints = 1};
  study const s = replicate(options, three_arms{}, restless{});
  // A uniform pair costs 1/6 a round (two of three arms have gap 1/4), one pick has standard deviation
  // sqrt(2)/12, the mean of two independent picks that over sqrt(2): 1/12. Over 1000 rounds: 166.7 with
  // standard deviation 2.635.
  auto const regret = s.summarize(regret_kind::average, 0, 0);
  CHECK(regret.count == 200);
  CHECK(std::fabs(regret.mean - 1000.0 / 6.0) < 4.5 * 2.635 / std::sqrt(200.0));
  // chi-square of 199 degrees of freedom / 199: within 4.5 sigma of 1, i.e. 1 +- 0.45.
  double const ratio = regret.standard_error * regret.standard_error * 200.0 / (2.635 * 2.635);
  CHECK(std::fabs(ratio - 1.0) < 0.45);
  options.seed = 6;
  CHECK(replicate(options, three_arms{}, restless{}).summarize(regret_kind::average, 0, 0).mean !=
        regret.mean);
}

TEST_CASE("a family gives every replication its own instance, the same to every agent") {
  study const s = replicate({.horizon = 1, .replications = 64, .seed = 1, .checkpoints = 1},
                            coin_flip_world{}, named{"a", stubborn{}}, named{"b", stubborn{}});
  auto const k = static_cast<std::size_t>(regret_kind::simple);
  int losses = 0;
  for (std::size_t r = 0; r < 64; ++r) {
    CHECK(s.regret(k, 0, r, 0) == s.regret(k, 1, r, 0));
    losses += s.regret(k, 0, r, 0) == 1.0 ? 1 : 0;
  }
  // Binomial(64, 1/2): outside 14 .. 50 with probability below 1e-5.
  CHECK(losses >= 14);
  CHECK(losses <= 50);
}

TEST_CASE("kinds of regret that are not known are NaN throughout and not summarised") {
  study const s = replicate({.horizon = 10, .replications = 2, .checkpoints = 2}, three_arms{}, stubborn{});
  CHECK(s.knows(regret_kind::average));
  CHECK_FALSE(s.knows(regret_kind::copeland));
  CHECK(s.summarize(regret_kind::copeland, 0, 0).count == 0);
}

TEST_CASE("an interrupted study holds what was finished") {
  std::atomic<bool> stop{false};
  struct bomb : stubborn {
    std::atomic<bool>* stop = nullptr;
    int rounds = 0;
    joust::pairing select(joust::stream&) {
      if (++rounds == 5'000) *stop = true;  // during the first run of this agent
      return {0, 1};
    }
  };
  bomb agent;
  agent.stop = &stop;
  study const s =
      replicate({.horizon = 20'000, .replications = 5, .threads = 1, .checkpoints = 4, .interrupt = &stop},
                three_arms{}, named{"quick", stubborn{}}, named{"bomb", agent});
  CHECK_FALSE(s.complete());
  CHECK(s.summarize_comparisons(0, 3).count == 1);  // the agent before the interrupted one
  CHECK(s.summarize_comparisons(1, 3).count == 0);
  CHECK(s.replications() == 5);
}

TEST_CASE("progress ends at all rounds, on the calling thread") {
  std::uint64_t last = 0;
  std::uint64_t all = 0;
  auto const caller = std::this_thread::get_id();
  bool same_thread = true;
  (void)replicate({.horizon = 3'000,
                   .replications = 3,
                   .threads = 2,
                   .progress =
                       [&](std::uint64_t played, std::uint64_t total) {
                         last = played;
                         all = total;
                         same_thread = same_thread && std::this_thread::get_id() == caller;
                       }},
                  three_arms{}, stubborn{});
  CHECK(last == 9'000);
  CHECK(all == 9'000);
  CHECK(same_thread);
}

TEST_CASE("what an agent throws in a thread reaches the caller") {
  struct thrower : stubborn {
    joust::pairing select(joust::stream&) { throw joust::oracle_error{"broken agent"}; }
  };
  CHECK_THROWS_WITH(replicate({.horizon = 10, .replications = 8, .threads = 4}, three_arms{}, thrower{}),
                    Catch::Contains("broken agent"));
}

TEST_CASE("a study of identification says how every run ended, for any number of threads") {
  study_options options{
      .horizon = 4'000, .replications = 30, .seed = 8, .threads = 1, .checkpoints = 3, .confidence = 0.9};
  auto const play = [&] {
    return replicate(options, three_arms{}, restless{}, named{"one pair", stubborn{}});
  };
  study const s = play();
  REQUIRE(s.endings.size() == 60);
  auto const found = s.summarize_endings(0);
  CHECK(found.runs == 30);
  CHECK(found.stopped == 30);
  CHECK(found.wrong == 0);
  CHECK(found.promised == Approx(0.1));
  CHECK(found.comparisons.count == 30);
  CHECK(found.comparisons.mean == s.summarize_comparisons(0, 2).mean);
  for (std::size_t r = 0; r < 30; ++r) {
    CHECK(s.endings[r].claim->arm == 0);
    CHECK(s.endings[r].correct);
    CHECK(s.endings[r].rounds <= 4'000);
    CHECK_FALSE(s.endings[30 + r].claim);
    CHECK_FALSE(s.endings[30 + r].correct);
    CHECK(s.endings[30 + r].rounds == 4'000);
    CHECK(s.endings[30 + r].comparisons == 4'000);
  }
  CHECK(s.summarize_endings(1).stopped == 0);
  options.threads = 5;
  CHECK(play().endings == s.endings);
}

TEST_CASE("false claims are no more frequent than promised, whatever agents ask") {
  // Three arms that tie: every claim is false, and agents are drawn to whoever leads. At most half of the
  // runs may claim; on other seeds 0 to 6 in 100 did.
  joust::fixed_arms const tied{joust::preference_matrix{3, std::vector<double>(9, 0.5)}};
  study const s = replicate({.horizon = 3'000, .replications = 100, .seed = 9, .confidence = 0.5}, tied,
                            joust::rucb{}, joust::double_thompson{}, joust::uniform_arms{});
  for (std::size_t agent = 0; agent < 3; ++agent) {
    auto const ended = s.summarize_endings(agent);
    CHECK(ended.wrong == ended.stopped);
    CHECK(ended.wrong <= 50);
  }
  // And on an easy problem they are right.
  study const easy = replicate({.horizon = 20'000, .replications = 40, .seed = 9, .confidence = 0.95},
                               joust::cyclic4(), joust::rucb{}, joust::uniform_arms{});
  for (std::size_t agent = 0; agent < 2; ++agent) {
    CHECK(easy.summarize_endings(agent).stopped == 40);
    CHECK(easy.summarize_endings(agent).wrong <= 2);
  }
}

TEST_CASE("agents are asked for the confidence, and false claims are found out") {
  struct liar : stubborn {
    double asked = 0.0;
    [[nodiscard]] liar fresh(joust::setting const& s) const { return {{}, s.confidence}; }
    [[nodiscard]] std::optional<joust::certificate> stop() const {
      if (observed < 3) return std::nullopt;
      return joust::certificate{.arm = 1, .confidence = asked};
    }
  };
  study const s =
      replicate({.horizon = 10, .replications = 4, .checkpoints = 1, .delay = 2, .confidence = 0.75},
                three_arms{}, liar{});
  auto const ended = s.summarize_endings(0);
  CHECK(ended.stopped == 4);
  CHECK(ended.wrong == 4);
  CHECK(ended.promised == 0.25);
  CHECK(s.endings[0].rounds == 5);  // the third answer comes two rounds late
  CHECK(s.endings[0].comparisons == 5);
  CHECK(s.delay == 2);
  CHECK(replicate({.horizon = 10, .replications = 1}, three_arms{}, liar{}).endings.empty());
}

TEST_CASE("studies that make no sense are refused") {
  CHECK_THROWS_WITH(replicate({.confidence = 1.0}, three_arms{}, stubborn{}), Catch::Contains("confidence"));
  CHECK_THROWS_WITH(replicate({.horizon = 9, .confidence = 0.9}, two_numbers{}, reader{}),
                    Catch::Contains("candidates change"));
  CHECK_THROWS_WITH(replicate({.replications = 0}, three_arms{}, stubborn{}),
                    Catch::Contains("replications"));
  CHECK_THROWS_WITH(replicate({.horizon = 0}, three_arms{}, stubborn{}), Catch::Contains("horizon"));
  CHECK_THROWS_WITH(replicate({}, three_arms{}, stubborn{}, stubborn{}), Catch::Contains("stubborn"));
  CHECK_THROWS_AS(replicate({}, three_arms{}, std::vector<joust::contender>{}), std::invalid_argument);
}
