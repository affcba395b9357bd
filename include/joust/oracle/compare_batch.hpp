// SPDX-License-Identifier: MIT
//
// Many questions at once. A judge behind a network or a reward model on a device answers a batch for little
// more than the price of one; every other oracle is asked in a loop. Question i has a stream of its own, so
// that the answers do not depend on which of the two happened.
//
//   needs   preference_oracle (core/concepts.hpp); its own compare_batch(duels, streams) is used if it has
//           one
//   cost    one word of the stream, one child stream per question; no allocation
//   repeat  same stream and same duels give the same answers, batched or in a loop
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <joust/core/concepts.hpp>

namespace joust {

/// An oracle that answers batches itself.
///
/// Laws: the answer to question i is written to duels[i].outcome and is the one that compare() would give
/// with streams.child(i); a failure is an oracle_error, after which no outcome of the batch is to be used.
template <class O, class Context, class Action, class Stream = stream>
concept batch_oracle = preference_oracle<O, Context, Action, Stream> &&
    requires(O& oracle, std::span<duel<Context, Action>> duels, Stream const& streams) {
  oracle.compare_batch(duels, streams);
};

namespace detail {

// The batch with its streams fixed: what adaptors call to pass a batch on.
template <class Oracle, class Context, class Action, class Stream>
  requires preference_oracle<Oracle, Context, Action, Stream>
void answer(Oracle& oracle, std::span<duel<Context, Action>> duels, Stream const& streams) {
  if constexpr (batch_oracle<Oracle, Context, Action, Stream>) {
    oracle.compare_batch(duels, streams);
  } else {
    for (std::size_t i = 0; i < duels.size(); ++i) {
      auto own = streams.child(static_cast<std::uint64_t>(i));
      duels[i].outcome = oracle.compare(duels[i].context, duels[i].first, duels[i].second, own);
    }
  }
}

}  // namespace detail

/// Asks every duel of the span and writes its `outcome`. The stream moves on by one word, so that two batches
/// in a row differ. Throws what the oracle throws; then no outcome of the batch is to be used.
template <class Oracle, class Context, class Action, random_stream Stream>
  requires preference_oracle<Oracle, Context, Action, Stream>
void compare_batch(Oracle& oracle, std::span<duel<Context, Action>> duels, Stream& stream) {
  // A child is a function of the stream's identity alone: without a tag drawn from the stream, the next batch
  // would be asked with the same random numbers.
  auto const streams = stream.child(static_cast<std::uint64_t>(stream()));
  detail::answer(oracle, duels, streams);
}

}  // namespace joust
