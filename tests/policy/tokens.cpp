// SPDX-License-Identifier: MIT
#include <joust/policy/tokens.hpp>

#include <catch2/catch.hpp>

#include <stdexcept>
#include <string>
#include <type_traits>

using joust::scored_tokens;
using joust::tokens;

static_assert(std::is_unsigned_v<joust::token> && sizeof(joust::token) == 2);
static_assert(std::is_same_v<tokens::value_type, joust::token>);

namespace {

std::string complaint(tokens const& answer, std::size_t vocabulary, std::size_t max_length) {
  try {
    joust::detail::require_answer("answer", answer, vocabulary, max_length);
  } catch (std::invalid_argument const& error) { return error.what(); }
  return "";
}

}  // namespace

TEST_CASE("the end is scored where it was a choice", "[tokens]") {
  CHECK(scored_tokens({0}, 3) == 2);
  CHECK(scored_tokens({0, 1}, 3) == 3);
  CHECK(scored_tokens({0, 1, 0}, 3) == 3);  // as long as answers may be: no choice
  CHECK(scored_tokens({0}, 1) == 1);
}

TEST_CASE("an answer has some tokens, not too many, all of the vocabulary", "[tokens][fault]") {
  CHECK(complaint({0, 3, 1}, 4, 3).empty());
  CHECK(complaint({65535}, 65536, 1).empty());
  CHECK(complaint({}, 4, 3) == "answer: is empty; expected 1 to 3 tokens");
  CHECK(complaint({0, 0, 0, 0}, 4, 3) == "answer: is of length 4; expected at most 3 tokens");
  CHECK(complaint({0, 4}, 4, 3) == "answer: is with the token 4; expected tokens below 4");
}
