// SPDX-License-Identifier: MIT
#include "planted.hpp"

#include <cmath>
#include <memory>
#include <vector>

#include <joust/core/stream.hpp>
#include <joust/laws/posterior.hpp>
#include <joust/posterior/linear_logistic.hpp>

#include "../core/archetypes.hpp"

using joust::stream;
namespace laws = joust::laws;

namespace {

archetype::column const candidates{{1.0, 0.25, -0.5, 2.0}};

struct favours_first : archetype::posterior {
  void observe(double first, double second, double y, double w) {
    archetype::posterior::observe(first, second, y, w);
    target += 0.01 * w * first;
  }
};
struct reads_second_outcome
    : archetype::posterior {  // takes y for the second's share when the second is larger
  void observe(double first, double second, double y, double w) {
    archetype::posterior::observe(first, second, first < second ? 0.9 * y : y, w);
  }
};
struct counts_weightless : archetype::posterior {
  void observe(double first, double second, double y, double w) {
    archetype::posterior::observe(first, second, y, w);
    precision += 0.01;
  }
};
struct forgets_checks : archetype::posterior {
  void observe(double first, double second, double y, double w) {
    if (y >= 0.0 && y <= 1.0 && std::isfinite(first) && std::isfinite(second) && std::isfinite(w)) {
      archetype::posterior::observe(first, second, y, std::fabs(w));
    }
  }
};
struct checks_too_late : archetype::posterior {
  void observe(double first, double second, double y, double w) {
    if (w > 0.0) precision += w * 0.1;
    archetype::posterior::observe(first, second, y, w);
  }
};
struct throws_otherwise : archetype::posterior {
  void observe(double first, double second, double y, double w) {
    if (!(y <= 1.0)) throw std::out_of_range{"outcome"};
    archetype::posterior::observe(first, second, y, w);
  }
};
struct shared {
  std::shared_ptr<archetype::posterior> state = std::make_shared<archetype::posterior>();
  archetype::belief at(archetype::column const& c) const { return state->at(c); }
  void observe(double first, double second, double y, double w) { state->observe(first, second, y, w); }
};
struct short_sighted : archetype::posterior {
  archetype::belief at(archetype::column c) const {
    c.values.pop_back();
    return archetype::posterior::at(c);
  }
};
struct overconfident : archetype::posterior {
  struct belief : archetype::belief {
    double pair_variance(std::size_t i, std::size_t j) const {
      return 0.5 * archetype::belief::pair_variance(i, j);
    }
  };
  belief at(archetype::column const& c) const { return {archetype::posterior::at(c)}; }
};
struct refuses_all : archetype::posterior {
  void observe(double, double, double, double) { throw std::logic_error{"full"}; }
};

}  // namespace

TEST_CASE("a correct posterior keeps the laws", "[laws][posterior]") {
  for (std::uint64_t seed = 0; seed < 10; ++seed) {
    CHECK_KEEPS_LAWS(laws::posterior(archetype::posterior{}, candidates, stream{seed}));
  }
  CHECK_KEEPS_LAWS(laws::posterior(archetype::posterior{10.0, 3.0}, candidates, stream{1}));
}

TEST_CASE("planted faults of posteriors are found", "[laws][posterior]") {
  stream const random{1};
  CHECK_BREAKS("leave the same state", laws::posterior(favours_first{}, candidates, random));
  CHECK_BREAKS("leave the same state", laws::posterior(reads_second_outcome{}, candidates, random));
  CHECK_BREAKS("weight 0 changes nothing", laws::posterior(counts_weightless{}, candidates, random));
  CHECK_BREAKS("an invalid observation is refused", laws::posterior(forgets_checks{}, candidates, random));
  CHECK_BREAKS("a rejected observation changes nothing",
               laws::posterior(checks_too_late{}, candidates, random));
  CHECK_BREAKS("refused with std::invalid_argument", laws::posterior(throws_otherwise{}, candidates, random));
  CHECK_BREAKS("a copy learns on its own", laws::posterior(shared{}, candidates, random));
  CHECK_BREAKS("one reward per row", laws::posterior(short_sighted{}, candidates, random));
  CHECK_BREAKS("belief, pair_variance(i, j) is the variance",
               laws::posterior(overconfident{}, candidates, random));
  CHECK_BREAKS("valid arguments are accepted", laws::posterior(refuses_all{}, candidates, random));
  CHECK_BREAKS("valid arguments are accepted",
               laws::posterior(archetype::posterior{}, archetype::column{{1.0}}, random));
}

TEST_CASE("the library's posterior keeps the laws", "[laws][posterior]") {
  Eigen::MatrixXd const phi{{1.0, 0.0, 0.5}, {0.0, 1.0, 0.5}, {0.5, -0.5, 1.0}, {-1.0, 0.2, 0.0}};
  CHECK_KEEPS_LAWS(laws::posterior(joust::linear_logistic{{.dimension = 3}}, phi, stream{7}));
}
