// SPDX-License-Identifier: MIT
#include <joust/agent/dueling_gradient.hpp>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <boost/random/normal_distribution.hpp>
#include <catch2/catch.hpp>

#include "../arms/allocations.hpp"

#include <joust/core/draw.hpp>
#include <joust/core/sigmoid.hpp>
#include <joust/core/stream.hpp>

namespace {

using joust::dueling_gradient;
using joust::dueling_gradient_options;
using point = std::vector<double>;

double norm(std::span<double const> x) {
  double squares = 0.0;
  for (double const c : x) squares += c * c;
  return std::sqrt(squares);
}

double distance(std::span<double const> x, std::span<double const> y) {
  point gap(x.begin(), x.end());
  for (std::size_t k = 0; k < gap.size(); ++k) gap[k] -= y[k];
  return norm(gap);
}

// Yue & Joachims, ICML 2009, algorithm 1, as printed; a direction is d normal numbers, divided by their norm.
class plain {
 public:
  plain(std::size_t d, double radius, double delta, double gamma)
      : w_(d, 0.0), radius_{radius}, delta_{delta}, gamma_{gamma} {}

  std::pair<point, point> select(joust::stream& g) {
    boost::random::normal_distribution<double> normal;
    u_.clear();
    while (u_.size() < w_.size()) u_.push_back(normal(g));
    double const length = norm(u_);
    for (double& c : u_) c /= length;
    return {w_, stepped(delta_)};
  }
  void observe(bool probe_wins) {
    if (probe_wins) w_ = stepped(gamma_);
  }
  [[nodiscard]] point const& w() const { return w_; }

 private:
  [[nodiscard]] point stepped(double by) const {
    point moved = w_;
    for (std::size_t k = 0; k < moved.size(); ++k) moved[k] += by * u_[k];
    if (double const length = norm(moved); length > radius_) {
      for (double& c : moved) c *= radius_ / length;
    }
    return moved;
  }

  point w_;
  point u_;
  double radius_;
  double delta_;
  double gamma_;
};

// How much better `a` is than `b` if utility falls with the squared distance from `peak`.
double lead(std::span<double const> a, std::span<double const> b, point const& peak) {
  double const to_a = distance(a, peak);
  double const to_b = distance(b, peak);
  return to_b * to_b - to_a * to_a;
}

point copy(std::span<double const> x) { return {x.begin(), x.end()}; }

}  // namespace

TEST_CASE("dueling_gradient decides as the algorithm is printed", "[dueling_gradient]") {
  bool same = true;
  for (std::size_t d = 1; d <= 6; ++d) {
    for (double const radius : {0.3, 1.0, std::numeric_limits<double>::infinity()}) {
      dueling_gradient fast{{.dimension = d, .radius = radius, .exploration = 0.4, .step = 0.15}};
      plain slow{d, radius, 0.4, 0.15};
      joust::stream g{d};
      joust::stream h = g;
      joust::stream world{99};
      for (int t = 0; t < 400; ++t) {
        auto const [current, probe, ticket] = fast.select(g);
        auto const [w, other] = slow.select(h);
        same = same && copy(current) == w && copy(probe) == other && g == h &&
               ticket == static_cast<std::uint64_t>(t);
        bool const wins = joust::draw_bernoulli(0.5, world) == 1.0;
        fast.observe(ticket, wins ? joust::second_wins : joust::first_wins);
        slow.observe(wins);
        same = same && copy(fast.recommend()) == slow.w();
      }
    }
  }
  CHECK(same);
}

TEST_CASE("dueling_gradient shows points of the ball, delta apart, and moves by gamma",
          "[dueling_gradient]") {
  dueling_gradient agent{{.dimension = 3, .exploration = 0.5, .step = 0.125}};
  joust::stream g{2};
  auto const duel = agent.select(g);
  CHECK(norm(duel.current) == 0.0);
  CHECK(norm(duel.probe) == Approx(0.5));
  point const probe = copy(duel.probe);
  CHECK(agent.observe(duel.ticket, joust::first_wins));  // the current point wins: stay
  CHECK(norm(agent.recommend()) == 0.0);
  CHECK_FALSE(agent.observe(duel.ticket, joust::second_wins));  // answered before
  CHECK(norm(agent.recommend()) == 0.0);
  auto const next = agent.select(g);
  point const towards = copy(next.probe);
  CHECK(agent.observe(next.ticket, joust::second_wins));
  for (std::size_t k = 0; k < 3; ++k) CHECK(agent.recommend()[k] == Approx(0.25 * towards[k]));
  // A soft answer moves in proportion, a tie by half.
  point const before = copy(agent.recommend());
  auto const soft = agent.select(g);
  CHECK(copy(soft.current) == before);
  CHECK(agent.observe(soft.ticket, 0.75));
  CHECK(distance(agent.recommend(), before) == Approx(0.25 * 0.125));
  // However often the probe wins, nothing leaves the ball.
  double farthest = 0.0;
  for (int t = 0; t < 3000; ++t) {
    auto const [current, beside, ticket] = agent.select(g);
    farthest = std::max({farthest, norm(current), norm(beside)});
    agent.observe(ticket, beside[0] > current[0] ? joust::second_wins : joust::first_wins);
  }
  CHECK(farthest <= 1.0 + 1e-12);
  CHECK(farthest > 0.99);
  CHECK(agent.recommend()[0] > 0.95);
}

TEST_CASE("dueling_gradient looks in all directions alike", "[dueling_gradient]") {
  // The mean of 20 000 unit vectors in R^3: each coordinate has mean 0 and standard error
  // sqrt(1/3 / 20000) = 0.0041, each square mean 1/3 and standard error sqrt(4/45 / 20000) = 0.0021.
  dueling_gradient agent{{.dimension = 3, .exploration = 1.0}};
  joust::stream g{3};
  point mean(3, 0.0);
  point square(3, 0.0);
  for (int t = 0; t < 20'000; ++t) {
    auto const duel = agent.select(g);
    for (std::size_t k = 0; k < 3; ++k) {
      mean[k] += duel.probe[k] / 20'000;
      square[k] += duel.probe[k] * duel.probe[k] / 20'000;
    }
  }
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(mean[k] == Approx(0.0).margin(4.5 * 0.0041));
    CHECK(square[k] == Approx(1.0 / 3.0).margin(4.5 * 0.0021));
  }
}

TEST_CASE("dueling_gradient climbs to the peak", "[dueling_gradient]") {
  // Logistic answers about -4 |x - peak|^2 in d = 5, peak at 0.6: the distance after 5000 duels has mean
  // 0.141 and standard deviation 0.045 over 400 other runs; 4.5 standard errors of a mean of 20 runs are
  // 0.046.
  // Whoever moves away, or stays at 0, is at 0.6 or farther.
  point const peak(5, 0.6 / std::sqrt(5.0));
  double mean = 0.0;
  for (int run = 0; run < 20; ++run) {
    dueling_gradient agent{{.dimension = 5}};
    joust::stream g = joust::stream{31}.child(run);
    for (int t = 0; t < 5000; ++t) {
      auto const [current, probe, ticket] = agent.select(g);
      agent.observe(ticket, joust::draw_bernoulli(joust::sigmoid(4.0 * lead(current, probe, peak)), g));
    }
    mean += distance(agent.recommend(), peak) / 20.0;
  }
  CHECK(mean == Approx(0.141).margin(0.046));
}

TEST_CASE("dueling_gradient takes late answers, in any order or never", "[dueling_gradient]") {
  point const peak(2, 0.5);
  dueling_gradient agent{{.dimension = 2, .outstanding = 30}};
  joust::stream g{5};
  struct waiting {
    std::uint64_t ticket;
    double answer;
  };
  std::vector<waiting> mail;
  for (int t = 0; t < 8000; ++t) {
    auto const [current, probe, ticket] = agent.select(g);
    mail.push_back({ticket, joust::draw_bernoulli(joust::sigmoid(4.0 * lead(current, probe, peak)), g)});
    if (mail.size() < 20) continue;
    std::swap(mail[joust::draw_index(20, g)], mail.back());
    auto const [late, answer] = mail.back();
    mail.pop_back();
    if (joust::draw_index(8, g) != 0) agent.observe(late, answer);
  }
  CHECK(distance(agent.recommend(), peak) < 0.3);

  dueling_gradient forgetful{{.dimension = 2, .outstanding = 3}};
  for (int t = 0; t < 4; ++t) (void)forgetful.select(g);
  CHECK_FALSE(forgetful.awaits(0));
  CHECK(forgetful.awaits(1));
  CHECK_FALSE(forgetful.awaits(4));
  CHECK_FALSE(forgetful.observe(0, joust::second_wins));
  CHECK(norm(forgetful.recommend()) == 0.0);
  CHECK(forgetful.observe(1, joust::second_wins));
  CHECK(norm(forgetful.recommend()) == Approx(0.01));
}

TEST_CASE("dueling_gradient_options::theory is the theorem's choice", "[dueling_gradient]") {
  auto const options = dueling_gradient_options::theory(8, 10'000, 2.0, 0.5);
  CHECK(options.dimension == 8);
  CHECK(options.radius == 2.0);
  CHECK(options.exploration == Approx(std::sqrt(32.0 / 6.5) / 10.0));
  CHECK(options.step == Approx(0.02));
  CHECK_THROWS_WITH(dueling_gradient_options::theory(0, 10), Catch::Contains("dimension"));
  CHECK_THROWS_WITH(dueling_gradient_options::theory(1, 0), Catch::Contains("horizon"));
  CHECK_THROWS_WITH(dueling_gradient_options::theory(1, 10, -1.0), Catch::Contains("radius"));
  CHECK_THROWS_WITH(dueling_gradient_options::theory(1, 10, 1.0, 0.0), Catch::Contains("lipschitz"));
}

TEST_CASE("dueling_gradient refuses what it cannot work with, and changes nothing",
          "[dueling_gradient][fault]") {
  double const nan = std::nan("");
  for (double const bad : {0.0, -1.0, nan}) {
    CHECK_THROWS_WITH((dueling_gradient{{.radius = bad}}), Catch::Contains("radius"));
    CHECK_THROWS_WITH((dueling_gradient{{.exploration = bad}}), Catch::Contains("exploration"));
    CHECK_THROWS_WITH((dueling_gradient{{.step = bad}}), Catch::Contains("step"));
  }
  CHECK_THROWS_WITH((dueling_gradient{{.step = std::numeric_limits<double>::infinity()}}),
                    Catch::Contains("step"));
  CHECK_THROWS_WITH((dueling_gradient{{.outstanding = 0}}), Catch::Contains("outstanding"));
  CHECK_THROWS_WITH((dueling_gradient{{.dimension = 9, .outstanding = std::size_t{1} << 60U}}),
                    Catch::Contains("outstanding"));
  joust::stream g{6};
  dueling_gradient prototype;
  CHECK_THROWS_WITH((void)prototype.select(g), Catch::Contains("dimension: is 0"));
  CHECK_THROWS_WITH(prototype.observe(0, 1.0), Catch::Contains("dimension: is 0"));
  CHECK_THROWS_WITH((void)prototype.fresh(0), Catch::Contains("dimension"));
  CHECK(prototype.fresh(4) == dueling_gradient{{.dimension = 4}});

  dueling_gradient agent{{.dimension = 2}};
  (void)agent.select(g);
  auto const before = agent;
  CHECK_THROWS_WITH(agent.observe(1, 1.0), Catch::Contains("ticket: is 1"));
  for (double const bad : {nan, -0.1, 1.1})
    CHECK_THROWS_WITH(agent.observe(0, bad), Catch::Contains("outcome"));
  CHECK(agent == before);
  CHECK(agent.awaits(0));
}

TEST_CASE("dueling_gradient is saved with its outstanding duels and continues exactly",
          "[dueling_gradient]") {
  dueling_gradient agent{{.dimension = 4, .radius = 2.0, .exploration = 0.3, .step = 0.07, .outstanding = 6}};
  joust::stream g{7};
  for (int t = 0; t < 100; ++t) {
    auto const duel = agent.select(g);
    if (t % 3 != 0) agent.observe(duel.ticket, joust::draw_bernoulli(0.5, g));
  }
  std::string const saved = agent.save();
  dueling_gradient restored = dueling_gradient::load(saved);
  CHECK(restored == agent);
  CHECK(restored.save() == saved);
  CHECK(restored.observe(99, 0.0) == agent.observe(99, 0.0));  // still outstanding
  joust::stream h = g;
  bool same = true;
  for (int t = 0; t < 50; ++t) {
    auto const a = agent.select(g);
    auto const b = restored.select(h);
    same = same && copy(a.probe) == copy(b.probe) && agent.observe(a.ticket, 0.0) &&
           restored.observe(b.ticket, 0.0);
  }
  CHECK(same);
  CHECK(agent == restored);
  CHECK(dueling_gradient::load(dueling_gradient{}.save()) == dueling_gradient{});
  std::string duelled_nowhere = dueling_gradient{}.save();  // a prototype that has selected
  duelled_nowhere.replace(duelled_nowhere.find("selections 0"), 12, "selections 5");
  duelled_nowhere.erase(duelled_nowhere.rfind("checksum "));
  duelled_nowhere += "checksum " + joust::detail::hexadecimal(joust::detail::fnv1a(duelled_nowhere)) + '\n';
  CHECK_THROWS_WITH(dueling_gradient::load(duelled_nowhere), Catch::Contains("make no sense"));

  int accepted = 0;
  for (std::size_t n = 0; n < saved.size(); ++n) {
    for (std::string const& bad :
         {saved.substr(0, n), saved.substr(n + 1),
          saved.substr(0, n) + (saved[n] == '7' ? '8' : '7') + saved.substr(n + 1)}) {
      try {
        (void)dueling_gradient::load(bad);
        ++accepted;
      } catch (std::invalid_argument const&) {}
    }
  }
  CHECK(accepted == 0);
}

TEST_CASE("dueling_gradient does not allocate after construction", "[dueling_gradient][allocation]") {
  if (!allocations_are_counted) return;
  dueling_gradient agent{{.dimension = 6}};
  joust::stream g{8};
  std::size_t const before = allocation_count;
  double sum = 0.0;
  for (int t = 0; t < 500; ++t) {
    auto const duel = agent.select(g);
    agent.observe(duel.ticket, joust::draw_bernoulli(0.5, g));
    sum += agent.recommend()[0];
  }
  std::size_t const after = allocation_count;
  CHECK(after == before);
  CHECK(std::isfinite(sum));
}
