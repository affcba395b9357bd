// SPDX-License-Identifier: MIT
#include "planted.hpp"

#include <memory>
#include <stdexcept>
#include <vector>

#include <joust/core/draw.hpp>
#include <joust/core/stream.hpp>
#include <joust/laws/proposer.hpp>

#include "../core/archetypes.hpp"

using joust::stream;
namespace laws = joust::laws;

namespace {

struct growing {  // state is allowed: it proposes one more each time
  std::size_t rounds = 0;
  std::vector<double> propose(int, stream& g) {
    std::vector<double> candidates(++rounds);
    for (double& c : candidates) c = joust::draw_uniform(g);
    return candidates;
  }
};
struct sometimes_empty {
  std::vector<double> propose(int, stream& g) { return std::vector<double>(joust::draw_index(3, g)); }
};
struct shared_counter {
  std::shared_ptr<int> calls = std::make_shared<int>(0);
  std::vector<int> propose(int, stream&) { return {++*calls}; }
};
struct miscounted {
  struct list : std::vector<int> {
    using std::vector<int>::vector;
    std::size_t size() const { return 7; }
  };
  list propose(int, stream&) { return {1, 2}; }
};
struct refusing {
  std::vector<int> propose(int, stream&) { throw std::runtime_error{"no"}; }
};

}  // namespace

TEST_CASE("correct proposers keep the laws", "[laws][proposer]") {
  CHECK_KEEPS_LAWS(laws::proposer(archetype::proposer{}, 3, stream{1}));
  CHECK_KEEPS_LAWS(laws::proposer(growing{}, 3, stream{1}));
}

TEST_CASE("planted faults of proposers are found", "[laws][proposer]") {
  CHECK_BREAKS("the result is not empty", laws::proposer(sometimes_empty{}, 3, stream{1}));
  CHECK_BREAKS("give the same candidates", laws::proposer(shared_counter{}, 3, stream{1}));
  CHECK_BREAKS("size() counts", laws::proposer(miscounted{}, 3, stream{1}));
  CHECK_BREAKS("valid arguments are accepted", laws::proposer(refusing{}, 3, stream{1}));
}
