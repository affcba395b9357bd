// SPDX-License-Identifier: MIT
#include <joust/environment/read_preflib.hpp>

#include "expect_fault.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace {

joust::duel_log parse(std::string_view text) { return joust::parse_preflib(text, "it"); }

void fault(std::string_view text, std::size_t line, std::size_t column, std::string const& part) {
  joust::testing::expect_fault(joust::parse_preflib, text, line, column, part);
}

std::string const names =
    "# ALTERNATIVE NAME 1: ebi\n# ALTERNATIVE NAME 2: uni\n# ALTERNATIVE NAME 3: toro\n";  // three lines

}  // namespace

TEST_CASE("read_preflib: complete orders, the format in full", "[read_preflib]") {
  auto const log = parse(
      "# FILE NAME: 00000-00000001.soc\n# TITLE: a vote: on sushi\n# DATA TYPE: soc\n#\n"
      "# NUMBER ALTERNATIVES: 3\n# NUMBER VOTERS: 7\n# NUMBER UNIQUE ORDERS: 2\n" +
      names + "5: 3,1,2\n2: 2,3,1\n");
  CHECK(log.names() == std::vector<std::string>{"ebi", "uni", "toro"});
  CHECK(log.duels() == 21);  // each of 7 voters compares 3 pairs
  CHECK(log.wins() == std::vector<double>{0, 5, 0, 2, 0, 2, 7, 5, 0});
}

TEST_CASE("read_preflib: ties count half for each", "[read_preflib]") {
  auto const log = parse("# DATA TYPE: toc\n" + names + "4: 1,{2,3}\n1: {1, 2 ,3}\n");
  CHECK(log.wins() == std::vector<double>{0, 4.5, 4.5, 0.5, 0, 2.5, 0.5, 2.5, 0});
  CHECK(parse(names + "2: {1,2},3").wins() == std::vector<double>{0, 1, 2, 1, 0, 2, 0, 0, 0});
  CHECK(parse(names + "2: {3},1\r\n").wins() == std::vector<double>{0, 0, 0, 0, 0, 0, 2, 0, 0});
}

TEST_CASE("read_preflib: alternatives left out are not compared", "[read_preflib]") {
  auto const log = parse("# DATA TYPE: soi\n" + names + "3: 2,1\n6: 3\n");
  CHECK(log.wins() == std::vector<double>{0, 0, 0, 3, 0, 0, 0, 0, 0});
  CHECK(log.duels() == 3);
}

TEST_CASE("read_preflib: agrees with every pair counted by hand", "[read_preflib]") {
  // All pairs of one order of five: earlier beats later.
  std::string text;
  for (int i = 1; i <= 5; ++i)
    text += "# ALTERNATIVE NAME " + std::to_string(i) + ": n" + std::to_string(i) + "\n";
  auto const wins = parse(text + "1: 4,2,5,1,3\n").wins();
  std::vector<std::size_t> const order{3, 1, 4, 0, 2};
  for (std::size_t i = 0; i < 5; ++i) {
    for (std::size_t j = 0; j < 5; ++j) CHECK(wins[5 * order[i] + order[j]] == (i < j ? 1.0 : 0.0));
  }
}

TEST_CASE("read_preflib: every fault has its place", "[read_preflib]") {
  fault("", 0, 0, "is empty");
  fault(" \n\n", 0, 0, "is empty");
  fault(names, 0, 0, "has no orders");
  fault("5: 1,2\n", 1, 0, "first order after 0 alternatives");
  fault("# ALTERNATIVE NAME 1: ebi\n5: 1\n", 2, 0, "first order after 1 alternatives");
  fault("# ALTERNATIVE NAME 2: uni\n", 1, 20, "index of an alternative is \"2\"; expected 1, the next");
  fault("# ALTERNATIVE NAME x: uni\n", 1, 20, "index of an alternative is \"x\"");
  fault("# ALTERNATIVE NAME 1:\n", 1, 20, "alternative has no name");
  fault("# ALTERNATIVE NAME 1: a\n# ALTERNATIVE NAME 2: a\n", 2, 23, "name of an alternative is \"a\"");
  fault("# DATA TYPE: cat\n", 1, 14, "data type is \"cat\"; expected soc, soi, toc or toi");
  fault("# NUMBER ALTERNATIVES: 4\n" + names + "5: 1,2,3\n", 1, 24,
        "number of alternatives is \"4\"; expected 3");
  fault("# NUMBER ALTERNATIVES: many\n", 1, 24, "number of alternatives is \"many\"");
  fault("# NUMBER VOTERS: 6\n" + names + "5: 1,2,3\n", 1, 18, "number of voters is \"6\"; expected 5");
  fault("# NUMBER UNIQUE ORDERS: 2\n" + names + "5: 1,2,3\n", 1, 25, "number of unique orders is \"2\"");
  fault(names + "5: 1,2,3\n# TITLE: late\n", 5, 1, "metadata after the first order");
  fault(names + "\n5: 1,2,3\n", 4, 0, "empty line");
  fault(names + "1,2,3\n", 4, 1, "order is \"1,2,3\"");
  fault(names + "0: 1,2,3\n", 4, 1, "count is \"0\"");
  fault(names + "-1: 1,2,3\n", 4, 1, "count is \"-1\"");
  fault(names + "x: 1,2,3\n", 4, 1, "count is \"x\"");
  fault(names + "99999999999999999999: 1,2\n", 4, 1, "at most 2^53");
  fault(names + "9007199254740992: 1\n1: 1,2\n", 5, 1, "at most 2^53 voters in all");
  fault(names + "9007199254740992: 1,2,3\n", 4, 0, "beyond 2^53");
  fault(names + "5: 1,4,3\n", 4, 6, "alternative is \"4\"; expected at most 3");
  fault(names + "5: 1,0\n", 4, 6, "alternative is \"0\"");
  fault(names + "5: 1,ebi\n", 4, 6, "alternative is \"ebi\"");
  fault(names + "5: 1,,2\n", 4, 6, "alternative is \"\"");
  fault(names + "5: 1,2,\n", 4, 8, "alternative is \"\"");
  fault(names + "5:\n", 4, 3, "alternative is \"\"");
  fault(names + "5: 1,2,1\n", 4, 8, "alternative is \"1\"; expected one not ranked before");
  fault(names + "5: 1,{2,3\n", 4, 6, "never closed");
  fault(names + "5: 1,2},3\n", 4, 7, "closing brace without an opening one");
  fault(names + "5: {1,{2,3}}\n", 4, 7, "brace inside braces");
  fault(names + "5: 1,{}\n", 4, 7, "alternative is \"\"");
  fault("# DATA TYPE: soc\n" + names + "5: 1,{2,3}\n", 5, 6, "tie in data of type \"soc\"");
  fault("# DATA TYPE: soi\n" + names + "5: {2,3}\n", 5, 4, "tie in data of type \"soi\"");
  fault("# DATA TYPE: soc\n" + names + "5: 1,2\n", 5, 0, "order ranks 2 alternatives; expected all 3");
  fault("# DATA TYPE: toc\n" + names + "5: {1,2}\n", 5, 0, "order ranks 2 alternatives; expected all 3");
}

TEST_CASE("read_preflib: files, and what is none", "[read_preflib]") {
  auto const path = std::filesystem::temp_directory_path() / "joust_read_preflib_test.soi";
  std::ofstream{path} << names << "5: 1,2\n";
  CHECK(joust::read_preflib(path) == parse(names + "5: 1,2\n"));
  std::filesystem::remove(path);
  CHECK_THROWS_AS(joust::read_preflib(path), joust::file_error);
}
