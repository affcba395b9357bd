// SPDX-License-Identifier: MIT
//
// D-TS and D-TS+ with every sample the upper quantile of a uniform number, of which only the digits that
// matter are drawn from the stream. The literal form, a Beta draw per pair, is textbook::double_thompson.
//
// First stage: nothing if a single arm has the largest optimistic score. Else the rows of those arms, first
// that of the arm with most empirical wins (lowest index), then the others by index. A row i samples theta_ji
// for the arms j of 0 to 63, then 64 to 127 and so on, as far as no earlier row has sampled them; it ends,
// perhaps before it begins, where it is known to lose more often than the best row before it. From the stream
// it takes, for each 64 arms of which one is to be sampled, a word: bit j is the first binary digit of the
// number of arm j. Where P(theta_ji > 1/2) is 1/2, that decides. For the others further words bring further
// digits, until all but eight of the numbers differ from that probability; then each word brings eight more
// digits for eight arms (by index, lowest bits first), and a number that still agrees takes its other digits
// from a uniform draw, at once.
//   D-TS   All other pairs are then sampled too, from a stream of their own, and the winners are read off the
//          whole matrix: if the rows had been cut too early, these samples would show it. A choice among
//          several winners counts them in the order of their rows.
//   D-TS+  The same if the winner is unique. Else all rows are sampled to their end, by index, from the
//          stream; then for each winner in the order of its row and each other arm by index, a number that
//          says where in its half theta_ji lies, unless a row before it has settled the pair; then a choice
//          among the winners of least regret.
// Second stage: a number for every possible opponent i, by index, which stands for theta_ia.
#pragma once

#include "../textbook.hpp"

#include <limits>

namespace textbook {

class coupled_double_thompson : public double_thompson {
 public:
  explicit coupled_double_thompson(std::size_t k, double alpha = 0.51, bool plus = false)
      : double_thompson{k, alpha}, plus_{plus} {}

  template <class Stream>
  joust::pairing select(Stream& g) {
    ++round_;
    table const u = upper_bounds(alpha_, 1.0);
    std::size_t const a = any_of(imagined_winners(optimistic(u), g), g);
    std::size_t b = a;
    double highest = 0.5;
    for (std::size_t i = 0; i < arms_; ++i) {
      if (i == a || 1.0 - u(a, i) > 0.5) continue;
      double const sample = quantile(i, a, joust::draw_uniform(g));
      if (sample > highest) {
        highest = sample;
        b = i;
      }
    }
    return {a, b};
  }

 private:
  using policy = boost::math::policies::policy<boost::math::policies::promote_double<false>>;

  // P(theta_ij > 1/2), and the x that theta_ij exceeds with probability u.
  [[nodiscard]] double chance(std::size_t i, std::size_t j) const {
    return wins_(i, j) == wins_(j, i)
               ? 0.5
               : boost::math::ibetac(wins_(i, j) + 1.0, wins_(j, i) + 1.0, 0.5, policy{});
  }
  [[nodiscard]] double quantile(std::size_t i, std::size_t j, double u) const {
    if (met(i, j) == 0.0) return 1.0 - u;
    return boost::math::ibetac_inv(wins_(i, j) + 1.0, wins_(j, i) + 1.0, u, policy{});
  }

  template <class Stream>
  [[nodiscard]] std::vector<std::size_t> imagined_winners(std::vector<std::size_t> leaders, Stream& g) const {
    if (leaders.size() == 1) return leaders;
    auto const beaten = [this](std::size_t i) {
      std::size_t count = 0;
      for (std::size_t j = 0; j < arms_; ++j) count += wins_(i, j) > wins_(j, i) ? 1U : 0U;
      return count;
    };
    std::stable_sort(leaders.begin(), leaders.end(),
                     [&](std::size_t i, std::size_t j) { return beaten(i) > beaten(j); });
    std::sort(leaders.begin() + 1, leaders.end());
    table theta{arms_, -1.0};
    for (std::size_t i = 0; i < arms_; ++i) theta(i, i) = 0.5;
    std::size_t fewest = arms_;
    std::size_t several = 0;
    for (std::size_t const i : leaders) {
      std::size_t const losses = sample_row(theta, i, fewest, g);
      if (losses < fewest) several = 0;
      if (losses <= fewest) ++several;
      fewest = std::min(fewest, losses);
    }
    if (plus_ && several > 1) {
      for (std::size_t i = 0; i < arms_; ++i) (void)sample_row(theta, i, arms_, g);
      return least_regret(theta, winners(leaders, theta), g);
    }
    auto rest = g.child("rest", round_);
    for (std::size_t i = 0; i < arms_; ++i) (void)sample_row(theta, i, arms_, rest);
    return winners(leaders, theta);
  }

  template <class Stream>
  std::size_t sample_row(table& theta, std::size_t i, std::size_t most, Stream& g) const {
    auto const losses = [&] {
      std::size_t count = 0;
      for (std::size_t j = 0; j < arms_; ++j) count += theta(j, i) > 0.5 ? 1U : 0U;
      return count;
    };
    auto const word = [&] { return boost::random::uniform_int_distribution<std::uint64_t>{}(g); };
    for (std::size_t start = 0; start < arms_ && losses() <= most; start += 64) {
      struct number {
        std::size_t arm;
        double chance;
        double digits = 0.0;  // those that are known, as a whole number
      };
      std::vector<number> open;
      for (std::size_t j = start; j < std::min(arms_, start + 64); ++j) {
        if (theta(j, i) < 0.0) open.push_back({j, chance(j, i)});
      }
      if (open.empty()) continue;
      auto const settle = [&](std::size_t j, double u) {
        theta(j, i) = quantile(j, i, u);
        theta(i, j) = 1.0 - theta(j, i);
      };
      double scale = 1.0;  // 2 to the number of digits
      do {
        std::uint64_t const random = word();
        scale *= 2.0;
        std::vector<number> undecided;
        for (number n : open) {
          n.digits = 2.0 * n.digits + static_cast<double>((random >> (n.arm - start)) & 1U);
          bool const even = n.chance == 0.5;
          if (!even && n.digits == std::min(std::floor(scale * n.chance + 1e-9), scale - 1.0)) {
            undecided.push_back(n);
          } else {
            settle(n.arm, (n.digits + 0.5) / scale);
          }
        }
        open = undecided;
      } while (open.size() > 8 && scale < 256.0);
      std::uint64_t bytes = 0;
      for (std::size_t k = 0; k < open.size(); ++k) {
        if (k % 8 == 0) bytes = word();
        double const digits = 256.0 * open[k].digits + static_cast<double>((bytes >> (8 * (k % 8))) & 255U);
        double const known =
            256.0 * open[k].digits +
            std::min(std::floor(256.0 * (scale * open[k].chance - open[k].digits) + 1e-9), 255.0);
        double const beyond = digits == known ? joust::draw_uniform(g) : 0.5;
        settle(open[k].arm, (digits + beyond) / (256.0 * scale));
      }
    }
    return losses();
  }

  // Wu & Liu, section 3: ties go to the arm with the least sum over j of
  // [max zeta - (zeta_i + zeta_j) / 2] / d(theta_ij, 1/2).
  template <class Stream>
  [[nodiscard]] std::vector<std::size_t> least_regret(table& theta, std::vector<std::size_t> const& tied,
                                                      Stream& g) const {
    std::vector<double> zeta(arms_, 0.0);
    double most = 0.0;
    for (std::size_t i = 0; i < arms_; ++i) {
      for (std::size_t j = 0; j < arms_; ++j) zeta[i] += theta(i, j) > 0.5 ? 1.0 : 0.0;
      most = std::max(most, zeta[i]);
    }
    std::set<std::size_t> settled;
    double least = std::numeric_limits<double>::infinity();
    std::vector<std::size_t> best;
    for (std::size_t const i : tied) {
      double regret = 0.0;
      for (std::size_t j = 0; j < arms_; ++j) {
        if (j == i) continue;
        if (settled.count(j) == 0) {
          double const v = joust::draw_uniform(g);
          double const q = chance(j, i);
          theta(j, i) = quantile(j, i, theta(j, i) > 0.5 ? q * v : q + (1.0 - q) * v);
          theta(i, j) = 1.0 - theta(j, i);
        }
        double const p = theta(i, j);
        if (p == 0.5) continue;
        double const d =
            (p > 0.0 ? p * std::log(2.0 * p) : 0.0) + (p < 1.0 ? (1.0 - p) * std::log(2.0 * (1.0 - p)) : 0.0);
        double const gap = most - 0.5 * (zeta[i] + zeta[j]);
        regret += gap / std::max(d, 2.0 * (p - 0.5) * (p - 0.5));
      }
      settled.insert(i);
      if (regret < least) best.clear();
      least = std::min(least, regret);
      if (regret == least) best.push_back(i);
    }
    return best;
  }

  bool plus_;
};

}  // namespace textbook
