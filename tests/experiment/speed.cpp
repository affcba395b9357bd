// SPDX-License-Identifier: MIT
#include <joust/experiment/speed.hpp>

#include <catch2/catch.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>
#include <vector>

#include <joust/core/certificate.hpp>

#include "small_world.hpp"

using namespace small_world;

namespace {

// Takes a known time per round.
struct sleeper : restless {
  joust::pairing select(joust::stream& g) const {
    std::this_thread::sleep_for(std::chrono::microseconds{200});
    return restless::select(g);
  }
  sleeper fresh(joust::setting const& s) const { return {restless{s.arms}}; }
};

// An oracle so slow that its time would show.
struct slow_world : three_arms {
  double compare(std::size_t a, std::size_t b, joust::stream& g) {
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
    return three_arms::compare(a, b, g);
  }
};

// Writes down every decision; fresh() copies share the book.
struct diarist {
  std::size_t arms = 0;
  std::shared_ptr<std::vector<std::vector<joust::pairing>>> book;
  std::size_t volume = 0;
  double memory = 0.0;
  joust::pairing select(joust::stream& g) {
    joust::pairing const pair{joust::draw_index(arms, g),
                              memory > 0.5 ? 0U : 1U};  // depends on what it observed
    (*book)[volume].push_back(pair);
    return pair;
  }
  void observe(std::size_t, std::size_t, double y) { memory = 0.5 * memory + 0.5 * y; }
  std::size_t recommend() const { return 0; }
  diarist fresh(joust::setting const& s) const {
    book->emplace_back();
    return {s.arms, book, book->size() - 1};
  }
};

}  // namespace

TEST_CASE("the rate is that of select and observe") {
  double const rate = joust::rounds_per_second(sleeper{}, three_arms{}, {.horizon = 300, .seconds = 10.0});
  CHECK(rate < 5000.0);  // 200 us a round at the least
  CHECK(rate > 20.0);    // a busy machine oversleeps, but not for 50 ms a round
}

TEST_CASE("the oracle's time is not counted") {
  double const rate = joust::rounds_per_second(stubborn{}, slow_world{}, {.horizon = 400, .seconds = 10.0});
  CHECK(rate > 2'000.0);  // with the oracle on the clock it could not exceed 1000
}

TEST_CASE("the timed pass repeats the decisions of the recorded one") {
  auto book = std::make_shared<std::vector<std::vector<joust::pairing>>>();
  (void)joust::rounds_per_second(diarist{0, book}, three_arms{}, {.horizon = 1000});
  REQUIRE(book->size() == 2);
  CHECK((*book)[0].size() == 1000);
  CHECK((*book)[0] == (*book)[1]);
}

TEST_CASE("an agent that stops is timed until it does") {
  struct decided : diarist {
    decided(diarist const& d) : diarist{d} {}
    decided fresh(joust::setting const& s) const { return diarist::fresh(s); }
    std::optional<joust::certificate> stop() const {
      if ((*book)[volume].size() < 100) return std::nullopt;
      return joust::certificate{};
    }
  };
  auto book = std::make_shared<std::vector<std::vector<joust::pairing>>>();
  CHECK(joust::rounds_per_second(decided{diarist{0, book}}, three_arms{}, {.horizon = 1000}) > 0.0);
  REQUIRE(book->size() == 2);
  CHECK((*book)[0].size() == 100);
  CHECK((*book)[0] == (*book)[1]);
}

TEST_CASE("an agent that reads features is timed on those of each round") {
  struct checker : reader {
    void observe(Eigen::MatrixXd const& phi, std::size_t first, std::size_t second, double y) {
      reader::observe(phi, first, second, y);
      if (wrong != 0) throw std::logic_error{"features and outcome are of different rounds"};
    }
  };
  CHECK(joust::rounds_per_second(checker{}, two_numbers{}, {.horizon = 2000}) > 0.0);
}
