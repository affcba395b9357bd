// SPDX-License-Identifier: MIT
#include <joust/environment/read_matrix.hpp>

#include "data_file.hpp"
#include "expect_fault.hpp"
#include "random_matrix.hpp"

#include <catch2/catch.hpp>

#include <filesystem>
#include <fstream>
#include <string>

using joust::preference_matrix;

namespace {

preference_matrix parse(std::string_view text) { return joust::parse_matrix(text, "it"); }

void fault(std::string_view text, std::size_t line, std::size_t column, std::string const& part) {
  joust::testing::expect_fault(joust::parse_matrix, text, line, column, part);
}

}  // namespace

TEST_CASE("read_matrix: plain and named matrices", "[read_matrix]") {
  preference_matrix const plain{{0.5, 0.6}, {0.4, 0.5}};
  CHECK(parse("0.5,0.6\n0.4,0.5\n") == plain);
  CHECK(parse("0.5,0.6\n0.4,0.5") == plain);
  CHECK(parse("0.5,0.6\r\n0.4,0.5\r\n") == plain);
  CHECK(parse("\xEF\xBB\xBF"
              "0.5,0.6\n0.4,0.5\n\n") == plain);
  CHECK(parse(" 0.5 ,\t6e-1 \n 0.4, \"0.5\"\n") == plain);
  preference_matrix const named{{{0.5, 0.6}, {0.4, 0.5}}, {"a, b", "say \"c\""}};
  CHECK(parse("\"a, b\",\"say \"\"c\"\"\"\n0.5,0.6\n0.4,0.5\n") == named);
  preference_matrix const numbered{{{0.5, 0.6}, {0.4, 0.5}}, {"1", "2"}};
  CHECK(parse("\"1\",\"2\"\n0.5,0.6\n0.4,0.5\n") == numbered);
}

TEST_CASE("read_matrix: what is written is read back bit by bit", "[read_matrix]") {
  joust::stream random{91};
  for (int trial = 0; trial < 20; ++trial) {
    auto const p = joust::testing::random_matrix(2 + joust::draw_index(6, random), false, random);
    std::string text;
    for (std::size_t i = 0; i < p.size(); ++i) {
      for (std::size_t j = 0; j < p.size(); ++j) text += (j == 0 ? "" : ",") + joust::detail::text(p(i, j));
      text += '\n';
    }
    CHECK(parse(text) == p);
  }
}

TEST_CASE("read_matrix: every fault has its place", "[read_matrix]") {
  fault("", 0, 0, "is empty");
  fault("\n \r\n", 0, 0, "is empty");
  fault("\xEF\xBB\xBF", 0, 0, "is empty");
  fault("0.5\n", 1, 0, "at least 2 arms");
  fault("a\n0.5\n", 2, 0, "at least 2 arms");
  fault("a,b\n", 1, 0, "no row follows");
  fault("0.5,0.6\n0.4,0.5,0.3\n", 2, 9, "row has 3 fields; expected 2");
  fault("0.5,0.6,0.7\n0.4,0.5\n", 2, 0, "row has 2 fields; expected 3");
  fault("0.5,0.6\n", 1, 0, "last of 1 rows; expected 2");
  fault("a,b\n0.5,0.6\n", 2, 0, "last of 1 rows; expected 2");
  fault("0.5,0.6\n0.4,0.5\n0.1,0.2\n", 3, 0, "row 3 of a matrix with 2 columns");
  fault("0.5,0.6\n0.5,0.5\n", 2, 1, "probability is \"0.5\"; expected 1 - 0.6, from row 1, column 2");
  fault("0.5,0.6\n0.400000002,0.5\n", 2, 1, "1 - 0.6");
  fault("0.5,1.5\n-0.5,0.5\n", 1, 5, "probability is \"1.5\"; expected a number in [0, 1]");
  fault("0.5,0.6\n0.4,0.6\n", 2, 5, "diagonal entry is \"0.6\"; expected 0.5");
  fault("0.5, nan\n0.4,0.5\n", 1, 6, "\"nan\"");
  fault("0.5,inf\n0.4,0.5\n", 1, 5, "\"inf\"");
  fault("0.5,0.6x\n0.4,0.5\n", 1, 5, "\"0.6x\"");
  fault("0.5,0x1p-1\n0.5,0.5\n", 1, 5, "\"0x1p-1\"");
  fault("0.5,1e999\n0.4,0.5\n", 1, 5, "\"1e999\"");
  fault("0.5,\n0.4,0.5\n", 1, 5, "probability is \"\"");
  fault("0.5,0.6\n\n0.4,0.5\n", 2, 0, "empty line");
  fault("a,a\n0.5,0.6\n0.4,0.5\n", 1, 3, "arm name is \"a\"; expected a name not used before");
  fault("a,\n0.5,0.6\n0.4,0.5\n", 1, 3, "arm name is empty");
  fault("a,\"b\n0.5,0.6\n0.4,0.5\n", 1, 3, "never closed");
  fault("a,\"b\" c\n0.5,0.6\n0.4,0.5\n", 1, 7, "character after a closing quote is \"c\"");
  fault("a,b\"c\"\n0.5,0.6\n0.4,0.5\n", 1, 4, "quote inside a field");
  fault("0.5,0.6\r0.4,0.5\n", 1, 8, "carriage return");
  fault(std::string_view{"0.5,0.6\n0.4,0\0\n", 15}, 2, 6, "NUL byte");
  // columns count characters: ä and € take two and three bytes
  fault(
      "\xEF\xBB\xBF"
      "\xC3\xA4,\xE2\x82\xAC,\xC3\xA4\n",
      1, 5, "not used before");
}

TEST_CASE("read_matrix: files, and what is none", "[read_matrix]") {
  CHECK(joust::read_matrix(joust::testing::data_file("arxiv6.csv")).size() == 6);
  auto const folder = std::filesystem::temp_directory_path();
  auto const path = folder / "joust_read_matrix_test.csv";
  CHECK_THROWS_WITH(joust::read_matrix(folder), folder.string() + ": is a directory; expected a file");
  CHECK_THROWS_WITH(joust::read_matrix(folder / "no" / "such.csv"),
                    (folder / "no" / "such.csv").string() + ": no such file");
  std::ofstream{path} << "0.5,0.6\n0.4,oops\n";
  CHECK_THROWS_WITH(joust::read_matrix(path),
                    path.string() + ":2:5: probability is \"oops\"; expected a number in [0, 1]");
  std::ofstream{path} << "";
  CHECK_THROWS_WITH(joust::read_matrix(path), path.string() + ": is empty");
  std::filesystem::remove(path);
}
