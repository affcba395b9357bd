// SPDX-License-Identifier: MIT
#include "planted.hpp"

#include <cstdint>
#include <memory>

#include <joust/core/stream.hpp>
#include <joust/laws/random_stream.hpp>

#include "../core/archetypes.hpp"

using base = archetype::random_stream;
namespace laws = joust::laws;

namespace {

// Heirs keep the archetype's outputs; each spoils one thing.
template <class Heir>
struct heir : base {
  constexpr Heir child(std::uint64_t tag) const { return rebuilt(base::child(tag)); }
  static constexpr Heir rebuilt(base from) {
    Heir result{};
    static_cast<base&>(result) = from;
    return result;
  }
};
struct good : heir<good> {};
struct position_dependent : heir<position_dependent> {
  position_dependent child(std::uint64_t tag) const { return rebuilt(base::child(tag + position)); }
};
struct disturbed_parent : heir<disturbed_parent> {
  mutable std::uint64_t splits = 0;
  disturbed_parent child(std::uint64_t tag) const {
    ++splits;
    return rebuilt(base::child(tag));
  }
  result_type operator()() { return mix(base::operator()() + splits); }
};
struct deaf_to_tags : heir<deaf_to_tags> {
  deaf_to_tags child(std::uint64_t) const { return rebuilt(base::child(0)); }
};
struct narrow_tags : heir<narrow_tags> {  // 2^32 and 0 are the same tag
  narrow_tags child(std::uint64_t tag) const { return rebuilt(base::child(tag & 0xFFFFFFFF)); }
};
struct related_children
    : heir<related_children> {  // outputs differ, but their upper halves agree three times in four
  std::uint64_t flavour = 0;
  related_children child(std::uint64_t tag) const {
    auto result = rebuilt(base::child(0));
    result.flavour = mix(tag + 1);
    return result;
  }
  result_type operator()() {
    std::uint64_t const z = base::operator()();
    return z ^ (mix(z ^ flavour) & mix(z + flavour));
  }
};
struct loaded : heir<loaded> {
  result_type operator()() { return base::operator()() | (base::operator()() & base::operator()()); }
};
struct stuck_low_bit : heir<stuck_low_bit> {
  result_type operator()() { return base::operator()() & ~std::uint64_t{1}; }
};
struct sticky : heir<sticky> {  // every other output repeats the half of the one before, 60 % of the time
  std::uint64_t last = 0;
  result_type operator()() {
    std::uint64_t const z = base::operator()();
    bool const repeats = mix(z) < 0x3333333333333333;  // 1/5 beyond chance
    last = repeats ? (z >> 1U) | (last & (std::uint64_t{1} << 63U)) : z;
    return last;
  }
};
struct shared_state {
  using result_type = std::uint64_t;
  std::shared_ptr<base> state = std::make_shared<base>();
  static constexpr result_type min() { return base::min(); }
  static constexpr result_type max() { return base::max(); }
  result_type operator()() { return (*state)(); }
  shared_state child(std::uint64_t tag) const { return {std::make_shared<base>(state->child(tag))}; }
};
// A die: a range that is no power of two.
template <int Loaded>
struct die : heir<die<Loaded>> {
  using result_type = std::uint64_t;
  static constexpr result_type min() { return 1; }
  static constexpr result_type max() { return 6; }
  result_type operator()() {
    std::uint64_t const z = base::operator()();
    return Loaded != 0 && z % 16 == 0 ? 6 : 1 + (z >> 8U) % 6;
  }
};

}  // namespace

TEST_CASE("correct streams keep the laws", "[laws][random_stream]") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) CHECK_KEEPS_LAWS(laws::random_stream(joust::stream{seed}));
  CHECK_KEEPS_LAWS(laws::random_stream(joust::stream{1}.child("name").at_round(7)));
  CHECK_KEEPS_LAWS(laws::random_stream(base{}));
  CHECK_KEEPS_LAWS(laws::random_stream(good{}));
  CHECK_KEEPS_LAWS(laws::random_stream(die<0>{}));
}

TEST_CASE("planted faults of streams are found", "[laws][random_stream]") {
  CHECK_BREAKS("does not depend on how much the parent has produced",
               laws::random_stream(position_dependent{}));
  CHECK_BREAKS("leaves the parent untouched", laws::random_stream(disturbed_parent{}));
  CHECK_BREAKS("children of different tags differ", laws::random_stream(deaf_to_tags{}));
  CHECK_BREAKS("children of different tags are independent", laws::random_stream(related_children{}));
  CHECK_BREAKS("equally likely", laws::random_stream(loaded{}));
  CHECK_BREAKS("equally likely", laws::random_stream(stuck_low_bit{}));
  CHECK_BREAKS("equally likely", laws::random_stream(die<1>{}));
  CHECK_BREAKS("outputs of a stream are independent", laws::random_stream(sticky{}));
  CHECK_BREAKS("equal streams produce equal bits", laws::random_stream(shared_state{}));
}

TEST_CASE("tags are compared in full width", "[laws][random_stream]") {
  CHECK_BREAKS("children of different tags differ", laws::random_stream(narrow_tags{}));
}
